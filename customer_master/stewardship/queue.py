"""The queues: which task comes next, and what waits where. The next one is claimed in one short statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.stewardship.deadlines import expire_leases
from customer_master.stewardship.errors import UnknownError
from customer_master.stewardship.policy import MINUTE_US, StewardshipPolicy
from customer_master.store.clock import now_us as present
from customer_master.store.visibility import Viewer, args

MOST_COUNTED = 10_000
"""Nobody needs to know how many more than this wait."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task and the question it is about; times are UTC microseconds since 1970.

    Args:
        id: its number.
        kind: what is asked.
        queue: the queue it is in.
        state: open, claimed, waiting_answer, awaiting_second, done or obsolete.
        priority: higher comes first.
        value_at_risk: whole units of the house currency.
        created_us: when it was made.
        due_us: when it has to be done.
        escalation_level: how often it was escalated.
        assignee: whose it is.
        lease_until_us: until when the assignee has it for himself, while claimed.
        snooze_until_us: until when it is put off.
        proposed_by: who has decided, while it waits for a second person.
        verdict: what was decided then.
        version: grows with every change of state; an answer names the version it is about.
        records: the source records it is about.
        detail: what belongs to the question.
        policy_hash: document that made it a question.
    """

    id: int
    kind: str
    queue: str
    state: str
    priority: int
    value_at_risk: int
    created_us: int
    due_us: int
    escalation_level: int
    assignee: str | None
    lease_until_us: int | None
    snooze_until_us: int | None
    proposed_by: str | None
    verdict: Mapping[str, Any] | None
    version: int
    records: tuple[int, ...]
    detail: Mapping[str, Any]
    policy_hash: str


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """Something that happened to a task; ``cs`` is the change set it belongs to, if it changed the master."""

    id: int
    at_us: int
    kind: str
    actor: str
    detail: Mapping[str, Any]
    cs: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits in a queue, counted no further than :data:`MOST_COUNTED`."""

    queue: str
    waiting: int
    overdue: int


def next_task(
    db: Connection,
    policy: StewardshipPolicy,
    viewer: Viewer,
    queues: Sequence[str] | None = None,
    *,
    now_us: int | None = None,
) -> Task | None:
    """Claim the most urgent task that is free; of two stewards who ask at once each gets another one.

    Args:
        db: connection in a transaction, which the caller commits at once.
        policy: how long it is the steward's.
        viewer: the steward.
        queues: queues to take from; ``None``: all.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        The task, claimed; ``None`` if there is nothing to do.
    """
    now = present() if now_us is None else now_us
    names = list(policy.queues if queues is None else queues)
    while True:
        for name in _most_urgent_first(db, viewer, names, now):
            row = db.execute(
                text(_CLAIM),
                {**_who(viewer, now), "queue": name, "until": now + policy.lease_minutes * MINUTE_US},
            ).one_or_none()
            if row is not None:
                return _task(row)
        if not expire_leases(db, now):
            return None


def load(db: Connection, viewer: Viewer, task_id: int) -> Task:
    """Give a task.

    Raises:
        UnknownError: there is none with this number that the viewer may see.
    """
    row = db.execute(
        text(f"select {_COLUMNS} {_FROM} where t.id = :id and {_VISIBLE}"),
        {"id": task_id, **args(viewer)},
    ).one_or_none()
    if row is None:
        raise UnknownError(f"There is no task {task_id}", "Look at the list of tasks")
    return _task(row)


def listed(
    db: Connection,
    viewer: Viewer,
    queue: str,
    *,
    state: str = "open",
    limit: int = 50,
    after: tuple[int, int] | None = None,
) -> list[Task]:
    """List the tasks of a queue, the most urgent first.

    Args:
        db: connection.
        viewer: who reads.
        queue: the queue.
        state: ``open``, or ``awaiting_second`` for what waits for a second person.
        limit: how many at most.
        after: priority and number of the last task of the page before.
    """
    priority, number = (2**31 - 1, 0) if after is None else after
    rows = db.execute(
        text(_LISTED),
        {"queue": queue, "state": state, "priority": priority, "id": number, "limit": limit, **args(viewer)},
    )
    return [_task(row) for row in rows]


def mine(db: Connection, user: str, *, limit: int = 50) -> list[Task]:
    """List the tasks that are a steward's own and not done, the earliest due first."""
    rows = db.execute(
        text(
            f"select {_COLUMNS} {_FROM} where t.assignee = :user"
            " and t.state in ('open', 'claimed', 'waiting_answer', 'awaiting_second')"
            " order by t.due_us, t.id limit :limit"
        ),
        {"user": user, "limit": limit},
    )
    return [_task(row) for row in rows]


def waiting(db: Connection, policy: StewardshipPolicy, viewer: Viewer, *, now_us: int | None = None) -> list[Waiting]:
    """Count, queue by queue, what waits for somebody."""
    now = present() if now_us is None else now_us
    rows = db.execute(text(_WAITING), {**_who(viewer, now), "queues": list(policy.queues), "most": MOST_COUNTED})
    return [Waiting(*row) for row in rows]


def log(db: Connection, task_id: int, *, limit: int = 200) -> list[TaskEvent]:
    """List what has happened to a task, the newest first."""
    rows = db.execute(
        text(
            "select id, at_us, kind, actor, detail, cs from master.task_event where task_id = :id"
            " order by id desc limit :limit"
        ),
        {"id": task_id, "limit": limit},
    )
    return [TaskEvent(*row) for row in rows]


def _most_urgent_first(db: Connection, viewer: Viewer, names: list[str], now: int) -> list[str]:
    """Put queues in the order of their most urgent free task; those without one are left out."""
    if len(names) == 1:
        return names
    return list(db.execute(text(_HEADS), {**_who(viewer, now), "queues": names}).scalars())


def _who(viewer: Viewer, now: int) -> dict[str, Any]:
    return {"user": viewer.user, "now": now, **args(viewer)}


def _task(row: Row[Any]) -> Task:
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    return Task(**{**values, "records": tuple(values["records"])})


_VISIBLE = "(cast(:viewer_units as text[]) is null or t.org_units <@ cast(:viewer_units as text[]))"

# the words 'open' stand here as they do in the index, or the index is of no use
_FREE = f"""t.state = 'open' and (t.assignee is null or t.assignee = :user)
  and (t.snooze_until_us is null or t.snooze_until_us <= :now) and {_VISIBLE}"""

_COLUMNS = """t.id, p.kind, t.queue, t.state, t.priority, t.value_at_risk, t.created_us, t.due_us, t.escalation_level,
  t.assignee, t.lease_until_us, t.snooze_until_us, t.proposed_by, t.verdict, t.version, p.records, p.detail,
  p.policy_hash"""

_FROM = "from master.task t join master.proposal p on p.id = t.proposal_id"

_HEADS = f"""
select q.name from unnest(cast(:queues as text[])) as q(name) cross join lateral (
  select t.priority, t.id from master.task t where t.queue = q.name and {_FREE}
  order by t.priority desc, t.id limit 1) head
order by head.priority desc, head.id
"""  # noqa: S608 - ours

_CLAIM = f"""
with head as (
  select t.id from master.task t where t.queue = :queue and {_FREE}
  order by t.priority desc, t.id limit 1 for update skip locked
), claimed as (
  update master.task t set state = 'claimed', assignee = :user, lease_until_us = :until, snooze_until_us = null,
    version = version + 1 from head where t.id = head.id returning t.*
), noted as (
  insert into master.task_event (task_id, at_us, kind, actor) select id, :now, 'claimed', :user from claimed
)
select {_COLUMNS} from claimed t join master.proposal p on p.id = t.proposal_id
"""  # noqa: S608 - ours

_LISTED = f"""
select {_COLUMNS} {_FROM}
where t.state in ('open', 'awaiting_second') and t.queue = :queue and t.state = :state
and (t.priority < :priority or (t.priority = :priority and t.id > :id)) and {_VISIBLE}
order by t.priority desc, t.id limit :limit
"""

_WAITING = f"""
select q.name, count(own.due_us), count(*) filter (where own.due_us <= :now)
from unnest(cast(:queues as text[])) with ordinality as q(name, place) left join lateral (
  select t.due_us from master.task t
  where t.state in ('open', 'awaiting_second') and t.queue = q.name and {_VISIBLE} limit :most) own on true
group by q.name, q.place order by q.place
"""  # noqa: S608 - ours
