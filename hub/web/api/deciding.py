"""Verdicts as the API takes and answers them: what was made, or the task that waits for a second person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from customer_master.stewardship.queue import Task
from customer_master.store import public_id
from customer_master.store.visibility import Viewer
from hub.master.context import Done
from hub.web import deciding
from hub.web.api.answers import Changed, Outcome, TaskState
from hub.web.api.problems import etag
from hub.web.api.times import iso
from hub.web.api.verdicts import Verdict, looked_at
from hub.web.deciding import Answering
from hub.web.installation import Installation

Answer = tuple[int, Outcome | TaskState]
"""HTTP status and body: 200 and what was made, or 202 and the task that waits for a second person."""


def decide(
    hub: Installation,
    viewer: Viewer,
    verdict: Verdict,
    *,
    if_match: str | None = None,
    answering: Answering | None = None,
) -> Answer:
    """Take a verdict.

    Args:
        hub: the installation.
        viewer: who decides.
        verdict: what.
        if_match: versions of its customers that were looked at.
        answering: the task it answers.

    Raises:
        StewardshipError: it is refused.
        ApiError: it does not say which version of the customers it is about.
    """

    def seen(_db: Connection, parties: tuple[int, ...], _records: Collection[int]) -> Mapping[int, int] | None:
        return looked_at(parties, if_match)

    made = deciding.decide(hub, viewer, verdict, seen=seen, answering=answering, source="api")
    return (202, state(made)) if isinstance(made, Task) else (200, _outcome(made))


def approve(hub: Installation, viewer: Viewer, task_id: int, version: int | None) -> Answer:
    """Approve what another person has decided, and carry it out.

    Raises:
        StewardshipError: the same person decided it, or it cannot be carried out any more; the task goes on waiting.
    """
    return 200, _outcome(deciding.approve(hub, viewer, task_id, version, source="api"))


def state(task: Task) -> TaskState:
    """Give where a task stands."""
    return TaskState(
        task=task.id, kind=task.kind, queue=task.queue, state=task.state, priority=task.priority,
        value_at_risk=task.value_at_risk, created=iso(task.created_us), due=iso(task.due_us),
        escalations=task.escalation_level, assignee=task.assignee, lease_until=_iso(task.lease_until_us),
        snoozed_until=_iso(task.snooze_until_us), proposed_by=task.proposed_by, version=task.version,
        records=list(task.records),
    )  # fmt: skip


def _iso(at_us: int | None) -> str | None:
    return iso(at_us) if at_us is not None else None


def _outcome(done: Done) -> Outcome:
    return Outcome(
        decision=done.decision_id,
        commit=done.cs,
        verdict=done.verdict,
        customers=[Changed(number=public_id.encode(p), etag=etag(done.cs)) for p in done.parties],
        ended=[public_id.encode(p) for p in done.ended],
    )
