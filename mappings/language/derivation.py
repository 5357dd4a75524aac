"""From a value back to where it comes from: expression, line, source columns and what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from mappings.canonical.record import plain
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.nodes import Column, Node, Variable
from mappings.language.outcome import Outcome
from mappings.language.probing import Probe, Told


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one expression came to its value.

    Args:
        place: where it stands in the document, e.g. ``emit.0.names.1`` or ``let.area``.
        line: its line.
        expression: the expression.
        value: what it gave, as JSON can hold it.
        columns: source columns it reads, also by way of lets, with what stood there.
    """

    place: str
    line: int
    expression: str
    value: Any
    columns: Mapping[str, Any]


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
        yield watched.map(row, at), _steps(mapping, row, watched.told)


def _steps(mapping: MappingDocument, row: Mapping[str, Any], told: Iterable[Told]) -> list[Derivation]:
    return [
        Derivation(
            ".".join(map(str, one.cell.path)), one.cell.line, one.text, plain(one.value),
            {name: row.get(name) for name in dict.fromkeys(_columns(mapping, one.cell.node))},
        )
        for one in told
        if one.cell.path in mapping.located.places  # what the author wrote, not what stands for the rest
    ]  # fmt: skip


def _columns(mapping: MappingDocument, node: Node) -> Iterator[str]:
    for part in node.walk():
        if isinstance(part, Column):
            yield part.name
        elif isinstance(part, Variable) and part.name in mapping.program.lets:
            yield from _columns(mapping, mapping.program.lets[part.name].node)
