"""What stewards decide holds against every run, contradicts nothing, and is taken back exactly."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from customer_master.stewardship.decisions import recent
from customer_master.stewardship.errors import ContradictionError, DecisionRefusedError, InTheWayError, InvalidError
from customer_master.stewardship.reviews import next_reviews, waiting
from customer_master.store import matching
from hub.master import acts
from hub.master.context import By, Master
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


def master(workshop: Workshop) -> Master:
    return Master(workshop.engine, workshop.documents)


ACT = {"same": acts.same, "different": acts.different}


def judge(workshop: Workshop, verdict: str, a: str, b: str, actor: str = "li") -> int:
    return ACT[verdict](master(workshop), record_id(workshop, a), record_id(workshop, b), By(actor)).decision_id


def take_back(workshop: Workshop, decision_id: int) -> None:
    ((cs,),) = workshop.sql("select cs from master.decision where id = :id", id=decision_id)
    acts.undo(master(workshop), cs, By("li"))


def test_same_joins_what_the_machine_left_apart_and_undo_gives_the_numbers_back(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    decision = judge(workshop, "same", "1", "2")
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
    decision = judge(workshop, "different", "1", "2")
    apart = parties_by_record(workshop)
    assert apart["1"] != apart["2"]
    workshop.take_in([row(2, code=code, phone=PHONE, day=2), row(1, code=code, phone=PHONE, day=2)])
    assert parties_by_record(workshop) == apart
    take_back(workshop, decision)
    assert len(set(parties_by_record(workshop).values())) == 1


def test_a_decided_pair_is_refused_and_named(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    decision = judge(workshop, "same", "1", "2")
    with pytest.raises(DecisionRefusedError, match=f"decided already \\(decision {decision}: same, by li\\)"):
        judge(workshop, "different", "2", "1", actor="wang")


def test_a_contradiction_is_refused_with_the_decisions_in_its_way(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司"), row(3, "广州恒瑞机电设备有限公司")])
    first = judge(workshop, "same", "1", "2")
    second = judge(workshop, "same", "2", "3")
    with pytest.raises(DecisionRefusedError, match=f"decision {first}, {second}"):
        judge(workshop, "different", "1", "3")
    take_back(workshop, second)
    third = judge(workshop, "different", "1", "3")
    with pytest.raises(DecisionRefusedError, match=f"keep these customers apart \\(decision {third}\\)"):
        judge(workshop, "same", "2", "3")


def test_an_organisation_and_a_person_are_never_one(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "王小明")])
    with pytest.raises(DecisionRefusedError, match="never one customer"):
        judge(workshop, "same", "1", "2")


def test_of_two_stewards_at_once_one_decides_and_the_other_hears_of_it(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])

    def one(actor: str) -> str:
        try:
            return str(judge(workshop, "same", "1", "2", actor))
        except DecisionRefusedError as refused:
            return str(refused)

    with ThreadPoolExecutor(6) as stewards:
        said = list(stewards.map(one, "abcdef"))
    assert sum(answer.isdigit() for answer in said) == 1
    assert all("decided" in answer for answer in said if not answer.isdigit())


def test_a_decision_during_a_run_is_carried_out_at_once(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    with exclusive(workshop.engine, "pipeline"):
        judge(workshop, "same", "1", "2")
        assert parties_by_record(workshop) == {"1": 1, "2": 1}


def test_the_queue_holds_doubtful_pairs_until_somebody_decides(workshop: Workshop) -> None:
    workshop.take_in([row(1), row(2)])  # the same name, and nothing else that agrees
    with workshop.engine.begin() as db:
        assert waiting(db) == 1
        (review,) = next_reviews(db)
        assert next_reviews(db, skipped=[(review.lo, review.hi)]) == []
    assert {review.left.name, review.right.name} == {"erp/party/1", "erp/party/2"}
    decision = judge(workshop, "different", "1", "2")
    with workshop.engine.begin() as db:
        assert waiting(db) == 0
        assert [d.verdict for d in recent(db)] == ["different"]
    take_back(workshop, decision)
    with workshop.engine.begin() as db:
        assert waiting(db) == 1
        assert [(d.verdict, d.stands) for d in recent(db, actor="li")] == [("undo", False), ("different", False)]
    with pytest.raises(InTheWayError, match="not in force"):
        take_back(workshop, decision)


def test_a_decision_that_comes_while_a_run_works_on_the_pair_is_not_lost(workshop: Workshop) -> None:
    """The run has claimed the records; the decision waits for nobody, and the run decides under it."""
    workshop.take_in([row(1), row(2, "上海远大机械有限公司")])
    pair = record_id(workshop, "1"), record_id(workshop, "2")
    with workshop.engine.begin() as db:
        matching.enqueue_scored(db, pair)
    with workshop.engine.begin() as db:
        matching.claim(db, pair)
        judge(workshop, "same", "1", "2")
    workshop.take_in([])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}


def test_a_run_that_was_overtaken_decides_again(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A steward parts two customers after the run has read them and before it commits; both succeed."""
    from hub.pipeline import resolve as resolving  # noqa: PLC0415

    code = "914403001922038216"
    workshop.take_in([row(1, code=code), row(2, code=code)])
    decided = resolving.decide
    overtaken = threading.Event()

    def decide_slowly(*args: object) -> object:
        change = decided(*args)  # type: ignore[arg-type]
        if not overtaken.is_set():
            overtaken.set()
            judge(workshop, "different", "1", "2")
        return change

    monkeypatch.setattr(resolving, "decide", decide_slowly)
    workshop.take_in([row(2, code=code, phone=PHONE, day=2)])
    assert overtaken.is_set()
    assert len(set(parties_by_record(workshop).values())) == 2
    assert workshop.sql("select attrs ->> 'phone' from master.golden_version where to_cs = :open order by id") != []


SHANGHAI, GUANGZHOU, BEIJING = "上海远大机械有限公司", "广州恒瑞机电设备有限公司", "北京东方仪器有限公司"


def four(workshop: Workshop) -> Master:
    workshop.take_in([row(1), row(2, SHANGHAI), row(3, GUANGZHOU), row(4, BEIJING)])
    return master(workshop)


def test_merge_and_split_give_the_numbers_back(workshop: Workshop) -> None:
    m = four(workshop)
    merged = acts.merge(m, [1, 2, 3], By("li", "同一集团"))
    assert (merged.parties, merged.ended) == ((1,), (2, 3))
    parted = acts.split  # a split of what a merge holds together contradicts the merge, which is named
    with pytest.raises(ContradictionError, match=f"decision {merged.decision_id}") as refused:
        parted(m, 1, [[1], [2, 3]], By("wang"))
    assert [(link.decision_id, link.actor) for link in refused.value.chain] == [(merged.decision_id, "li")]
    acts.undo(m, merged.cs, By("li"))
    assert parties_by_record(workshop) == {"1": 1, "2": 2, "3": 3, "4": 4}
    assert states(workshop) == dict.fromkeys((1, 2, 3, 4), "active")


def test_a_split_parts_what_the_machine_joined_and_undo_joins_it_again(workshop: Workshop) -> None:
    code = "914403001922038216"
    workshop.take_in([row(n, code=code, phone=PHONE) for n in (1, 2, 3, 4)])
    assert set(parties_by_record(workshop).values()) == {1}
    parted = acts.split(master(workshop), 1, [[1, 2], [3, 4]], By("li"))
    now = parties_by_record(workshop)
    assert now["1"] == now["2"] == 1
    assert now["3"] == now["4"] != 1
    acts.undo(master(workshop), parted.cs, By("li"))
    assert set(parties_by_record(workshop).values()) == {1}


def test_an_undo_is_undone(workshop: Workshop) -> None:
    m = four(workshop)
    merged = acts.merge(m, [1, 2], By("li"))
    back = acts.undo(m, merged.cs, By("li"))
    again = acts.undo(m, back.cs, By("wang"))
    assert parties_by_record(workshop)["2"] == 1
    with pytest.raises(InTheWayError) as refused:
        acts.undo(m, back.cs, By("wang"))
    assert refused.value.decisions == (again.decision_id,)
    acts.undo(m, merged.cs, By("wang"))
    assert parties_by_record(workshop) == {"1": 1, "2": 2, "3": 3, "4": 4}


def test_what_a_run_joined_is_taken_back_with_the_numbers(workshop: Workshop) -> None:
    code = "914403001922038216"
    workshop.take_in([row(1), row(2, SHANGHAI)])
    workshop.take_in([row(1, code=code, phone=PHONE, day=2), row(2, HUAQIANG, code=code, phone=PHONE, day=2)])
    assert parties_by_record(workshop) == {"1": 1, "2": 1}
    ((cs,),) = workshop.sql("select max(from_cs) from master.membership")
    back = acts.undo(master(workshop), cs, By("li"))
    assert parties_by_record(workshop) == {"1": 1, "2": 2}
    workshop.take_in([row(1, code=code, phone=PHONE, day=3), row(2, HUAQIANG, code=code, phone=PHONE, day=3)])
    assert parties_by_record(workshop) == {"1": 1, "2": 2}, "the run does not do it again"
    acts.undo(master(workshop), back.cs, By("li"))
    assert parties_by_record(workshop) == {"1": 1, "2": 1}


def test_later_decisions_in_the_way_of_an_undo_are_named(workshop: Workshop) -> None:
    m = four(workshop)
    apart = acts.different(m, 1, 2, By("li"))
    back = acts.undo(m, apart.cs, By("li"))
    together = acts.same(m, 1, 2, By("wang"))
    with pytest.raises(InTheWayError) as refused:
        acts.undo(m, back.cs, By("li"))
    assert refused.value.decisions == (together.decision_id,)


def test_a_pin_holds_against_every_source_until_it_is_taken_back(workshop: Workshop) -> None:
    m = four(workshop)
    pinned = acts.pin(m, 1, "name", "深圳华强电子股份有限公司", By("li", "营业执照"))
    name = (
        "select attrs ->> 'name', prov -> 'name' ->> 'why' from master.golden_version"
        " where party_id = 1 and to_cs = :open"
    )
    assert workshop.sql(name) == [("深圳华强电子股份有限公司", "pin")]
    workshop.take_in([row(1, "深圳市华强电子集团有限公司", day=3)])
    assert workshop.sql(name) == [("深圳华强电子股份有限公司", "pin")]
    acts.undo(m, pinned.cs, By("li"))
    assert workshop.sql(name)[0][0] == "深圳市华强电子集团有限公司"


def test_a_relation_keeps_two_customers_apart_and_closes_no_circle(workshop: Workshop) -> None:
    m = four(workshop)
    acts.relate(m, 1, 2, "branch_of", By("li"))
    acts.relate(m, 2, 3, "branch_of", By("li"))
    with pytest.raises(DecisionRefusedError, match="branch_of this one already"):
        acts.relate(m, 3, 1, "branch_of", By("li"))
    with pytest.raises(ContradictionError, match="keep these customers apart"):
        acts.merge(m, [1, 2], By("wang"))
    acts.unrelate(m, 1, 2, "branch_of", By("li"))
    with pytest.raises(ContradictionError):
        acts.merge(m, [1, 2], By("wang"))


def test_impossible_words_are_refused(workshop: Workshop) -> None:
    m = four(workshop)
    with pytest.raises(InvalidError, match="2001 characters"):
        acts.merge(m, [1, 2], By("li", "长" * 2001))
    with pytest.raises(InvalidError, match="control characters"):
        acts.merge(m, [1, 2], By("li", "a\x00b"))
    assert workshop.sql("select count(*) from master.decision") == [(0,)]
