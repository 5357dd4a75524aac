"""Laws of golden values: who has them, that their hash is theirs, that each is what its provenance says (I5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.golden.evidence import ATTRIBUTES, Evidence, candidates
from customer_master.golden.survivorship import golden_hash
from customer_master.store.laws import RESTORE, Damage, Law, stream
from customer_master.store.public_id import encode
from customer_master.store.tables import OPEN
from mappings.canonical import from_payload

_BATCH = 500
_SAMPLE = 1000
"""How many of the newest golden records are read back from their sources unless all are."""

# a customer whose records say nothing of their own, or wait to be resolved, has no values yet
GOLDEN = (
    Law("golden", """
select 'customer ' || p.public_id, 'it is ' || s.status || ' and has no golden values' from master.party p
join master.party_state s on s.party_id = p.id and s.to_cs = :open and s.status in ('active', 'retired')
where not exists (select 1 from master.golden_version g where g.party_id = p.id and g.to_cs = :open)
and exists (select 1 from master.membership m join master.source_record r on r.id = m.record_id and r.anchor_id is null
  join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
  where m.party_id = p.id and m.to_cs = :open
  and not exists (select 1 from master.resolve_queue q where q.record_id = m.record_id))
"""),
    Law("golden", """
select 'customer ' || p.public_id, 'it is ' || s.status || ' and has golden values' from master.party p
join master.party_state s on s.party_id = p.id and s.to_cs = :open and s.status in ('merged', 'split')
where exists (select 1 from master.golden_version g where g.party_id = p.id and g.to_cs = :open)
"""),
)  # fmt: skip


def hashes(db: Connection, *, deep: bool) -> Iterator[Damage]:
    """Find golden versions whose hash is not that of their values; all of them if deep, else those of now."""
    for row in stream(db, _HASHES, _BATCH, deep=deep):
        if golden_hash(row.attrs) != row.attrs_hash:
            what = f"the hash of its golden values of commit {row.from_cs} is not theirs"
            yield Damage("golden", f"customer {encode(row.party_id)}", what, RESTORE)


def provenance(db: Connection, *, deep: bool) -> Iterator[Damage]:
    """Find golden values of now that are not what their provenance says (I5).

    Args:
        db: connection.
        deep: read all values back from what the sources said; else only those of the newest golden records.
    """
    rows = stream(db, _GOLDEN, _BATCH)
    read = 0
    for batch in rows.partitions():
        versions = _versions(db, batch)
        pins = _pins(db, batch)
        for row in batch:
            read += 1
            yield from _of_party(row, versions, pins, reads=deep or read <= _SAMPLE)


@dataclass(frozen=True, slots=True)
class _Pointed:
    """What a provenance pointer leads to."""

    was_member: bool
    began: bool
    content: Evidence | None


def _of_party(
    row: Row[Any], versions: dict[tuple[int, int], _Pointed], pins: dict[tuple[int, int], Row[Any]], *, reads: bool
) -> Iterator[Damage]:
    damage = partial(Damage, "I5", f"customer {encode(row.party_id)}", remedy=RESTORE)
    for attribute in ATTRIBUTES:
        value, origin = row.attrs.get(attribute), row.prov.get(attribute, {})
        if "p" in origin:
            pin = pins.get((row.id, origin["p"]))
            if wrong := _wrong_pin(pin, value, is_active=row.is_active):
                yield damage(f"its {attribute} {wrong}")
        elif "v" in origin:
            pointed = versions.get((row.id, origin["v"]))
            if wrong := _wrong_version(pointed, attribute, value, reads=reads):
                yield damage(f"its {attribute} {wrong}")
        elif value is not None:
            yield damage(f"its {attribute} comes from nowhere")


def _wrong_pin(pin: Row[Any] | None, value: Any, *, is_active: bool) -> str:
    if pin is None:
        return "comes from a pin that was not in force"
    if pin.value != value:
        return f"is not what pin {pin.id} says"
    if not pin.was_member:
        return f"comes from pin {pin.id}, whose record was not its own"
    return f"comes from pin {pin.id}, which has ended" if is_active and pin.to_cs != OPEN else ""


def _wrong_version(pointed: _Pointed | None, attribute: str, value: Any, *, reads: bool) -> str:
    if pointed is None or not pointed.began:
        return "comes from a record version that did not exist"
    if not pointed.was_member:
        return "comes from a record that was not its own"
    if not reads or value is None or pointed.content is None:
        return ""
    said = [c.value for c in candidates(attribute, [pointed.content])]
    return "" if value in said else f"is not what record {pointed.content.record_id} says"


def _versions(db: Connection, batch: Sequence[Row[Any]]) -> dict[tuple[int, int], _Pointed]:
    pointers = sorted({(row.id, o["v"]) for row in batch for o in row.prov.values() if "v" in o})
    args = {"golden": [g for g, _ in pointers], "ids": [v for _, v in pointers]}
    return {(r.golden_id, r.version_id): _pointed(r) for r in db.execute(text(_VERSIONS), args)}


def _pointed(r: Row[Any]) -> _Pointed:
    erased = "model" not in r.content
    content = None if erased else Evidence(
        r.record_id, r.version_id, r.system, r.record_type, r.native_key or "", r.position, from_payload(r.content)
    )  # fmt: skip
    return _Pointed(r.was_member, r.began, content)


def _pins(db: Connection, batch: Sequence[Row[Any]]) -> dict[tuple[int, int], Row[Any]]:
    pointers = sorted({(row.id, o["p"]) for row in batch for o in row.prov.values() if "p" in o})
    if not pointers:
        return {}
    args = {"golden": [g for g, _ in pointers], "ids": [p for _, p in pointers]}
    return {(r.golden_id, r.id): r for r in db.execute(text(_PINS), args)}


# an erasure takes the hash away with what the erased record had said
_HASHES = """
select party_id, from_cs, attrs, attrs_hash from master.golden_version g where (to_cs = :open or :deep)
and not (attrs_hash = '' and exists (
  select 1 from master.membership m join master.erasure e on e.records @> array[m.record_id]
  where m.party_id = g.party_id))
"""

_GOLDEN = """
select g.id, g.party_id, g.attrs, g.prov, s.status = 'active' as is_active from master.golden_version g
join master.party_state s on s.party_id = g.party_id and s.to_cs = :open where g.to_cs = :open order by g.id desc
"""

_VERSIONS = """
select g.id as golden_id, v.id as version_id, v.record_id, s.code as system, r.record_type, r.native_key,
  v.evidence_position as position, coalesce(v.evidence, v.payload) as content, v.from_cs <= g.from_cs as began,
  exists (select 1 from master.membership m where m.record_id = v.record_id and m.party_id = g.party_id
    and m.from_cs <= g.from_cs and m.to_cs > g.from_cs) as was_member
from unnest(cast(:golden as bigint[]), cast(:ids as bigint[])) as n(golden_id, version_id)
join master.golden_version g on g.id = n.golden_id join master.source_record_version v on v.id = n.version_id
join master.source_record r on r.id = v.record_id join master.source_system s on s.id = r.system_id
"""

_PINS = """
select g.id as golden_id, i.id, i.value, i.to_cs,
  exists (select 1 from master.membership m where m.record_id = i.anchor_record_id and m.party_id = g.party_id
    and m.from_cs <= g.from_cs and m.to_cs > g.from_cs) as was_member
from unnest(cast(:golden as bigint[]), cast(:ids as bigint[])) as n(golden_id, pin_id)
join master.golden_version g on g.id = n.golden_id
join master.pin i on i.id = n.pin_id and i.from_cs <= g.from_cs and i.to_cs > g.from_cs
"""
