"""Questions that come back: a "different" that new evidence speaks against, a verdict that a run has overtaken.

A "different" stands whatever else changes; only when both records have come to agree on something that identifies them,
and did not when the steward looked, is it put to people again, with what has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.stewardship.constraints import CANNOT
from customer_master.stewardship.looked_at import agreements, changed, said
from customer_master.stewardship.policy import Kind, StewardshipPolicy
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.store import matching
from customer_master.store.tables import OPEN


def newly_agreeing(db: Connection, records: Collection[int]) -> list[Proposal]:
    """Find the decisions that keep any of the records apart and that new agreement speaks against.

    Args:
        db: connection.
        records: source records that may say something new.
    """
    apart = db.execute(text(_APART), {"ids": list(records)}).all()
    if not apart:
        return []
    payloads = {e.record_id: e.payload for e in matching.evidence(db, {r for row in apart for r in (row.lo, row.hi)})}
    by_decision: dict[int, list[Row[Any]]] = {}
    for row in apart:
        if row.lo in payloads and row.hi in payloads:
            by_decision.setdefault(row.decision_id, []).append(row)
    found = (_reconsider(decision_id, rows, payloads) for decision_id, rows in by_decision.items())
    return [proposal for proposal in found if proposal is not None]


def overtaken(
    db: Connection,
    policy: StewardshipPolicy,
    *,
    user: str,
    verdict: Mapping[str, Any],
    records: Collection[int],
    cs: int,
    now_us: int | None = None,
) -> int:
    """Give a verdict back to its steward: a run has changed the customers it was about before it could be carried out.

    Args:
        db: connection in a transaction.
        policy: queues and deadlines.
        user: the steward, whose task it becomes.
        verdict: what was decided, as the caller can carry it out.
        records: source records it is about.
        cs: the commit that came first.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        The task.
    """
    proposal = Proposal(
        Kind.RECONSIDER,
        tuple(sorted(records)),
        {"verdict": dict(verdict)},
        novelty=f"overtaken by {cs}: {_hash(verdict)}",
        assignee=user,
    )
    propose(db, [proposal], policy, cs=cs, now_us=now_us)
    return int(
        db.execute(
            text(
                "select t.id from master.task t join master.proposal p on p.id = t.proposal_id"
                " where p.fingerprint = :fingerprint"
            ),
            {"fingerprint": proposal.fingerprint},
        ).scalar_one()
    )


def _reconsider(decision_id: int, rows: list[Row[Any]], payloads: Mapping[int, Mapping[str, Any]]) -> Proposal | None:
    """Make one question of all pairs that a decision keeps apart and that agree anew."""
    new: dict[str, str] = {}
    differing: dict[str, list[str]] = {}
    for row in rows:
        lo, hi = said(payloads[row.lo], row.salt), said(payloads[row.hi], row.salt)
        agreeing = {
            hash_: what
            for hash_, what in agreements(lo, hi).items()
            if hash_ not in agreements(row.said_lo, row.said_hi)
        }
        if agreeing:
            new |= agreeing
            differing[str(row.lo)] = changed(row.said_lo, lo)
            differing[str(row.hi)] = changed(row.said_hi, hi)
    if not new:
        return None
    return Proposal(
        Kind.RECONSIDER,
        tuple(sorted(map(int, differing))),
        {"decision": decision_id, "agrees": sorted(set(new.values())), "changed": differing},
        novelty=f"decision {decision_id}: {_hash(sorted(new))}",
        lapses=True,
    )


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# decisions that came without a look at the records (imports) have nothing to compare with
_APART = f"""
select c.decision_id, c.lo, c.hi, d.evidence ->> 'salt' as salt,
  d.evidence -> 'said' -> cast(c.lo as text) as said_lo, d.evidence -> 'said' -> cast(c.hi as text) as said_hi
from (
  select decision_id, lo, hi from master.pair_constraint
  where lo = any(:ids) and to_cs = {OPEN} and polarity = {CANNOT}
  union
  select decision_id, lo, hi from master.pair_constraint
  where hi = any(:ids) and to_cs = {OPEN} and polarity = {CANNOT}) c
join master.decision d on d.id = c.decision_id
where d.evidence -> 'said' ? cast(c.lo as text) and d.evidence -> 'said' ? cast(c.hi as text)
order by c.decision_id, c.lo, c.hi
"""  # noqa: S608 - ours
