"""Parties, memberships, golden versions and their events, all under one commit number a change set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from customer_master.store.clock import tick
from customer_master.store.public_id import encode
from customer_master.store.staging import stage
from customer_master.store.tables import (
    OPEN,
    event,
    golden_version,
    membership,
    party,
    party_state,
    party_successor,
    source_record,
)


@dataclass(frozen=True, slots=True)
class GoldenRow:
    """One golden version as stored."""

    attrs: Mapping[str, Any]
    prov: Mapping[str, Any]
    conflicts: list[Any]
    attrs_hash: str
    policy_hash: str


@dataclass(slots=True)
class ChangeSet:
    """Everything one commit changes about parties. Party numbers below zero stand for parties the commit creates.

    Args:
        created: negative number -> kind of a party to create.
        joined: record -> (party, membership kind); the record leaves its former party.
        ended: party -> (status, successors): parties that lost all their records.
        revived: parties that come back to life.
        golden: party -> new golden version.
        events: (type, party, payload), in order.
    """

    created: dict[int, str] = field(default_factory=dict)
    joined: dict[int, tuple[int, str]] = field(default_factory=dict)
    ended: dict[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    revived: set[int] = field(default_factory=set)
    golden: dict[int, GoldenRow] = field(default_factory=dict)
    events: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing to commit."""
        return not (self.joined or self.ended or self.revived or self.golden or self.events)


def parties_of(connection: Connection, record_ids: Collection[int]) -> dict[int, int]:
    """Map each record to the party it belongs to now; records new to the master have none."""
    m = membership.c
    rows = connection.execute(
        select(m.record_id, m.party_id).where(m.record_id == func.any(list(record_ids)), m.to_cs == OPEN)
    )
    return {row.record_id: row.party_id for row in rows}


def members_of(connection: Connection, party_ids: Collection[int]) -> dict[int, set[int]]:
    """Map each party to its records of now."""
    m = membership.c
    found: dict[int, set[int]] = {}
    for row in connection.execute(
        select(m.record_id, m.party_id).where(m.party_id == func.any(list(party_ids)), m.to_cs == OPEN)
    ):
        found.setdefault(row.party_id, set()).add(row.record_id)
    return found


def kinds_of(connection: Connection, party_ids: Collection[int]) -> dict[int, str]:
    """Map each party to its kind."""
    rows = connection.execute(select(party.c.id, party.c.kind).where(party.c.id == func.any(list(party_ids))))
    return {row.id: row.kind for row in rows}


def anchors(connection: Connection, record_ids: Collection[int]) -> list[tuple[int, int]]:
    """List (record made by the hub, record it was made for) pairs that touch any of the records."""
    r = source_record.c
    ids = list(record_ids)
    rows = connection.execute(
        select(r.id, r.anchor_id).where(
            r.anchor_id.is_not(None), (r.id == func.any(ids)) | (r.anchor_id == func.any(ids))
        )
    )
    return [(row.id, row.anchor_id) for row in rows]


def former_members(connection: Connection, record_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Map parties that ended to the records (of those given) they held last, so that an old number can come back."""
    rows = connection.execute(
        text(
            "select m.party_id, m.record_id from master.membership m"
            " join master.party_state s on s.party_id = m.party_id and s.to_cs = :open and s.status <> 'active'"
            " where m.record_id = any(:ids) and m.to_cs = s.from_cs"
        ),
        {"ids": list(record_ids), "open": OPEN},
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row[0], set()).add(row[1])
    return {party_id: frozenset(records) for party_id, records in found.items()}


def golden_of(connection: Connection, party_ids: Collection[int]) -> dict[int, GoldenRow]:
    """Load the golden versions of now."""
    g = golden_version.c
    rows = connection.execute(
        select(g.party_id, g.attrs, g.prov, g.conflicts, g.attrs_hash, g.policy_hash).where(
            g.party_id == func.any(list(party_ids)), g.to_cs == OPEN
        )
    )
    return {row.party_id: GoldenRow(*row[1:]) for row in rows}


def commit(connection: Connection, change: ChangeSet, *, actor: str, kind: str, actor_kind: str = "run") -> int | None:
    """Write a change set under the next commit number.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        change: what to write.
        actor: run number or user.
        kind: ``resolve`` or ``publish``.
        actor_kind: ``run`` or ``user``.

    Returns:
        The commit number, ``None`` if there was nothing to write.
    """
    if change.is_empty:
        return None
    numbers = _new_numbers(connection, change.created)
    parties = stage(connection, party, _party_rows(change, numbers), commit_column="created_cs")
    intervals = [
        stage(connection, party_state, _state_rows(change, numbers)),
        stage(connection, party_successor, _successor_rows(change, numbers)),
        stage(connection, membership, _membership_rows(change, numbers)),
        stage(connection, golden_version, _golden_rows(change, numbers)),
    ]
    events = stage(connection, event, _event_rows(change, numbers), commit_column="cs")
    cs = tick(connection, kind=kind, actor=actor, actor_kind=actor_kind)  # from here on every other writer waits
    parties.insert(connection, cs)
    _close_intervals(connection, change, cs)
    for staged in (*intervals, events):
        staged.insert(connection, cs)
    return cs


def _new_numbers(connection: Connection, created: Mapping[int, str]) -> dict[int, int]:
    if not created:
        return {}
    ids = connection.execute(
        text("select nextval(pg_get_serial_sequence('master.party', 'id')) from generate_series(1, :n)"),
        {"n": len(created)},
    ).scalars()
    return dict(zip(created, ids, strict=True))


def _party_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {"id": number, "public_id": encode(number), "kind": change.created[temporary]}
        for temporary, number in numbers.items()
    ]


def _state_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    active = [*numbers.values(), *change.revived]
    return [{"party_id": p, "status": "active"} for p in active] + [
        {"party_id": p, "status": status} for p, (status, _) in change.ended.items()
    ]


def _successor_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [{"party_id": p, "successor_id": numbers.get(s, s)} for p, (_, after) in change.ended.items() for s in after]


def _membership_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {"record_id": record_id, "party_id": numbers.get(p, p), "kind": kind}
        for record_id, (p, kind) in change.joined.items()
    ]


def _golden_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "party_id": numbers.get(p, p),
            "attrs": g.attrs,
            "prov": g.prov,
            "conflicts": g.conflicts,
            "attrs_hash": g.attrs_hash,
            "policy_hash": g.policy_hash,
        }
        for p, g in change.golden.items()
    ]


def _event_rows(change: ChangeSet, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {"ord": ord_, "type": type_, "party_id": numbers.get(p, p), "payload": _named(payload, numbers)}
        for ord_, (type_, p, payload) in enumerate(change.events)
    ]


def _close_intervals(connection: Connection, change: ChangeSet, cs: int) -> None:
    """End what stands and is replaced; a party that the commit creates has nothing standing."""
    turned = [*change.ended, *change.revived]
    _close(connection, membership, membership.c.record_id, change.joined, cs)
    _close(connection, party_state, party_state.c.party_id, turned, cs)
    _close(connection, party_successor, party_successor.c.party_id, turned, cs)
    _close(
        connection, golden_version, golden_version.c.party_id, {*change.ended, *(p for p in change.golden if p > 0)}, cs
    )


def _close(connection: Connection, table: Any, column: Any, ids: Iterable[int], cs: int) -> None:
    standing = list(ids)
    if standing:
        connection.execute(update(table).where(column == func.any(standing), table.c.to_cs == OPEN).values(to_cs=cs))


def _named(payload: dict[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    """Put real numbers for the parties a payload mentions under ``parties``."""
    if "parties" not in payload:
        return payload
    return {**payload, "parties": [numbers.get(p, p) for p in payload["parties"]]}
