"""What resolving asks people: once, only while it is a question, and again only when something is new."""

from __future__ import annotations

from customer_master.stewardship.asking import overlay
from customer_master.stewardship.policy import Kind
from customer_master.stewardship.reconsider import overtaken
from customer_master.stewardship.tasks import settle
from tests.stewardship.desk import CODE, EMAIL, HUAQIANG, PHONE, Desk

YUANDA = {"kind": "organisation", "names": [{"text": "上海远大机械有限公司"}]}


def test_a_doubtful_pair_is_asked_once(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.pair(a, b, weight=4.2)
    [task_id] = desk.ask(a).tasks
    task = desk.task(task_id)
    assert (task.kind, task.records, task.queue, task.state) == ("merge", (a, b), "pairs", "open")
    assert task.detail == {"weight": 4.2, "band": "review"}
    assert task.due_us - task.created_us == desk.policy.queues["pairs"].due_minutes * 60_000_000
    assert desk.told(task_id) == ["made"]
    assert desk.ask(a, b).tasks == ()
    assert desk.rows("select count(*) from master.task") == [(1,)]


def test_two_customers_are_asked_about_by_their_strongest_pair(desk: Desk) -> None:
    a1, b1 = desk.record(), desk.record()
    a2, b2 = desk.record(party=desk.party_of(a1)), desk.record(party=desk.party_of(b1))
    for pair, weight in (((a1, b1), 3.0), ((a2, b2), 6.0), ((a1, b2), 5.0)):
        desk.pair(*pair, weight=weight)
    [task_id] = desk.ask(a1).tasks
    assert desk.task(task_id).records == (a2, b2)
    assert desk.ask(b1).tasks == ()


def test_a_decision_between_any_two_of_their_records_settles_it(desk: Desk) -> None:
    a1, b1 = desk.record(), desk.record()
    a2 = desk.record(party=desk.party_of(a1))
    desk.pair(a1, b1, 3.0)
    desk.pair(a2, b1, 6.0)
    [task_id] = desk.ask(a1).tasks
    desk.decide("different", a1, b1)
    asked = desk.ask(a1, b1)
    assert (asked.tasks, asked.withdrawn) == ((), (task_id,))
    assert desk.task(task_id).state == "obsolete"
    assert desk.told(task_id) == ["made", "obsolete"]


def test_a_question_that_is_settled_otherwise_is_withdrawn_and_comes_back_with_its_cause(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    own = desk.party_of(b)
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    desk.move(b, desk.party_of(a))
    assert desk.ask(a, b).withdrawn == (task_id,)
    desk.move(b, own)
    assert desk.ask(a, b).tasks == (task_id,)
    assert desk.told(task_id) == ["made", "obsolete", "reopened"]
    desk.pair(a, b, band="related")
    assert desk.ask(b).withdrawn == (task_id,)


def test_an_answered_question_comes_back_only_when_the_answer_is_undone(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    cs, decision = desk.decide("unsure", a, b)
    with desk.engine.begin() as db:
        settle(db, task_id, "wang", cs=cs, decision_id=decision)
    assert desk.ask(a, b).tasks == ()
    undone, _ = desk.decide("undo", a, b, undoes=cs)
    assert undone > cs
    assert desk.ask(a, b).tasks == (task_id,)
    cs, decision = desk.decide("unsure", a, b, actor="li")
    with desk.engine.begin() as db:
        settle(db, task_id, "li", cs=cs, decision_id=decision)
    assert desk.ask(a, b).tasks == ()


def test_two_registration_numbers_ask_for_a_split_and_the_same_numbers_do_not_ask_twice(desk: Desk) -> None:
    a = desk.record()
    party = desk.party_of(a)
    b = desk.record(party=party)
    desk.conflict(party, "uscc", "identity", {a: "914403001922038216", b: "91310115607345281M"})
    [task_id] = desk.ask(a).tasks
    task = desk.task(task_id)
    assert (task.kind, task.records, task.detail["groups"]) == ("split", (a, b), [[a], [b]])
    c = desk.record(party=party)
    desk.conflict(
        party, "uscc", "identity", {a: "914403001922038216", b: "91310115607345281M", c: "91310115607345281M"}
    )
    assert desk.ask(c).tasks == ()
    desk.do("update master.golden_version set conflicts = '[]'")
    assert desk.ask(c).withdrawn == (task_id,)


def test_differing_values_are_a_question_only_where_much_is_at_stake(desk: Desk) -> None:
    a = desk.record()
    party = desk.party_of(a)
    b = desk.record(party=party)
    desk.conflict(party, "address", "material", {a: "深圳市福田区", b: "深圳市南山区"})
    assert desk.ask(a).tasks == ()
    desk.order(b, "1500.00")
    [task_id] = desk.ask(a).tasks
    task = desk.task(task_id)
    assert (task.kind, task.queue, task.value_at_risk) == ("value_conflict", "values", 1700)
    assert "福田" not in str(task.detail)
    desk.do(
        """update master.golden_version set conflicts = jsonb_set(conflicts, '{0,winner}', '{"p": 7, "value": ""}')"""
    )
    assert desk.ask(a).withdrawn == (task_id,)


def test_open_orders_are_worth_their_total_in_the_house_currency(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.order(a, "20000")
    desk.order(a, "1000", currency="EUR")
    desk.order(b, "5000", state="cancelled")
    desk.order(b, "777", currency="XXX")
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    assert desk.task(task_id).value_at_risk == 20_000 + 7_800 + 2 * 100
    assert desk.task(task_id).priority == 2 + 3


def test_different_is_asked_again_only_when_both_come_to_agree(desk: Desk) -> None:
    a, b = desk.record(HUAQIANG), desk.record(YUANDA)
    _, decision = desk.decide("different", a, b)
    desk.say(a, {**HUAQIANG, "identifiers": [CODE], "phones": [PHONE]})
    assert desk.ask(a).tasks == ()
    desk.say(b, {**YUANDA, "identifiers": [CODE]})
    [task_id] = desk.ask(b).tasks
    task = desk.task(task_id)
    assert (task.kind, task.records) == ("reconsider", (a, b))
    assert task.detail == {
        "decision": decision,
        "agrees": ["identifier"],
        "changed": {str(a): ["identifiers", "phones"], str(b): ["identifiers"]},
    }
    assert desk.ask(a, b).tasks == ()
    desk.say(b, YUANDA)
    assert desk.ask(b).withdrawn == (task_id,)


def test_what_agreed_when_the_steward_looked_is_nothing_new(desk: Desk) -> None:
    said = {"identifiers": [CODE], "phones": [PHONE]}
    a, b = desk.record({**HUAQIANG, **said}), desk.record({**YUANDA, **said})
    desk.decide("different", a, b)
    desk.say(a, {**HUAQIANG, **said, "emails": [EMAIL]})
    assert desk.ask(a).tasks == ()
    desk.say(b, {**YUANDA, **said, "emails": [EMAIL]})
    [task_id] = desk.ask(b).tasks
    assert desk.task(task_id).detail["agrees"] == ["contact"]
    [[evidence]] = desk.rows("select evidence from master.decision")
    assert PHONE["number"] not in str(evidence)
    assert CODE["value"] not in str(evidence)


def test_a_withdrawn_invalid_number_is_no_agreement(desk: Desk) -> None:
    bad = {**CODE, "valid": False}
    a, b = desk.record(HUAQIANG), desk.record(YUANDA)
    desk.decide("different", a, b)
    desk.say(a, {**HUAQIANG, "identifiers": [bad]})
    desk.say(b, {**YUANDA, "identifiers": [bad]})
    assert desk.ask(a, b).tasks == ()


def test_a_verdict_that_a_run_has_overtaken_comes_back_to_its_steward(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    verdict = {"verdict": "same", "a": a, "b": b}
    with desk.engine.begin() as db:
        first = overtaken(db, desk.policy, user="li", verdict=verdict, records=(a, b), cs=3)
        assert overtaken(db, desk.policy, user="li", verdict=verdict, records=(a, b), cs=3) == first
    task = desk.task(first)
    assert (task.kind, task.assignee, task.detail["verdict"]) == ("reconsider", "li", verdict)
    assert desk.ask(a, b).withdrawn == ()


def test_an_overlay_stays_until_somebody_answers_it(desk: Desk) -> None:
    a = desk.record()
    question = overlay(a, from_version=1, to_version=2, reasons=("name", "identifiers"))
    [task_id] = desk.make(question)
    assert desk.make(question) == []
    assert desk.ask(a).withdrawn == ()
    assert (desk.task(task_id).kind, desk.task(task_id).queue) == (Kind.OVERLAY, "customers")


def test_a_task_is_of_the_units_of_its_records(desk: Desk) -> None:
    a, b = desk.record(unit="headquarters"), desk.record(unit="suzhou")
    desk.pair(a, b)
    desk.ask(a)
    assert desk.rows("select org_units from master.task") == [(["headquarters", "suzhou"],)]
