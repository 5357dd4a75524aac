"""What a steward does with a task: take it, put it off, ask, pass it on; and what an answer does to it.

========================  ==============================================================
a task is                 until
========================  ==============================================================
open                      somebody takes it, or it is answered
claimed                   it is answered, handed back, or its lease ends
waiting_answer            the one who was asked answers, or somebody takes it
awaiting_second           a second person approves or rejects
done, obsolete            its answer is undone, or resolving asks it again
========================  ==============================================================

Every change locks the task's row, is written down as an event and raises the task's version.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text, update

from customer_master.stewardship.errors import InvalidError, NotAllowedError, StaleError
from customer_master.stewardship.policy import MINUTE_US, StewardshipPolicy
from customer_master.stewardship.queue import Task, load
from customer_master.store.clock import now_us as present
from customer_master.store.visibility import EVERYTHING, Viewer
from customer_master.store.work_tables import task as task_table

LONGEST_TEXT = 4000
"""Characters of a comment, a question or an answer."""

_WAITS = ("open", "claimed", "waiting_answer")


def take(db: Connection, policy: StewardshipPolicy, viewer: Viewer, task_id: int, version: int | None = None) -> Task:
    """Claim a certain task, or claim it again for another lease.

    Args:
        db: connection in a transaction.
        policy: how long it is the steward's.
        viewer: the steward.
        task_id: the task.
        version: version that was looked at; ``None``: whichever it has.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
        NotAllowedError: somebody else is working on it.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, viewer.user, now, *_WAITS)
    until = now + policy.lease_minutes * MINUTE_US
    return change(db, task, "claimed", viewer.user, now, state="claimed", assignee=viewer.user, lease_until_us=until)


def renew(db: Connection, policy: StewardshipPolicy, viewer: Viewer, task_id: int) -> Task:
    """Prolong the lease of a claimed task; its version stays, for nothing else changes.

    Raises:
        UnknownError: there is no such task.
        NotAllowedError: it is not the steward's.
        StaleError: it is not claimed any more.
    """
    task, now = lock(db, viewer, task_id), present()
    demand(db, task, viewer.user, now, "claimed")
    _demand_own(task, viewer.user)
    until = now + policy.lease_minutes * MINUTE_US
    db.execute(update(task_table).where(task_table.c.id == task_id).values(lease_until_us=until))
    return load(db, EVERYTHING, task_id)


def hand_back(db: Connection, viewer: Viewer, task_id: int, version: int | None = None) -> Task:
    """Give a claimed task, or one that is assigned to the steward, back to everybody.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
        NotAllowedError: it is not the steward's.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, viewer.user, now, *_WAITS)
    _demand_own(task, viewer.user)
    return change(db, task, "handed_back", viewer.user, now, state="open", assignee=None)


def comment(db: Connection, viewer: Viewer, task_id: int, words: str) -> None:
    """Write something beside a task, whatever its state.

    Raises:
        UnknownError: there is no such task.
        InvalidError: the comment is empty or too long.
    """
    task = load(db, viewer, task_id)
    note(db, task.id, "commented", viewer.user, present(), {"text": _words(words)})


def ask(db: Connection, viewer: Viewer, task_id: int, question: str, *, of: str, version: int | None = None) -> Task:
    """Ask somebody who knows the customer; the task waits for the answer.

    Args:
        db: connection in a transaction.
        viewer: the steward, whose task it stays.
        task_id: the task.
        question: what is asked.
        of: whom.
        version: version that was looked at.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
        NotAllowedError: somebody else is working on it.
        InvalidError: the question is empty or too long.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, viewer.user, now, *_WAITS)
    detail = {"text": _words(question), "of": of}
    return change(db, task, "asked", viewer.user, now, detail=detail, state="waiting_answer", assignee=viewer.user)


def answer(db: Connection, viewer: Viewer, task_id: int, words: str) -> Task:
    """Answer a steward's question; the task is the steward's again.

    Raises:
        UnknownError: there is no such task.
        StaleError: nobody waits for an answer any more.
        InvalidError: the answer is empty or too long.
    """
    task, now = lock(db, viewer, task_id), present()
    demand(db, task, viewer.user, now, "waiting_answer")
    detail = {"text": _words(words), "answer": True}
    return change(db, task, "commented", viewer.user, now, detail=detail, state="open", assignee=task.assignee)


def snooze(
    db: Connection,
    policy: StewardshipPolicy,
    viewer: Viewer,
    task_id: int,
    until_us: int,
    version: int | None = None,
) -> Task:
    """Put a task off; until then nobody gets it as the next one. It can still become overdue.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
        NotAllowedError: somebody else is working on it.
        InvalidError: the time is over already, or too far away.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, viewer.user, now, *_WAITS)
    if not now < until_us <= now + policy.longest_snooze_minutes * MINUTE_US:
        raise InvalidError(
            f"A task is put off for at most {policy.longest_snooze_minutes} minutes from now", "Choose another time"
        )
    detail = {"until_us": until_us}
    return change(
        db, task, "snoozed", viewer.user, now, detail=detail, state="open", assignee=None, snooze_until_us=until_us
    )


def assign(db: Connection, viewer: Viewer, task_id: int, to: str, version: int | None = None) -> Task:
    """Make a task somebody's, even if another one works on it; whether the viewer may is asked elsewhere.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, task.assignee or "", now, *_WAITS)
    return change(db, task, "assigned", viewer.user, now, detail={"to": to}, state="open", assignee=to)


def settle(db: Connection, task_id: int, user: str, *, cs: int, decision_id: int, second: str | None = None) -> None:
    """Note that a decision answers a task, in the transaction of the decision and before resolving asks anew.

    Args:
        db: connection in a transaction.
        task_id: the task.
        user: who decided.
        cs: commit of the decision.
        decision_id: the decision.
        second: who approved it.

    Raises:
        UnknownError: there is no such task.
        StaleError: it was answered before; the sentence says by whom, when and how.
        NotAllowedError: somebody else works on it, or it waits for a second person.
    """
    task, now = lock(db, Viewer(user, None), task_id), present()
    if task.state == "awaiting_second":
        demand_second(task, second)
        note(db, task_id, "approved", second or "", now, cs=cs)
    else:
        demand(db, task, user, now, *_WAITS)
    change(db, task, "decided", user, now, cs=cs, detail={"decision": decision_id}, state="done", assignee=user)


def demand_second(task: Task, second: str | None) -> None:
    """Refuse whoever may not approve what a task waits with.

    Raises:
        NotAllowedError: nobody approves, or the one who decided does.
    """
    if second is None:
        raise NotAllowedError(f"Task {task.id} waits for a second person", "Approve or reject it")
    if second == task.proposed_by:
        raise NotAllowedError(
            f"Task {task.id} waits for a second person, and {second} is the first", "Ask a colleague to approve it"
        )


def lock(db: Connection, viewer: Viewer, task_id: int, version: int | None = None) -> Task:
    """Give a task and keep others from changing it until the transaction ends.

    Raises:
        UnknownError: there is none with this number that the viewer may see.
        StaleError: it has another version than the one that was looked at.
    """
    load(db, viewer, task_id)
    db.execute(text("select 1 from master.task where id = :id for update"), {"id": task_id})
    task = load(db, viewer, task_id)  # again: it may have changed while we waited for it
    if version is not None and version != task.version:
        raise _stale(db, task)
    return task


def change(
    db: Connection,
    task: Task,
    kind: str,
    actor: str,
    now_us: int,
    *,
    detail: Mapping[str, Any] | None = None,
    cs: int | None = None,
    **values: Any,
) -> Task:
    """Change a locked task and write down what happened; what a state does not need is emptied."""
    nothing = {"lease_until_us": None, "snooze_until_us": None, "proposed_by": None, "verdict": None}
    db.execute(
        update(task_table)
        .where(task_table.c.id == task.id)
        .values(**{**nothing, **values}, version=task_table.c.version + 1)
    )
    note(db, task.id, kind, actor, now_us, detail, cs=cs)
    return load(db, EVERYTHING, task.id)


def note(
    db: Connection,
    task_id: int,
    kind: str,
    actor: str,
    now_us: int,
    detail: Mapping[str, Any] | None = None,
    *,
    cs: int | None = None,
) -> None:
    """Write down something that happened to a task."""
    db.execute(
        text(
            "insert into master.task_event (task_id, at_us, cs, kind, actor, detail)"
            " values (:task, :now, :cs, :kind, :actor, cast(:detail as jsonb))"
        ),
        {"task": task_id, "now": now_us, "cs": cs, "kind": kind, "actor": actor,
         "detail": json.dumps(dict(detail or {}), ensure_ascii=False)},
    )  # fmt: skip


def demand(db: Connection, task: Task, user: str, now_us: int, *states: str) -> None:
    """Refuse what cannot be done with a task as it stands.

    Args:
        db: connection.
        task: the locked task.
        user: who wants to do it.
        now_us: the present, UTC microseconds since 1970.
        states: states in which it can be done.

    Raises:
        StaleError: the task is in another state; if it is done, the sentence says by whom, when and how.
        NotAllowedError: somebody else is working on it.
    """
    if task.state not in states:
        raise _stale(db, task)
    if task.state == "claimed" and task.assignee != user and (task.lease_until_us or 0) > now_us:
        raise NotAllowedError(
            f"{task.assignee} is working on task {task.id} until {_time(task.lease_until_us)}", "Take another task"
        )


def _demand_own(task: Task, user: str) -> None:
    if task.assignee != user:
        raise NotAllowedError(f"Task {task.id} is not {user}'s", "Take it first")


def _stale(db: Connection, task: Task) -> StaleError:
    current = {task.id: task.version}
    if task.state == "awaiting_second":
        what = f"{task.proposed_by} has decided task {task.id}, and it waits for a second person"
        return StaleError(what, "Approve or reject it", current)
    if task.state not in ("done", "obsolete"):
        now = "waits for an answer" if task.state == "waiting_answer" else f"is {task.state} now"
        return StaleError(f"Task {task.id} has changed: it {now}", "Look at it again", current)
    end = db.execute(text(_END), {"id": task.id}).one()
    if end.verdict is not None:
        what = f"{end.actor} decided {end.verdict!r} on task {task.id} at {_time(end.at_us)} (decision {end.decision})"
        return StaleError(what, "Undo that decision if it is wrong", current)
    what = f"Task {task.id} was closed at {_time(end.at_us)}: " + (
        f"{end.actor} rejected it" if end.kind == "rejected" else "its question is settled"
    )
    return StaleError(what, "Take another task", current)


def _time(at_us: int | None) -> str:
    return datetime.fromtimestamp((at_us or 0) // 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def _words(words: str) -> str:
    clean = unicodedata.normalize("NFC", words).strip()
    if not 0 < len(clean) <= LONGEST_TEXT:
        raise InvalidError(
            f"A text at a task has between 1 and {LONGEST_TEXT} characters, not {len(clean)}", "Write another one"
        )
    return clean


# a task that resolving withdrew was mostly answered by a decision made elsewhere: the change set tells
_END = """
select e.kind, e.at_us, coalesce(d.actor, e.actor) as actor, d.verdict, d.id as decision
from master.task_event e left join master.decision d on d.cs = e.cs
where e.task_id = :id and e.kind in ('decided', 'obsolete', 'rejected') order by e.id desc limit 1
"""
