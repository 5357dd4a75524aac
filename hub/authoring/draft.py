"""A first draft of a mapping, from what the columns of a stream or a file seem to hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from hub.errors import UsageError
from hub.survey.columns import Column, recognise
from hub.survey.files import Extract
from hub.survey.header_words import Holds
from hub.survey.masking import mask
from mappings.language.functions import text

_PLAIN = re.compile(r"[^\W\d](?:[\w ()/.\-（）]*[\w)）])?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_PARTS: Mapping[str, tuple[tuple[Holds, str], ...]] = {
    "names": ((Holds.ORGANISATION, "name({}, registered)"), (Holds.SHORT_NAME, "name({}, short)")),
    "identifiers": ((Holds.IDENTIFIER, "identifier({})"),),
    "phones": (
        (Holds.PHONE, "phones({}{area})"), (Holds.MOBILE, "phones({}{area})"), (Holds.FAX, "faxes({}{area})"),
    ),
    "emails": ((Holds.EMAIL, "emails({})"),),
    "contacts": ((Holds.PERSON, "contact({})"),),
}  # fmt: skip


def columns_of(documents: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Recognise the columns of landed documents; nested lists are left to the author."""
    names = list(dict.fromkeys(chain.from_iterable(documents)))
    flat = [n for n in names if not any(isinstance(d.get(n), list | dict) for d in documents)]
    rows = [[text(document.get(name)) for name in flat] for document in documents]
    return recognise(Extract("landed", "landed", flat, rows), mask)


def draft(name: str, columns: Sequence[Column]) -> str:
    """Write a document that passes the checks of the language, for an author to go on with.

    Args:
        name: of the mapping, ``system.stream``.
        columns: of the stream.

    Raises:
        UsageError: none of them can be named in an expression.
    """
    system, _, stream = name.partition(".")
    usable = [c for c in columns if not ('"' in c.name or "\\" in c.name or _CONTROL.search(c.name))]
    if not usable:
        raise UsageError("There is no column that an expression can name", "Write the document by hand")
    key = next((c for c in usable if c.holds is Holds.KEY), usable[0])
    whereabouts = _whereabouts(usable) if any(c.holds is Holds.ADDRESS for c in usable) else ""
    emitted = _emitted([c for c in usable if c is not key], ", area" if whereabouts else "")
    body = [*([f"whereabouts: {whereabouts}"] if whereabouts else []), *chain.from_iterable(emitted.values())]
    read = {key.name, *re.findall(r'row\["([^"]+)"\]', "\n".join(body))}
    lets = []
    if whereabouts:
        lets.append(f"  whereabouts: {_scalar(whereabouts)}")
        lets += ["  area: area_code(whereabouts)"] if emitted["phones"] else []
        emitted["addresses"] = [f'address(whereabouts, address_part(whereabouts, "country"){_postal(usable, read)})']
    return "\n".join(
        [
            "# yaml-language-server: $schema=../schema/mapping.json",
            f"mapping: {name}", "version: 1", "", "source:", f"  system: {system}", f"  stream: {stream}",
            *_listed("requires", [c.name for c in columns if c.name in read]),
            *_listed("ignores", [c.name for c in columns if c.name not in read]),
            *(["", "let:", *lets] if lets else []),
            "", "emit:", "  - entity: party", f"    record_type: {stream.removesuffix('s')}",
            f"    key: {_scalar(_row(key))}", "    kind: organisation",
            *(line for attribute, texts in emitted.items() if texts for line in
              (f"    {attribute}:", *(f"      - {_scalar(t)}" for t in texts))),
            "",
        ]
    )  # fmt: skip


def _emitted(columns: Iterable[Column], area: str) -> dict[str, list[str]]:
    listed = list(columns)
    return {
        attribute: [form.format(_row(c), area=area) for holds, form in forms for c in listed if c.holds is holds]
        for attribute, forms in _PARTS.items()
    }


def _whereabouts(columns: Sequence[Column]) -> str:
    found = {c.holds: _row(c) for c in reversed(columns)}
    parts = [found[Holds.ADDRESS], found.get(Holds.CITY, '""'), found.get(Holds.PROVINCE, '""')]
    return f"place({', '.join(parts)})"


def _postal(columns: Sequence[Column], read: set[str]) -> str:
    for column in columns:
        if column.holds is Holds.POSTAL_CODE:
            read.add(column.name)
            return f", {_row(column)}"
    return ""


def _row(column: Column) -> str:
    return f'row["{column.name}"]'


def _listed(word: str, names: Sequence[str]) -> list[str]:
    return [f"  {word}:", *(f"    - {_scalar(name)}" for name in names)] if names else []


def _scalar(words: str) -> str:
    """Write a text so that YAML reads it as that text."""
    if _CONTROL.search(words):  # a line break within quotes would be read as a blank
        plain = words.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", plain) + '"'
    is_expression = words.startswith("row[") or re.match(r"[a-z_]+\(", words)
    safe = (is_expression or _PLAIN.fullmatch(words)) and ": " not in words and " #" not in words
    return words if safe and words.lower() not in _WORDS else "'" + words.replace("'", "''") + "'"
