"""Whatever a document is spoilt into, what is wrong is told with a place inside it, and nothing else is ever raised."""

from __future__ import annotations

import io
import json
import os
import random
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mappings.language import MappingError, compile_mapping, parse_mapping
from mappings.language.catalogue import CATALOGUE
from mappings.language.types import CONSTANTS
from mappings.language.yaml_positions import read_yaml

DEPTH = int(os.environ.get("DEEP") or 1)
"""How many times as much is tried: ``make test DEEP=4``."""

SPECS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "mappings" / "specs").glob("*.yaml"))
}
PIECES = [
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ":",
    "-",
    "? ",
    "\n",
    "  ",
    '"',
    "'",
    "#",
    "&a ",
    "*a",
    "!t ",
    "!!binary ",
    "<<: *a\n",
    "|",
    ">-",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "row",
    "x",
    "0",
    "\t",
    ",",
    "无",
    "\r",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ud800",
    "😀",
    "e\u0301",
    "1e999",
    ".nan",
    "0x1f",
    "9" * 5000,
    "~",
    "\\",
    "\\u0000",
    "[" * 600,
    "- " * 300,
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    float("inf"),
    "",
    "無",
    "row",
    "\u0000",
    "x" * 5000,
    [],
    {},
    [[]],
    [None],
    {"a": {}},
    {"": 1},
    {"无": ["a"]},
    "&a",
    "*a",
    "2024-13-45",
]
TOKENS = [
    *sorted(CATALOGUE),
    *sorted(CONSTANTS),
    "row",
    "row[",
    '"',
    "'",
    "(",
    ")",
    "[",
    "]",
    "for",
    "in",
    "if",
    "else",
    "and",
    "not",
    "==",
    "<",
    "+",
    "-",
    "*",
    "**",
    ",",
    ".",
    ":=",
    "lambda",
    "yield",
    "await",
    "f'{1}'",
    "b''",
    "...",
    "1j",
    "0_1",
    "1e5",
    "9" * 20,
    "\n",
    "\\",
    "#",
    "无",
    "@",
    "None",
    "__import__",
    "{",
    "}",
    "x",
    "not " * 300,
    "(" * 150,
    "[" * 150,
]


def spoil_text(chance: random.Random, text: str) -> str:
    """Insert, replace, cut, swap and repeat pieces of the text."""
    for _ in range(chance.randint(1, 4)):
        at, until = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        until = min(until, at + 40)
        match chance.randrange(5):
            case 0 | 1:
                text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 4) :]
            case 2:
                text = text[:at] + text[until:]
            case 3:
                text = text[:until] + text[at:]
            case 4 if chance.random() < 0.2:
                text = text[:at]
    return text


def spoil_tree(chance: random.Random, text: str) -> str:
    """Swap keys, put values of wrong types, and nest."""
    tree = deepcopy(TREES[text])
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(places(tree)))
        match chance.randrange(4):
            case 0:
                holder[key] = deepcopy(chance.choice(VALUES))
            case 1:
                other, its = chance.choice(list(places(tree)))
                holder[key] = deepcopy(other[its])
            case 2:
                del holder[key]
            case 3 if isinstance(holder, dict):
                holder[chance.choice(["无", "", "x", "when", "values", 7, True, None])] = holder.pop(key)
            case _:
                for _ in range(chance.choice([1, 3, 150])):
                    holder[key] = [holder[key]]
        if not tree:
            break
    if chance.random() < 0.7:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.5)  # YAML too, and written ten times as fast
    target = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = chance.random() < 0.5
    writer.dump(tree, target)
    return target.getvalue()


def spoil_expression(chance: random.Random, text: str) -> str:
    """Put other tokens into expressions."""
    found = list(re.finditer(r"""[a-z_]+\(|row\[|"[^"\n]*"|\b(?:if|else|in|for|and|or)\b|[(),\[\]]""", text))
    for one in sorted(chance.sample(found, chance.randint(1, 3)), key=lambda m: -m.start()):
        instead = chance.choice(["", chance.choice(TOKENS), one[0] + chance.choice(TOKENS), one[0] * 2])
        text = text[: one.start()] + instead + text[one.end() :]
    return text


def places(tree: Any) -> Any:
    """Give every holder and key in a tree."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from places(tree[key])


TREES = {text: read_yaml(text, name).value for name, text in SPECS.items()}
WAYS: list[Callable[[random.Random, str], str]] = [spoil_text, spoil_tree, spoil_expression]
NUMBER = 56
"""Documents for each mapping and each way: 2,016 in all, 10,080 with ``DEEP=5``."""


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_spoilt_document_is_told_with_a_place_inside_it(way: Callable[..., str], name: str) -> None:
    chance = random.Random(f"{name} {way.__name__}")
    told = 0
    for _ in range(NUMBER * DEPTH):
        text = way(chance, SPECS[name])
        try:
            compile_mapping(parse_mapping(text, "spoilt.yaml"))
        except MappingError as first:
            for error in (first, *first.others):
                assert lies_inside(error, text), (str(error)[:300], text)
                assert error.what
                assert error.remedy
            told += 1
    assert told > NUMBER * DEPTH // 3


def lies_inside(error: MappingError, text: str) -> bool:
    """Tell whether the error's place is one of the text; behind the last character is still inside."""
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)
    longest = max(map(len, lines))
    return 1 <= error.line <= len(lines) + 1 and 1 <= error.column <= longest + 1
