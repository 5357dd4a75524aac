"""The constraints that decisions put beside the evidence: pairs of records that must, or must not, be one customer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from customer_master.store.parties import anchors
from customer_master.store.tables import OPEN, pair_constraint

MUST, CANNOT = 1, -1


@dataclass(frozen=True, slots=True)
class PairConstraint:
    """A constraint in force, ``lo < hi``."""

    decision_id: int
    lo: int
    hi: int
    polarity: int


def in_force(db: Connection, record_ids: Collection[int]) -> list[PairConstraint]:
    """List the constraints in force that touch any of the records."""
    c = pair_constraint.c
    ids = list(record_ids)
    rows = db.execute(
        select(c.decision_id, c.lo, c.hi, c.polarity)
        .where(c.to_cs == OPEN, or_(c.lo == func.any(ids), c.hi == func.any(ids)))
        .order_by(c.decision_id)
    )
    return [PairConstraint(*row) for row in rows]


def must_links(db: Connection, record_ids: Collection[int]) -> list[tuple[int, int]]:
    """List the pairs that must be one customer and touch any of the records."""
    return [(c.lo, c.hi) for c in in_force(db, record_ids) if c.polarity == MUST]


def bound_together(db: Connection, record_id: int) -> set[int]:
    """Find all records that must be one customer with this one: by decision, or because the hub made them for it."""
    found = {record_id}
    frontier = [record_id]
    while frontier:
        pairs = must_links(db, frontier) + anchors(db, frontier)
        frontier = sorted({r for pair in pairs for r in pair} - found)
        found.update(frontier)
    return found
