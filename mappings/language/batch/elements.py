"""How values of the language stand in a frame: their column types, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, count
from typing import Any, get_args, get_type_hints

import polars as pl

from mappings.canonical import (
    Address,
    Attachment,
    Email,
    Identifier,
    Kind,
    Mention,
    Name,
    NameType,
    OrderLine,
    Phone,
    Reference,
    Step,
)
from mappings.language.batch.lists import lists_of
from mappings.language.types import QUOTED, Type

Decode = Callable[[Any], Any]

INSTANT = pl.Datetime("us", "UTC")
SCALARS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "bool": pl.Boolean(),
    "number": pl.Int64(),
    "date": pl.Date(),
    "instant": INSTANT,
    "decimal": pl.String(),
    "kind": pl.String(),
    "name_type": pl.String(),
    "role": pl.String(),
    "identifier_type": pl.String(),
    **dict.fromkeys(QUOTED, pl.String()),
}
"""Columns of single values; a decimal is its text, because a frame has no decimals of any scale."""

ELEMENTS: dict[str, type[Any]] = {
    "name": Name,
    "identifier": Identifier,
    "address": Address,
    "phone": Phone,
    "email": Email,
    "reference": Reference,
    "mention": Mention,
    "attachment": Attachment,
    "step": Step,
    "order_line": OrderLine,
}

_COLUMNS: dict[type[Any], pl.DataType] = {
    str: pl.String(),
    bool: pl.Boolean(),
    int: pl.Int64(),
    datetime: INSTANT,
    date: pl.Date(),
    Decimal: pl.String(),
}
_FAMILIES: dict[str, type[StrEnum]] = {"kind": Kind, "name_type": NameType, **QUOTED}


class UnsupportedError(Exception):
    """A document says what only its row function can do."""


def dtype_of(type_: Type) -> pl.DataType:
    """Tell the column type of a type of the language.

    Raises:
        UnsupportedError: there is none, as for a source value.
    """
    if type_.name in ELEMENTS:
        single: pl.DataType = pl.Struct({name: _column(kind) for name, kind in attributes(ELEMENTS[type_.name])})
    elif type_.name in SCALARS:
        single = SCALARS[type_.name]
    else:
        raise UnsupportedError(f"no column holds a {type_}")
    return pl.List(single) if type_.many else single


def attributes(element: type[Any]) -> tuple[tuple[str, type[Any]], ...]:
    """List the attributes of an element with their types, ``X | None`` as ``X``."""
    return _ATTRIBUTES[element]


def _read_attributes(element: type[Any]) -> tuple[tuple[str, type[Any]], ...]:
    hints = get_type_hints(element)
    return tuple((f.name, (get_args(hints[f.name]) or (hints[f.name],))[0]) for f in fields(element))


def column_of(values: Sequence[Any], type_: Type) -> pl.Series:
    """Write values of the language as a column.

    Args:
        values: the values; ``None`` is null, in place of a list it is the empty list.
        type_: their type.
    """
    if not type_.many:
        return _singles(values, type_.name)
    lists = [value or () for value in values]
    return lists_of(_singles(list(chain.from_iterable(lists)), type_.name), list(map(len, lists)))


def _singles(values: Sequence[Any], name: str) -> pl.Series:
    if name in ELEMENTS:
        return _structures(values, ELEMENTS[name])
    if name == "decimal":
        values = [value if value is None else str(value) for value in values]
    return pl.Series(values, dtype=SCALARS[name])


def _structures(values: Sequence[Any], element: type[Any]) -> pl.Series:
    """Write elements attribute by attribute, those that are there; then put each in its place."""
    there = [value for value in values if value is not None]
    columns = [_attribute([getattr(v, name) for v in there], kind).alias(name) for name, kind in attributes(element)]
    made = pl.DataFrame(columns).to_struct()
    if len(there) == len(values):
        return made
    places = count()
    return made.gather(pl.Series([v if v is None else next(places) for v in values], dtype=pl.UInt32))


def _attribute(values: Sequence[Any], kind: type[Any]) -> pl.Series:
    """Write an attribute of elements: nothing computes with it any more, so it has its last form."""
    return pl.Series(plain(values) if kind is Decimal else values, dtype=_column(kind))


def plain(numbers: Iterable[Decimal | None]) -> list[str | None]:
    """Write decimals without exponent."""
    return [number if number is None else f"{number:f}" for number in numbers]


def decoder(type_: Type) -> Decode | None:
    """Give what turns the values of a column into those of the language, ``None`` if they are the same."""
    one = _decode_one(type_.name)
    if not type_.many:
        return None if one is None else (lambda value: value if value is None else one(value))
    if one is None:
        return tuple
    return lambda values: tuple([value if value is None else one(value) for value in values])


def _column(kind: type[Any]) -> pl.DataType:
    return pl.String() if issubclass(kind, StrEnum) else _COLUMNS[kind]


def _decode_one(name: str) -> Decode | None:
    if name == "decimal":
        return Decimal
    if name in _FAMILIES:
        return _FAMILIES[name]
    return _element_decoder(ELEMENTS[name]) if name in ELEMENTS else None


def _element_decoder(element: type[Any]) -> Decode:
    kinds = [(name, kind) for name, kind in attributes(element) if kind is Decimal or issubclass(kind, StrEnum)]

    def decode(value: Mapping[str, Any]) -> Any:
        changed = {name: kind(value[name]) for name, kind in kinds if value[name] is not None}
        return element(**{**value, **changed})

    return decode


_ATTRIBUTES = {element: _read_attributes(element) for element in ELEMENTS.values()}
