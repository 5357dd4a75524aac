"""Where a master that was rebuilt from the landing zone and the log differs from the present one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, text

from customer_master.store.public_id import encode
from customer_master.store.tables import OPEN


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, told without personal data.

    Args:
        kind: ``record`` (what it says), ``member`` (whose it is), ``number`` or ``golden``.
        what: the record or the customer.
        how: the rest of the sentence.
    """

    kind: Literal["record", "member", "number", "golden"]
    what: str
    how: str


def differences(present: Connection, rebuilt: Connection) -> Iterator[Difference]:
    """Compare partition, numbers and golden values of two masters that call records and customers by the same ids."""
    now, then = _party_of(present), _party_of(rebuilt)
    numbers = {row.id: row.public_id for row in present.execute(text(_NUMBERS))}
    yield from (
        Difference("number", number, f"the number of party {party} is {encode(party)}")
        for party, number in numbers.items()
        if number != encode(party)
    )
    moved = sorted(record for record in now.keys() | then.keys() if now.get(record) != then.get(record))
    names = {row.id: row.name for row in present.execute(text(_NAMES), {"ids": moved})}
    for record in moved:
        of_now, of_then = (_customer(numbers, own.get(record)) for own in (now, then))
        yield Difference("member", names[record], f"belongs to {of_now}, rebuilt to {of_then}")
    changed = {party for record in moved for party in (now.get(record), then.get(record))}
    yield from _golden(present, rebuilt, numbers, changed)


def _golden(
    present: Connection, rebuilt: Connection, numbers: dict[int, str], changed: set[int | None]
) -> Iterator[Difference]:
    """Compare the golden values of active customers that have the same records in both."""
    now, then = _hashes(present), _hashes(rebuilt)
    active = set(present.execute(text(_ACTIVE), {"open": OPEN}).scalars())
    for party in sorted(active - changed):
        if now.get(party) != then.get(party):
            a, b = (_attributes(db, party) for db in (present, rebuilt))
            names = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
            how = f"golden values differ: {', '.join(names)}" if names else "the hash is not that of the golden values"
            yield Difference("golden", numbers[party], how)


def _customer(numbers: dict[int, str], party: int | None) -> str:
    return "no customer" if party is None else numbers.get(party, "a new customer")


def _party_of(db: Connection) -> dict[int, int]:
    rows = db.execute(text("select record_id, party_id from master.membership where to_cs = :open"), {"open": OPEN})
    return {row.record_id: row.party_id for row in rows}


def _hashes(db: Connection) -> dict[int, str]:
    rows = db.execute(
        text("select party_id, attrs_hash from master.golden_version where to_cs = :open"), {"open": OPEN}
    )
    return {row.party_id: row.attrs_hash for row in rows}


def _attributes(db: Connection, party: int) -> dict[str, Any]:
    sql = text("select attrs from master.golden_version where party_id = :party and to_cs = :open")
    return db.execute(sql, {"party": party, "open": OPEN}).scalar() or {}


_NUMBERS = "select id, public_id from master.party"
_NAMES = """
select r.id, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, '(' || r.id || ')') as name
from master.source_record r join master.source_system s on s.id = r.system_id where r.id = any(:ids)
"""
_ACTIVE = "select party_id from master.party_state where to_cs = :open and status = 'active'"
