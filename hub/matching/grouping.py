"""Make attributes of columns: parts that belong together become one, what another column says as well is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from customer_master.resolution.schema import Attribute
from hub.matching.guessing import SAMPLE_ROWS, Guess
from hub.matching.header_words import IGNORE, is_other_name, whose_address
from hub.matching.reading import Records, Texts, trimmed
from mappings.normalize.text import fold, has_han, simplify

Join = Literal["words", "values"]

_SAID_BY: Final = {
    "given_name": ("person",), "family_name": ("person",), "place": ("address", "place"),
    "postcode": ("address", "postcode"),
}  # fmt: skip
"""Kind -> kinds of column that may say the same; every kind may be said by another column of it."""
_NEARLY_ALWAYS = 0.9
_REVERSED, _BOTH = 0.01, 0.5  # shares of the records
_OTHERS = 2
_WORD = re.compile(r"\w+")


def without_redundant(guesses: Sequence[Guess], records: Records) -> tuple[Guess, ...]:
    """Leave out what another column says as well.

    A column is redundant if its words stand in one other column nearly wherever it is filled: the parts of a name
    beside the full name, a city beside addresses that name it, a copy. Counted twice, one agreement would look like
    two. What a person told to use stays.
    """
    sample = {name: texts[:SAMPLE_ROWS].to_pylist() for name, texts in records.columns.items()}
    left = list(guesses)
    for place in reversed(range(len(left))):  # of two copies the first stays
        guess = left[place]
        if guess.kind == IGNORE or guess.by_hand:
            continue
        others = (g for g in left if g is not guess and g.kind in (guess.kind, *_SAID_BY.get(guess.kind, ())))
        teller = next((g for g in others if _is_said(sample[guess.column], sample[g.column])), None)
        if teller is not None:
            left[place] = replace(guess, kind=IGNORE, why=f"{teller.column} says the same")
    return tuple(left)


def _is_said(cells: Sequence[str | None], others: Sequence[str | None]) -> bool:
    """Tell whether the words of a column stand in another nearly wherever the first has any."""
    both = [(cell, other) for cell, other in zip(cells, others, strict=True) if cell is not None]
    said = sum(other is not None and _stands_in(cell, other) for cell, other in both)
    return said >= _NEARLY_ALWAYS * max(len(both), 1)


def _stands_in(text: str, other: str) -> bool:
    """Tell whether all words of a text, in Chinese its characters as they follow each other, stand in another.

    >>> _stands_in("Hall", "Isla HALL"), _stands_in("il", "12 hill street"), _stands_in("深圳市", "广东省深圳市南山区")
    (True, False, True)
    """
    if has_han(text):
        return fold(text) in fold(other)
    return set(_WORD.findall(simplify(text))) <= set(_WORD.findall(simplify(other)))


def attributes_of(guesses: Iterable[Guess]) -> tuple[Attribute, ...]:
    """Make attributes of columns.

    Telephones become one attribute of several values, so do mailboxes, a name and its other names (short, former,
    foreign), and addresses of several uses; the lines and parts of one address become one address. Every other column
    is an attribute of its own.
    """
    by_kind: dict[str, list[str]] = {}
    for guess in guesses:
        if guess.kind != IGNORE:
            by_kind.setdefault(guess.kind, []).append(guess.column)
    grouped = [(kind, *group) for kind, columns in by_kind.items() for group in _groups(kind, columns)]
    return tuple(
        Attribute(columns[0] if len(columns) == 1 else _name(kind, columns, grouped), kind, tuple(columns), join)
        for kind, columns, join in grouped
    )


def with_whole_name(schema: tuple[Attribute, ...], records: Records) -> tuple[Attribute, ...]:
    """Add the whole name of persons where given and family names often stand in each other's columns.

    That is so where one record's names are another's the other way round, more often than people are called so. The
    whole name is compared in any order. Where fewer than two attributes beside the names could weigh against them, or
    where many records have one name only, nothing is added: what names say would count twice.
    """
    given = [attribute for attribute in schema if attribute.kind == "given_name"]
    family = [attribute for attribute in schema if attribute.kind == "family_name"]
    others = len(schema) - len(given) - len(family)
    if len(given) != 1 or len(family) != 1 or others < _OTHERS or any(a.kind == "person" for a in schema):
        return schema
    columns = (*given[0].columns, *family[0].columns)
    if _reversed_share([records.columns[column][:SAMPLE_ROWS].to_pylist() for column in columns]) < _REVERSED:
        return schema
    taken = {column for attribute in schema for column in (attribute.name, *attribute.columns)}
    name = next(name for name in ("person", "whole_name", " ".join(columns)) if name not in taken)
    return (Attribute(name, "person", columns, "words"), *schema)


def _reversed_share(columns: Sequence[Sequence[str | None]]) -> float:
    """Give the share of records of whose two names another has each in the other's place; none if many lack one."""
    pairs = [(simplify(a), simplify(b)) for a, b in zip(*columns, strict=True) if a is not None and b is not None]
    if len(pairs) < _BOTH * len(columns[0]):
        return 0.0
    known = set(pairs)
    return sum(a != b and (b, a) in known for a, b in pairs) / max(len(pairs), 1)


def _name(kind: str, columns: Sequence[str], grouped: Sequence[tuple[str, list[str], Join]]) -> str:
    """Name an attribute of several columns by its kind, or by the first column where that name is not free."""
    same = [group for group in grouped if group[0] == kind]
    taken = {column for _, group, _ in grouped for column in group} - set(columns)
    return kind if len(same) == 1 and kind not in taken else columns[0]


def _groups(kind: str, columns: list[str]) -> list[tuple[list[str], Join]]:
    if kind in ("phone", "email"):
        return [(columns, "values")]
    if kind == "address":
        return _addresses(columns)
    if kind == "company":
        return _names(columns)
    return [([column], "values") for column in columns]


def _addresses(columns: list[str]) -> list[tuple[list[str], Join]]:
    uses: dict[str, list[str]] = {}
    for column in columns:
        uses.setdefault(whose_address(column), []).append(column)
    if all(len(parts) == 1 for parts in uses.values()):
        return [(columns, "values")]
    return [(parts, "words" if len(parts) > 1 else "values") for parts in uses.values()]


def _names(columns: list[str]) -> list[tuple[list[str], Join]]:
    main = next((column for column in columns if not is_other_name(column)), columns[0])
    first = [main, *(column for column in columns if column != main and is_other_name(column))]
    return [(first, "values"), *(([column], "values") for column in columns if column not in first)]


def texts_of(schema: Iterable[Attribute], columns: Mapping[str, Texts]) -> dict[str, tuple[Texts, ...]]:
    """Give the columns of texts of every attribute; those that are words of one value are written behind each other."""
    return {attribute.name: _texts(attribute, columns) for attribute in schema}


def _texts(attribute: Attribute, columns: Mapping[str, Texts]) -> tuple[Texts, ...]:
    texts = tuple(columns[name] for name in attribute.columns)
    if attribute.join == "values":
        return texts
    written: list[Any] = [column.fill_null(pa.scalar("", pa.large_string())) for column in texts]
    joined = pc.binary_join_element_wise(*written, pa.scalar(" ", pa.large_string()))
    return (trimmed(pc.replace_substring_regex(joined, pattern=" {2,}", replacement=" ")),)
