"""Proposals: questions to people. Each has one task; the same question is never put twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.stewardship.policy import MINUTE_US, Kind, StewardshipPolicy
from customer_master.stewardship.risk import values_at_risk
from customer_master.store.clock import now_us as present

HUB = "hub"
"""Who asks, where no person does."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question about some source records.

    Args:
        kind: what is asked.
        records: the records it is about; with ``kind`` and ``novelty`` they make it the question it is.
        detail: what the page shows, without personal data: weight, suggested groups, attribute.
        novelty: what is new about it, so that a question answered before may be put again.
        policy_hash: document that made it a question.
        bits: evidence that the records are one customer.
        value: value at risk, whole units of the house currency; ``None``: worked out when it is put.
        assignee: whose task it is; ``None``: anybody's.
        lapses: resolving asks it, and it is withdrawn when resolving does not ask it any more.
    """

    kind: Kind
    records: tuple[int, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
    novelty: str = ""
    policy_hash: str = ""
    bits: float = 0.0
    value: int | None = None
    assignee: str | None = None
    lapses: bool = False

    @property
    def fingerprint(self) -> str:
        """Equal for the same question (sha256, hex).

        >>> a, b = Proposal(Kind.MERGE, (1, 2)), Proposal(Kind.MERGE, (2, 1), {"weight": 3})
        >>> a.fingerprint == b.fingerprint != Proposal(Kind.SPLIT, (1, 2)).fingerprint
        True
        """
        parts = (self.kind.value, ",".join(map(str, sorted(self.records))), self.novelty)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def propose(
    db: Connection,
    proposals: Sequence[Proposal],
    policy: StewardshipPolicy,
    *,
    cs: int,
    actor: str = HUB,
    now_us: int | None = None,
) -> list[int]:
    """Put questions, each as a task in its queue.

    A question that waits or was answered stays as it is. One that was withdrawn, or whose answer was undone, is opened
    again.

    Args:
        db: connection in a transaction.
        proposals: the questions.
        policy: queues, deadlines, priorities.
        cs: commit number they come from.
        actor: who asks.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        The tasks that are new or open again.
    """
    asked = {p.fingerprint: p for p in proposals}
    known = _known(db, list(asked))
    wanted = [p for f, p in asked.items() if known.get(f, "again") == "again"]
    if not wanted:
        return []
    now = present() if now_us is None else now_us
    unvalued = [p for p in wanted if p.value is None]
    values = dict(zip(
        (p.fingerprint for p in unvalued), values_at_risk(db, policy.risk, [p.records for p in unvalued]), strict=True
    ))  # fmt: skip
    rows = [_row(p, policy, values.get(p.fingerprint, p.value or 0), now) for p in wanted]
    parameters = {"now": now, "cs": cs, "actor": actor}
    made = [row for row in rows if row["fingerprint"] not in known]
    again = [row for row in rows if row["fingerprint"] in known]
    tasks: list[int] = []
    for statement, own in ((_MAKE, made), (_REOPEN, again)):
        if own:
            tasks += db.execute(text(statement), {"rows": json.dumps(own), **parameters}).scalars()
    return tasks


def _known(db: Connection, fingerprints: list[str]) -> dict[str, str]:
    """Map the questions put before to ``stands`` or ``again``."""
    return {row.fingerprint: row.what for row in db.execute(text(_KNOWN), {"fingerprints": fingerprints})}


def _row(p: Proposal, policy: StewardshipPolicy, value: int, now: int) -> dict[str, Any]:
    name = policy.home(p.kind)
    queue = policy.queues[name]
    return {
        "kind": p.kind.value,
        "fingerprint": p.fingerprint,
        "records": sorted(p.records),
        "detail": dict(p.detail),
        "policy_hash": p.policy_hash,
        "lapses": p.lapses,
        "queue": name,
        "priority": policy.priority.points(urgency=queue.urgency, value=value, bits=p.bits),
        "value": value,
        "due": now + queue.due_minutes * MINUTE_US,
        "assignee": p.assignee,
    }


# the newest answer of a task is the one that counts
_KNOWN = """
select p.fingerprint, case when t.state = 'obsolete' or (t.state = 'done' and exists (
    select 1 from master.decision undo where undo.undoes_cs = (
      select e.cs from master.task_event e where e.task_id = t.id and e.kind = 'decided' order by e.id desc limit 1)))
  then 'again' else 'stands' end as what
from master.proposal p join master.task t on t.proposal_id = p.id where p.fingerprint = any(:fingerprints)
"""

_ROWS = """
asked as materialized (
  select * from jsonb_to_recordset(cast(:rows as jsonb)) as a(kind text, fingerprint text, records bigint[],
    detail jsonb, policy_hash text, lapses boolean, queue text, priority int, value bigint, due bigint, assignee text)
)"""

_MAKE = f"""
with {_ROWS}, proposed as (
  insert into master.proposal (kind, fingerprint, records, detail, policy_hash, lapses, created_cs)
  select kind, fingerprint, records, detail, policy_hash, lapses, :cs from asked
  on conflict (fingerprint) do nothing returning id, fingerprint
), made as (
  insert into master.task (proposal_id, queue, org_units, priority, value_at_risk, created_us, due_us, assignee)
  select p.id, a.queue,
    coalesce((select array_agg(distinct r.org_unit) from master.source_record r where r.id = any(a.records)), '{{}}'),
    a.priority, a.value, :now, a.due, a.assignee
  from proposed p join asked a on a.fingerprint = p.fingerprint order by p.id returning id
)
insert into master.task_event (task_id, at_us, cs, kind, actor)
select id, :now, :cs, 'made', :actor from made returning task_id
"""  # noqa: S608 - ours

_REOPEN = f"""
with {_ROWS}, told as (
  update master.proposal p set detail = a.detail, policy_hash = a.policy_hash
  from asked a where p.fingerprint = a.fingerprint returning p.id, a.*
), reopened as (
  update master.task t set state = 'open', queue = p.queue, priority = p.priority, value_at_risk = p.value,
    due_us = p.due, escalation_level = 0, assignee = p.assignee, version = version + 1
  from told p where t.proposal_id = p.id and t.state in ('done', 'obsolete') returning t.id
)
insert into master.task_event (task_id, at_us, cs, kind, actor)
select id, :now, :cs, 'reopened', :actor from reopened returning task_id
"""  # noqa: S608 - ours
