"""What of a mapping its tests, or any rows, have never exercised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from mappings.language.document import shape
from mappings.language.functions import blank
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.probing import Code, Probe
from mappings.language.types import Shape


@dataclass(frozen=True, slots=True)
class Untried:
    """A condition that came out one way only, or never came up.

    Args:
        line: of its expression in the document.
        condition: the condition.
        missing: ``true``, ``false`` or ``ever``.
    """

    line: int
    condition: str
    missing: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far some rows exercise a mapping.

    Args:
        rows: number of rows.
        outcomes: number of condition outcomes, two for each condition.
        untried: those that never came about.
        codes: number of values that are looked up in lists.
        unmet: those of them that no row has brought.
        columns: number of columns the mapping reads, fields of nested lists too.
        empty: those of them that were blank in every row.
    """

    rows: int
    outcomes: int
    untried: tuple[Untried, ...]
    codes: int
    unmet: tuple[Code, ...]
    columns: int
    empty: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Everything was exercised."""
        return not (self.untried or self.unmet or self.empty)


def coverage(
    mapping: MappingDocument, rows: Iterable[Mapping[str, Any]], landed: Iterable[datetime | None] = repeat(None)
) -> Coverage:
    """Map rows and tell what they leave untried.

    Args:
        mapping: the mapping.
        rows: raw documents, such as those given in its tests.
        landed: when each landed, if the mapping asks for it.
    """
    watched, number = Probe(mapping), 0
    source = mapping.document.source
    columns = shape([*source.requires, *source.optional])
    filled: set[str] = set()
    for row, at in zip(rows, landed, strict=False):  # one who never asks need not say when
        number += 1
        watched.map(row, at)
        filled |= set(_filled(columns, row))
    untried = [
        Untried(branch.line, branch.text, "ever" if not seen else "false" if True in seen else "true")
        for branch, seen in watched.branches.items()
        if len(seen) < 2
    ]
    names = list(_names(columns))
    return Coverage(
        number, 2 * len(watched.branches), tuple(untried),
        len(watched.codes), tuple(code for code, met in watched.codes.items() if not met),
        len(names), tuple(name for name in names if name not in filled),
    )  # fmt: skip


def _names(columns: Shape, prefix: str = "") -> Iterator[str]:
    for name, inner in columns.items():
        yield f"{prefix}{name}"
        if inner is not None:
            yield from _names(inner, f"{prefix}{name}[].")


def _filled(columns: Shape, row: object, prefix: str = "") -> Iterator[str]:
    """Name the columns that are not blank in a row, those of nested lists as in the contract."""
    if not isinstance(row, Mapping):
        return
    for name, inner in columns.items():
        value = row.get(name)
        if not blank(value):
            yield f"{prefix}{name}"
        if inner is not None and isinstance(value, list | tuple):
            for item in value:
                yield from _filled(inner, item, f"{prefix}{name}[].")
