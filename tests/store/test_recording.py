"""Source records: what arrives, what it means, and that nothing is said twice."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from customer_master.store import recording
from customer_master.store.evidence import Written
from customer_master.store.recording import Effect, Incoming
from mappings.canonical import CanonicalRecord, Email, Kind, Name, Party, Phone
from tests.store.workshop import Workshop

HUAQIANG = "深圳市华强电子有限公司"


def arrival(
    position: str, *, key: str = "42", name: str = HUAQIANG, phone: str = "", email: str = "",
    correlation: str = "", token: str = "", fresh: bool = True,
) -> Incoming:  # fmt: skip
    party = Party(
        Kind.ORGANISATION,
        names=(Name(name, language="zh"),) if name else (),
        phones=(Phone(phone, kind="landline"),) if phone else (),
        emails=(Email(email),) if email else (),
    )
    canonical = CanonicalRecord("party", "party", key, party, correlation=correlation, token=token)
    return Incoming(canonical, position, 1, 0, f"party.party,{key}", "mapping", fresh)


@dataclass
class Master:
    """The ERP's records in the master."""

    workshop: Workshop
    system_id: int
    written: Mapping[int, Iterable[Written]] = field(default_factory=dict)

    def take(self, *incoming: Incoming) -> list[Effect]:
        with self.workshop.engine.begin() as db:
            known = recording.lookup(db, self.system_id, incoming)
            decision = recording.decide(incoming, known, self.written)
            recording.record(db, decision, system_id=self.system_id, org_unit="headquarters", actor="test")
        return decision.effects

    def versions(self) -> list[Any]:
        return list(
            self.workshop.sql(
                "select r.native_key, v.from_cs, v.to_cs = :open as is_open, v.position, v.evidence_position,"
                " v.payload, v.evidence from master.source_record_version v"
                " join master.source_record r on r.id = v.record_id"
                " order by r.id, v.from_cs"
            )
        )

    def queued(self, *, forget: bool = True) -> list[int]:
        ids = [i for (i,) in self.workshop.sql("select record_id from master.resolve_queue order by 1")]
        if forget:
            self.workshop.sql_do("delete from master.resolve_queue")
        return ids

    @property
    def last_cs(self) -> int:
        ((cs,),) = self.workshop.sql("select last_cs from master.clock")
        return int(cs)


@pytest.fixture
def master(workshop: Workshop) -> Master:
    with workshop.engine.begin() as db:
        system_id = recording.ensure_system(db, code="erp", kind="erp", org_unit="headquarters")
    return Master(workshop, system_id)


def test_what_is_new_is_recorded_and_waits_to_be_resolved(master: Master) -> None:
    assert master.take(arrival("p1")) == ["recorded"]
    (version,) = master.versions()
    assert (version.native_key, version.from_cs, version.is_open) == ("42", 1, True)
    assert version.payload["names"][0]["text"] == HUAQIANG
    assert version.evidence is None
    assert len(master.queued()) == 1


def test_the_same_again_writes_no_version_and_takes_no_commit_number(master: Master) -> None:
    master.take(arrival("p1"))
    master.queued()
    assert master.take(arrival("p2", token="t2")) == ["unchanged"]
    assert master.last_cs == 1
    assert len(master.versions()) == 1
    assert master.queued() == []
    assert master.workshop.sql("select position, token from master.source_record") == [("p2", "t2")]


def test_a_change_closes_the_old_version_where_the_new_one_begins(master: Master) -> None:
    master.take(arrival("p1"))
    assert master.take(arrival("p2", phone="+8675526988888")) == ["recorded"]
    before, after = master.versions()
    assert (before.is_open, after.is_open) == (False, True)
    assert master.workshop.sql(
        "select a.to_cs = b.from_cs from master.source_record_version a, master.source_record_version b"
        " where a.id < b.id"
    ) == [(True,)]
    assert after.evidence_position == "p2"


def test_an_older_position_never_replaces_a_newer_one(master: Master) -> None:
    master.take(arrival("p5", phone="+8675526988888"))
    assert master.take(arrival("p3", phone="+862158881234")) == ["older"]
    (version,) = master.versions()
    assert version.payload["phones"][0]["number"] == "+8675526988888"
    assert master.workshop.sql("select position from master.source_record") == [("p5",)]


def test_raw_mapped_again_changes_the_content_but_not_its_age(master: Master) -> None:
    master.take(arrival("p1"))
    master.queued()
    assert master.take(arrival("p1", phone="+8675526988888", fresh=False)) == ["recorded"]
    _, version = master.versions()
    assert version.evidence_position == "p1"
    assert len(master.queued()) == 1
    master.take(arrival("p7", phone="+862158881234"))
    assert master.versions()[-1].evidence_position == "p7"


def test_an_echo_of_our_writing_is_recorded_and_is_no_evidence(master: Master) -> None:
    master.take(arrival("p1"))
    (record_id,) = master.queued()
    master.written = {record_id: [Written("emails", "info@huaqiang.example")]}
    assert master.take(arrival("p2", email="info@huaqiang.example")) == ["recorded"]
    _, echo = master.versions()
    assert echo.payload["emails"] == [{"address": "info@huaqiang.example"}]
    assert "emails" not in echo.evidence
    assert echo.evidence_position == "p1", "our own writing makes nothing fresher"
    assert master.queued() == [], "our own writing is no reason to resolve anything again"


def test_what_a_person_makes_of_our_writing_is_evidence(master: Master) -> None:
    master.take(arrival("p1"))
    (record_id,) = master.queued()
    master.written = {record_id: [Written("emails", "info@huaqiang.example")]}
    master.take(arrival("p2", email="info@huaqiang.example"))
    assert master.take(arrival("p3", email="sales@huaqiang.example")) == ["recorded"]
    assert master.versions()[-1].evidence is None, "all of it is the source's own again"
    assert master.versions()[-1].evidence_position == "p3"
    assert master.queued() == [record_id]


def test_a_value_we_replaced_stays_the_records_own_word(master: Master) -> None:
    master.take(arrival("p1", name="华强电子"))
    (record_id,) = master.queued()
    own = {"text": "华强电子", "type": "registered", "language": "zh"}
    master.written = {record_id: [Written("names", HUAQIANG, own)]}
    master.take(arrival("p2", name=HUAQIANG))
    version = master.versions()[-1]
    assert version.payload["names"][0]["text"] == HUAQIANG
    assert version.evidence["names"] == [own]
    assert master.queued() == []


def test_a_record_we_made_is_bound_by_its_correlation_value_when_it_comes_back(master: Master) -> None:
    master.workshop.sql_do(
        "insert into master.source_record (system_id, record_type, org_unit, first_cs, correlation, binding, position)"
        " values (1, 'party', 'headquarters', 0, 'HUB-7', 'sent', '')"
    )
    assert master.take(arrival("p1", key="99", correlation="HUB-7")) == ["recorded"]
    assert master.workshop.sql("select native_key, binding from master.source_record") == [("99", "bound")]
    assert len(master.versions()) == 1
    assert master.take(arrival("p2", key="99", correlation="HUB-7")) == ["unchanged"]


def test_a_mixed_portion_gets_one_effect_each_in_order_and_one_commit_number(master: Master) -> None:
    master.take(arrival("p3", key="a"), arrival("p3", key="b"), arrival("p3", key="c"))
    effects = master.take(
        arrival("p4", key="a"),
        arrival("p4", key="b", phone="+8675526988888"),
        arrival("p1", key="c", phone="+8675526988888"),
        arrival("p4", key="d"),
    )
    assert effects == ["unchanged", "recorded", "older", "recorded"]
    assert master.last_cs == 2
    assert [v.native_key for v in master.versions()] == ["a", "b", "b", "c", "d"]


def test_of_two_writers_that_meet_over_a_new_record_one_wins_and_the_other_can_try_again(master: Master) -> None:
    """The pipeline's lock keeps writers apart; should two meet all the same, the database refuses the second."""
    both_looked = threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def write(phone: str) -> None:
        incoming = [arrival("p1", phone=phone)]
        try:
            with master.workshop.engine.begin() as db:
                known = recording.lookup(db, master.system_id, incoming)
                both_looked.wait()
                decision = recording.decide(incoming, known, {})
                recording.record(db, decision, system_id=master.system_id, org_unit="headquarters", actor="test")
            outcomes.append("written")
        except IntegrityError:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(phone,)) for phone in ("+8675526988888", "+8675526988888")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "written"]
    assert len(master.versions()) == 1
    assert master.last_cs == 1, "the refused one left no gap"
    assert master.take(arrival("p1", phone="+8675526988888")) == ["unchanged"]


def test_two_writers_that_change_the_same_record_leave_one_open_version(master: Master) -> None:
    master.take(arrival("p1"))
    both_looked = threading.Barrier(2, timeout=20)

    def write(phone: str) -> None:
        incoming = [arrival("p2", phone=phone)]
        with master.workshop.engine.begin() as db:
            known = recording.lookup(db, master.system_id, incoming)
            both_looked.wait()
            decision = recording.decide(incoming, known, {})
            recording.record(db, decision, system_id=master.system_id, org_unit="headquarters", actor="test")

    threads = [threading.Thread(target=write, args=(phone,)) for phone in ("+8675526988888", "+862158881234")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = master.versions()
    assert [v.is_open for v in versions] == [False, False, True]
    assert [v.from_cs for v in versions] == [1, 2, 3]


def test_a_portion_that_fails_leaves_nothing_behind_for_the_next(master: Master) -> None:
    incoming = [arrival("p1")]
    with master.workshop.engine.connect() as db:
        decision = recording.decide(incoming, recording.lookup(db, master.system_id, incoming), {})
        recording.record(db, decision, system_id=master.system_id, org_unit="headquarters", actor="test")
        db.rollback()
    assert master.versions() == []
    assert master.take(*incoming) == ["recorded"]
    assert len(master.versions()) == 1
    assert master.last_cs == 1


def test_five_hundred_records_are_written_in_a_handful_of_statements(master: Master) -> None:
    incoming = [arrival("p1", key=str(n), phone=f"+8675526{n:06d}") for n in range(500)]
    statements: list[str] = []
    event.listen(master.workshop.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    master.take(*incoming)
    assert len(statements) <= 12
    assert master.workshop.sql("select count(*) from master.source_record_version") == [(500,)]


def test_awkward_text_survives_the_way_into_the_database(master: Master) -> None:
    name = '引号"反斜杠\\制表\t换行\n\\N 𠮷野家｛"a":1｝'
    master.take(arrival("p1", name=name))
    with master.workshop.engine.begin() as db:
        stored = db.execute(text("select payload from master.source_record_version")).scalar_one()
    assert stored["names"][0]["text"] == name
