"""The records a document emits, as frames: identity, content and references of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from mappings.canonical import ENTITIES, CanonicalRecord
from mappings.language.batch.distinct import Argument, call_distinct
from mappings.language.batch.elements import column_of, decoder, dtype_of, plain
from mappings.language.batch.frame import Evaluation
from mappings.language.batch.lists import ELEMENT, OWNER, distinct, list_of
from mappings.language.entities import FORMS, IDENTITY, REFERENCES
from mappings.language.nodes import Items, Node
from mappings.language.program import Cell, EmitProgram
from mappings.language.types import TEXT, Type

ROW = "row"


def columns_of(emit: EmitProgram) -> dict[str, Type]:
    """List the columns of an emitted record with their types, in order."""
    form = FORMS[emit.entity]
    single = {name: type_ for name, type_ in form.single.items() if name in emit.single}
    return {**IDENTITY, **single, **form.elements, "references": REFERENCES}


def schema_of(emit: EmitProgram) -> pl.Schema:
    """Tell the frame of an emitted record."""
    return pl.Schema({ROW: pl.UInt32(), **{name: dtype_of(type_) for name, type_ in columns_of(emit).items()}})


def evaluate_emit(evaluation: Evaluation, emit: EmitProgram) -> dict[str, pl.Expr]:
    """Compute all columns of an emitted record."""
    for cell in emit.cells:
        evaluation.prepare(cell.node)
    lists = {**emit.elements, "references": emit.references}
    made: dict[str, pl.Expr] = {}
    for name, type_ in columns_of(emit).items():
        if name in lists:
            made[name] = _elements(evaluation, lists[name], type_)
        else:
            cell = emit.identity.get(name) or emit.single[name]
            made[name] = _single(evaluation, evaluation.keep(evaluation.evaluate(cell.node)), type_)
    return made


def to_record(emit: EmitProgram, values: Mapping[str, Any]) -> CanonicalRecord:
    """Make the record of one row of its frame."""
    given: dict[str, Any] = {}
    for name, type_ in columns_of(emit).items():
        decode = decoder(type_)
        given[name] = values[name] if decode is None else decode(values[name])
    identity = {name: given.pop(name) for name in (*IDENTITY, "references")}
    return CanonicalRecord(emit.entity, emit.record_type, content=ENTITIES[emit.entity](**given), **identity)


def to_frame(emit: EmitProgram, rows: Sequence[int], records: Sequence[CanonicalRecord]) -> pl.DataFrame:
    """Write records as a frame.

    Args:
        emit: what makes such records.
        rows: number of the row of each.
        records: the records.
    """
    columns = [pl.Series(ROW, rows, dtype=pl.UInt32)]
    for name, type_ in columns_of(emit).items():
        values = [getattr(record if name in _OF_RECORD else record.content, name) for record in records]
        column = pl.Series(plain(values), dtype=pl.String) if type_.name == "decimal" else column_of(values, type_)
        columns.append(column.alias(name))
    return pl.DataFrame(columns)


_OF_RECORD = frozenset({*IDENTITY, "references"})


def _single(evaluation: Evaluation, column: pl.Expr, type_: Type) -> pl.Expr:
    return evaluation.keep(_as_number(evaluation, column)) if type_.name == "decimal" else column


def _as_number(evaluation: Evaluation, column: pl.Expr) -> pl.Expr:
    """Write decimals without exponent."""
    exponent = column.str.contains("E", literal=True).fill_null(value=False)
    if not evaluation.frame.select(exponent.any()).item():
        return column
    argument = Argument(column.meta.output_name(), decode=decoder(Type("decimal")))
    values, _ = call_distinct(evaluation.frame, "{:f}".format, [argument], TEXT, exponent)
    return pl.when(exponent).then(values).otherwise(column)


def _elements(evaluation: Evaluation, cells: Iterable[Cell], type_: Type) -> pl.Expr:
    """Join the parts of a list, drop what is empty and keep each element once."""
    parts = [_part(evaluation, part, type_) for cell in cells for part in _parts(cell.node)]
    if not parts:
        return pl.lit(pl.Series([[]], dtype=dtype_of(type_))).first()
    joined = parts[0] if len(parts) == 1 else pl.concat(parts).sort(OWNER, maintain_order=True)
    kept = distinct(joined, _identity(type_))
    return evaluation.keep(list_of(kept[ELEMENT], kept[OWNER], evaluation.frame.height))


def _parts(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else (node,)


def _part(evaluation: Evaluation, node: Node, type_: Type) -> pl.DataFrame:
    """Give the elements of a part that are not empty, with the row each belongs to."""
    column = evaluation.evaluate(node).alias(ELEMENT)
    rows = evaluation.frame.with_row_index(OWNER).select(OWNER, column)
    if node.type.many:
        rows = rows.explode(ELEMENT, keep_nulls=False)
    there = pl.col(ELEMENT) != "" if dtype_of(type_) == pl.List(pl.String) else pl.col(ELEMENT).is_not_null()
    element = dtype_of(type_.element)
    return rows.filter(there).with_columns(pl.col(ELEMENT).cast(element))


def _identity(type_: Type) -> pl.Expr:
    """Tell what is equal for equal elements: numbers are equal however many zeros end them."""
    element = pl.col(ELEMENT)
    if type_.name != "order_line":
        return element
    numbers = [_bare(element.struct.field(name)).alias(name) for name in ("quantity", "price")]
    return element.struct.with_fields(*numbers)


def _bare(number: pl.Expr) -> pl.Expr:
    fraction = number.str.contains(".", literal=True)
    bare = pl.when(fraction).then(number.str.strip_chars_end("0").str.strip_chars_end(".")).otherwise(number)
    return pl.when(bare == "-0").then(pl.lit("0")).otherwise(bare)
