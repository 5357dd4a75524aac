"""From a value back to where it comes from: expression, line, source columns and what stood there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.canonical.record import plain
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.nodes import Column, Node, Variable
from mappings.language.probing import Probe


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


def derive(mapping: MappingDocument, row: Mapping[str, Any]) -> list[Derivation]:
    """Map a row, telling every step.

    Args:
        mapping: the mapping.
        row: raw document.

    Returns:
        Every expression that was asked, in order; the last one is where mapping ended if the row was not mapped.
    """
    watched = Probe(mapping)
    watched.map(row)
    return [
        Derivation(
            ".".join(map(str, told.cell.path)), told.cell.line, told.text, plain(told.value),
            {name: row.get(name) for name in dict.fromkeys(_columns(mapping, told.cell.node))},
        )
        for told in watched.told
        if told.cell.path in mapping.located.places  # what the author wrote, not what stands for the rest
    ]  # fmt: skip


def _columns(mapping: MappingDocument, node: Node) -> Iterator[str]:
    for part in node.walk():
        if isinstance(part, Column):
            yield part.name
        elif isinstance(part, Variable) and part.name in mapping.program.lets:
            yield from _columns(mapping, mapping.program.lets[part.name].node)
