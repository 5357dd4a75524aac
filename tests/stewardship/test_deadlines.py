"""What time does: overdue tasks move on step by step, leases end, owners of pins are reminded."""

from __future__ import annotations

from customer_master.stewardship.deadlines import escalate_due, expire_leases
from customer_master.stewardship.pin_reminders import remind_of_pins
from customer_master.stewardship.queue import log
from customer_master.stewardship.tasks import take
from customer_master.store.clock import now_us
from customer_master.store.visibility import Viewer
from tests.stewardship.desk import Desk

MINUTE_US = 60_000_000
LI = Viewer("li", None)


def escalated(desk: Desk, now: int) -> list[int]:
    """Escalate until there is nothing left; gives how many each call moved."""
    counts = []
    while True:
        with desk.engine.begin() as db:
            counts.append(escalate_due(db, desk.policy, now))
        if not counts[-1]:
            return counts


def test_an_overdue_task_moves_on_step_by_step(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    made = desk.task(task_id)
    assert escalated(desk, made.due_us - 1) == [0]
    assert escalated(desk, made.due_us) == [1, 0]
    lead = desk.task(task_id)
    assert (lead.queue, lead.escalation_level, lead.priority) == ("lead", 1, made.priority + 100)
    assert lead.due_us == made.due_us
    assert escalated(desk, made.due_us + 4319 * MINUTE_US) == [0]
    assert escalated(desk, made.due_us + 4320 * MINUTE_US) == [1, 0]
    assert desk.task(task_id).queue == "management"
    assert escalated(desk, made.due_us * 2) == [0]
    with desk.engine.begin() as db:
        last, first, _ = log(db, task_id)
    assert (first.detail, last.detail) == ({"to": "lead", "level": 1}, {"to": "management", "level": 2})


def test_a_task_forgotten_for_long_goes_all_the_way(desk: Desk) -> None:
    desk.some_tasks(3)
    assert escalated(desk, now_us() * 2) == [3, 3, 0]


def test_who_works_on_an_overdue_task_may_go_on(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    with desk.engine.begin() as db:
        taken = take(db, desk.policy, LI, task_id)
    assert escalated(desk, taken.due_us) == [1, 0]
    after = desk.task(task_id)
    assert (after.state, after.assignee, after.version) == ("claimed", "li", taken.version)


def test_a_done_task_is_never_overdue(desk: Desk) -> None:
    [task_id] = desk.some_tasks(1)
    desk.do("update master.task set state = 'done' where id = :id", id=task_id)
    assert escalated(desk, now_us() * 2) == [0]


def test_ended_leases_come_back_and_others_stay(desk: Desk) -> None:
    first, second = desk.some_tasks(2)
    with desk.engine.begin() as db:
        ends = take(db, desk.policy, LI, first).lease_until_us
        take(db, desk.policy, LI, second)
        assert ends is not None
        assert expire_leases(db, ends - 1) == 0
        assert expire_leases(db, ends) == 1
        assert expire_leases(db, ends) == 0
    free, held = desk.task(first), desk.task(second)
    assert (free.state, free.assignee, free.lease_until_us) == ("open", None, None)
    assert (held.state, held.assignee) == ("claimed", "li")


def test_the_owner_of_a_pin_is_asked_once_before_it_ends(desk: Desk) -> None:
    a = desk.record()
    ends = now_us() + 60 * 24 * 60 * MINUTE_US
    number = desk.pin(a, ends, actor="zhao")
    week = desk.policy.pin_reminder_minutes * MINUTE_US
    with desk.engine.begin() as db:
        assert remind_of_pins(db, desk.policy, ends - week - 1) == 0
        assert remind_of_pins(db, desk.policy, ends - week) == 1
        assert remind_of_pins(db, desk.policy, ends - week) == 0
    [(task_id,)] = desk.rows("select id from master.task")
    task = desk.task(task_id)
    assert (task.kind, task.assignee, task.records) == ("reconsider", "zhao", (a,))
    assert task.detail == {"pin": number, "attribute": "phone", "expires_us": ends}
    assert desk.ask(a).withdrawn == ()
    desk.unpin(number)
    assert desk.ask(a).withdrawn == (task_id,)
