"""Source records with history: what a source says now, and everything it said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store import audit, derived, references, tombstones
from customer_master.store.clock import Author, tick
from customer_master.store.derived import Statement
from customer_master.store.evidence import Written, own_evidence
from customer_master.store.staging import stage
from customer_master.store.tables import OPEN, source_record, source_record_version, source_system
from mappings.canonical import CanonicalRecord, to_payload
from mappings.canonical.elements import ELEMENT_ATTRIBUTES
from mappings.canonical.record import Stored, stored

Effect = Literal["recorded", "unchanged", "older"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One canonical record on its way into the master.

    Args:
        record: what the mapping made.
        position: source position of the raw it was made from.
        batch_id: landing batch of that raw.
        row_no: row in the batch.
        origin: file and row, or model and id, for people.
        mapping_hash: document that mapped it.
        fresh: ``False`` when old raw was mapped again; such a version is not fresh for survivorship.
    """

    record: CanonicalRecord
    position: str
    batch_id: int
    row_no: int
    origin: str
    mapping_hash: str
    fresh: bool = True

    @property
    def identity(self) -> tuple[str, str]:
        """Record type and native key: the identity within a system."""
        return self.record.record_type, self.record.key


@dataclass(frozen=True, slots=True)
class Known:
    """What the master holds of a record before something arrives.

    ``gone_since`` is the source position since which the source has it no more, ``None`` while it has it.
    """

    record_id: int
    native_key: str | None
    position: str
    payload_hash: str | None
    evidence_hash: str | None
    evidence_position: str | None
    mapping_hash: str | None
    gone_since: str | None = None


@dataclass(slots=True)
class Decision:
    """What the arrival of some records means, before anything is written.

    Args:
        effects: what becomes of each incoming record, in order.
        created: records new to the master, each with its first version.
        versions: new versions of records the master has.
        touched: records seen again at a position that is not older, with that position and raw.
        said: records that say something else now, with what they say.
        queued: records whose own evidence has changed, so that they must be resolved again.
        returned: records that were gone from their source and have come back.
    """

    effects: list[Effect] = field(default_factory=list)
    created: list[tuple[Incoming, dict[str, Any]]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    touched: list[tuple[int, Incoming]] = field(default_factory=list)
    said: dict[int, Incoming] = field(default_factory=dict)
    queued: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)


def ensure_system(connection: Connection, *, code: str, kind: str, org_unit: str) -> int:
    """Give the id of a source system, made on first use."""
    found = connection.execute(select(source_system.c.id).where(source_system.c.code == code)).scalar()
    if found is not None:
        return int(found)
    connection.execute(upsert(source_system).values(code=code, kind=kind, org_unit=org_unit).on_conflict_do_nothing())
    return int(connection.execute(select(source_system.c.id).where(source_system.c.code == code)).scalar_one())


def lookup(connection: Connection, system_id: int, incoming: Sequence[Incoming]) -> dict[tuple[str, str], Known]:
    """Find what the master holds of the incoming records, by native key or by our correlation value."""
    rows = connection.execute(
        _LOOKUP,
        {
            "system": system_id,
            "types": [i.record.record_type for i in incoming],
            "keys": [i.record.key for i in incoming],
            "correlations": [i.record.correlation for i in incoming if i.record.correlation],
        },
    )
    by_key: dict[tuple[str, str], Known] = {}
    by_correlation: dict[str, Known] = {}
    for row in rows:
        known = Known(row.id, *row[3:])
        if row.native_key is not None:
            by_key[row.record_type, row.native_key] = known
        elif row.correlation is not None:
            by_correlation[row.correlation] = known
    for i in incoming:
        if i.identity not in by_key and i.record.correlation in by_correlation:
            by_key[i.identity] = by_correlation[i.record.correlation]
    return by_key


def decide(
    incoming: Sequence[Incoming],
    known: Mapping[tuple[str, str], Known],
    written: Mapping[int, Iterable[Written]],
) -> Decision:
    """Decide what becomes of incoming records; nothing is written where nothing changed.

    Args:
        incoming: at most some 500 records, each identity once.
        known: result of :func:`lookup` for them.
        written: record id -> what the hub itself wrote into that record.
    """
    decision = Decision()
    for i in incoming:
        decision.effects.append(_decide(i, known.get(i.identity), written, decision))
    return decision


def record(connection: Connection, decision: Decision, *, system_id: int, org_unit: str, actor: str) -> None:
    """Take records over as source records, as was decided.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        decision: result of :func:`decide`.
        system_id: the system they come from.
        org_unit: who owns them in the enterprise.
        actor: run number.
    """
    _touch(connection, decision.touched)
    ids = _new_ids(connection, len(decision.created))
    created = {n: i for n, (i, _) in zip(ids, decision.created, strict=True)}
    said = {**created, **decision.said}
    first = [{"record_id": n, **version} for n, (_, version) in zip(ids, decision.created, strict=True)]
    payloads = {v["record_id"]: v["payload"].payload for v in (*first, *decision.versions)}
    referred = references.find(connection, {n: i.record for n, i in said.items()}, set(created), system_id)
    awaited = dict(zip(_new_ids(connection, len(referred.missing)), referred.missing, strict=True))
    derived.remove(connection, decision.said)
    derived.add(
        connection,
        {n: Statement(i.record.entity, i.record.key, payloads[n]) for n, i in said.items()},
        referred.links(awaited),
    )
    if decision.queued:
        connection.execute(_ENQUEUE, {"ids": sorted(decision.queued)})  # before the clock, as in resolving
    if decision.returned:
        tombstones.queue(connection, decision.returned)
    staged = stage(
        {
            source_record: [_new_record(i, n, system_id, org_unit) for n, i in created.items()]
            + [_awaited_record(n, *target, org_unit) for n, target in awaited.items()],
            source_record_version: first + decision.versions,
        },
    )
    if first or decision.versions or decision.returned:
        seal = audit.seal(
            ("v", v["record_id"], v["payload_hash"], v["evidence_hash"]) for v in (*first, *decision.versions)
        )
        cs = tick(connection, kind="record", author=Author(actor), seal=seal)  # from here on every other writer waits
        _close_versions(connection, [v["record_id"] for v in decision.versions], cs)
        for rows in staged:
            rows.insert(connection, cs)
        if decision.returned:
            tombstones.lift(connection, decision.returned, cs)
        if parties := [n for n, i in created.items() if i.record.entity == "party"]:
            connection.execute(_ENQUEUE, {"ids": parties})


def _decide(i: Incoming, known: Known | None, written: Mapping[int, Iterable[Written]], decision: Decision) -> Effect:
    content = stored(to_payload(i.record))
    if known is None:
        decision.created.append((i, _version(i, content, None, i.position)))
        return "recorded"
    is_late = known.gone_since is not None and i.fresh and i.position < known.gone_since
    if i.position < known.position or is_late:
        return "older"
    decision.touched.append((known.record_id, i))
    if is_back := known.gone_since is not None and i.fresh:
        decision.returned.append(known.record_id)
    if content.hash == known.payload_hash:
        return "recorded" if is_back else "unchanged"
    own = own_evidence(content.payload, written.get(known.record_id, ()))
    evidence = None if own is None else stored(own)
    says = content if evidence is None else evidence
    is_new_evidence = says.hash != known.evidence_hash
    keeps_age = known.evidence_position is not None and not (is_new_evidence and i.fresh)
    position = known.evidence_position if keeps_age and known.evidence_position else i.position
    decision.versions.append({"record_id": known.record_id, **_version(i, content, evidence, position)})
    decision.said[known.record_id] = i
    says_something = any(says.payload.get(attribute) for attribute in ELEMENT_ATTRIBUTES)
    is_party = i.record.entity == "party"
    if is_party and is_new_evidence and (says_something or known.evidence_hash is not None):
        decision.queued.append(known.record_id)
    return "recorded"


def _version(i: Incoming, content: Stored, evidence: Stored | None, evidence_position: str) -> dict[str, Any]:
    return {
        "payload": content,
        "payload_hash": content.hash,
        "evidence": evidence,
        "evidence_hash": content.hash if evidence is None else evidence.hash,
        "evidence_position": evidence_position,
        "position": i.position,
        "batch_id": i.batch_id,
        "row_no": i.row_no,
        "origin": i.origin,
        "mapping_hash": i.mapping_hash,
    }


_LOOKUP = text(f"""
select r.id, r.record_type, r.correlation, r.native_key, r.position, v.payload_hash, v.evidence_hash,
  v.evidence_position, v.mapping_hash, t.position
from (
  select f.id from unnest(cast(:types as text[]), cast(:keys as text[])) as asked(type, key)
  join master.source_record f on f.system_id = :system and f.record_type = asked.type and f.native_key = asked.key
  union
  select f.id from unnest(cast(:correlations as text[])) as asked(value)
  join master.source_record f on f.system_id = :system and f.correlation = asked.value
) found
join master.source_record r on r.id = found.id
left join master.source_record_version v on v.record_id = r.id and v.to_cs = {OPEN}
left join master.tombstone t on t.record_id = r.id and t.to_cs = {OPEN}
""")  # noqa: S608 - ours

_TOUCH = text(
    "update master.source_record r set native_key = n.key, binding = case when r.binding is not null then 'bound' end,"
    " position = n.position, batch_id = n.batch_id, row_no = n.row_no, token = n.token, entity = n.entity"
    " from unnest(cast(:ids as bigint[]), cast(:keys as text[]), cast(:positions as text[]),"
    "  cast(:batch_ids as bigint[]), cast(:row_nos as integer[]), cast(:tokens as text[]), cast(:entities as text[]))"
    "  as n(id, key, position, batch_id, row_no, token, entity)"
    " where r.id = n.id"
)

_ENQUEUE = text(
    "insert into master.resolve_queue (record_id, stage) select unnest(cast(:ids as bigint[])), 0"
    " on conflict (record_id) do update set stage = 0"
)


def _touch(connection: Connection, touched: Sequence[tuple[int, Incoming]]) -> None:
    """Note where the newest raw of records is, and the key of those that the hub made."""
    if touched:
        connection.execute(
            _TOUCH,
            {
                "ids": [record_id for record_id, _ in touched],
                "keys": [i.record.key for _, i in touched],
                "positions": [i.position for _, i in touched],
                "batch_ids": [i.batch_id for _, i in touched],
                "row_nos": [i.row_no for _, i in touched],
                "tokens": [i.record.token for _, i in touched],
                "entities": [i.record.entity for _, i in touched],
            },
        )


def _new_ids(connection: Connection, count: int) -> Sequence[int]:
    if not count:
        return ()
    return connection.execute(
        text("select nextval(pg_get_serial_sequence('master.source_record', 'id')) from generate_series(1, :n)"),
        {"n": count},
    ).scalars().all()  # fmt: skip


def _close_versions(connection: Connection, record_ids: Sequence[int], cs: int) -> None:
    v = source_record_version.c
    if record_ids:
        connection.execute(
            update(source_record_version)
            .where(v.record_id == func.any(list(record_ids)), v.to_cs == OPEN)
            .values(to_cs=cs)
        )


def _new_record(i: Incoming, record_id: int, system_id: int, org_unit: str) -> dict[str, Any]:
    return {
        "id": record_id,
        "system_id": system_id,
        "entity": i.record.entity,
        "record_type": i.record.record_type,
        "native_key": i.record.key,
        "org_unit": org_unit,
        "correlation": i.record.correlation or None,
        "binding": "bound" if i.record.correlation else None,
        "position": i.position,
        "batch_id": i.batch_id,
        "row_no": i.row_no,
        "token": i.record.token,
    }


def _awaited_record(record_id: int, system_id: int, record_type: str, key: str, org_unit: str) -> dict[str, Any]:
    """Make the row of a record that is referred to and has not come yet; whatever comes is newer than nothing."""
    return {
        "id": record_id,
        "system_id": system_id,
        "entity": "party",
        "record_type": record_type,
        "native_key": key,
        "org_unit": org_unit,
        "correlation": None,
        "binding": None,
        "position": "",
        "batch_id": None,
        "row_no": None,
        "token": "",
    }
