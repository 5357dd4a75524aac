"""Erasing records from the master: their content goes, from every time, and what was derived from it with it.

Rows stay where they prove that something was there: ids, intervals and the chain of change sets. The salts of the
change sets that wrote the content go with it, so nobody can find out by trying what it was.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from customer_master.store import audit
from customer_master.store.clock import Author, tick
from customer_master.store.key_map import Identity
from customer_master.store.parties import OvertakenError
from customer_master.store.tables import OPEN, golden_version


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure has made of the master.

    Args:
        cs: its commit number.
        ended: customers of which nothing is left.
        left: customers that go on with other records, which are queued to be resolved again.
    """

    cs: int
    ended: tuple[int, ...]
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A key of a record, and when it meant that record, UTC microseconds since 1970: from then, until before then."""

    identity: Identity
    since_us: int
    until_us: int


def with_copies(connection: Connection, record_ids: Collection[int]) -> list[int]:
    """Add the records that the hub itself made for any of these: they say nothing else."""
    rows = connection.execute(
        text("select id from master.source_record where id = any(:ids) or anchor_id = any(:ids) order by id"),
        {"ids": list(record_ids)},
    )
    return list(rows.scalars())


def identities(connection: Connection, record_ids: Collection[int]) -> list[Identity]:
    """List what these records are and were called by their systems."""
    rows = connection.execute(text(_IDENTITIES), {"ids": list(record_ids)})
    return [(row.code, row.record_type, row.key) for row in rows]


def spans(connection: Connection, record_ids: Collection[int]) -> list[Span]:
    """List when these records were called what; a former key means its record until another one takes it."""
    rows = connection.execute(text(_SPANS), {"ids": list(record_ids), "open": OPEN})
    return [Span((row.code, row.record_type, row.key), row.since_us, row.until_us) for row in rows]


def living(connection: Connection, identities: Collection[Identity]) -> set[Identity]:
    """List those of the identities that a record of now has."""
    systems, types, keys = (list(column) for column in zip(*identities, strict=True))
    rows = connection.execute(text(_LIVING), {"systems": systems, "types": types, "keys": keys})
    return {(row.system, row.record_type, row.key) for row in rows}


def fingerprint(key: str, identity: Identity) -> str:
    """Give the keyed hash by which an erased record is recognised (HMAC-SHA256, hex).

    >>> fingerprint("secret", ("scm", "ship_to", "S001")) == fingerprint("secret", ("scm", "ship_to", "S002"))
    False
    """
    return hmac.new(key.encode(), "\x1f".join(identity).encode(), hashlib.sha256).hexdigest()


def suppressed(connection: Connection, fingerprints: Collection[str]) -> dict[str, int]:
    """Map those of the fingerprints that belong to erased records to the erasure."""
    rows = connection.execute(
        text("select fingerprint, erasure_id from master.suppression where fingerprint = any(:all)"),
        {"all": list(fingerprints)},
    )
    return {row.fingerprint: row.erasure_id for row in rows}


def anything_suppressed(connection: Connection) -> bool:
    """Tell whether any record was ever erased."""
    return bool(connection.execute(text("select exists (select 1 from master.suppression)")).scalar_one())


def erase(connection: Connection, record_ids: Sequence[int], *, author: Author, seen_cs: int) -> Erased:
    """Take the content of records out of the master, in one change set.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        record_ids: the records, with their copies.
        author: who does it.
        seen_cs: the last commit when the caller began to read.

    Raises:
        OvertakenError: a customer concerned was changed meanwhile; the caller rolls back.
    """
    ids = sorted(record_ids)
    given: dict[str, Any] = {"ids": ids, "open": OPEN}
    members = connection.execute(text(_MEMBERS), given).all()
    ended = tuple(row.party_id for row in members if not row.others)
    left = tuple(row.party_id for row in members if row.others)
    for statement in _FORGET_SALTS, *_REDACT:
        connection.execute(text(statement), given)
    _redact_golden(connection, ids)
    rows: list[audit.Row] = [("x", ids), *(("l", i) for i in _joined(connection, ids))]
    rows += [("s", p, "erased") for p in ended] + [("e", n, "erased", p) for n, p in enumerate(ended)]
    cs = tick(connection, kind="erase", author=author, seal=audit.seal(rows))  # from here on every other writer waits
    _refuse_overtaken(connection, [*ended, *left], seen_cs)
    for statement in _END:
        connection.execute(text(statement), {**given, "cs": cs, "ended": list(ended), "left": list(left)})
    return Erased(cs, ended, left)


def _joined(connection: Connection, ids: Sequence[int]) -> list[int]:
    sql = "select record_id from master.membership where record_id = any(:ids) and to_cs = :open"
    return list(connection.execute(text(sql), {"ids": ids, "open": OPEN}).scalars())


def _refuse_overtaken(connection: Connection, party_ids: Sequence[int], seen_cs: int) -> None:
    sql = "select id, touched_cs from master.party where id = any(:ids) and touched_cs > :seen"
    newer = connection.execute(text(sql), {"ids": party_ids, "seen": seen_cs}).all()
    if newer:
        raise OvertakenError({row.id: row.touched_cs for row in newer})


def _redact_golden(connection: Connection, ids: Sequence[int]) -> None:
    """Take out of golden versions of all times what came from these records or from pins on them."""
    g = golden_version.c
    sources = connection.execute(text(_SOURCES), {"ids": ids}).one()
    parties = connection.execute(text(_EVER), {"ids": ids}).scalars().all()
    found = connection.execute(select(g.id, g.attrs, g.prov, g.conflicts).where(g.party_id.in_(parties)))
    changed = [row for row in (_redacted(row, set(sources.v or ()), set(sources.p or ())) for row in found) if row]
    if changed:
        connection.execute(_WRITE_GOLDEN, changed)
        connection.execute(text(_FORGET_GOLDEN_SALTS), {"ids": [row["id"] for row in changed]})


def _redacted(row: Row[*tuple[Any, ...]], versions: set[int], pins: set[int]) -> dict[str, Any] | None:
    gone = {attribute for attribute, source in row.prov.items() if _mentions(source, versions, pins)}
    conflicts = [conflict for conflict in row.conflicts if not _mentions(conflict, versions, pins)]
    if not gone and len(conflicts) == len(row.conflicts):
        return None
    return {
        "id": row.id,
        "attrs": {a: None if a in gone else value for a, value in row.attrs.items()},
        "prov": {a: source for a, source in row.prov.items() if a not in gone},
        "conflicts": conflicts,
    }


def _mentions(value: Any, versions: set[int], pins: set[int]) -> bool:
    """Tell whether provenance or a conflict points at any of these versions or pins, however deep."""
    match value:
        case Mapping():
            own = value.get("v") in versions if isinstance(value.get("v"), int) else False
            pinned = value.get("p") in pins if isinstance(value.get("p"), int) else False
            return own or pinned or any(_mentions(part, versions, pins) for part in value.values())
        case list():
            return any(_mentions(part, versions, pins) for part in value)
        case _:
            return False


_IDENTITIES = """
select s.code, r.record_type, r.native_key as key from master.source_record r
join master.source_system s on s.id = r.system_id where r.id = any(:ids) and r.native_key is not null
union select s.code, a.record_type, a.old_key from master.key_alias a
join master.source_system s on s.id = a.system_id where a.record_id = any(:ids)
"""

_SPANS = """
with held as (
  select system_id, record_type, old_key as key, to_cs as until,
    lag(from_cs) over (partition by record_id order by from_cs) as since
  from master.key_alias where record_id = any(:ids)
  union all
  select r.system_id, r.record_type, r.native_key, :open,
    (select max(a.from_cs) from master.key_alias a where a.record_id = r.id)
  from master.source_record r where r.id = any(:ids) and r.native_key is not null)
select s.code, h.record_type, h.key, coalesce(b.at_us, 0) as since_us, coalesce(e.at_us, :open) as until_us
from held h join master.source_system s on s.id = h.system_id
left join master.change_set b on b.cs = h.since left join master.change_set e on e.cs = h.until
"""

# one that is only referred to and never came has not been given the key by anybody
_LIVING = """
select n.system, n.record_type, n.key
from unnest(cast(:systems as text[]), cast(:types as text[]), cast(:keys as text[])) as n(system, record_type, key)
join master.source_system s on s.code = n.system
join master.source_record r on r.system_id = s.id and r.record_type = n.record_type and r.native_key = n.key
where exists (select 1 from master.source_record_version v where v.record_id = r.id)
"""

_MEMBERS = """
select m.party_id, exists (select 1 from master.membership o
  where o.party_id = m.party_id and o.to_cs = :open and o.record_id <> all(:ids)) as others
from master.membership m where m.record_id = any(:ids) and m.to_cs = :open group by m.party_id order by m.party_id
"""

_SOURCES = """
select (select array_agg(id) from master.source_record_version where record_id = any(:ids)) as v,
  (select array_agg(id) from master.pin where anchor_record_id = any(:ids)) as p
"""

_EVER = "select distinct party_id from master.membership where record_id = any(:ids)"

_FORGET_SALTS = """
update master.change_set set salt = '' where salt <> '' and cs in (
  select from_cs from master.source_record_version where record_id = any(:ids)
  union select from_cs from master.key_alias where record_id = any(:ids))
"""

_FORGET_GOLDEN_SALTS = """
update master.change_set set salt = '' where salt <> '' and cs in (
  select from_cs from master.golden_version where id = any(:ids))
"""

_WRITE_GOLDEN = text(
    "update master.golden_version set attrs = :attrs, prov = :prov, conflicts = :conflicts, attrs_hash = ''"
    " where id = :id"
).bindparams(*(bindparam(name, type_=JSONB) for name in ("attrs", "prov", "conflicts")))

_REDACT = (
    """update master.source_record_version set payload = '{"erased": true}', payload_hash = '', evidence = null,
    evidence_hash = '' where record_id = any(:ids)""",
    "delete from master.contact_point where record_id = any(:ids)",
    "delete from master.record_reference where record_id = any(:ids)",
    "delete from master.search_entry where record_id = any(:ids)",
    "delete from master.blocking_key where record_id = any(:ids)",
    "delete from master.record_values where record_id = any(:ids)",
    "delete from master.match_pair where lo = any(:ids) or hi = any(:ids)",
    "delete from master.resolve_queue where record_id = any(:ids)",
    """update master.pin set value = '{"erased": true}', baseline_hash = '' where anchor_record_id = any(:ids)""",
    # what a verdict was about stays, as far as it is names of attributes and numbers
    """update master.decision set reason = '', evidence = '{}', evidence_hash = '', detail = (
      select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(detail)
      where key in ('attribute', 'groups', 'mode', 'pin', 'type'))
    where records && cast(:ids as bigint[])""",
    "update master.proposal set detail = '{}' where records && cast(:ids as bigint[])",
    """update master.task set state = 'obsolete', verdict = null, lease_until_us = null, assignee = null
    where state <> 'done' and proposal_id in (
      select id from master.proposal where records && cast(:ids as bigint[]))""",
    """update master.task_event set detail = '{}' where task_id in (select t.id from master.task t
      join master.proposal p on p.id = t.proposal_id where p.records && cast(:ids as bigint[]))""",
    """update master.key_alias a set old_key = 'erased:' || a.record_id || ':' || o.n from (
      select system_id, record_type, old_key, from_cs,
        row_number() over (partition by record_id order by from_cs, old_key) as n
      from master.key_alias where record_id = any(:ids)) o
    where (a.system_id, a.record_type, a.old_key, a.from_cs) = (o.system_id, o.record_type, o.old_key, o.from_cs)""",
    """update master.source_record set native_key = 'erased:' || id, token = '', batch_id = null, row_no = null
    where id = any(:ids)""",
)
"""Content and everything derived from it, of all times; the task of a decided question stays decided."""

_END = (
    "update master.membership set to_cs = :cs where record_id = any(:ids) and to_cs = :open",
    "update master.source_record_version set to_cs = :cs where record_id = any(:ids) and to_cs = :open",
    "update master.tombstone set to_cs = :cs where record_id = any(:ids) and to_cs = :open",
    "update master.key_alias set to_cs = :cs where record_id = any(:ids) and to_cs = :open",
    "update master.pair_constraint set to_cs = :cs where (lo = any(:ids) or hi = any(:ids)) and to_cs = :open",
    """update master.record_relation set to_cs = :cs
    where (from_record_id = any(:ids) or to_record_id = any(:ids)) and to_cs = :open""",
    "update master.pin set to_cs = :cs where anchor_record_id = any(:ids) and to_cs = :open",
    "update master.golden_version set to_cs = :cs where party_id = any(:ended) and to_cs = :open",
    "update master.party_state set to_cs = :cs where party_id = any(:ended) and to_cs = :open",
    """insert into master.party_state (party_id, from_cs, status)
    select p, :cs, 'erased' from unnest(cast(:ended as bigint[])) p""",
    """insert into master.event (cs, ord, type, party_id, payload)
    select :cs, n - 1, 'erased', p, '{}' from unnest(cast(:ended as bigint[])) with ordinality as e(p, n)""",
    """update master.party set touched_cs = :cs where id = any(:ended) or id = any(:left) or id in (
      select m.party_id from master.membership m where m.to_cs = :open and m.record_id in (
        select unnest(array[lo, hi]) from master.pair_constraint where to_cs = :cs
        union select unnest(array[from_record_id, to_record_id]) from master.record_relation where to_cs = :cs))""",
    """insert into master.resolve_queue (record_id, stage)
    select record_id, 0 from master.membership where party_id = any(:left) and to_cs = :open order by record_id
    on conflict (record_id) do update set stage = 0""",
)
"""What ends with the erasure, and what is said about the customers."""
