"""Laws of content: versions are what their hashes say, and what is derived from them says the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection

from customer_master.resolution.party import blocking_keys, values_of
from customer_master.store.derived import Statement, points, tokens
from customer_master.store.laws import RESTORE, Damage, stream
from mappings.canonical import canonical_hash, from_payload, upcast
from mappings.normalize.text import fold

_BATCH = 500
_SAMPLE = 500
"""How many of the newest are looked at unless all are."""

_REREAD = "Let the record be read again from its source, or rebuild the master from the landing zone"


def contents(db: Connection, *, deep: bool) -> Iterator[Damage]:
    """Find versions of records that are not what their hashes say; erased ones have none."""
    for v in stream(db, _VERSIONS, _BATCH, limit=None if deep else _SAMPLE):
        own = v.payload if v.evidence is None else v.evidence
        if canonical_hash(v.payload) != v.payload_hash or canonical_hash(own) != v.evidence_hash:
            what = f"its version of commit {v.from_cs} is not what its hash says"
            yield Damage("content", f"record {v.record_id}", what, RESTORE)


def derived(db: Connection, *, deep: bool) -> Iterator[Damage]:
    """Find records that are found, called or compared by something else than they say."""
    for r in stream(db, _RECORDS, _BATCH, limit=None if deep else _SAMPLE):
        damage = partial(Damage, "derived", f"record {r.id}", remedy=_REREAD)
        statement = Statement(r.entity, r.native_key or "", upcast(r.payload))
        former = {f"k:{fold(key)}" for key in r.old_keys or ()}
        if set(r.tokens or ()) - former != tokens(statement) - former:
            yield damage("it is found by something else than it says")
        if _tuples(r.points) != points(statement):
            yield damage("its contact points are not those it says")
        if r.is_keyed and (_tuples(r.keys), r.said) != _compared(r.own):
            yield damage("its matching keys or values are not those of what it says")


def _tuples(rows: Iterable[Iterable[Any]] | None) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in rows or ()}


def _compared(payload: dict[str, Any]) -> tuple[set[tuple[int, int]], Any]:
    """Give keys and values of a record, as they are stored."""
    values = values_of(from_payload(payload))
    return {(key.hash, int(key.kind)) for key in blocking_keys(values)}, json.loads(json.dumps(values))


_VERSIONS = """
select record_id, from_cs, payload, payload_hash, evidence, evidence_hash from master.source_record_version
where payload_hash <> '' order by id desc limit :limit
"""

# records that wait for their keys, or that their source took back, need none
_RECORDS = """
select r.id, r.entity, r.native_key, v.payload, coalesce(v.evidence, v.payload) as own, e.tokens,
  (select jsonb_agg(jsonb_build_array(c.kind, c.value, c.role)) from master.contact_point c
   where c.record_id = r.id) as points,
  (select jsonb_agg(jsonb_build_array(k.hash, k.kind)) from master.blocking_key k where k.record_id = r.id) as keys,
  (select v.said from master.record_values v where v.record_id = r.id) as said,
  (select array_agg(a.old_key) from master.key_alias a where a.record_id = r.id) as old_keys,
  r.entity = 'party'
    and not exists (select 1 from master.resolve_queue q where q.record_id = r.id and q.stage = 0)
    and not exists (select 1 from master.tombstone t where t.record_id = r.id and t.to_cs = :open) as is_keyed
from master.source_record r join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
left join master.search_entry e on e.record_id = r.id order by r.id desc limit :limit
"""
