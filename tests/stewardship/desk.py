"""A steward's desk: a small master filled by hand, with the questions that arise from it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.stewardship.asking import Asked, ask
from customer_master.stewardship.looked_at import looked_at
from customer_master.stewardship.policy import Kind, StewardshipPolicy
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.stewardship.queue import Task, load
from customer_master.store.audit import seal
from customer_master.store.clock import Author, tick
from customer_master.store.decision_tables import decision, pair_constraint, pin
from customer_master.store.tables import (
    OPEN,
    golden_version,
    match_pair,
    membership,
    record_reference,
    source_record,
    source_record_version,
    source_system,
)
from customer_master.store.tables import party as party_table
from customer_master.store.visibility import EVERYTHING
from mappings.canonical.record import canonical_hash

HUAQIANG = {"kind": "organisation", "names": [{"text": "深圳市华强电子有限公司"}]}
CODE = {"type": "cn_uscc", "value": "914403001922038216", "valid": True}
PHONE = {"number": "+8675526988888"}
EMAIL = {"address": "xs@huaqiang.cn"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A master and the policy in force."""

    engine: Engine
    policy: StewardshipPolicy
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        with self.engine.begin() as db:
            return db.execute(text(statement), parameters).all()

    def do(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as db:
            db.execute(text(statement), parameters)

    def record(
        self, payload: Mapping[str, Any] = HUAQIANG, *, unit: str = "headquarters", party: int | None = None
    ) -> int:
        """Put a record into the master, as a customer of its own or with others."""
        with self.engine.begin() as db:
            cs = commit(db)
            record = self._source_record(db, "party", unit, payload, cs)
            if party is None:
                number = f"CM-{next(self.numbers)}"
                party = new(db, party_table, public_id=number, kind="organisation", created_cs=cs)
            new(db, membership, record_id=record, party_id=party, from_cs=cs, kind="auto")
        return record

    def order(self, record: int, total: str, *, currency: str = "CNY", state: str = "processing") -> None:
        """The record's customer orders something."""
        with self.engine.begin() as db:
            content = {"total": total, "currency": currency, "state": state}
            order = self._source_record(db, "order", "headquarters", content, commit(db))
            db.execute(insert(record_reference).values(record_id=order, relation="ordered_by", to_record_id=record))

    def say(self, record: int, payload: Mapping[str, Any]) -> None:
        """The source says something new."""
        with self.engine.begin() as db:
            cs = commit(db)
            v = source_record_version.c
            close(db, source_record_version, v.record_id == record, cs)
            _version(db, record, payload, cs)

    def pair(self, a: int, b: int, weight: float = 3.0, band: str = "review") -> None:
        """The machine has compared two records."""
        values = {"lo": min(a, b), "hi": max(a, b), "weight": weight, "band": band}
        with self.engine.begin() as db:
            db.execute(
                upsert(match_pair)
                .values(**values, vector=b"", policy_hash="match hash")
                .on_conflict_do_update(index_elements=["lo", "hi"], set_={"weight": weight, "band": band})
            )

    def move(self, record: int, party: int) -> None:
        """The record belongs to another customer from now on."""
        with self.engine.begin() as db:
            cs = commit(db)
            close(db, membership, membership.c.record_id == record, cs)
            new(db, membership, record_id=record, party_id=party, from_cs=cs, kind="auto")

    def party_of(self, record: int) -> int:
        m = membership.c
        with self.engine.begin() as db:
            found = db.execute(select(m.party_id).where(m.record_id == record, m.to_cs == OPEN)).scalar_one()
        return int(found)

    def conflict(self, party: int, attribute: str, kind: str, values: Mapping[int, str]) -> None:
        """The customer's golden values contradict each other: record -> value, the winner first."""
        v = source_record_version.c
        with self.engine.begin() as db:
            cs = commit(db)
            open_versions = db.execute(select(v.record_id, v.id).where(v.to_cs == OPEN)).all()
            version = {row.record_id: row.id for row in open_versions}
            winner, *losers = ({"v": version[record], "value": value} for record, value in values.items())
            close(db, golden_version, golden_version.c.party_id == party, cs)
            new(
                db, golden_version, party_id=party, from_cs=cs, attrs={}, prov={}, attrs_hash="h", policy_hash="h",
                conflicts=[{"attribute": attribute, "kind": kind, "winner": winner, "losers": losers}],
            )  # fmt: skip

    def decide(self, verdict: str, *records: int, actor: str = "wang", undoes: int | None = None) -> tuple[int, int]:
        """Somebody decides; gives commit number and number of the decision."""
        polarity = {"same": 1, "different": -1}.get(verdict)
        with self.engine.begin() as db:
            evidence, evidence_hash = looked_at(db, records)
            cs = commit(db)
            made = new(
                db, decision, cs=cs, verdict=verdict, records=list(records), undoes_cs=undoes, actor=actor,
                evidence=evidence, evidence_hash=evidence_hash, at_us=1_790_000_000_000_000,
            )  # fmt: skip
            if polarity is not None:
                lo, hi = sorted(records)
                values = {"decision_id": made, "lo": lo, "hi": hi, "polarity": polarity, "from_cs": cs}
                db.execute(insert(pair_constraint).values(**values))
            if undoes is not None:
                close(db, pair_constraint, pair_constraint.c.from_cs == undoes, cs)
        return cs, made

    def pin(self, record: int, ends_us: int, *, actor: str) -> int:
        """Somebody pins the customer's telephone until a certain time; gives the number of the pin."""
        cs, made = self.decide("pin", record, actor=actor)
        number = next(self.numbers)
        values = {"attribute": "phone", "value": PHONE, "mode": "until_date", "expires_us": ends_us}
        with self.engine.begin() as db:
            db.execute(insert(pin).values(id=number, decision_id=made, anchor_record_id=record, from_cs=cs, **values))
        return number

    def unpin(self, number: int) -> None:
        with self.engine.begin() as db:
            close(db, pin, pin.c.id == number, commit(db))

    def ask(self, *records: int) -> Asked:
        """What a run's commit asks."""
        with self.engine.begin() as db:
            return ask(db, records, self.policy, cs=commit(db))

    def make(self, *proposals: Proposal) -> list[int]:
        with self.engine.begin() as db:
            return propose(db, proposals, self.policy, cs=1)

    def some_tasks(self, count: int, *, kind: Kind = Kind.MERGE) -> list[int]:
        """Make tasks about a record that does not matter."""
        record = self.record()
        return self.make(*(Proposal(kind, (record,), novelty=str(n)) for n in range(count)))

    def task(self, task_id: int) -> Task:
        with self.engine.begin() as db:
            return load(db, EVERYTHING, task_id)

    def told(self, task_id: int) -> list[str]:
        """What happened to a task, in order."""
        sql = "select kind from master.task_event where task_id = :id order by id"
        return [row[0] for row in self.rows(sql, id=task_id)]

    def _source_record(self, db: Connection, entity: str, unit: str, payload: Mapping[str, Any], cs: int) -> int:
        system = db.execute(select(source_system.c.id)).scalar()
        record = new(
            db, source_record, system_id=system or new(db, source_system, code="erp", kind="erp", org_unit=unit),
            entity=entity, record_type=entity, native_key=str(next(self.numbers)), org_unit=unit, first_cs=cs,
            position="p",
        )  # fmt: skip
        _version(db, record, payload, cs)
        return record


def commit(db: Connection) -> int:
    return tick(db, kind="resolve", author=Author("1"), seal=seal([]))


def new(db: Connection, table: Table, **values: Any) -> int:
    return int(db.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def close(db: Connection, table: Table, condition: Any, cs: int) -> None:
    db.execute(update(table).where(condition, table.c.to_cs == OPEN).values(to_cs=cs))


def _version(db: Connection, record: int, payload: Mapping[str, Any], cs: int) -> None:
    hash_ = canonical_hash(payload)
    new(
        db, source_record_version, record_id=record, from_cs=cs, payload=payload, payload_hash=hash_,
        evidence_hash=hash_, evidence_position="p", position="p", batch_id=1, row_no=1, origin="o", mapping_hash="m",
    )  # fmt: skip
