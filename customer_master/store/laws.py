"""Laws of the master that one statement proves: intervals, the clock, records and numbers.

Every statement lists what breaks its law as (place, what), without personal data. Laws about what people decide are in
:mod:`customer_master.store.laws_decided`, those about content in :mod:`customer_master.store.laws_golden` and
:mod:`customer_master.store.laws_derived`, the audit chain's in :mod:`customer_master.store.laws_sealed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from customer_master.store.tables import OPEN

MOST = 100
"""How many damages of one law are listed; more of the same tell nothing new."""

RESTORE = "Restore the latest backup, or rebuild the master from the landing zone"


@dataclass(frozen=True, slots=True)
class Damage:
    """One place where the master breaks a law.

    Args:
        law: I1 to I9, or a word: clock, chain, digest, intervals, events, touched, queue, derived, content.
        where: the place, e.g. ``record 7`` or ``customer CM-KRVQ-KEBX-N``.
        what: what is wrong there, without personal data.
        remedy: what to do.
    """

    law: str
    where: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Law:
    """A law and the statement that lists what breaks it."""

    law: str
    sql: str
    remedy: str = RESTORE


def stream(db: Connection, sql: str, batch: int, **args: Any) -> CursorResult[Any]:
    """Read rows in batches, however many there are."""
    return db.execute(text(sql), {"open": OPEN, **args}, execution_options={"yield_per": batch})


def broken(db: Connection, law: Law) -> list[Damage]:
    """List the damages of one law, no more than :data:`MOST`."""
    rows = db.execute(text(f"{law.sql} limit :most"), {"open": OPEN, "most": MOST})
    return [Damage(law.law, place, what, law.remedy) for place, what in rows]


_KEYS = {
    "source_record_version": "record_id", "membership": "record_id", "party_state": "party_id",
    "party_successor": "party_id, successor_id", "golden_version": "party_id", "pair_constraint": "decision_id, lo, hi",
    "record_relation": "from_record_id, to_record_id, type", "pin": "id", "tombstone": "record_id",
    "key_alias": "system_id, record_type, old_key",
}  # fmt: skip
"""Tables of intervals, and what has one at a time."""

_UNBROKEN = ("source_record_version", "membership", "party_state")
"""Tables whose intervals follow each other without a gap."""


def _no_overlap(table: str, key: str) -> Law:
    # a former key that another record has taken over is noted, and never finds anything
    ends = "from_cs > to_cs" if table == "key_alias" else "from_cs >= to_cs"
    sql = f"""
select '{table} ' || concat_ws('/', {key}),
  'the interval from commit ' || from_cs || case when {ends} then ' ends before it begins'
    else ' begins before the one of before has ended' end
from (select {key}, from_cs, to_cs, lag(to_cs) over (partition by {key} order by from_cs) as before
      from master.{table}) x
where {ends} or before > from_cs
"""  # noqa: S608 - ours
    return Law("intervals", sql)


def _no_gap(table: str, key: str) -> Law:
    sql = f"""
select '{table} ' || {key}, 'nothing holds between commits ' || before || ' and ' || from_cs
from (select {key}, from_cs, lag(to_cs) over (partition by {key} order by from_cs) as before from master.{table}) x
where before < from_cs
"""  # noqa: S608 - ours
    return Law("intervals", sql)


def _known_commits(table: str, key: str) -> Law:
    sql = f"""
select '{table} ' || concat_ws('/', {key}), 'it names commit ' || cs || ', which does not exist'
from master.{table} cross join lateral (values (from_cs), (to_cs)) as named(cs)
where cs <> :open and not exists (select 1 from master.change_set c where c.cs = named.cs)
"""  # noqa: S608 - ours
    return Law("intervals", sql)


INTERVALS = (
    *(_no_overlap(table, key) for table, key in _KEYS.items()),
    *(_no_gap(table, _KEYS[table]) for table in _UNBROKEN),
    *(_known_commits(table, key) for table, key in _KEYS.items()),
    Law("intervals", """
select 'record ' || id, 'it names commit ' || first_cs || ', which does not exist' from master.source_record r
where not exists (select 1 from master.change_set c where c.cs = r.first_cs)
"""),
    Law("intervals", """
select 'customer ' || p.public_id, 'its first state does not begin with commit ' || p.created_cs || ', which made it'
from master.party p left join master.party_state s on s.party_id = p.id and s.from_cs = p.created_cs
where s.party_id is null
"""),
    Law("intervals", """
select 'customer ' || p.public_id, 'no state of it is open' from master.party p
where not exists (select 1 from master.party_state s where s.party_id = p.id and s.to_cs = :open)
"""),
)  # fmt: skip

CLOCK = (
    Law("clock", """
select 'commit ' || cs, 'commits ' || before + 1 || ' to ' || cs - 1 || ' are missing'
from (select cs, lag(cs, 1, 0::bigint) over (order by cs) as before from master.change_set) x where cs <> before + 1
"""),
    Law("clock", """
select 'clock', 'it says commit ' || k.last_cs || ', the newest is ' || coalesce(n.cs, 0)
from master.clock k cross join (select max(cs) as cs from master.change_set) n where k.last_cs <> coalesce(n.cs, 0)
"""),
    Law("clock", """
select 'commit ' || cs, 'it is not later than the one before'
from (select cs, at_us, hash, lag(at_us) over (order by cs) as before from master.change_set) x
where hash <> '' and at_us <= before
"""),
    Law("clock", """
select 'clock', 'its time is before that of commit ' || c.cs from master.clock k
join master.change_set c on c.cs = k.last_cs where c.at_us > k.last_at_us
"""),
    Law("chain", """
select 'commit ' || cs, case when hash = '' then 'it is not chained to the one before' else
  'its hash does not follow from its own row and the hash of the one before' end
from (select *, lag(hash, 1, '') over (order by cs) as before from master.change_set) x
where case when hash = '' then before <> '' else hash <> encode(sha256(convert_to(
  concat_ws(E'\\x1f', before, cs, at_us, actor_kind, actor, kind, digest), 'UTF8')), 'hex') end
"""),
    Law("chain", """
select 'clock', 'its hash is not that of commit ' || c.cs from master.clock k
join master.change_set c on c.cs = k.last_cs where c.hash <> k.last_hash
"""),
)  # fmt: skip

RECORDS = (
    # what has just come waits in the queue for its customer
    Law("I1", """
select 'record ' || r.id, 'it belongs to no customer' from master.source_record r
where r.entity = 'party'
  and exists (select 1 from master.source_record_version v where v.record_id = r.id and v.to_cs = :open)
  and not exists (select 1 from master.membership m where m.record_id = r.id and m.to_cs = :open)
  and not exists (select 1 from master.resolve_queue q where q.record_id = r.id)
"""),
    Law("I1", """
select 'record ' || m.record_id, 'it belongs to two customers' from master.membership m where m.to_cs = :open
group by m.record_id having count(*) > 1
"""),
    Law("I1", """
select 'record ' || m.record_id, 'it belongs to a customer and has said nothing yet' from master.membership m
join master.source_record r on r.id = m.record_id and r.binding is null
where m.to_cs = :open and not exists (select 1 from master.source_record_version v where v.record_id = r.id)
"""),
    Law("I8", """
select 'record ' || record_id, 'its version of commit ' || from_cs || ' says what the one before said'
from (select record_id, from_cs, payload_hash,
        lag(payload_hash) over (partition by record_id order by from_cs) as before from master.source_record_version) x
where payload_hash = before and payload_hash <> ''
"""),
)  # fmt: skip

# what the hub made for a record that is gone keeps no customer in use
NUMBERS = (
    Law("I2", """
select 'customer ' || p.public_id, 'it is ' || s.status || case
  when s.status = 'active' and n.records > 0 then ' and all its records are gone from their sources'
  when s.status in ('active', 'retired') and n.records = 0 then ' and has no records'
  when s.status = 'retired' then ' and has records that are in their sources' else ' and has records' end
from master.party p join master.party_state s on s.party_id = p.id and s.to_cs = :open
cross join lateral (
  select count(*) as records, count(*) filter (where t.record_id is null) as live,
    count(*) filter (where t.record_id is null and r.anchor_id is null) as own, count(q.record_id) as waiting
  from master.membership m join master.source_record r on r.id = m.record_id
  left join master.tombstone t on t.record_id = m.record_id and t.to_cs = :open
  left join master.resolve_queue q on q.record_id = m.record_id
  where m.party_id = p.id and m.to_cs = :open) n
where case s.status when 'active' then n.records = 0 or (n.live = 0 and n.waiting = 0)
  when 'retired' then n.records = 0 or (n.own > 0 and n.waiting = 0) else n.records > 0 end
"""),
    Law("I2", """
select 'customer ' || p.public_id, case when s.status in ('merged', 'split') then
  'it is ' || s.status || ' and nobody succeeds it' else 'it is ' || s.status || ' and somebody succeeds it' end
from master.party p join master.party_state s on s.party_id = p.id and s.to_cs = :open
where (s.status in ('merged', 'split')) <> exists (
  select 1 from master.party_successor h where h.party_id = p.id and h.to_cs = :open)
"""),
    Law("I2", """
with recursive walk(start, id) as (
  select party_id, successor_id from master.party_successor where to_cs = :open
  union all select walk.start, h.successor_id from walk
  join master.party_successor h on h.party_id = walk.id and h.to_cs = :open
) cycle id set turns using path
select distinct 'customer ' || p.public_id, 'its line of successors leads round in a circle'
from walk join master.party p on p.id = walk.start where walk.turns or walk.id = walk.start
"""),
    # the kind inside a payload is the same in every model: mappings.canonical.reading.SEEN_BY_SQL
    Law("kinds", """
select 'record ' || m.record_id, 'it is of another kind than its customer ' || p.public_id
from master.membership m join master.party p on p.id = m.party_id
join master.source_record r on r.id = m.record_id and r.anchor_id is null
join master.source_record_version v on v.record_id = m.record_id and v.to_cs = :open
where m.to_cs = :open and v.payload ->> 'kind' <> p.kind
  and not exists (select 1 from master.resolve_queue q where q.record_id = m.record_id)
  and not exists (select 1 from master.tombstone t where t.record_id = m.record_id and t.to_cs = :open)
"""),
)  # fmt: skip
