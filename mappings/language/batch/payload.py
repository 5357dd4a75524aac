"""The stored texts of emitted records, written over whole columns: letter for letter as ``mappings.canonical`` does."""

from __future__ import annotations

import hashlib

import polars as pl

from mappings.canonical import MODEL_VERSION
from mappings.language.batch.elements import ELEMENTS, attributes
from mappings.language.batch.emitting import columns_of
from mappings.language.entities import IDENTITY
from mappings.language.program import EmitProgram
from mappings.language.types import Type

_MODEL = pl.lit(f'"model":{MODEL_VERSION}')


def written(frame: pl.DataFrame, emit: EmitProgram) -> pl.DataFrame:
    """Write the payloads of emitted records.

    Args:
        frame: the records.
        emit: what emitted them.

    Returns:
        Columns ``row``, ``key``, ``correlation``, ``token``, ``payload`` and ``hash``.
    """
    parts = {"model": _MODEL}
    for name, type_ in columns_of(emit).items():
        if name not in IDENTITY:
            parts[name] = _part(name, type_)
    joined = pl.concat_str([parts[name] for name in sorted(parts)], separator=",", ignore_nulls=True)
    payload = pl.concat_str([pl.lit("{"), joined, pl.lit("}")])
    texts = frame.select("row", *IDENTITY, payload.alias("payload"))
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts["payload"].to_list()]
    return texts.with_columns(pl.Series("hash", hashes, dtype=pl.String))


def _part(name: str, type_: Type) -> pl.Expr:
    """Write an attribute with its name, null where there is nothing to say."""
    column = pl.col(name)
    there = column.is_not_null()
    if type_.many:
        there = pl.lit(value=True) if name == "references" else column.list.len() > 0
        column = column.list.eval(_sorted(type_)) if type_.name in ELEMENTS else column
    elif type_.name == "instant":
        column = _instant(column)
    elif type_.name == "date":
        column = column.dt.to_string("%Y-%m-%d")
    elif type_.name not in ("bool", "number"):
        there = column.fill_null("") != ""
    text = pl.struct(column.alias(name)).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
    if type_.name == "name":
        for unsaid in ("valid_from", "valid_to"):
            text = text.str.replace_all(f',"{unsaid}":null', "", literal=True)
    return pl.when(there).then(text)


def _sorted(type_: Type) -> pl.Expr:
    """Write the elements of a list with their attributes in the order of the letters."""
    fields = []
    for name, kind in sorted(attributes(ELEMENTS[type_.name])):
        column = pl.element().struct.field(name)
        if kind.__name__ == "datetime":
            column = _instant(column)
        elif kind.__name__ == "date":
            column = column.dt.to_string("%Y-%m-%d")
        fields.append(column.alias(name))
    return pl.struct(fields)


def _instant(column: pl.Expr) -> pl.Expr:
    return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ")
