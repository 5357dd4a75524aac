"""The reference is what the language says of itself, and every example on it holds."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from mappings.canonical.record import plain
from mappings.language.catalogue import CATALOGUE
from mappings.language.expressions import check, grammar
from mappings.language.reference import GRAMMAR_SCOPE, blank_call, evaluate, examples, names_of, reference
from mappings.normalize.errors import ValueReadError

PAGE = Path(__file__).parents[2] / "docs" / "language.md"


def test_the_page_is_what_the_language_says_of_itself() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "write it anew: hub mapping docs --language --to docs"


ASKING_THE_ROW = {name for name, function in CATALOGUE.items() if not function.parameters}
"""Functions whose value comes with the row; no example can stand without one."""


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - ASKING_THE_ROW))
def test_every_function_has_examples_in_the_language_and_they_agree_with_python(name: str) -> None:
    said = list(examples(CATALOGUE[name]))
    assert said, f"no example of {name} can be said in the language"
    for source, expression in said:
        assert name in {n.id for n in ast.walk(ast.parse(expression)) if isinstance(n, ast.Name)}
        python = eval(source, names_of(CATALOGUE[name]))  # noqa: S307 - our own docstrings
        assert evaluate(CATALOGUE[name], expression) == python


def test_every_row_of_examples_gives_what_the_page_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+\(.*\))` \| (?:`(.*)`|(.*)) \|$", page, re.MULTILINE)
    assert {re.match(r"\w+", expression)[0] for expression, _, _ in rows} == set(CATALOGUE) - ASKING_THE_ROW  # type: ignore[index]
    for expression, value, words in rows:
        function = CATALOGUE[re.match(r"\w+", expression)[0]]  # type: ignore[index]
        expression, value = expression.replace("\\|", "|"), value.replace("\\|", "|")  # noqa: PLW2901
        if words.startswith("rejects the row: "):
            with pytest.raises(ValueReadError, match=re.escape(words.partition(": ")[2])):
                evaluate(function, expression)
        else:
            assert json.loads(json.dumps(plain(evaluate(function, expression)))) == json.loads(value or "null")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_function_says_what_a_blank_value_gives(name: str) -> None:
    call = blank_call(CATALOGUE[name])
    if call is None:
        assert not [
            p for p in CATALOGUE[name].parameters if p.name in {"value", "key"} and p.type.name in {"text", "raw"}
        ]
    else:
        assert f"| `{call}` |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_page_tells_signature_and_inverse_of_every_function(name: str) -> None:
    own = PAGE.read_text(encoding="utf-8").partition(f"\n#### `{CATALOGUE[name].usage}`\n")[2].partition("\n###")[0]
    signature, inverse = (
        re.search(r"^`(.* → .*)`$", own, re.MULTILINE),
        re.search(r"^Inverse: (.*)\.$", own, re.MULTILINE),
    )
    assert signature
    assert signature[1].startswith(f"{name}(")
    assert inverse
    assert inverse[1] == (f"`{CATALOGUE[name].inverse}`" if CATALOGUE[name].inverse else "none")


@pytest.mark.parametrize("sentence", grammar())
def test_the_grammar_is_what_the_checker_admits(sentence: str) -> None:
    said = re.findall(r"`([^`]+)`", sentence.rpartition(": `")[2].join(["`", ""])) or []
    assert said, sentence
    for expression in said:
        check(expression, GRAMMAR_SCOPE)


def test_every_operator_stands_in_the_grammar() -> None:
    said = "\n".join(grammar())
    for operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "not"):
        assert f"`{operator}" in said, operator
