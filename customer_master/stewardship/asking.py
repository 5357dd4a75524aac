"""What resolving asks people: doubtful pairs, customers that may be two, differing values, decisions to reconsider.

Called with every commit that changes customers, in its transaction and after its rows. What is asked of the touched
customers is worked out anew; what is asked already stays, what is not asked any more is withdrawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.stewardship.pin_reminders import standing_reminders
from customer_master.stewardship.policy import Kind, StewardshipPolicy
from customer_master.stewardship.proposals import HUB, Proposal, propose
from customer_master.stewardship.reconsider import newly_agreeing
from customer_master.stewardship.risk import values_at_risk
from customer_master.store.clock import now_us as present
from customer_master.store.tables import OPEN


@dataclass(frozen=True, slots=True)
class Asked:
    """What a look at some customers has brought.

    Args:
        tasks: tasks that are new or open again.
        withdrawn: tasks whose question is settled.
    """

    tasks: tuple[int, ...]
    withdrawn: tuple[int, ...]


def ask(
    db: Connection, records: Collection[int], policy: StewardshipPolicy, *, cs: int, now_us: int | None = None
) -> Asked:
    """Bring the questions about some customers to what stands now.

    A task that the commit answers must be settled before, or it counts as withdrawn.

    Args:
        db: connection in a transaction, after the rows of the commit.
        records: records of all customers that the commit has changed; what hangs together with them is found.
        policy: what is a question.
        cs: the commit.
        now_us: the present, UTC microseconds since 1970.
    """
    scope = {row.record_id: row.party_id for row in db.execute(text(_SCOPE), {"ids": list(records)})}
    everything = list(scope.keys() | set(records))
    wanted = [
        *_doubtful_pairs(db, everything),
        *_conflicts(db, policy, scope),
        *newly_agreeing(db, everything),
        *standing_reminders(db, everything),
    ]
    now = present() if now_us is None else now_us
    withdrawn = db.execute(
        text(_WITHDRAW),
        {"ids": everything, "wanted": [p.fingerprint for p in wanted], "cs": cs, "now": now, "actor": HUB},
    )
    return Asked(
        withdrawn=tuple(sorted(withdrawn.scalars())), tasks=tuple(propose(db, wanted, policy, cs=cs, now_us=now))
    )


def overlay(record_id: int, *, from_version: int, to_version: int, reasons: Sequence[str]) -> Proposal:
    """Make the question whether a record has become another customer, for :func:`propose`.

    Args:
        record_id: the source record.
        from_version: its last version that is surely the one customer.
        to_version: the version that looks like another.
        reasons: why, without personal data.
    """
    detail = {"from_version": from_version, "to_version": to_version, "reasons": list(reasons)}
    return Proposal(Kind.OVERLAY, (record_id,), detail, novelty=f"{from_version}-{to_version}")


def _doubtful_pairs(db: Connection, records: Collection[int]) -> list[Proposal]:
    """Ask about two customers once, by the pair of records that speaks most for their being one."""
    return [
        Proposal(
            Kind.MERGE,
            (row.lo, row.hi),
            {"weight": row.weight, "band": row.band},
            policy_hash=row.policy_hash,
            bits=row.weight,
            lapses=True,
        )
        for row in db.execute(text(_DOUBTFUL), {"ids": list(records)})
    ]


def _conflicts(db: Connection, policy: StewardshipPolicy, scope: Mapping[int, int]) -> list[Proposal]:
    """Ask whether a customer with two registration numbers is two, and, where much is at stake, which value holds."""
    rows = db.execute(text(_CONFLICTS), {"parties": sorted(set(scope.values()))}).all()
    asked = [p for row in rows if (p := _conflict(row)) is not None]
    values = values_at_risk(db, policy.risk, [p.records for p in asked])
    return [
        replace(p, value=value)
        for p, value in zip(asked, values, strict=True)
        if p.kind is Kind.SPLIT or value >= policy.value_conflicts_from
    ]


def _conflict(row: Row[Any]) -> Proposal | None:
    groups: dict[str, set[int]] = {}
    for side in (row.conflict["winner"], *row.conflict["losers"]):
        record = row.record_of.get(str(side.get("v")))
        if record is not None:
            groups.setdefault(json.dumps(side["value"], sort_keys=True, ensure_ascii=False), set()).add(record)
    if len(groups) < 2:
        return None
    values = hashlib.sha256("\n".join(sorted(groups)).encode()).hexdigest()
    attribute = row.conflict["attribute"]
    return Proposal(
        Kind.SPLIT if row.conflict["kind"] == "identity" else Kind.VALUE_CONFLICT,
        # one record stands for each value, so that another one saying the same makes no new question
        tuple(sorted({min(group) for group in groups.values()})),
        {"attribute": attribute, "groups": [sorted(group) for group in groups.values()]},
        novelty=f"{attribute} {values}",
        policy_hash=row.policy_hash,
        lapses=True,
    )


_SCOPE = f"""
select m.record_id, m.party_id from (
  select distinct party_id from master.membership where record_id = any(:ids) and to_cs = {OPEN}) own
join master.membership m on m.party_id = own.party_id and m.to_cs = {OPEN}
"""  # noqa: S608 - ours

# two customers about which a decision stands are not asked about, whichever of their records it names
_DOUBTFUL = f"""
with pairs as materialized (
  select p.lo, p.hi, p.weight, p.band, p.policy_hash, own.party_id as own, other.party_id as other
  from unnest(cast(:ids as bigint[])) as asked(record_id)
  cross join lateral (
    select lo, hi, hi as far, weight, band, policy_hash from master.match_pair where lo = asked.record_id
    union all
    select lo, hi, lo as far, weight, band, policy_hash from master.match_pair where hi = asked.record_id) p
  join master.membership own on own.record_id = asked.record_id and own.to_cs = {OPEN}
  join master.membership other on other.record_id = p.far and other.to_cs = {OPEN} and other.party_id <> own.party_id
  where p.band in ('match', 'review') and not exists (
    select 1 from master.tombstone t where t.record_id in (p.lo, p.hi) and t.to_cs = {OPEN})
), best as (
  select distinct on (least(own, other), greatest(own, other)) * from pairs
  order by least(own, other), greatest(own, other), weight desc, lo, hi
)
select lo, hi, weight, band, policy_hash from best where not exists (
  select 1 from master.membership a
  cross join lateral (
    select hi as far from master.pair_constraint where lo = a.record_id and to_cs = {OPEN}
    union all
    select lo as far from master.pair_constraint where hi = a.record_id and to_cs = {OPEN}) c
  join master.membership b on b.record_id = c.far and b.to_cs = {OPEN} and b.party_id = best.other
  where a.party_id = best.own and a.to_cs = {OPEN})
order by lo, hi
"""  # noqa: S608 - ours

# a value that a person has pinned is no question any more
_CONFLICTS = f"""
select c.conflict, g.policy_hash, (
    select jsonb_object_agg(cast(v.id as text), v.record_id) from master.source_record_version v
    where v.id in (select cast(side ->> 'v' as bigint)
      from jsonb_array_elements((c.conflict -> 'losers') || jsonb_build_array(c.conflict -> 'winner')) side)
  ) as record_of
from master.golden_version g cross join lateral jsonb_array_elements(g.conflicts) as c(conflict)
where g.party_id = any(:parties) and g.to_cs = {OPEN} and c.conflict ->> 'kind' in ('identity', 'material')
and c.conflict -> 'winner' ? 'v'
order by g.party_id, c.conflict ->> 'attribute'
"""  # noqa: S608 - ours

# record by record: for many at once the server would rather read all proposals
_WITHDRAW = """
with touched as materialized (
  select distinct p.id, p.fingerprint from unnest(cast(:ids as bigint[])) as asked(record_id)
  cross join lateral (
    select id, fingerprint from master.proposal where records @> array[asked.record_id] and lapses) p
), withdrawn as (
  update master.task t set state = 'obsolete', lease_until_us = null, snooze_until_us = null, proposed_by = null,
    verdict = null, version = version + 1
  where t.state not in ('done', 'obsolete') and t.proposal_id = any(array(
    select id from touched where fingerprint not in (select unnest(cast(:wanted as text[])))))
  returning t.id
)
insert into master.task_event (task_id, at_us, cs, kind, actor)
select id, :now, :cs, 'obsolete', :actor from withdrawn returning task_id
"""
