"""From a value back to where it comes from: expression, line, lets, codes, source columns and what stood there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from mappings.canonical.record import plain
from mappings.language.functions import text as tidy
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.nodes import Call, Column, Items, Node, Variable
from mappings.language.outcome import Outcome, Rejected
from mappings.language.probing import Probe, Told, written
from mappings.language.program import Cell, Program
from mappings.language.translating import Lookup

UNREADABLE = ("unreadable_value", "unseen_code")
"""Codes of rejections that break an expression off."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one expression came to its value.

    Args:
        place: where it stands in the document, e.g. ``emit.0.names.1`` or ``let.area``.
        line: its line.
        expression: the expression.
        value: what it gave, as JSON can hold it; ``None`` too where mapping broke off.
        columns: source columns it reads, also by way of lets, with what stood there.
        lets: lets it goes by, also by way of others.
        codes: what it looks up, e.g. ``erp_order_state@3: CONF → confirmed``; only the crosswalk where the code is one
            of several, or made on the way.
    """

    place: str
    line: int
    expression: str
    value: Any
    columns: Mapping[str, Any]
    lets: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def derive(mapping: MappingDocument, row: Mapping[str, Any], at: datetime | None = None) -> list[Derivation]:
    """Map a row, telling every step.

    Args:
        mapping: the mapping.
        row: raw document.
        at: when it landed, if the mapping asks for it.

    Returns:
        Every expression that was asked, in order; the last one is where mapping ended if the row was not mapped.
    """
    ((_, steps),) = derive_all(mapping, [row], [at])
    return steps


def derive_all(
    mapping: MappingDocument, rows: Iterable[Mapping[str, Any]], landed: Iterable[datetime | None] = repeat(None)
) -> Iterator[tuple[Outcome, list[Derivation]]]:
    """Map rows, each once, and give what becomes of it with every step as of :func:`derive`."""
    watched = Probe(mapping)
    for row, at in zip(rows, landed, strict=False):  # one who never asks need not say when
        outcome = watched.map(row, at)
        yield outcome, list(_steps(mapping, row, [*watched.told, *_broken(mapping.program, outcome, watched.told)]))


def _steps(mapping: MappingDocument, row: Mapping[str, Any], told: Iterable[Told]) -> Iterator[Derivation]:
    values: dict[str, Any] = {}
    for one in told:
        if one.cell.path not in mapping.located.places:
            continue  # not what the author wrote, but what stands for the rest
        if one.cell.path[0] == "let":
            values[str(one.cell.path[1])] = one.value
        node = one.cell.node
        yield Derivation(
            ".".join(map(str, one.cell.path)), one.cell.line, one.text, plain(one.value),
            {name: row.get(name) for name in dict.fromkeys(_columns(mapping.program, node))},
            tuple(dict.fromkeys(_lets(mapping.program, node))), tuple(dict.fromkeys(_codes(node, row, values))),
        )  # fmt: skip


def _columns(program: Program, node: Node) -> Iterator[str]:
    return (part.name for part in program.reached(node) if isinstance(part, Column))


def _lets(program: Program, node: Node) -> Iterator[str]:
    reached = program.reached(node)
    return (part.name for part in reached if isinstance(part, Variable) and part.name in program.lets)


def _codes(node: Node, row: Mapping[str, Any], lets: Mapping[str, Any]) -> Iterator[str]:
    for part in node.walk():
        match part:
            case Call(function=Lookup() as lookup, arguments=(argument,)):
                code = _code(argument, row, lets)
                table = lookup.crosswalk.codes if lookup.declared == "translate_back" else lookup.crosswalk.words
                word = table.get(code, "not in it")
                yield f"{lookup.crosswalk.reference}: {code} → {word}" if code else lookup.crosswalk.reference


def _code(node: Node, row: Mapping[str, Any], lets: Mapping[str, Any]) -> str:
    """Give the text of a column or a let; blank for what only the whole expression makes."""
    match node:
        case Call(function=function, arguments=(inner,)) if function.name == "text":
            return _code(inner, row, lets)
        case Column(name=name):
            value = row.get(name)
            return "" if isinstance(value, list | dict) else tidy(value)
        case Variable(name=name) if isinstance(lets.get(name), str):
            return str(lets[name])
    return ""


def _broken(program: Program, outcome: Outcome, told: Sequence[Told]) -> Iterator[Told]:
    """Give the expression that could not be read: the first that has given nothing, of those that read the column."""
    if not isinstance(outcome, Rejected) or outcome.code not in UNREADABLE:
        return
    given = Counter(id(one.cell) for one in told)
    field = set(outcome.field.split(", ")) if outcome.field else set()
    for cell in _in_order(program):
        parts = len(cell.node.items) if isinstance(cell.node, Items) else 1
        if given[id(cell)] < parts and field <= set(_columns(program, cell.node)):
            yield Told(cell, written(cell.node), None)
            return


def _in_order(program: Program) -> Iterator[Cell]:
    """Give the expressions in the order they are asked: lets before whoever needs them first."""
    asked = [[rule.when] for rule in (*program.rejects, *program.filters)] + [emit.cells for emit in program.emits]
    for cells in asked:
        for name in dict.fromkeys(name for cell in cells for name in _lets(program, cell.node)):
            yield program.lets[name]
        yield from cells
