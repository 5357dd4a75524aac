"""What happened with a customer and what it has, for people: one timeline; and interactions that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store import visibility
from customer_master.store.attribution import Attribution, attribute, mentioning
from customer_master.store.tables import OPEN
from customer_master.store.visibility import EVERYTHING, Viewer
from mappings.canonical import upcast

NEWEST = "9999"
"""Place before everything in a timeline."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline.

    Args:
        record_id: the source record.
        at: when, in UTC, or the date alone; ``None`` if the source does not say.
        entity: interaction, case, order, holding, consent, channel_stock or sell_through.
        name: ``system/record_type/key``.
        payload: its canonical content.
        relation: how it belongs here: ``mentioned``, or the relation of its reference such as ``ordered_by``.
        confidence: 1 for a reference; for a mention what :mod:`customer_master.store.attribution` says.
        candidates: customer numbers it may belong to, where it belongs to none.
    """

    record_id: int
    at: str | None
    entity: str
    name: str
    payload: Mapping[str, Any]
    relation: str
    confidence: float
    candidates: tuple[str, ...] = field(default=())

    @property
    def place(self) -> str:
        """Where it stands in a timeline, for reading on behind it."""
        return f"{self.at or ''} {self.record_id:020d}"


def former_numbers(db: Connection, party_id: int) -> list[str]:
    """List the customer numbers that lead to a customer now."""
    return list(db.execute(text(_FORMER), {"party": party_id, "open": OPEN}).scalars())


def timeline(
    db: Connection,
    party_id: int,
    viewer: Viewer = EVERYTHING,
    *,
    limit: int = 100,
    before: str = NEWEST,
    entities: Sequence[str] = (),
) -> list[Entry]:
    """List what happened with a customer and what it has, newest first.

    Args:
        db: connection.
        party_id: the customer.
        viewer: who reads; entries of other units are left out.
        limit: how many at most.
        before: only what comes behind this place, see :attr:`Entry.place`.
        entities: only these; none for all.
    """
    attributed = {a.record_id: a for a in attribute(db, mentioning(db, party_id)).values() if a.party_id == party_id}
    rows = db.execute(
        text(_TIMELINE),
        {
            "party": party_id, "open": OPEN, "mentioned": list(attributed), "before": before, "limit": limit,
            "entities": list(entities), **visibility.args(viewer),
        },
    )  # fmt: skip
    return [
        Entry(
            row.record_id, row.at, row.entity, row.name, upcast(row.payload), row.relation or "mentioned",
            1.0 if row.relation else attributed[row.record_id].confidence,
        )
        for row in rows
    ]  # fmt: skip


def unattributed(db: Connection, viewer: Viewer = EVERYTHING, *, limit: int = 50, before: str = NEWEST) -> list[Entry]:
    """List interactions and cases that belong to no customer, newest first, with those they may belong to.

    Args:
        db: connection.
        viewer: who reads.
        limit: how many at most.
        before: only what comes behind this place, see :attr:`Entry.place`.
    """
    found: list[Entry] = []
    while len(found) < limit:
        args = {"open": OPEN, "before": before, "limit": limit * 4, **visibility.args(viewer)}
        rows = db.execute(text(_MENTIONING), args).all()
        attributions = attribute(db, [row.record_id for row in rows])
        for row in rows:
            before = row.place
            attribution = attributions[row.record_id]
            if attribution.party_id is None:
                found.append(_loose(db, viewer, row, attribution))
        if len(rows) < limit * 4:
            break
    return found[:limit]


def _loose(db: Connection, viewer: Viewer, row: Any, attribution: Attribution) -> Entry:
    args = {"ids": list(attribution.candidates), **visibility.args(viewer)}
    numbers = db.execute(text(_NUMBERS), args).scalars()
    return Entry(row.record_id, row.at, row.entity, row.name, upcast(row.payload), "", 0.0, tuple(numbers))


_FORMER = """
with recursive line(id) as (
  select party_id from master.party_successor where successor_id = :party and to_cs = :open
  union select s.party_id from line join master.party_successor s on s.successor_id = line.id and s.to_cs = :open)
select p.public_id from line join master.party p on p.id = line.id order by p.id
"""

_VISIBLE = visibility.sql("r")

_NUMBERS = f"""
select p.public_id from master.party p where p.id = any(:ids) and {visibility.customer_sql("p")}
order by array_position(:ids, p.id)
"""  # noqa: S608 - ours

# what is read inside payloads here is the same in every model: mappings.canonical.reading.SEEN_BY_SQL
_TIMELINE = f"""
with referring as (
  select f.record_id, min(f.relation) as relation from master.membership m
  join master.record_reference f on f.to_record_id = m.record_id
  join master.source_record r on r.id = f.record_id and r.entity <> 'party'
  where m.party_id = :party and m.to_cs = :open group by f.record_id
), own as (
  select * from referring
  union all select record_id, cast(null as text) from unnest(cast(:mentioned as bigint[])) as m(record_id)
  where record_id not in (select record_id from referring)
)
select * from (
  select own.record_id, own.relation, r.entity, v.payload,
    s.code || '/' || r.record_type || '/' || r.native_key as name,
    coalesce(v.payload ->> 'at', v.payload ->> 'on', v.payload ->> 'until') as at,
    coalesce(v.payload ->> 'at', v.payload ->> 'on', v.payload ->> 'until', '')
      || ' ' || lpad(r.id::text, 20, '0') as place
  from own join master.source_record r on r.id = own.record_id and {_VISIBLE}
  join master.source_system s on s.id = r.system_id
  join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
) e
where (cardinality(cast(:entities as text[])) = 0 or entity = any(:entities)) and place < :before
order by place desc limit :limit
"""  # noqa: S608 - ours

_MENTIONING = f"""
select * from (
  select r.id as record_id, r.entity, v.payload, s.code || '/' || r.record_type || '/' || r.native_key as name,
    v.payload ->> 'at' as at, (v.payload ->> 'at') || ' ' || lpad(r.id::text, 20, '0') as place
  from master.source_record r join master.source_system s on s.id = r.system_id
  join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
  where r.entity in ('interaction', 'case') and {_VISIBLE}
) e where place < :before order by place desc limit :limit
"""  # noqa: S608 - ours
