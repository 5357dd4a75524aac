"""Decisions as they stand in the log: append-only, about records, in force or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store.tables import OPEN


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as stored.

    Args:
        id: its number.
        cs: its commit number, by which it is undone.
        verdict: such as ``same``, ``split`` or ``undo``.
        records: the source records it is about.
        detail: what belongs to the verdict.
        actor: who decided.
        second_actor: who agreed, if a policy asked for it.
        reason: why, in the steward's words.
        at_us: when, UTC microseconds since 1970.
        undoes_cs: the change it takes back.
        undoes_id: the decision that this change was, if it was one.
        stands: something that it put in force is in force.
        undone_by: the newest decision that has taken it back, if any.
    """

    id: int
    cs: int
    verdict: str
    records: tuple[int, ...]
    detail: Mapping[str, Any]
    actor: str
    second_actor: str | None
    reason: str
    at_us: int
    undoes_cs: int | None
    undoes_id: int | None
    stands: bool
    undone_by: int | None


def recent(
    db: Connection, *, actor: str | None = None, limit: int = 50, before: int = OPEN, units: list[str] | None = None
) -> list[Decision]:
    """List decisions, newest first.

    Args:
        db: connection.
        actor: only this steward's.
        limit: how many at most.
        before: only decisions with a smaller number.
        units: only decisions about a record of these organisational units; ``None``: all.
    """
    where = "d.id < :before and (cast(:actor as text) is null or d.actor = :actor)"
    if units is not None:
        where += (
            " and exists (select 1 from master.source_record r"
            " where r.id = any(d.records) and r.org_unit = any(:units))"
        )
    rows = db.execute(
        text(f"{_DECISION} where {where} order by d.id desc limit :limit"),
        {"before": before, "actor": actor, "limit": limit, "open": OPEN, "units": units},
    )
    return [_decision(row) for row in rows.mappings()]


def decision_of(db: Connection, decision_id: int) -> Decision:
    """Give one decision.

    Raises:
        UnknownError: there is none of this number.
    """
    row = (
        db.execute(text(f"{_DECISION} where d.id = :id"), {"id": min(decision_id, OPEN), "open": OPEN})
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UnknownError(f"There is no decision {decision_id}", "Look at the list of decisions")
    return _decision(row)


def _decision(row: RowMapping) -> Decision:
    return Decision(**{**row, "records": tuple(row["records"])})


# asked row by row: of an "exists" the server would make a hash of all open rows
_DECISION = """
select d.id, d.cs, d.verdict, d.records, d.detail, d.actor, d.second_actor, d.reason, d.at_us, d.undoes_cs,
  (select o.id from master.decision o where o.cs = d.undoes_cs) as undoes_id,
  coalesce(
    (select true from master.pair_constraint c where c.decision_id = d.id and c.to_cs = :open limit 1),
    (select true from master.record_relation c where c.from_cs = d.cs and c.to_cs = :open limit 1),
    (select true from master.pin c where c.from_cs = d.cs and c.to_cs = :open limit 1), false) as stands,
  (select max(u.id) from master.decision u where u.undoes_cs = d.cs) as undone_by
from master.decision d
"""
