"""Trace a record or a customer: from the landed file and row to golden values and deliveries, and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store import public_id
from customer_master.store.numbers import resolve_number
from customer_master.store.tables import OPEN
from hub.errors import UsageError
from hub.pipeline.explain import FUNCTIONS, Explained, explain_values
from mappings.canonical import upcast


@dataclass(slots=True)
class Trace:
    """Everything known about one source record.

    Args:
        record: ``system/record_type/key``.
        versions: every version, newest first: commit number, position, file and row it came from, mapping and the
            functions of installed packages that it calls, fate.
        party: public id of the party it belongs to now, and the other records in it.
        golden: golden values of that party, each with the record it came from and the rule that chose it; more of
            them in :mod:`hub.pipeline.explain`.
        deliveries: what was sent to this record, if it belongs to a target.
    """

    record: str
    versions: list[dict[str, Any]] = field(default_factory=list)
    party: dict[str, Any] | None = None
    golden: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Give the trace for machines."""
        return asdict(self)


def trace(db: Connection, what: str) -> list[Trace]:
    """Trace what a person has in hand.

    Args:
        db: connection.
        what: ``system/record_type/key``, ``system/key``, or a customer number like ``CM-7K3F-92QX-4``.

    Returns:
        One trace for each source record found.

    Raises:
        UsageError: nothing of that name is known.
    """
    return [_trace(db, record_id) for record_id in records_called(db, what)]


def records_called(db: Connection, what: str) -> list[int]:
    """Find the records that something in hand stands for; arguments and errors as of :func:`trace`."""
    ids = _of_a_system(db, what) if "/" in what else _of_a_customer(db, what)
    if not ids:
        raise UsageError(f"Nothing known is called {what!r}", "Give system/record_type/key or a customer number")
    return ids


def _of_a_system(db: Connection, what: str) -> list[int]:
    system, *middle, key = what.split("/")
    sql = (
        "select r.id from master.source_record r join master.source_system s on s.id = r.system_id"
        " where s.code = :system and (r.native_key = :key or r.correlation = :key)"
        " and (:type = '' or r.record_type = :type) order by r.id"
    )
    return list(db.execute(text(sql), {"system": system, "key": key, "type": "/".join(middle)}).scalars())


def _of_a_customer(db: Connection, what: str) -> list[int]:
    """List a customer's records, or those of whoever took them over."""
    try:
        resolved = resolve_number(db, what)
    except UnknownError as error:
        raise UsageError(error.what, "A record is named system/record_type/key") from None
    numbers = [public_id.decode(n) for n in resolved.successors] or [resolved.party_id]
    sql = "select record_id from master.membership where party_id = any(:parties) and to_cs = :open order by record_id"
    return list(db.execute(text(sql), {"parties": numbers, "open": OPEN}).scalars())


def _trace(db: Connection, record_id: int) -> Trace:
    args = {"record": record_id, "open": OPEN}
    result = Trace(str(db.execute(text(_NAME), args).scalar_one()))
    result.versions = [{**v, "payload": upcast(v["payload"])} for v in _rows(db, _VERSIONS, args)]
    party = db.execute(text(_PARTY), args).one_or_none()
    if party is not None:
        result.party = {"public_id": party.public_id, "kind": party.kind, "records": party.records}
        result.golden = [_golden(value) for value in explain_values(db, party.id)]
    result.deliveries = _rows(db, _DELIVERIES, args)
    return result


def _golden(value: Explained) -> dict[str, Any]:
    source, origin = (value.said.source, value.said.origin) if value.said else (None, None)
    return {
        "attribute": value.attribute, "value": value.value, "rule": value.rule, "why": value.why, "source": source,
        "origin": origin,
    }  # fmt: skip


def _rows(db: Connection, sql: str, args: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(text(sql), args).mappings()]


_NAME = """
select s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation)
from master.source_record r join master.source_system s on s.id = r.system_id where r.id = :record
"""

_VERSIONS = f"""
select v.from_cs as commit, to_char(to_timestamp(c.at_us / 1e6) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
  v.position, v.origin, b.path as file, v.row_no as row, left(v.mapping_hash, 12) as mapping,
  {FUNCTIONS} as opaque,
  v.evidence is not null as has_echo, v.to_cs = :open as is_current, v.payload
from master.source_record_version v join master.change_set c on c.cs = v.from_cs
join hub.landing_batch b on b.id = v.batch_id left join hub.document d on d.hash = v.mapping_hash
where v.record_id = :record order by v.from_cs desc
"""  # noqa: S608 - ours

_PARTY = """
select p.id, p.public_id, p.kind, (
  select jsonb_agg(s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation) order by r.id)
  from master.membership o join master.source_record r on r.id = o.record_id
  join master.source_system s on s.id = r.system_id where o.party_id = p.id and o.to_cs = :open) as records
from master.membership m join master.party p on p.id = m.party_id where m.record_id = :record and m.to_cs = :open
"""

_DELIVERIES = """
select d.target, d.state, d.attempts, d.desired, d.message from hub.delivery d where d.record_id = :record
"""
