"""Parties, memberships, golden versions and their events, all under one commit number a change set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, select, text, tuple_, update

from customer_master.store import audit
from customer_master.store.clock import Author, tick
from customer_master.store.decision_tables import decision, pair_constraint, pin, record_relation
from customer_master.store.public_id import encode
from customer_master.store.staging import Staged, stage
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
from customer_master.store.work_tables import tombstone


class OvertakenError(Exception):
    """Somebody changed what this commit was worked out from; nothing is written, and the work is to be done again.

    Args:
        parties: parties that were changed, with the commit that did it.
    """

    def __init__(self, parties: Mapping[int, int]) -> None:
        self.parties = dict(parties)
        super().__init__(f"changed meanwhile: {sorted(self.parties)}")


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
        ended: party -> (status, successors): parties that lost all their records, or whose records all ended.
        revived: parties that come back to life.
        golden: party -> new golden version.
        events: (type, party, payload), in order.
        opened: table -> rows that begin with the commit: a decision and what it puts in force.
        closed: table -> column values that name the open rows that end with it, e.g. ``[{"id": 3}]`` of pins.
        scope: parties it was worked out from.
        touched: parties it is about, besides those whose rows it changes.
    """

    created: dict[int, str] = field(default_factory=dict)
    joined: dict[int, tuple[int, str]] = field(default_factory=dict)
    ended: dict[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    revived: set[int] = field(default_factory=set)
    golden: dict[int, GoldenRow] = field(default_factory=dict)
    events: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    opened: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    closed: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    scope: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Nothing to commit."""
        return not (
            self.joined or self.ended or self.revived or self.golden or self.events or self.opened or self.closed
        )

    def open(self, table: Table, *rows: dict[str, Any]) -> None:
        """Let rows begin with the commit."""
        self.opened.setdefault(table, []).extend(rows)

    def close(self, table: Table, *keys: dict[str, Any]) -> None:
        """Let open rows end with the commit; all keys of a table have the same columns."""
        self.closed.setdefault(table, []).extend(keys)

    def parties(self) -> set[int]:
        """List the parties it is about, those it creates by their negative numbers."""
        own = {p for p, _ in self.joined.values()} | {p for _, p, _ in self.events}
        return own | self.created.keys() | self.ended.keys() | self.revived | self.golden.keys() | self.touched


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


def states_of(connection: Connection, party_ids: Collection[int]) -> dict[int, str]:
    """Map each party to its status of now."""
    s = party_state.c
    rows = connection.execute(
        select(s.party_id, s.status).where(s.party_id == func.any(list(party_ids)), s.to_cs == OPEN)
    )
    return {row.party_id: row.status for row in rows}


def tombstoned(connection: Connection, record_ids: Collection[int]) -> set[int]:
    """List those of the records that are gone from their source."""
    t = tombstone.c
    rows = connection.execute(select(t.record_id).where(t.record_id == func.any(list(record_ids)), t.to_cs == OPEN))
    return set(rows.scalars())


def partition_at(connection: Connection, record_ids: Collection[int], cs: int) -> dict[int, frozenset[int]]:
    """Map the parties that held any of the records at a commit to all records they held then."""
    rows = connection.execute(
        text(
            "select o.party_id, o.record_id from master.membership o where o.from_cs <= :cs and o.to_cs > :cs"
            " and o.party_id in (select m.party_id from master.membership m"
            "  where m.record_id = any(:ids) and m.from_cs <= :cs and m.to_cs > :cs)"
        ),
        {"ids": list(record_ids), "cs": cs},
    )
    found: dict[int, set[int]] = {}
    for party_id, record_id in rows:
        found.setdefault(party_id, set()).add(record_id)
    return {party_id: frozenset(records) for party_id, records in found.items()}


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


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit has made.

    Args:
        cs: its commit number.
        numbers: negative number of a created party -> its id.
    """

    cs: int
    numbers: Mapping[int, int]


def commit(connection: Connection, change: ChangeSet, *, author: Author, kind: str, seen_cs: int) -> Committed | None:
    """Write a change set under the next commit number.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        change: what to write.
        author: run or user.
        kind: ``resolve``, ``decision`` or ``publish``.
        seen_cs: the last commit when the caller began to read.

    Returns:
        The commit, ``None`` if there was nothing to write.

    Raises:
        OvertakenError: a party of the change's scope was changed after ``seen_cs``; the caller rolls back.
    """
    if change.is_empty:
        return None
    numbers = _new_numbers(connection, change.created)
    rows = _rows(change, numbers)
    seal = audit.seal(_sealed(rows))
    staged = stage(rows)
    touched = {numbers.get(p, p) for p in change.parties()} - set(numbers.values())
    cs = tick(connection, kind=kind, author=author, seal=seal)  # from here on every other writer waits
    _refuse_overtaken(connection, change.scope | touched, seen_cs)
    _write(connection, cs, change, touched, staged)
    return Committed(cs, numbers)


def _write(
    connection: Connection, cs: int, change: ChangeSet, touched: Collection[int], staged: Iterable[Staged]
) -> None:
    if touched:
        connection.execute(update(party).where(party.c.id == func.any(list(touched))).values(touched_cs=cs))
    _close_intervals(connection, change, cs)
    for rows in staged:
        rows.insert(connection, cs)


def _refuse_overtaken(connection: Connection, scope: Collection[int], seen_cs: int) -> None:
    if not scope:
        return
    p = party.c
    newer = connection.execute(
        select(p.id, p.touched_cs).where(p.id == func.any([i for i in scope if i > 0]), p.touched_cs > seen_cs)
    )
    if changed := {row.id: row.touched_cs for row in newer}:
        raise OvertakenError(changed)


def _rows(change: ChangeSet, numbers: Mapping[int, int]) -> dict[Table, list[dict[str, Any]]]:
    return {  # what is referred to stands before what refers to it
        party: _party_rows(change, numbers),
        decision: change.opened.get(decision, []),
        party_state: _state_rows(change, numbers),
        party_successor: _successor_rows(change, numbers),
        membership: _membership_rows(change, numbers),
        golden_version: _golden_rows(change, numbers),
        event: _event_rows(change, numbers),
        **change.opened,
    }


_SEALED: dict[Table, tuple[str, tuple[str, ...]]] = {
    membership: ("m", ("record_id", "party_id", "kind")),
    party_state: ("s", ("party_id", "status")),
    party_successor: ("h", ("party_id", "successor_id")),
    golden_version: ("g", ("party_id", "attrs_hash")),
    event: ("e", ("ord", "type", "party_id")),
    decision: ("d", ("id", "verdict", "records", "actor")),
    pair_constraint: ("c", ("decision_id", "lo", "hi", "polarity")),
    record_relation: ("r", ("from_record_id", "to_record_id", "type")),
    pin: ("p", ("id", "anchor_record_id", "attribute")),
    tombstone: ("t", ("record_id",)),
}
"""Table -> its letter in a sealed row, and the columns that are sealed."""


def _sealed(rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> Iterator[audit.Row]:
    for table, own in rows.items():
        if table is not party:
            letter, columns = _SEALED[table]
            yield from ((letter, *(row[column] for column in columns)) for row in own)


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
    """Give each party its state; one that is made or comes back with records that are gone is retired at once."""
    states = dict.fromkeys([*change.created, *change.revived], "active")
    states |= {p: status for p, (status, _) in change.ended.items()}
    return [{"party_id": numbers.get(p, p), "status": status} for p, status in states.items()]


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
    emptied = {p for p, (status, _) in change.ended.items() if status != "retired"}  # a retired one keeps its values
    _close(connection, membership, membership.c.record_id, change.joined, cs)
    _close(connection, party_state, party_state.c.party_id, turned, cs)
    _close(connection, party_successor, party_successor.c.party_id, turned, cs)
    _close(connection, golden_version, golden_version.c.party_id, {*emptied, *(p for p in change.golden if p > 0)}, cs)
    for table, keys in change.closed.items():
        _close_named(connection, table, keys, cs)


def _close(connection: Connection, table: Any, column: Any, ids: Iterable[int], cs: int) -> None:
    standing = list(ids)
    if standing:
        connection.execute(update(table).where(column == func.any(standing), table.c.to_cs == OPEN).values(to_cs=cs))


def _close_named(connection: Connection, table: Table, keys: Sequence[Mapping[str, Any]], cs: int) -> None:
    if keys:
        values = [[key[column] for column in keys[0]] for key in keys]
        columns = tuple_(*(table.c[column] for column in keys[0]))
        connection.execute(update(table).where(columns.in_(values), table.c.to_cs == OPEN).values(to_cs=cs))


def _named(payload: dict[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    """Put real numbers for the parties a payload mentions under ``parties``."""
    if "parties" not in payload:
        return payload
    return {**payload, "parties": [numbers.get(p, p) for p in payload["parties"]]}
