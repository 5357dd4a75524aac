"""What stewards decide holds against every run, contradicts nothing, and is taken back exactly."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from customer_master.stewardship.decisions import Judgement, Verdict, decide, recent, undo
from customer_master.stewardship.errors import DecisionRefusedError
from customer_master.stewardship.reviews import next_reviews, waiting
from customer_master.store import matching
from hub.pipeline.resolve_now import resolve_now
from hub.store.lock import exclusive
from tests.store.test_parties import parties_by_record, states
from tests.store.workshop import Row, Workshop, erp_row

HUAQIANG = "深圳市华强电子有限公司"
PHONE = "0755-26988888"


def row(number: int, name: str = HUAQIANG, *, phone: str = "", day: int = 1, code: str = "") -> Row:
    return erp_row(
        number,
        f"2026-11-{day:02d}T00:00:00Z",
        name=name,
        contact_mechanisms=[{"type": "phone", "value": phone}] if phone else [],
        identifiers=[{"type": None, "code": code}] if code else [],
    )


def record_id(workshop: Workshop, key: str) -> int:
    return int(workshop.sql("select id from master.source_record where native_key = :key", key=key)[0][0])


def judge(workshop: Workshop, verdict: Verdict, a: str, b: str, actor: str = "li") -> int:
    pair = record_id(workshop, a), record_id(workshop, b)
    decision = decide(workshop.engine, Judgement(verdict, *pair), actor=actor)
    assert resolve_now(workshop.settings, workshop.engine, pair, user=actor)
    return decision.id


def take_back(workshop: Workshop, decision_id: int) -> None:
    made = undo(workshop.engine, decision_id, actor="li")
    assert resolve_now(workshop.settings, workshop.engine, (made.lo, made.hi), user="li")


def test_same_joins_what_the_machine_left_apart_and_undo_gives_the_numbers_back(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    decision = judge(workshop, Verdict.SAME, "1", "2")
    assert parties_by_record(workshop) == {"1": 1, "2": 1}
    kinds = workshop.sql("select distinct kind from master.membership where to_cs = :open and record_id = 2")
    assert kinds == [("steward",)]
    take_back(workshop, decision)
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    assert states(workshop) == {1: "active", 2: "active"}


def test_different_parts_what_the_machine_joined_and_later_evidence_does_not_undo_it(workshop: Workshop) -> None:
    code = "914403001922038216"
    workshop.take_in([row(1, code=code), row(2, code=code)])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}
    decision = judge(workshop, Verdict.DIFFERENT, "1", "2")
    apart = parties_by_record(workshop)
    assert apart["1"] != apart["2"]
    workshop.take_in([row(2, code=code, phone=PHONE, day=2), row(1, code=code, phone=PHONE, day=2)])
    assert parties_by_record(workshop) == apart
    take_back(workshop, decision)
    assert len(set(parties_by_record(workshop).values())) == 1


def test_a_decided_pair_is_refused_and_named(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    decision = judge(workshop, Verdict.SAME, "1", "2")
    with pytest.raises(DecisionRefusedError, match=f"decided already \\(decision {decision}\\)"):
        judge(workshop, Verdict.DIFFERENT, "2", "1", actor="wang")


def test_a_contradiction_is_refused_with_the_decisions_in_its_way(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司"), row(3, "广州恒瑞机电设备有限公司")])
    first = judge(workshop, Verdict.SAME, "1", "2")
    second = judge(workshop, Verdict.SAME, "2", "3")
    with pytest.raises(DecisionRefusedError, match=f"decision {first}, {second}"):
        judge(workshop, Verdict.DIFFERENT, "1", "3")
    take_back(workshop, second)
    third = judge(workshop, Verdict.DIFFERENT, "1", "3")
    with pytest.raises(DecisionRefusedError, match=f"keep these customers apart \\(decision {third}\\)"):
        judge(workshop, Verdict.SAME, "2", "3")


def test_an_organisation_and_a_person_are_never_one(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "王小明")])
    with pytest.raises(DecisionRefusedError, match="never one customer"):
        judge(workshop, Verdict.SAME, "1", "2")


def test_of_two_stewards_at_once_one_decides_and_the_other_hears_of_it(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    pair = record_id(workshop, "1"), record_id(workshop, "2")

    def one(actor: str) -> str:
        try:
            return str(decide(workshop.engine, Judgement(Verdict.SAME, *pair), actor=actor).id)
        except DecisionRefusedError as refused:
            return str(refused)

    with ThreadPoolExecutor(8) as stewards:
        said = list(stewards.map(one, "abcdefgh"))
    assert sum(answer.isdigit() for answer in said) == 1
    assert all("decided" in answer for answer in said if not answer.isdigit())


def test_a_decision_during_a_run_is_taken_and_the_next_run_carries_it_out(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    pair = record_id(workshop, "1"), record_id(workshop, "2")
    with exclusive(workshop.engine, "pipeline"):
        decide(workshop.engine, Judgement(Verdict.SAME, *pair), actor="li")
        assert not resolve_now(workshop.settings, workshop.engine, pair, user="li")
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    workshop.take_in([])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}


def test_the_queue_holds_doubtful_pairs_until_somebody_decides(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2)])  # the same name, and nothing else that agrees
    with workshop.engine.begin() as db:
        assert waiting(db) == 1
        (review,) = next_reviews(db)
        assert next_reviews(db, skipped=[(review.lo, review.hi)]) == []
    assert {review.left.name, review.right.name} == {"erp/party/1", "erp/party/2"}
    decision = judge(workshop, Verdict.DIFFERENT, "1", "2")
    with workshop.engine.begin() as db:
        assert waiting(db) == 0
        assert [d.verdict for d in recent(db)] == ["different"]
    take_back(workshop, decision)
    with workshop.engine.begin() as db:
        assert waiting(db) == 1
        assert [(d.verdict, d.undone_by is None) for d in recent(db, actor="li")] == [
            ("undo", True),
            ("different", False),
        ]
    with pytest.raises(DecisionRefusedError, match="not in force"):
        undo(workshop.engine, decision, actor="li")


def test_a_decision_that_comes_while_a_run_works_on_the_pair_is_not_lost(workshop: Workshop) -> None:
    """The run has read the constraints of before; the wish must outlive its taking the records off the queue."""
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    pair = record_id(workshop, "1"), record_id(workshop, "2")
    with workshop.engine.begin() as db:
        db.execute(text("insert into master.resolve_queue (record_id, stage) select unnest(:ids), 2"), {"ids": [*pair]})
    with ThreadPoolExecutor(1) as steward:
        with workshop.engine.begin() as db:
            claimed = matching.claim(db, pair)
            deciding = steward.submit(decide, workshop.engine, Judgement(Verdict.SAME, *pair), actor="li")
            blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            deadline = time.monotonic() + 10
            while workshop.sql(blocked) != [(1,)]:
                assert time.monotonic() < deadline, "the decision should wait for the run's claim"
            matching.dequeue(db, claimed)
        deciding.result()
    workshop.take_in([])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}
