"""What can be done with a task in each of its states, and what the others hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, text

from customer_master.stewardship import four_eyes, tasks
from customer_master.stewardship.asking import ask
from customer_master.stewardship.errors import InvalidError, NotAllowedError, StaleError, UnknownError
from customer_master.stewardship.policy import StewardshipPolicy
from customer_master.stewardship.queue import Task, listed, load, log, mine, next_task
from customer_master.store.clock import now_us
from customer_master.store.visibility import Viewer
from tests.stewardship.desk import Desk

LI, WANG = Viewer("li", None), Viewer("wang", None)
VERDICT = {"verdict": "same", "a": 1, "b": 2}
HOUR_US = 3_600_000_000


class On(NamedTuple):
    """What an act works on."""

    db: Connection
    policy: StewardshipPolicy
    task: int


Act = Callable[[On], object]

ACTS: dict[str, Act] = {
    "take": lambda on: tasks.take(on.db, on.policy, LI, on.task),
    "renew": lambda on: tasks.renew(on.db, on.policy, LI, on.task),
    "hand_back": lambda on: tasks.hand_back(on.db, LI, on.task),
    "comment": lambda on: tasks.comment(on.db, LI, on.task, "客户已电话确认"),
    "ask": lambda on: tasks.ask(on.db, LI, on.task, "是同一家吗？", of="zhao"),
    "answer": lambda on: tasks.answer(on.db, LI, on.task, "是的"),
    "snooze": lambda on: tasks.snooze(on.db, on.policy, LI, on.task, now_us() + HOUR_US),
    "assign": lambda on: tasks.assign(on.db, LI, on.task, "zhao"),
    "settle": lambda on: tasks.settle(on.db, on.task, "li", cs=1, decision_id=1),
    "propose": lambda on: four_eyes.propose_verdict(on.db, LI, on.task, VERDICT),
    "approve": lambda on: four_eyes.approve(on.db, LI, on.task),
    "reject": lambda on: four_eyes.reject(on.db, LI, on.task, "证据不足"),
}

# what li can do with a task, and the state it has then; S: it has changed, N: not li's
OPEN, CLAIMED, ASKED, SECOND, DONE = "open", "claimed", "waiting_answer", "awaiting_second", "done"
TABLE: dict[str, dict[str, str]] = {
    "open": {
        "take": CLAIMED, "renew": "S", "hand_back": "N", "comment": OPEN, "ask": ASKED, "answer": "S",
        "snooze": OPEN, "assign": OPEN, "settle": DONE, "propose": SECOND, "approve": "S", "reject": "S",
    },
    "claimed by li": {
        "take": CLAIMED, "renew": CLAIMED, "hand_back": OPEN, "comment": CLAIMED, "ask": ASKED, "answer": "S",
        "snooze": OPEN, "assign": OPEN, "settle": DONE, "propose": SECOND, "approve": "S", "reject": "S",
    },
    "claimed by wang": {
        "take": "N", "renew": "N", "hand_back": "N", "comment": CLAIMED, "ask": "N", "answer": "S",
        "snooze": "N", "assign": OPEN, "settle": "N", "propose": "N", "approve": "S", "reject": "S",
    },
    "asked by wang": {
        "take": CLAIMED, "renew": "S", "hand_back": "N", "comment": ASKED, "ask": ASKED, "answer": OPEN,
        "snooze": OPEN, "assign": OPEN, "settle": DONE, "propose": SECOND, "approve": "S", "reject": "S",
    },
    "proposed by wang": {
        "take": "S", "renew": "S", "hand_back": "S", "comment": SECOND, "ask": "S", "answer": "S",
        "snooze": "S", "assign": "S", "settle": "N", "propose": "S", "approve": SECOND, "reject": OPEN,
    },
    "proposed by li": {
        "take": "S", "renew": "S", "hand_back": "S", "comment": SECOND, "ask": "S", "answer": "S",
        "snooze": "S", "assign": "S", "settle": "N", "propose": "S", "approve": "N", "reject": OPEN,
    },
    "done": {
        "take": "S", "renew": "S", "hand_back": "S", "comment": DONE, "ask": "S", "answer": "S",
        "snooze": "S", "assign": "S", "settle": "S", "propose": "S", "approve": "S", "reject": "S",
    },
}  # fmt: skip

PREPARE: dict[str, Act] = {
    "open": lambda on: load(on.db, LI, on.task),
    "claimed by li": lambda on: tasks.take(on.db, on.policy, LI, on.task),
    "claimed by wang": lambda on: tasks.take(on.db, on.policy, WANG, on.task),
    "asked by wang": lambda on: tasks.ask(on.db, WANG, on.task, "是否搬迁？", of="zhao"),
    "proposed by wang": lambda on: four_eyes.propose_verdict(on.db, WANG, on.task, VERDICT),
    "proposed by li": lambda on: four_eyes.propose_verdict(on.db, LI, on.task, VERDICT),
    "done": lambda on: tasks.settle(on.db, on.task, "wang", cs=1, decision_id=1),
}


def outcome(desk: Desk, act: Act, task_id: int) -> str:
    """Tell what an act led to; a refused one must have changed nothing."""
    before = desk.task(task_id), desk.told(task_id)
    try:
        with desk.engine.begin() as db:
            act(On(db, desk.policy, task_id))
    except (StaleError, NotAllowedError) as error:
        assert (desk.task(task_id), desk.told(task_id)) == before
        return type(error).__name__[0]
    return desk.task(task_id).state


@pytest.mark.parametrize("state", TABLE)
def test_what_can_be_done_in_each_state(desk: Desk, state: str) -> None:
    desk.record()
    desk.decide("unsure", desk.record(), desk.record())  # decision 1, which the tasks are settled with
    numbers = desk.some_tasks(len(ACTS))
    for task_id in numbers:
        with desk.engine.begin() as db:
            PREPARE[state](On(db, desk.policy, task_id))
    found = {name: outcome(desk, act, task_id) for (name, act), task_id in zip(ACTS.items(), numbers, strict=True)}
    assert found == TABLE[state]


def test_who_answers_a_done_task_hears_what_the_other_decided(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    cs, decision = desk.decide("different", a, b, actor="wang")
    with desk.engine.begin() as db:
        tasks.settle(db, task_id, "wang", cs=cs, decision_id=decision)
    with pytest.raises(StaleError) as late, desk.engine.begin() as db:
        tasks.settle(db, task_id, "li", cs=cs + 1, decision_id=decision + 1)
    sentence = str(late.value)
    assert sentence.startswith(f"wang decided 'different' on task {task_id} at 20")
    assert f"(decision {decision}). Undo" in sentence
    assert late.value.current == {task_id: desk.task(task_id).version}


def test_a_task_withdrawn_by_a_decision_made_elsewhere_names_it(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    cs, decision = desk.decide("different", a, b, actor="zhao")
    with desk.engine.begin() as db:
        ask(db, [a, b], desk.policy, cs=cs)
    with (
        pytest.raises(StaleError, match=f"zhao decided 'different' on task {task_id} .*decision {decision}"),
        desk.engine.begin() as db,
    ):
        tasks.take(db, desk.policy, LI, task_id)


def test_a_version_that_is_not_the_newest_is_refused(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    seen = desk.task(task_id).version
    with desk.engine.begin() as db:
        tasks.assign(db, WANG, task_id, "li", seen)
    with pytest.raises(StaleError) as stale, desk.engine.begin() as db:
        tasks.take(db, desk.policy, LI, task_id, seen)
    assert stale.value.current == {task_id: seen + 1}
    with desk.engine.begin() as db:
        assert tasks.take(db, desk.policy, LI, task_id, seen + 1).assignee == "li"


def test_an_unknown_or_invisible_task_is_unknown(desk: Desk) -> None:
    a, b = desk.record(unit="headquarters"), desk.record(unit="suzhou")
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    narrow, wide = Viewer("li", frozenset({"suzhou"})), Viewer("li", frozenset({"suzhou", "headquarters"}))
    with desk.engine.begin() as db:
        for number in (task_id, 999):
            with pytest.raises(UnknownError):
                tasks.take(db, desk.policy, narrow, number)
        assert next_task(db, desk.policy, narrow) is None
        assert listed(db, narrow, "pairs") == []
        assert [t.id for t in listed(db, wide, "pairs")] == [task_id]
        assert tasks.take(db, desk.policy, wide, task_id).assignee == "li"


def test_renewing_prolongs_the_lease_and_nothing_else(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    with desk.engine.begin() as db:
        taken = tasks.take(db, desk.policy, LI, task_id)
        renewed = tasks.renew(db, desk.policy, LI, task_id)
    assert taken.lease_until_us is not None
    assert renewed.lease_until_us is not None
    assert renewed.lease_until_us > taken.lease_until_us
    assert renewed.version == taken.version


def test_a_task_is_put_off_within_limits_and_rests_until_then(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    now = now_us()
    for until in (now - 1, now + 31 * 24 * HOUR_US):
        with pytest.raises(InvalidError, match="at most 43200 minutes"), desk.engine.begin() as db:
            tasks.snooze(db, desk.policy, LI, task_id, until)
    with desk.engine.begin() as db:
        tasks.snooze(db, desk.policy, LI, task_id, now + HOUR_US)
        assert next_task(db, desk.policy, LI) is None
        woken = next_task(db, desk.policy, LI, now_us=now + 2 * HOUR_US)
    assert woken is not None
    assert woken.snooze_until_us is None


def test_a_question_comes_back_to_who_asked_it_with_the_answer(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    with desk.engine.begin() as db:
        tasks.ask(db, WANG, task_id, "宝鸡工厂是否已搬迁？ ", of="zhao")
        tasks.answer(db, Viewer("zhao", None), task_id, "已搬迁")
        assert next_task(db, desk.policy, LI) is None
        assert [t.id for t in mine(db, "wang")] == [task_id]
        answer, question, _ = log(db, task_id)
    assert (question.kind, question.detail) == ("asked", {"text": "宝鸡工厂是否已搬迁？", "of": "zhao"})
    assert (answer.actor, answer.detail) == ("zhao", {"text": "已搬迁", "answer": True})


@pytest.mark.parametrize("words", ["", "  ", "长" * 4001])
def test_a_text_has_its_limits(desk: Desk, words: str) -> None:
    [task_id] = desk.some_tasks(1)
    with pytest.raises(InvalidError, match="between 1 and 4000"), desk.engine.begin() as db:
        tasks.comment(db, LI, task_id, words)


def test_a_merge_that_needs_four_eyes_is_done_by_two(desk: Desk) -> None:
    a, b = desk.record(), desk.record()
    desk.pair(a, b)
    [task_id] = desk.ask(a).tasks
    with desk.engine.begin() as db:
        waiting = four_eyes.propose_verdict(db, WANG, task_id, VERDICT)
        assert [t.id for t in listed(db, LI, "pairs", state="awaiting_second")] == [task_id]
        approved = four_eyes.approve(db, LI, task_id, waiting.version)
    assert (approved.verdict, approved.user, approved.second) == (VERDICT, "wang", "li")
    cs, decision = desk.decide("same", a, b, actor="wang")
    for second in (None, "wang"):
        with pytest.raises(NotAllowedError, match="second person"), desk.engine.begin() as db:
            tasks.settle(db, task_id, "wang", cs=cs, decision_id=decision, second=second)
    with desk.engine.begin() as db:
        tasks.settle(db, task_id, approved.user, cs=cs, decision_id=decision, second=approved.second)
    assert desk.told(task_id) == ["made", "proposed", "approved", "decided"]
    with pytest.raises(StaleError, match="wang decided 'same'"), desk.engine.begin() as db:
        four_eyes.approve(db, Viewer("zhao", None), task_id)


def test_a_rejected_verdict_goes_back_to_the_first_person(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    with desk.engine.begin() as db:
        four_eyes.propose_verdict(db, WANG, task_id, VERDICT)
        back = four_eyes.reject(db, LI, task_id, "证据不足")
    assert (back.state, back.assignee, back.verdict, back.proposed_by) == ("open", "wang", None, None)


def test_a_verdict_nobody_asked_for_is_an_approval_of_its_own_and_ends_when_rejected(desk: Desk) -> None:
    a = desk.record()

    def proposed(db: Connection) -> Task:
        return four_eyes.propose_unasked(db, desk.policy, WANG, {"verdict": "split", "party": 1}, [a])

    with desk.engine.begin() as db:
        task = proposed(db)
        assert (task.kind, task.state, task.proposed_by) == ("approval", "awaiting_second", "wang")
        with pytest.raises(NotAllowedError):
            four_eyes.approve(db, WANG, task.id)
        assert four_eyes.reject(db, LI, task.id, "不同意").state == "obsolete"
        with pytest.raises(StaleError, match="li rejected it"):
            four_eyes.approve(db, LI, task.id)
        assert proposed(db).id != task.id


def test_every_change_of_state_raises_the_version_and_leaves_an_event(desk: Desk) -> None:
    desk.decide("unsure", desk.record(), desk.record())
    [task_id] = desk.some_tasks(1)
    with desk.engine.begin() as db:
        for name in ("take", "hand_back", "take", "ask", "answer", "assign", "propose", "reject", "snooze", "settle"):
            ACTS[name](On(db, desk.policy, task_id))
    assert desk.task(task_id).version == 11
    assert len(desk.told(task_id)) == 11
    with desk.engine.begin() as db:
        assert db.execute(text("select count(*) from master.task where state = 'done'")).scalar_one() == 1
