"""How values of the language stand in a frame: their column types, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
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


def encode(value: Any) -> Any:
    """Write a value of the language as a frame holds it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [encode(one) for one in value]
    if type(value) in _ATTRIBUTES:
        return {name: _attribute(getattr(value, name)) for name, _ in attributes(type(value))}
    return str(value) if isinstance(value, StrEnum) else value


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


def _attribute(value: Any) -> Any:
    """Write an attribute of an element: nothing computes with it any more, so it has its last form."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value) if isinstance(value, StrEnum) else value


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
