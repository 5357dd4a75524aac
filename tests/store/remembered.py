"""Every state a master was in, remembered as it was made: what readings as of a commit are held against.

Whatever stands open is read whole, just before a commit, and put together here; no interval is ever asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, event, select

from customer_master.stewardship.errors import UnknownError
from customer_master.store.as_of import CustomerAsOf, Member, PinnedValue, Relation, customer_as_of
from customer_master.store.clock import last_commit
from customer_master.store.decision_tables import decision, pin, record_relation
from customer_master.store.tables import (
    OPEN,
    golden_version,
    membership,
    party,
    party_state,
    source_record,
    source_record_version,
    source_system,
)
from customer_master.store.visibility import EVERYTHING
from customer_master.store.work_tables import tombstone

Customers = dict[int, CustomerAsOf]
"""Customers by internal number, each without the commit and its time."""


class Remembered:
    """The master after each of its commits.

    Args:
        engine: the master's database; it is listened to from now on.
    """

    def __init__(self, engine: Engine) -> None:
        self.after: dict[int, Customers] = {}
        event.listen(engine, "commit", self._keep)

    def _keep(self, db: Connection) -> None:
        cs = last_commit(db)
        if cs not in self.after:
            self.after[cs] = customers_now(db)

    @property
    def last(self) -> int:
        return max(self.after)

    def changed_by(self, cs: int) -> list[int]:
        """List the customers that a commit made or changed."""
        before = self.after[cs - 1]
        return [p for p, then in self.after[cs].items() if then != before.get(p)]

    def forget(self, records: Collection[int]) -> None:
        """Take out of the whole past what an erasure takes out of it."""
        everything = [c for customers in self.after.values() for c in customers.values()]
        versions = {m.version_id for c in everything for m in c.members if m.record_id in records}
        pins = {p.pin_id for c in everything for p in c.pins if p.anchor_record_id in records}
        gone = {("v", v) for v in versions if v} | {("p", p) for p in pins}
        self.after = {
            cs: {p: _without(c, records, gone) for p, c in customers.items()} for cs, customers in self.after.items()
        }


def customers_now(db: Connection) -> Customers:
    """Put the customers of now together."""
    numbers = dict(db.execute(select(party.c.id, party.c.public_id)).all())
    kinds = dict(db.execute(select(party.c.id, party.c.kind)).all())
    golden = {row.party_id: row for row in _open(db, golden_version)}
    members, relations, pins = _members(db), list(_open(db, record_relation)), list(_pins(db))
    homes = {m.record_id: p for p, own in members.items() for m in own}
    found = {}
    for state in _open(db, party_state):
        p = state.party_id
        own = {m.record_id for m in members.get(p, ())}
        g = golden.get(p)
        found[p] = _in_order(CustomerAsOf(
            p, numbers[p], kinds[p], state.status, 0, 0,
            g.from_cs if g else None, g.attrs if g else {}, g.prov if g else {}, g.conflicts if g else [],
            members.get(p, []), 0,
            [
                _relation(r, here, there, numbers.get(homes.get(there, 0)))
                for r in relations
                for here, there in ((r.from_record_id, r.to_record_id), (r.to_record_id, r.from_record_id))
                if here in own
            ],
            [i for i in pins if i.anchor_record_id in own],
        ))  # fmt: skip
    return found


def customers_as_of(db: Connection, cs: int, numbers: Iterable[int]) -> Customers:
    """Read those of the customers that there were at a commit the way people read them."""
    found = {}
    for number in numbers:
        try:
            found[number] = _in_order(customer_as_of(db, number, cs, EVERYTHING))
        except UnknownError:
            continue
    return found


def _in_order(c: CustomerAsOf) -> CustomerAsOf:
    """Leave out the commit and what only orders the lists; former keys of an erased record are all alike."""
    members = [replace(m, name=re.sub(r"(erased:\d+):\d+$", r"\1", m.name)) for m in c.members]
    return replace(
        c, cs=0, at_us=0, members=sorted(members, key=lambda m: m.record_id), relations=sorted(c.relations, key=repr),
        pins=sorted(c.pins, key=lambda i: i.pin_id),
    )  # fmt: skip


def _open(db: Connection, table: Table) -> Iterator[Row[Any]]:
    yield from db.execute(select(table).where(table.c.to_cs == OPEN))


def _members(db: Connection) -> dict[int, list[Member]]:
    systems = dict(db.execute(select(source_system.c.id, source_system.c.code)).all())
    records = {row.id: row for row in db.execute(select(source_record))}
    versions = {row.record_id: row for row in _open(db, source_record_version)}
    gone = {row.record_id for row in _open(db, tombstone)}
    found: dict[int, list[Member]] = {}
    for row in _open(db, membership):
        r, v = records[row.record_id], versions.get(row.record_id)
        name = f"{systems[r.system_id]}/{r.record_type}/{r.native_key}"
        said = (v.id, v.payload, v.position, v.origin) if v else (None, None, "", "")
        found.setdefault(row.party_id, []).append(Member(r.id, name, *said, row.kind, r.id in gone))
    return found


def _relation(r: Row[Any], here: int, there: int, other: str | None) -> Relation:
    share = None if r.share is None else float(r.share)
    days = [None if day is None else day.isoformat() for day in (r.effective_from, r.effective_to)]
    return Relation(r.type, here == r.from_record_id, here, there, other, share, days[0], days[1], r.decision_id)


def _pins(db: Connection) -> Iterator[PinnedValue]:
    said = {row.id: row for row in db.execute(select(decision.c.id, decision.c.actor, decision.c.reason))}
    for i in _open(db, pin):
        d = said[i.decision_id]
        yield PinnedValue(
            i.id, i.attribute, i.value, i.mode, i.expires_us, i.anchor_record_id, i.decision_id, d.actor, d.reason
        )


def _without(c: CustomerAsOf, records: Collection[int], gone: Collection[tuple[str, int]]) -> CustomerAsOf:
    lost = {attribute for attribute, origin in c.prov.items() if _speaks_of(origin, gone)}
    return replace(
        c,
        attrs={a: None if a in lost else value for a, value in c.attrs.items()},
        prov={a: origin for a, origin in c.prov.items() if a not in lost},
        conflicts=[conflict for conflict in c.conflicts if not _speaks_of(conflict, gone)],
        members=[
            replace(m, name=f"erp/party/erased:{m.record_id}", payload={"erased": True}) if m.record_id in records
            else m
            for m in c.members
        ],
        pins=[replace(i, value={"erased": True}) if ("p", i.pin_id) in gone else i for i in c.pins],
    )  # fmt: skip


def _speaks_of(value: Any, gone: Collection[tuple[str, int]]) -> bool:
    """Tell whether provenance or a conflict names a version or a pin, however deep."""
    if isinstance(value, dict):
        return any((k, v) in gone if isinstance(v, int) else _speaks_of(v, gone) for k, v in value.items())
    return isinstance(value, list) and any(_speaks_of(part, gone) for part in value)
