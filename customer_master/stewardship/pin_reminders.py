"""Pins that end soon: whoever set one is asked whether it is still needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.stewardship.policy import MINUTE_US, Kind, StewardshipPolicy
from customer_master.stewardship.proposals import Proposal, propose
from customer_master.store.clock import last_commit
from customer_master.store.tables import OPEN

_AT_ONCE = 500


def remind_of_pins(db: Connection, policy: StewardshipPolicy, now_us: int) -> int:
    """Ask the owners of pins that end soon; each is asked once.

    Args:
        db: connection in a transaction.
        policy: how long before.
        now_us: the present, UTC microseconds since 1970.

    Returns:
        How many owners were asked; call again until it is 0.
    """
    until = now_us + policy.pin_reminder_minutes * MINUTE_US
    rows = db.execute(text(_ENDING), {"now": now_us, "until": until, "most": _AT_ONCE}).all()
    propose(db, [_reminder(row) for row in rows], policy, cs=last_commit(db), now_us=now_us)
    return len(rows)


def standing_reminders(db: Connection, records: Collection[int]) -> list[Proposal]:
    """List the reminders given about pins of these records that are in force; a pin that is gone needs none."""
    return [_reminder(row) for row in db.execute(text(_REMINDED), {"ids": list(records)})]


def _reminder(row: Row[Any]) -> Proposal:
    return Proposal(
        Kind.RECONSIDER,
        (row.anchor_record_id,),
        {"pin": row.id, "attribute": row.attribute, "expires_us": row.expires_us},
        novelty=f"pin {row.id} ends {row.expires_us}",
        assignee=row.actor,
        lapses=True,
    )


_ENDING = f"""
with ending as (
  select p.id, p.from_cs, d.actor from master.pin p join master.decision d on d.id = p.decision_id
  where p.expires_us <= :until and p.expires_us > :now and p.to_cs = {OPEN} and p.reminded_us is null
  order by p.expires_us limit :most for update of p skip locked
)
update master.pin p set reminded_us = :now from ending where p.id = ending.id and p.from_cs = ending.from_cs
returning p.id, p.anchor_record_id, p.attribute, p.expires_us, ending.actor
"""  # noqa: S608 - ours

_REMINDED = f"""
select p.id, p.anchor_record_id, p.attribute, p.expires_us, d.actor
from master.pin p join master.decision d on d.id = p.decision_id
where p.anchor_record_id = any(:ids) and p.to_cs = {OPEN} and p.reminded_us is not null
order by p.id
"""  # noqa: S608 - ours
