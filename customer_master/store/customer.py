"""Everything known about one customer, for people: agreed values with their origins, source records, one timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store.attribution import Attribution, attribute, mentioning
from customer_master.store.tables import OPEN

NEWEST = "9999"
"""Place before everything in a timeline."""


@dataclass(frozen=True, slots=True)
class GoldenValue:
    """An agreed value and where it comes from.

    Args:
        attribute: such as ``name`` or ``phone``.
        value: in its stored form.
        rule: survivorship rule that chose it.
        why: the step of the rule that decided.
        source: ``system/record_type/key`` of the record it comes from, empty if it comes from several.
        origin: file and row, or model and id, in the source.
    """

    attribute: str
    value: Any
    rule: str
    why: str
    source: str
    origin: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A source record of the customer; ``joined_by`` is the kind of its membership."""

    record_id: int
    name: str
    payload: Mapping[str, Any] | None
    position: str
    origin: str
    joined_by: str


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer.

    Args:
        party_id: internal number.
        public_id: customer number.
        kind: organisation, person or site.
        status: active, merged, split, retired or erased.
        golden: agreed values.
        conflicts: what sources disagree about.
        records: its source records.
        former_ids: customer numbers that lead here.
        successors: customer numbers that this one, if it has ended, leads to.
    """

    party_id: int
    public_id: str
    kind: str
    status: str
    golden: list[GoldenValue]
    conflicts: list[Mapping[str, Any]]
    records: list[RecordRow]
    former_ids: list[str]
    successors: list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline.

    Args:
        record_id: the source record.
        at: when, in UTC, or the date alone; ``None`` if the source does not say.
        entity: interaction, case, order or holding.
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


def load(db: Connection, party_id: int) -> Customer | None:
    """Read one customer, ``None`` if there never was one of this number."""
    row = db.execute(text(_PARTY), {"party": party_id, "open": OPEN}).one_or_none()
    if row is None:
        return None
    golden = [GoldenValue(*g) for g in db.execute(text(_GOLDEN), {"party": party_id, "open": OPEN})]
    records = [RecordRow(*r) for r in db.execute(text(_RECORDS), {"party": party_id, "open": OPEN})]
    former = db.execute(text(_FORMER), {"party": party_id, "open": OPEN}).scalars().all()
    after = db.execute(text(_SUCCESSORS), {"party": party_id, "open": OPEN}).scalars().all()
    return Customer(
        row.id, row.public_id, row.kind, row.status, golden, row.conflicts or [], records, list(former), list(after)
    )


def timeline(
    db: Connection, party_id: int, *, limit: int = 100, before: str = NEWEST, entities: Sequence[str] = ()
) -> list[Entry]:
    """List what happened with a customer and what it has, newest first.

    Args:
        db: connection.
        party_id: the customer.
        limit: how many at most.
        before: only what comes behind this place, see :attr:`Entry.place`.
        entities: only these; none for all.
    """
    attributed = {a.record_id: a for a in attribute(db, mentioning(db, party_id)).values() if a.party_id == party_id}
    rows = db.execute(
        text(_TIMELINE),
        {
            "party": party_id, "open": OPEN, "mentioned": list(attributed), "before": before, "limit": limit,
            "entities": list(entities),
        },
    )  # fmt: skip
    return [
        Entry(
            row.record_id, row.at, row.entity, row.name, row.payload, row.relation or "mentioned",
            1.0 if row.relation else attributed[row.record_id].confidence,
        )
        for row in rows
    ]  # fmt: skip


def unattributed(db: Connection, *, limit: int = 50, before: str = NEWEST) -> list[Entry]:
    """List interactions and cases that belong to no customer, newest first, with those they may belong to.

    Args:
        db: connection.
        limit: how many at most.
        before: only what comes behind this place, see :attr:`Entry.place`.
    """
    found: list[Entry] = []
    while len(found) < limit:
        rows = db.execute(text(_MENTIONING), {"open": OPEN, "before": before, "limit": limit * 4}).all()
        attributions = attribute(db, [row.record_id for row in rows])
        for row in rows:
            before = row.place
            attribution = attributions[row.record_id]
            if attribution.party_id is None:
                found.append(_loose(db, row, attribution))
        if len(rows) < limit * 4:
            break
    return found[:limit]


def _loose(db: Connection, row: Any, attribution: Attribution) -> Entry:
    numbers = db.execute(
        text("select public_id from master.party where id = any(:ids) order by array_position(:ids, id)"),
        {"ids": list(attribution.candidates)},
    ).scalars()
    return Entry(row.record_id, row.at, row.entity, row.name, row.payload, "", 0.0, tuple(numbers))


_PARTY = """
select p.id, p.public_id, p.kind, s.status, g.conflicts
from master.party p
join master.party_state s on s.party_id = p.id and s.to_cs = :open
left join master.golden_version g on g.party_id = p.id and g.to_cs = :open
where p.id = :party
"""

_GOLDEN = """
select a.key, a.value, coalesce(g.prov -> a.key ->> 'r', ''), coalesce(g.prov -> a.key ->> 'why', ''),
  coalesce(s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation), ''), coalesce(v.origin, '')
from master.golden_version g cross join lateral jsonb_each(g.attrs) a
left join master.source_record_version v on v.id = (g.prov -> a.key ->> 'v')::bigint
left join master.source_record r on r.id = v.record_id left join master.source_system s on s.id = r.system_id
where g.party_id = :party and g.to_cs = :open order by a.key
"""

_RECORDS = """
select r.id, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation), v.payload,
  coalesce(v.position, ''), coalesce(v.origin, ''), m.kind
from master.membership m join master.source_record r on r.id = m.record_id
join master.source_system s on s.id = r.system_id
left join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
where m.party_id = :party and m.to_cs = :open order by 2
"""

_FORMER = """
with recursive line(id) as (
  select party_id from master.party_successor where successor_id = :party and to_cs = :open
  union select s.party_id from line join master.party_successor s on s.successor_id = line.id and s.to_cs = :open)
select p.public_id from line join master.party p on p.id = line.id order by p.id
"""

_SUCCESSORS = """
select p.public_id from master.party_successor s join master.party p on p.id = s.successor_id
where s.party_id = :party and s.to_cs = :open order by p.id
"""

_TIMELINE = """
with own as (
  select distinct f.record_id, f.relation from master.membership m
  join master.record_reference f on f.to_record_id = m.record_id
  join master.source_record r on r.id = f.record_id and r.entity <> 'party'
  where m.party_id = :party and m.to_cs = :open
  union all select unnest(cast(:mentioned as bigint[])), cast(null as text)
)
select * from (
  select own.record_id, own.relation, r.entity, v.payload,
    s.code || '/' || r.record_type || '/' || r.native_key as name,
    coalesce(v.payload ->> 'at', v.payload ->> 'on') as at,
    coalesce(v.payload ->> 'at', v.payload ->> 'on', '') || ' ' || lpad(r.id::text, 20, '0') as place
  from own join master.source_record r on r.id = own.record_id join master.source_system s on s.id = r.system_id
  join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
) e
where (cardinality(cast(:entities as text[])) = 0 or entity = any(:entities)) and place < :before
order by place desc limit :limit
"""

_MENTIONING = """
select * from (
  select r.id as record_id, r.entity, v.payload, s.code || '/' || r.record_type || '/' || r.native_key as name,
    v.payload ->> 'at' as at, (v.payload ->> 'at') || ' ' || lpad(r.id::text, 20, '0') as place
  from master.source_record r join master.source_system s on s.id = r.system_id
  join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
  where r.entity in ('interaction', 'case')
) e where place < :before order by place desc limit :limit
"""
