"""The queue of changed records, the key table and the scored pairs.

The key table is the only index of matching: batch, increment and lookup all find candidates in it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, text, update

from customer_master.store.staging import psycopg_connection
from customer_master.store.tables import (
    OPEN,
    blocking_key,
    match_pair,
    record_values,
    resolve_queue,
    source_record,
    source_record_version,
    source_system,
)
from mappings.canonical import upcast

CHANGED, KEYED, SCORED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class RecordEvidence:
    """The open version of a source record, as resolution and survivorship see it.

    ``payload`` is the record's own evidence in the model of today: without what the hub wrote.
    """

    record_id: int
    version_id: int
    system: str
    record_type: str
    native_key: str
    position: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A scored candidate pair, ``lo < hi``."""

    lo: int
    hi: int
    weight: float
    band: str
    vector: bytes


def queued(connection: Connection, stage: int, limit: int, *, after: int = 0) -> list[int]:
    """List records of the queue at a stage, in order of id, beyond ``after``."""
    q = resolve_queue.c
    return list(
        connection.execute(
            select(q.record_id).where(q.stage == stage, q.record_id > after).order_by(q.record_id).limit(limit)
        ).scalars()
    )


def queue_counts(connection: Connection) -> dict[int, int]:
    """Count the queue by stage."""
    q = resolve_queue.c
    return {row.stage: row.n for row in connection.execute(select(q.stage, func.count().label("n")).group_by(q.stage))}


def advance(connection: Connection, record_ids: Collection[int], stage: int) -> None:
    """Note how far these queued records are."""
    q = resolve_queue.c
    connection.execute(update(resolve_queue).where(q.record_id == func.any(list(record_ids))).values(stage=stage))


def advance_all(connection: Connection, from_stage: int, to_stage: int) -> None:
    """Move everything queued at one stage to another."""
    connection.execute(update(resolve_queue).where(resolve_queue.c.stage == from_stage).values(stage=to_stage))


def claim(connection: Connection, record_ids: Collection[int]) -> list[int]:
    """Lock what of these records is queued, before anything about them is read; what is queued later stays queued."""
    q = resolve_queue.c
    rows = connection.execute(
        select(q.record_id).where(q.record_id == func.any(list(record_ids))).order_by(q.record_id).with_for_update()
    )
    return list(rows.scalars())


def dequeue(connection: Connection, record_ids: Collection[int]) -> None:
    """Take records off the queue."""
    connection.execute(delete(resolve_queue).where(resolve_queue.c.record_id == func.any(list(record_ids))))


def enqueue_everything(connection: Connection) -> None:
    """Queue every record of a party that has content, e.g. because another match policy was applied."""
    connection.execute(
        text(
            "insert into master.resolve_queue (record_id, stage) "
            "select v.record_id, 0 from master.source_record_version v "
            "join master.source_record r on r.id = v.record_id and r.entity = 'party' where v.to_cs = :open "
            "on conflict (record_id) do update set stage = 0"
        ),
        {"open": OPEN},
    )


def enqueue_scored(connection: Connection, record_ids: Collection[int]) -> None:
    """Have records decided again whose keys and scores stand as they are."""
    if record_ids:
        connection.execute(
            text(
                "insert into master.resolve_queue (record_id, stage) select distinct unnest(cast(:ids as bigint[])), 2"
                " on conflict (record_id) do nothing"
            ),
            {"ids": list(record_ids)},
        )


def evidence(connection: Connection, record_ids: Collection[int]) -> list[RecordEvidence]:
    """Load the open versions of these records, in order of id; records still awaited have none."""
    r, v, s = source_record.c, source_record_version.c, source_system.c
    rows = connection.execute(
        select(
            r.id, v.id, s.code, r.record_type, r.native_key, v.evidence_position, func.coalesce(v.evidence, v.payload)
        )
        .select_from(
            source_record.join(source_record_version, and_(v.record_id == r.id, v.to_cs == OPEN)).join(
                source_system, s.id == r.system_id
            )
        )
        .where(r.id == func.any(list(record_ids)))
        .order_by(r.id)
    )
    return [RecordEvidence(*row[:-1], upcast(row[-1])) for row in rows]


def replace_keys(connection: Connection, keys: Mapping[int, Iterable[tuple[int, int]]]) -> None:
    """Replace the blocking keys of records.

    Args:
        connection: connection in a transaction.
        keys: record id -> (hash, kind) pairs.
    """
    connection.execute(delete(blocking_key).where(blocking_key.c.record_id == func.any(list(keys))))
    with (
        psycopg_connection(connection)
        .cursor()
        .copy("copy master.blocking_key (hash, record_id, kind) from stdin (format binary)") as copy
    ):
        copy.set_types(["int8", "int8", "int2"])
        for record_id, own in keys.items():
            for hash_, kind in own:
                copy.write_row((hash_, record_id, kind))


def replace_values(connection: Connection, said: Mapping[int, Sequence[Any]], record_ids: Collection[int]) -> None:
    """Replace what matching compares of records.

    Args:
        connection: connection.
        said: record -> its values, as JSON types; what is not in it says nothing any more.
        record_ids: the records.
    """
    connection.execute(delete(record_values).where(record_values.c.record_id == func.any(list(record_ids))))
    with psycopg_connection(connection).cursor().copy("copy master.record_values (record_id, said) from stdin") as copy:
        for record_id, values in said.items():
            copy.write_row((record_id, json.dumps(values, ensure_ascii=False)))


def values_of(connection: Connection, record_ids: Collection[int]) -> dict[int, Sequence[Any]]:
    """Load what matching compares of records, in order of id."""
    v = record_values.c
    rows = connection.execute(
        select(v.record_id, v.said).where(v.record_id == func.any(list(record_ids))).order_by(v.record_id)
    )
    return {row.record_id: row.said for row in rows}


def keys_of(connection: Connection, record_ids: Collection[int]) -> dict[int, set[tuple[int, int]]]:
    """Load the stored (hash, kind) keys of records."""
    k = blocking_key.c
    found: dict[int, set[tuple[int, int]]] = {}
    for row in connection.execute(select(k.record_id, k.hash, k.kind).where(k.record_id == func.any(list(record_ids)))):
        found.setdefault(row.record_id, set()).add((row.hash, row.kind))
    return found


def frequencies(connection: Connection, hashes: Collection[int], cap: int) -> dict[int, int]:
    """Count how many records hold each key, never counting further than ``cap + 1``."""
    rows = connection.execute(
        text(
            "select h.hash, (select count(*) from"
            " (select 1 from master.blocking_key b where b.hash = h.hash limit :n) x)"
            " from unnest(cast(:hashes as bigint[])) as h(hash)"
        ),
        {"hashes": list(hashes), "n": cap + 1},
    )
    return {row[0]: row[1] for row in rows}


def enqueue_holders(connection: Connection, hashes: Collection[int], *, except_ids: Collection[int]) -> None:
    """Queue the records that hold these keys, but not ``except_ids``: the weight of what they share has changed."""
    if hashes:
        connection.execute(
            text(
                "insert into master.resolve_queue (record_id, stage)"
                " select distinct record_id, 0 from master.blocking_key"
                " where hash = any(:hashes) and record_id <> all(:ids)"
                " on conflict (record_id) do nothing"
            ),
            {"hashes": list(hashes), "ids": list(except_ids)},
        )


def candidates(connection: Connection, record_ids: Collection[int], hashes: Collection[int]) -> list[tuple[int, int]]:
    """List candidate pairs ``(record, other)`` that share one of the keys ``hashes``.

    Pairs of two queued records appear once: a partner that is scored already is left out.

    Args:
        connection: connection.
        record_ids: records to find partners for.
        hashes: keys that are not over-common.
    """
    rows = connection.execute(
        text(
            "select distinct a.record_id, b.record_id from master.blocking_key a"
            " join master.blocking_key b on b.hash = a.hash and b.record_id <> a.record_id"
            " left join master.resolve_queue q on q.record_id = b.record_id"
            " where a.record_id = any(:ids) and a.hash = any(:hashes) and (q.stage is null or q.stage < 2)"
            " and not (b.record_id = any(:ids) and b.record_id < a.record_id)"
        ),
        {"ids": list(record_ids), "hashes": list(hashes)},
    )
    return [(row[0], row[1]) for row in rows]


def replace_pairs(connection: Connection, record_ids: Collection[int], pairs: Sequence[Pair], policy_hash: str) -> None:
    """Replace the scored pairs of records, but not those with partners that were scored after them."""
    connection.execute(
        text(
            "delete from master.match_pair p where (p.lo = any(:ids) or p.hi = any(:ids)) and not exists ("
            " select 1 from master.resolve_queue q where q.stage = 2"
            " and q.record_id = case when p.lo = any(:ids) then p.hi else p.lo end)"
        ),
        {"ids": list(record_ids)},
    )
    if not pairs:
        return
    connection.execute(
        text(
            "insert into master.match_pair (lo, hi, weight, band, vector, policy_hash)"
            " select *, :policy from unnest(cast(:lo as bigint[]), cast(:hi as bigint[]),"
            "  cast(:weights as double precision[]), cast(:bands as text[]), cast(:vectors as bytea[]))"
            " on conflict (lo, hi) do update set weight = excluded.weight, band = excluded.band,"
            "  vector = excluded.vector, policy_hash = excluded.policy_hash"
        ),
        {
            "lo": [p.lo for p in pairs],
            "hi": [p.hi for p in pairs],
            "weights": [p.weight for p in pairs],
            "bands": [p.band for p in pairs],
            "vectors": [p.vector for p in pairs],
            "policy": policy_hash,
        },
    )


def match_edges(connection: Connection, record_ids: Collection[int]) -> list[tuple[int, int]]:
    """List matching pairs that touch any of the records."""
    p = match_pair.c
    ids = list(record_ids)
    rows = connection.execute(
        select(p.lo, p.hi).where(p.band == "match", or_(p.lo == func.any(ids), p.hi == func.any(ids)))
    )
    return [(row.lo, row.hi) for row in rows]


def pairs_within(connection: Connection, record_ids: Collection[int]) -> list[Pair]:
    """Load the scored pairs that lie wholly inside a set of records."""
    p = match_pair.c
    ids = list(record_ids)
    rows = connection.execute(
        select(p.lo, p.hi, p.weight, p.band, p.vector).where(p.lo == func.any(ids), p.hi == func.any(ids))
    )
    return [Pair(row.lo, row.hi, row.weight, row.band, bytes(row.vector)) for row in rows]
