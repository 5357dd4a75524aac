"""The queue of doubtful pairs: what the machine must not decide, the weightiest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.store.tables import OPEN

MOST_COUNTED = 10_000
"""Nobody needs to know how many more than this wait."""


@dataclass(frozen=True, slots=True)
class RecordView:
    """One of the two records of a review.

    Args:
        record_id: the source record.
        name: ``system/record_type/key``.
        payload: its own evidence, stored form.
        position: source position of its newest change.
        public_id: customer number of its party.
        records: how many records that customer has.
    """

    record_id: int
    name: str
    payload: Mapping[str, Any]
    position: str
    public_id: str
    records: int


@dataclass(frozen=True, slots=True)
class Review:
    """A pair to look at; ``weight`` is the machine's evidence in bits."""

    lo: int
    hi: int
    weight: float
    band: str
    left: RecordView
    right: RecordView


def waiting(db: Connection) -> int:
    """Count the pairs that wait for a steward, no further than :data:`MOST_COUNTED`."""
    sql = f"select count(*) from ({_WAITING} limit :most) w"  # noqa: S608 - ours
    return int(db.execute(text(sql), {"open": OPEN, "most": MOST_COUNTED}).scalar_one())


def next_reviews(db: Connection, *, limit: int = 3, skipped: Collection[tuple[int, int]] = ()) -> list[Review]:
    """Give the pairs to look at next.

    Two records that belong to one customer already, or that somebody decided about, do not wait any more.

    Args:
        db: connection.
        limit: how many at most.
        skipped: pairs the steward has put off.
    """
    los, his = ([pair[side] for pair in skipped] for side in (0, 1))
    rows = db.execute(
        text(
            f"select * from ({_WAITING}) w where not exists (select 1"  # noqa: S608 - ours
            " from unnest(cast(:los as bigint[]), cast(:his as bigint[])) as k(lo, hi)"
            " where k.lo = w.lo and k.hi = w.hi) order by weight desc, lo, hi limit :limit"
        ),
        {"open": OPEN, "limit": limit, "los": los, "his": his},
    ).all()
    return [_review(db, row) for row in rows]


def review_of(db: Connection, lo: int, hi: int) -> Review | None:
    """Give the review of one pair, whether it waits or not; ``None`` if the machine never compared the two."""
    row = db.execute(
        text("select lo, hi, weight, band from master.match_pair where lo = :lo and hi = :hi"), {"lo": lo, "hi": hi}
    ).one_or_none()
    return None if row is None else _review(db, row)


def _review(db: Connection, pair: Row[Any]) -> Review:
    rows = db.execute(text(_RECORD), {"ids": [pair.lo, pair.hi], "open": OPEN})
    views = {row.record_id: RecordView(*row) for row in rows}
    return Review(pair.lo, pair.hi, pair.weight, pair.band, views[pair.lo], views[pair.hi])


_WAITING = """
select p.lo, p.hi, p.weight, p.band from master.match_pair p
join master.membership a on a.record_id = p.lo and a.to_cs = :open
join master.membership b on b.record_id = p.hi and b.to_cs = :open
where p.band in ('review', 'match') and a.party_id <> b.party_id
and not exists (select 1 from master.pair_constraint c where c.lo = p.lo and c.hi = p.hi and c.to_cs = :open)
"""

_RECORD = """
select r.id as record_id, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation) as name,
  coalesce(v.evidence, v.payload) as payload, v.evidence_position as position, p.public_id,
  (select count(*) from master.membership o where o.party_id = m.party_id and o.to_cs = :open) as records
from master.source_record r join master.source_system s on s.id = r.system_id
join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
join master.membership m on m.record_id = r.id and m.to_cs = :open
join master.party p on p.id = m.party_id
where r.id = any(:ids)
"""
