"""The constraints that decisions put beside the evidence: pairs of records that must, or must not, be one customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, or_, select

from customer_master.golden.pins import Pin
from customer_master.store.decision_tables import pair_constraint
from customer_master.store.parties import anchors
from customer_master.store.tables import OPEN

MUST, CANNOT = 1, -1


@dataclass(frozen=True, slots=True, order=True)
class PairConstraint:
    """A constraint in force, ``lo < hi``."""

    decision_id: int
    lo: int
    hi: int
    polarity: int


def link(decision_id: int, a: int, b: int, polarity: int) -> PairConstraint:
    """Make a constraint of two records in any order."""
    return PairConstraint(decision_id, min(a, b), max(a, b), polarity)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is about to begin and to end: what the master is decided under before it is stored.

    Args:
        opened: constraints that begin.
        closed: constraints that end.
        pinned: pins that begin.
        unpinned: numbers of pins that end.
    """

    opened: tuple[PairConstraint, ...] = ()
    closed: frozenset[PairConstraint] = field(default_factory=frozenset)
    pinned: tuple[Pin, ...] = ()
    unpinned: frozenset[int] = field(default_factory=frozenset)

    def applied(self, standing: Iterable[PairConstraint]) -> list[PairConstraint]:
        """Give the constraints that are in force with it."""
        return sorted({*standing, *self.opened} - self.closed)

    def pins(self, standing: Iterable[Pin]) -> list[Pin]:
        """Give the pins that are in force with it, in order of their numbers."""
        kept = [p for p in standing if p.id not in self.unpinned]
        return sorted([*kept, *self.pinned], key=lambda p: p.id)

    def records(self) -> set[int]:
        """List the records that its constraints are about."""
        return {r for c in (*self.opened, *self.closed) for r in (c.lo, c.hi)}


AS_IT_STANDS = Amendment()


def in_force(db: Connection, record_ids: Collection[int]) -> list[PairConstraint]:
    """List the constraints in force that touch any of the records."""
    c = pair_constraint.c
    ids = list(record_ids)
    rows = db.execute(
        select(c.decision_id, c.lo, c.hi, c.polarity)
        .where(c.to_cs == OPEN, or_(c.lo == func.any(ids), c.hi == func.any(ids)))
        .order_by(c.decision_id, c.lo, c.hi)
    )
    return [PairConstraint(*row) for row in rows]


def must_links(db: Connection, record_ids: Collection[int]) -> list[tuple[int, int]]:
    """List the pairs that must be one customer and touch any of the records."""
    return [(c.lo, c.hi) for c in in_force(db, record_ids) if c.polarity == MUST]


@dataclass(frozen=True, slots=True)
class Bonds:
    """Everything that binds some records, followed to its end.

    Args:
        constraints: constraints in force that touch any record found.
        anchors: (record made by the hub, record it was made for).
    """

    constraints: tuple[PairConstraint, ...]
    anchors: tuple[tuple[int, int], ...]


def bonds(db: Connection, record_ids: Iterable[int]) -> Bonds:
    """Follow must-links and anchors from some records as far as they go."""
    found: set[int] = set(record_ids)
    constraints: set[PairConstraint] = set()
    made: set[tuple[int, int]] = set()
    frontier: Sequence[int] = sorted(found)
    while frontier:
        standing, anchored = in_force(db, frontier), anchors(db, frontier)
        constraints.update(standing)
        made.update(anchored)
        pairs = [(c.lo, c.hi) for c in standing if c.polarity == MUST] + anchored
        frontier = sorted({r for pair in pairs for r in pair} - found)
        found.update(frontier)
    return Bonds(tuple(sorted(constraints)), tuple(sorted(made)))
