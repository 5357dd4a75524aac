"""Source records with history: what a source says now, and everything it said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, and_, bindparam, case, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store.clock import tick
from customer_master.store.evidence import Written, own_evidence
from customer_master.store.tables import OPEN, resolve_queue, source_record, source_record_version, source_system
from mappings.canonical import CanonicalRecord, canonical_hash, to_payload
from mappings.canonical.elements import ELEMENT_ATTRIBUTES

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
    """What the master holds of a record before something arrives."""

    record_id: int
    native_key: str | None
    position: str
    payload_hash: str | None
    evidence_hash: str | None
    evidence_position: str | None
    mapping_hash: str | None


@dataclass(slots=True)
class _Writes:
    """Rows of one change set."""

    created: list[tuple[Incoming, dict[str, Any]]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    touched: list[dict[str, Any]] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)


def ensure_system(connection: Connection, *, code: str, kind: str, org_unit: str) -> int:
    """Give the id of a source system, made on first use."""
    found = connection.execute(select(source_system.c.id).where(source_system.c.code == code)).scalar()
    if found is not None:
        return int(found)
    connection.execute(upsert(source_system).values(code=code, kind=kind, org_unit=org_unit).on_conflict_do_nothing())
    return int(connection.execute(select(source_system.c.id).where(source_system.c.code == code)).scalar_one())


def lookup(connection: Connection, system_id: int, incoming: Sequence[Incoming]) -> dict[tuple[str, str], Known]:
    """Find what the master holds of the incoming records, by native key or by our correlation value."""
    r, v = source_record.c, source_record_version.c
    correlations = [i.record.correlation for i in incoming if i.record.correlation]
    rows = connection.execute(
        select(
            r.id, r.record_type, r.native_key, r.correlation, r.position,
            v.payload_hash, v.evidence_hash, v.evidence_position, v.mapping_hash,
        )
        .select_from(source_record.outerjoin(source_record_version, and_(v.record_id == r.id, v.to_cs == OPEN)))
        .where(
            r.system_id == system_id,
            or_(
                tuple_(r.record_type, r.native_key).in_([i.identity for i in incoming]),
                r.correlation.in_(correlations),
            ),
        )
    )  # fmt: skip
    by_key: dict[tuple[str, str], Known] = {}
    by_correlation: dict[str, Known] = {}
    for row in rows:
        known = Known(row.id, row.native_key, row.position, *row[5:])
        if row.native_key is not None:
            by_key[row.record_type, row.native_key] = known
        elif row.correlation is not None:
            by_correlation[row.correlation] = known
    for i in incoming:
        if i.identity not in by_key and i.record.correlation in by_correlation:
            by_key[i.identity] = by_correlation[i.record.correlation]
    return by_key


def record(
    connection: Connection,
    *,
    system_id: int,
    org_unit: str,
    actor: str,
    incoming: Sequence[Incoming],
    known: Mapping[tuple[str, str], Known],
    written: Mapping[int, Iterable[Written]],
) -> list[Effect]:
    """Take records over as source records; write nothing where nothing changed.

    Args:
        connection: connection in a transaction.
        system_id: the system they come from.
        org_unit: who owns them in the enterprise.
        actor: run number.
        incoming: at most some 500 records, each identity once.
        known: result of :func:`lookup` for them.
        written: record id -> what the hub itself wrote into that record.

    Returns:
        One effect each, in order.
    """
    writes = _Writes()
    effects = [_decide(i, known.get(i.identity), written, writes) for i in incoming]
    if writes.created or writes.versions:
        _commit_versions(connection, tick(connection, kind="record", actor=actor), system_id, org_unit, writes)
    if writes.touched:
        connection.execute(_TOUCH, writes.touched)
    if writes.queued:
        connection.execute(
            upsert(resolve_queue)
            .values([{"record_id": i, "stage": 0} for i in writes.queued])
            .on_conflict_do_update(index_elements=["record_id"], set_={"stage": 0})
        )
    return effects


def _decide(i: Incoming, known: Known | None, written: Mapping[int, Iterable[Written]], writes: _Writes) -> Effect:
    payload = to_payload(i.record)
    payload_hash = canonical_hash(payload)
    if known is None:
        writes.created.append((i, _version(i, payload, payload_hash, None, payload_hash, i.position)))
        return "recorded"
    if i.position < known.position:
        return "older"
    writes.touched.append(_touch(i, known))
    if payload_hash == known.payload_hash:
        return "unchanged"
    evidence = own_evidence(payload, written.get(known.record_id, ()))
    evidence_hash = payload_hash if evidence is None else canonical_hash(evidence)
    is_new_evidence = evidence_hash != known.evidence_hash
    keeps_age = known.evidence_position is not None and not (is_new_evidence and i.fresh)
    position = known.evidence_position if keeps_age and known.evidence_position else i.position
    version = _version(i, payload, payload_hash, evidence, evidence_hash, position)
    writes.versions.append({"record_id": known.record_id, **version})
    says_something = any((evidence or payload).get(attribute) for attribute in ELEMENT_ATTRIBUTES)
    if is_new_evidence and (says_something or known.evidence_hash is not None):
        writes.queued.append(known.record_id)
    return "recorded"


def _version(
    i: Incoming,
    payload: dict[str, Any],
    payload_hash: str,
    evidence: dict[str, Any] | None,
    evidence_hash: str,
    evidence_position: str,
) -> dict[str, Any]:
    return {
        "payload": payload,
        "payload_hash": payload_hash,
        "evidence": evidence,
        "evidence_hash": evidence_hash,
        "evidence_position": evidence_position,
        "position": i.position,
        "batch_id": i.batch_id,
        "row_no": i.row_no,
        "origin": i.origin,
        "mapping_hash": i.mapping_hash,
    }


def _touch(i: Incoming, known: Known) -> dict[str, Any]:
    return {
        "b_id": known.record_id,
        "b_key": i.record.key,
        "b_position": i.position,
        "b_batch": i.batch_id,
        "b_row": i.row_no,
        "b_token": i.record.token,
    }


_TOUCH = (
    update(source_record)
    .where(source_record.c.id == bindparam("b_id"))
    .values(
        native_key=bindparam("b_key"),
        binding=case((source_record.c.binding.is_not(None), "bound")),
        position=bindparam("b_position"),
        batch_id=bindparam("b_batch"),
        row_no=bindparam("b_row"),
        token=bindparam("b_token"),
    )
)  # fmt: skip


def _commit_versions(connection: Connection, cs: int, system_id: int, org_unit: str, writes: _Writes) -> None:
    if writes.created:
        ids = connection.execute(
            insert(source_record).returning(source_record.c.id, sort_by_parameter_order=True),
            [_new_record(i, cs, system_id, org_unit) for i, _ in writes.created],
        ).scalars().all()  # fmt: skip
        for record_id, (_, version) in zip(ids, writes.created, strict=True):
            writes.versions.append({"record_id": record_id, **version})
            writes.queued.append(record_id)
    connection.execute(
        update(source_record_version)
        .where(
            source_record_version.c.record_id.in_([v["record_id"] for v in writes.versions]),
            source_record_version.c.to_cs == OPEN,
        )
        .values(to_cs=cs)
    )
    connection.execute(insert(source_record_version), [{"from_cs": cs, **v} for v in writes.versions])


def _new_record(i: Incoming, cs: int, system_id: int, org_unit: str) -> dict[str, Any]:
    return {
        "system_id": system_id,
        "record_type": i.record.record_type,
        "native_key": i.record.key,
        "org_unit": org_unit,
        "first_cs": cs,
        "correlation": i.record.correlation or None,
        "binding": "bound" if i.record.correlation else None,
        "position": i.position,
        "batch_id": i.batch_id,
        "row_no": i.row_no,
        "token": i.record.token,
    }
