"""Verdicts that nobody takes alone: one person decides, another one approves or rejects.

Nothing changes in the master until it is approved; then the verdict is carried out with the first person as its author
and the second as ``second_actor``, and :func:`customer_master.stewardship.tasks.settle` closes the task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from customer_master.stewardship.policy import Kind, StewardshipPolicy
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.stewardship.queue import Task
from customer_master.stewardship.tasks import change, demand, demand_second, lock
from customer_master.store.clock import last_commit
from customer_master.store.clock import now_us as present
from customer_master.store.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Approved:
    """A verdict to be carried out now.

    Args:
        task_id: the task it answers.
        verdict: what was decided, as it was proposed.
        user: who decided.
        second: who approved.
    """

    task_id: int
    verdict: Mapping[str, Any]
    user: str
    second: str


def propose_verdict(
    db: Connection, viewer: Viewer, task_id: int, verdict: Mapping[str, Any], version: int | None = None
) -> Task:
    """Answer a task with a verdict that a second person must approve.

    Args:
        db: connection in a transaction.
        viewer: who decides.
        task_id: the task.
        verdict: what is decided, in the form in which the caller can carry it out later.
        version: version that was looked at; ``None``: whichever it has.

    Raises:
        UnknownError: there is no such task.
        StaleError: it has changed since, or is done.
        NotAllowedError: somebody else is working on it.
    """
    task, now = lock(db, viewer, task_id, version), present()
    demand(db, task, viewer.user, now, "open", "claimed", "waiting_answer")
    return change(
        db, task, "proposed", viewer.user, now, detail={"verdict": dict(verdict)},
        state="awaiting_second", assignee=viewer.user, proposed_by=viewer.user, verdict=dict(verdict),
    )  # fmt: skip


def propose_unasked(
    db: Connection, policy: StewardshipPolicy, viewer: Viewer, verdict: Mapping[str, Any], records: Collection[int]
) -> Task:
    """Propose a verdict that no task asked for; it becomes a task of its own that waits for a second person.

    Args:
        db: connection in a transaction.
        policy: queues and deadlines.
        viewer: who decides.
        verdict: what is decided, in the form in which the caller can carry it out later.
        records: source records it is about.
    """
    now = present()
    said = hashlib.sha256(json.dumps(dict(verdict), sort_keys=True).encode()).hexdigest()
    approval = Proposal(Kind.APPROVAL, tuple(records), novelty=f"{viewer.user} {now} {said}")
    [task_id] = propose(db, [approval], policy, cs=last_commit(db), actor=viewer.user, now_us=now)
    return propose_verdict(db, viewer, task_id, verdict)


def approve(db: Connection, viewer: Viewer, task_id: int, version: int | None = None) -> Approved:
    """Approve a verdict; the caller carries it out, and with that the task is done.

    Until then the task waits as before, so that nothing is lost if carrying out fails.

    Args:
        db: connection.
        viewer: the second person, whose role is asked elsewhere.
        task_id: the task.
        version: version that was looked at; ``None``: whichever it has.

    Raises:
        UnknownError: there is no such task.
        StaleError: it waits for nobody any more; the sentence says what became of it.
        NotAllowedError: it is the person who decided.
    """
    task = _awaiting(db, viewer, task_id, version)
    demand_second(task, viewer.user)
    return Approved(task.id, task.verdict or {}, task.proposed_by or "", viewer.user)


def reject(db: Connection, viewer: Viewer, task_id: int, reason: str, version: int | None = None) -> Task:
    """Reject a verdict, or take back one's own: its task is open again, the first person's; an approval is closed.

    Args:
        db: connection in a transaction.
        viewer: who rejects.
        task_id: the task.
        reason: why.
        version: version that was looked at; ``None``: whichever it has.

    Raises:
        UnknownError: there is no such task.
        StaleError: it waits for nobody any more.
    """
    task = _awaiting(db, viewer, task_id, version)
    after = {"state": "obsolete"} if task.kind == Kind.APPROVAL else {"state": "open", "assignee": task.proposed_by}
    return change(db, task, "rejected", viewer.user, present(), detail={"reason": reason}, **after)


def _awaiting(db: Connection, viewer: Viewer, task_id: int, version: int | None) -> Task:
    task = lock(db, viewer, task_id, version)
    demand(db, task, viewer.user, present(), "awaiting_second")
    return task
