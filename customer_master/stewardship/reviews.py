"""The queue of doubtful pairs: what the machine must not decide, the weightiest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.store import visibility
from customer_master.store.tables import OPEN
from customer_master.store.visibility import EVERYTHING, Viewer
from mappings.canonical import upcast

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


def waiting(db: Connection, viewer: Viewer = EVERYTHING) -> int:
    """Count the pairs that wait for a steward, no further than :data:`MOST_COUNTED`."""
    sql = f"select count(*) from ({_WAITING} limit :most) w"  # noqa: S608 - ours
    return int(db.execute(text(sql), {**_who(viewer), "most": MOST_COUNTED}).scalar_one())


def next_reviews(
    db: Connection, viewer: Viewer = EVERYTHING, *, limit: int = 3, skipped: Collection[tuple[int, int]] = ()
) -> list[Review]:
    """Give the pairs to look at next.

    Two records that belong to one customer already, or that somebody decided about or related, do not wait any more.
    Of what a steward was unsure about others are asked; the steward is asked again when one of the customers changes.

    Args:
        db: connection.
        viewer: the steward, who must see both records.
        limit: how many at most.
        skipped: pairs that the steward has before him already.
    """
    los, his = ([pair[side] for pair in skipped] for side in (0, 1))
    rows = db.execute(
        text(
            f"select * from ({_WAITING}) w where not exists (select 1"  # noqa: S608 - ours
            " from unnest(cast(:los as bigint[]), cast(:his as bigint[])) as k(lo, hi)"
            " where k.lo = w.lo and k.hi = w.hi) order by weight desc, lo, hi limit :limit"
        ),
        {**_who(viewer), "limit": limit, "los": los, "his": his},
    ).all()
    return [_review(db, row) for row in rows]


def review_of(db: Connection, viewer: Viewer, lo: int, hi: int) -> Review | None:
    """Give the review of one pair, whether it waits or not.

    Args:
        db: connection.
        viewer: the steward.
        lo: the one record.
        hi: the other.

    Returns:
        The pair; ``None`` if the steward does not see both records, or one of them has no content.
    """
    row = db.execute(text(_PAIR), {**_who(viewer), "lo": lo, "hi": hi}).one_or_none()
    return None if row is None else _review(db, row)


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"open": OPEN, "user": viewer.user, **visibility.args(viewer)}


def _review(db: Connection, pair: Row[Any]) -> Review:
    rows = db.execute(text(_RECORD), {"ids": [pair.lo, pair.hi], "open": OPEN})
    views = {row.record_id: _record_view(row) for row in rows}
    return Review(pair.lo, pair.hi, pair.weight, pair.band, views[pair.lo], views[pair.hi])


def _record_view(row: Row[Any]) -> RecordView:
    return RecordView(row.record_id, row.name, upcast(row.payload), row.position, row.public_id, row.records)


_BOTH_VISIBLE = f"""(cast(:viewer_units as text[]) is null or 2 = (
  select count(*) from master.source_record r where r.id in (p.lo, p.hi) and {visibility.sql("r")}))"""  # noqa: S608 - ours

_WAITING = f"""
select p.lo, p.hi, p.weight, p.band from master.match_pair p
join master.membership a on a.record_id = p.lo and a.to_cs = :open
join master.membership b on b.record_id = p.hi and b.to_cs = :open
where p.band in ('review', 'match') and a.party_id <> b.party_id
and not exists (select 1 from master.pair_constraint c where c.lo = p.lo and c.hi = p.hi and c.to_cs = :open)
and not exists (
  select 1 from master.record_relation n where n.to_cs = :open
  and (n.from_record_id, n.to_record_id) in ((p.lo, p.hi), (p.hi, p.lo)))
and not exists (
  select 1 from master.decision d where d.records = array[p.lo, p.hi] and d.verdict = 'unsure' and d.actor = :user
  and d.cs >= (select max(c.touched_cs) from master.party c where c.id in (a.party_id, b.party_id)))
and {_BOTH_VISIBLE}
"""  # noqa: S608 - ours

_PAIR = f"""
select p.lo, p.hi, coalesce(m.weight, 0) as weight, coalesce(m.band, '') as band
from (select cast(:lo as bigint) as lo, cast(:hi as bigint) as hi) p
left join master.match_pair m on m.lo = p.lo and m.hi = p.hi
where {_BOTH_VISIBLE} and 2 = (
  select count(*) from master.source_record_version v join master.membership o on o.record_id = v.record_id
  where v.record_id in (p.lo, p.hi) and v.to_cs = :open and o.to_cs = :open)
"""  # noqa: S608 - ours

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
