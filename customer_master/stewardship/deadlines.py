"""What time does to tasks: leases end, overdue tasks move on. Called regularly."""

from __future__ import annotations

from sqlalchemy import Connection, text

from customer_master.stewardship.policy import MINUTE_US, StewardshipPolicy
from customer_master.stewardship.proposals import HUB

_AT_ONCE = 500
"""Rows that one call changes at most; it says how many, and is called until there are none."""


def expire_leases(db: Connection, now_us: int) -> int:
    """Give claimed tasks whose time is over back to everybody.

    Args:
        db: connection in a transaction.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        How many; call again until it is 0.
    """
    return db.execute(text(_EXPIRE), {"now": now_us, "most": _AT_ONCE, "actor": HUB}).rowcount


def escalate_due(db: Connection, policy: StewardshipPolicy, now_us: int) -> int:
    """Move overdue tasks to the next queue that the policy names for their kind.

    Whoever has claimed such a task may go on.

    Args:
        db: connection in a transaction.
        policy: steps of escalation, counted from the time a task was due.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        How many; call again until it is 0.
    """
    steps = [
        (kind.value, level, step.after_minutes * MINUTE_US, step.to)
        for queue in policy.queues.values()
        for kind in queue.kinds
        for level, step in enumerate(queue.escalation)
    ]
    kinds, levels, after, to = ([step[n] for step in steps] for n in range(4))
    return db.execute(
        text(_ESCALATE),
        {
            "kinds": kinds, "levels": levels, "after": after, "queues": to, "now": now_us, "most": _AT_ONCE,
            "points": policy.priority.per_escalation, "actor": HUB,
        },
    ).rowcount  # fmt: skip


_EXPIRE = """
with over as (
  select id, assignee from master.task where state = 'claimed' and lease_until_us <= :now
  order by lease_until_us limit :most for update skip locked
), free as (
  update master.task t set state = 'open', assignee = null, lease_until_us = null, version = version + 1
  from over where t.id = over.id returning t.id, over.assignee
)
insert into master.task_event (task_id, at_us, kind, actor, detail)
select id, :now, 'lease_ended', :actor, jsonb_build_object('assignee', assignee) from free
"""

# the version stays: what somebody has looked at is as it was
_ESCALATE = """
with due as (
  select t.id, step.queue from master.task t join master.proposal p on p.id = t.proposal_id
  join unnest(cast(:kinds as text[]), cast(:levels as int[]), cast(:after as bigint[]), cast(:queues as text[]))
    as step(kind, level, after_us, queue) on step.kind = p.kind and step.level = t.escalation_level
  where t.state not in ('done', 'obsolete') and t.due_us <= :now and t.due_us + step.after_us <= :now
  order by t.due_us limit :most for update of t skip locked
), moved as (
  update master.task t set queue = due.queue, escalation_level = escalation_level + 1, priority = priority + :points
  from due where t.id = due.id returning t.id, t.escalation_level, t.queue
)
insert into master.task_event (task_id, at_us, kind, actor, detail)
select id, :now, 'escalated', :actor, jsonb_build_object('level', escalation_level, 'to', queue) from moved
"""
