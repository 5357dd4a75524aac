"""What another version of a mapping makes different: cells, records and fates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from mappings.language.examples import describe
from mappings.language.mapping import CompiledMapping
from mappings.language.outcome import Mapped, Outcome, fate


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that another version of a mapping makes different for a row.

    Args:
        row: number of the row among those compared, the first is 0.
        record: ``entity/record_type/key``; empty where the fate of the row itself changes.
        cell: what differs, e.g. ``phones.0.number``; ``record`` if it exists on one side only; ``fate``.
        old: what it is with the old version, ``None`` for nothing.
        new: what it is with the new version.
    """

    row: int
    record: str
    cell: str
    old: Any
    new: Any


def changes(
    old: CompiledMapping,
    new: CompiledMapping,
    rows: Iterable[Mapping[str, Any]],
    landed: Iterable[datetime | None] = repeat(None),
) -> Iterator[Change]:
    """Map rows with both versions and give what differs, row by row.

    Args:
        old: the version in force.
        new: the version that may follow it.
        rows: raw documents.
        landed: when each landed, if one of the mappings asks for it.
    """
    for number, (row, at) in enumerate(zip(rows, landed, strict=False)):  # one who never asks need not say when
        yield from _row_changes(number, old.map(row, at=at), new.map(row, at=at))


def _row_changes(number: int, old: Outcome, new: Outcome) -> Iterator[Change]:
    if not (isinstance(old, Mapped) and isinstance(new, Mapped)):
        if fate(old) != fate(new):
            yield Change(number, "", "fate", fate(old), fate(new))
        return
    before, after = _records(old), _records(new)
    for name in dict.fromkeys([*before, *after]):
        if name not in before or name not in after:
            yield Change(number, name, "record", before.get(name), after.get(name))
            continue
        for cell, was, is_ in cells("", before[name], after[name]):
            yield Change(number, name, cell, was, is_)


def _records(outcome: Mapped) -> dict[str, dict[str, Any]]:
    return {f"{r.entity}/{r.record_type}/{r.key}": describe(r) for r in outcome.records}


def cells(place: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Give the innermost values that differ.

    Args:
        place: where the two stand, e.g. ``phones.0``; empty for the whole.
        old: what the one says: dicts, lists and plain values.
        new: what the other says.

    Yields:
        Place, old and new value; ``None`` where one has nothing.
    """
    prefix = f"{place}." if place else ""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from cells(f"{prefix}{name}", old.get(name), new.get(name))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for at in range(max(len(old), len(new))):
            yield from cells(
                f"{prefix}{at}", old[at] if at < len(old) else None, new[at] if at < len(new) else None
            )  # fmt: skip
    elif old != new:
        yield place, old, new
