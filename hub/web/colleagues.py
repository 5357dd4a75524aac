"""Who can help with a task: the stewards who see all of its records, and the questions that were put to somebody."""

from __future__ import annotations

from sqlalchemy import Connection, text

from customer_master.stewardship import queue
from customer_master.stewardship.queue import Task
from customer_master.store.visibility import Viewer, args
from hub.web.access import User
from hub.web.errors import InputError
from hub.web.users import list_users, units_of

_MOST_QUESTIONS = 50


def colleagues(db: Connection, task_id: int, user: str) -> list[str]:
    """Name the others who may work on a task; none where another program keeps the users.

    Args:
        db: connection.
        task_id: the task.
        user: who asks.
    """
    needed = set(db.execute(text("select org_units from master.task where id = :id"), {"id": task_id}).scalar_one())
    known = [User(a.name, frozenset(a.roles), units_of(a.units)) for a in list_users(db) if not a.disabled]
    stewards = [u for u in known if u.may("steward") and u.name != user]
    return [u.name for u in stewards if u.units is None or needed <= u.units]


def demand_colleague(db: Connection, task_id: int, user: str, other: str) -> None:
    """Refuse to pass a task to somebody who may not work on it.

    Raises:
        InputError: there is no such colleague.
    """
    if other not in colleagues(db, task_id, user):
        raise InputError(f"{other} cannot work on this task", "Choose a steward who sees all of its records")


def questions_to(db: Connection, viewer: Viewer) -> list[Task]:
    """List the tasks that wait for an answer of this steward, the earliest due first."""
    asked = {"user": viewer.user, "most": _MOST_QUESTIONS, **args(viewer)}
    return [queue.load(db, viewer, number) for number in db.execute(text(_QUESTIONS), asked).scalars()]


# whoever was asked may have lost a unit since
_QUESTIONS = """
select t.id from master.task t cross join lateral (
  select e.detail ->> 'of' as asked from master.task_event e where e.task_id = t.id and e.kind = 'asked'
  order by e.id desc limit 1) newest
where t.state = 'waiting_answer' and newest.asked = :user
and (cast(:viewer_units as text[]) is null or t.org_units <@ cast(:viewer_units as text[]))
order by t.due_us, t.id limit :most
"""
