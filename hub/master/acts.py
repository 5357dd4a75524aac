"""The acts of stewards: each one transaction, from the decision to the customers that follow it.

Nobody waits for anybody: an act is worked out without a lock, committed under the clock, and worked out again if a run
or another steward was faster. What then stands in its way is told as for any other act.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from customer_master.golden.pins import Mode
from customer_master.stewardship import asking, plans, relating, tasks
from customer_master.stewardship import pins as pinning
from customer_master.stewardship.constraints import CANNOT, MUST
from customer_master.stewardship.errors import DecisionRefusedError, InvalidError, SecondNeededError, StaleError
from customer_master.stewardship.looked_at import looked_at
from customer_master.stewardship.plans import Plan
from customer_master.stewardship.reconsider import overtaken
from customer_master.stewardship.relating import NO_TERMS, Terms
from customer_master.stewardship.risk import values_at_risk
from customer_master.stewardship.undoing import plan_undo, tighter
from customer_master.store import parties
from customer_master.store.clock import Author, now_us
from customer_master.store.decision_tables import decision, pair_constraint, record_relation
from customer_master.store.decision_tables import pin as pin_table
from customer_master.store.parties import ChangeSet
from customer_master.store.tables import change_set, party
from hub.master.context import By, Done, Master
from hub.pipeline.components import find_components
from hub.pipeline.decide import decide, revalue
from hub.pipeline.scene import scene
from hub.pipeline.values import witnesses
from hub.store.optimistic import again_if_overtaken, snapshot

LONGEST_REASON = 2000
"""Characters of a reason."""

_LARGEST_ACT = 500
"""Customers that one act may change: the clock is held while they are written."""

_TIGHTENINGS = 20


def same(master: Master, a: int, b: int, by: By) -> Done:
    """Decide that two records are one customer.

    Args:
        master: the master.
        a: the one record.
        b: the other.
        by: who decides, and why.

    Raises:
        StewardshipError: it is refused; its class says what to do next. This holds for all acts.
        BusyError: others change the same customers all the time.
    """
    return _carry_out(master, by, lambda db: plans.plan_pair(db, "same", a, b))


def different(master: Master, a: int, b: int, by: By) -> Done:
    """Decide that two records are never one customer."""
    return _carry_out(master, by, lambda db: plans.plan_pair(db, "different", a, b))


def unsure(master: Master, a: int, b: int, by: By) -> Done:
    """Note that a steward could not tell whether two records are one customer."""
    return _carry_out(master, by, lambda db: plans.plan_pair(db, "unsure", a, b))


def merge(master: Master, party_ids: Sequence[int], by: By) -> Done:
    """Make one customer of several; the one with most records keeps its number."""
    return _carry_out(master, by, lambda db: plans.plan_merge(db, party_ids))


def split(master: Master, party_id: int, groups: Sequence[Sequence[int]], by: By) -> Done:
    """Make several customers of one; records that are in no group stay with the first."""
    return _carry_out(master, by, lambda db: plans.plan_split(db, party_id, groups))


def relate(master: Master, from_record: int, to_record: int, type_: str, by: By, terms: Terms = NO_TERMS) -> Done:
    """State that the first record's customer is something of the second's, e.g. ``branch_of``."""
    return _carry_out(master, by, lambda db: relating.plan_relation(db, from_record, to_record, type_, terms))


def unrelate(master: Master, from_record: int, to_record: int, type_: str, by: By) -> Done:
    """End a relation."""
    return _carry_out(master, by, lambda db: relating.plan_end_of_relation(db, from_record, to_record, type_))


def pin(
    master: Master,
    party_id: int,
    attribute: str,
    value: Any,
    by: By,
    *,
    mode: Mode = "forever",
    expires_us: int | None = None,
) -> Done:
    """Fix a golden value of a customer.

    Args:
        master: the master.
        party_id: the customer.
        attribute: such as ``name`` or ``address``.
        value: in the form of the golden record.
        by: who decides, and why.
        mode: what ends the pin.
        expires_us: when a pin ``until_date`` ends, UTC microseconds.
    """

    def plan(db: Connection) -> Plan:
        members = plans.living(db, [party_id])[party_id]
        own = witnesses(scene(db, sorted(members), []), frozenset(members))
        return pinning.plan_pin(db, party_id, own, attribute, value, mode=mode, expires_us=expires_us)

    return _carry_out(master, by, plan)


def unpin(master: Master, pin_id: int, by: By) -> Done:
    """Let the sources say a fixed value again."""
    return _carry_out(master, by, lambda db: pinning.plan_unpin(db, pin_id))


def undo(master: Master, cs: int, by: By) -> Done:
    """Take back any change: a decision, an undo, or what a run has joined or parted.

    The customers and their numbers are exactly as before, if nothing later has touched their records.
    """
    return _carry_out(master, by, lambda db: plan_undo(db, cs))


def _carry_out(master: Master, by: By, plan_of: Callable[[Connection], Plan]) -> Done:
    _refuse_text(by)

    def attempt() -> Done:
        with snapshot(master.engine) as (db, seen_cs):
            plan = plan_of(db)
            _refuse_stale(db, plan.parties, by.seen)
            _refuse_alone(db, master, plan, by)
            plan, change = _change(db, master, plan)
            _refuse_huge(change)
            _sign(db, master, change, plan, by)
        with master.engine.begin() as db:
            done = parties.commit(db, change, author=Author(by.user, "user"), kind="decision", seen_cs=seen_cs)
            assert done is not None  # noqa: S101 - there is a decision to write
            ids = {done.numbers.get(p, p) for p in change.parties()}
            _bring_tasks_in_line(db, master, plan, by, (done.cs, ids))
        ended = {p for p, (status, _) in change.ended.items() if status != "retired"}
        return Done(plan.decision_id, done.cs, plan.verdict, tuple(sorted(ids - ended)), tuple(sorted(ended)))

    try:
        return again_if_overtaken(attempt)
    except StaleError as stale:
        raise _given_back(master, by, plan_of, stale) from None


def _given_back(master: Master, by: By, plan_of: Callable[[Connection], Plan], stale: StaleError) -> StaleError:
    """Make a task of a decision that a run has overtaken, so that nobody has to remember it."""
    newer = [cs for party_id, cs in stale.current.items() if cs > (by.seen or {}).get(party_id, cs)]
    with master.engine.begin() as db:
        c = change_set.c
        by_run = db.execute(select(c.cs).where(c.cs == func.any(newer), c.actor_kind == "run")).scalars().first()
        if by_run is None:
            return stale
        plan = plan_of(db)
        verdict = {"verdict": plan.verdict, "records": sorted(plan.records), "detail": dict(plan.detail)}
        task_id = overtaken(
            db, master.documents.stewardship, user=by.user, verdict=verdict, records=plan.records, cs=by_run
        )
    return StaleError(
        f"A run has changed the customer since you looked at it; your decision waits as task {task_id}",
        "Look again, then decide",
        stale.current,
    )


def _bring_tasks_in_line(db: Connection, master: Master, plan: Plan, by: By, changed: tuple[int, set[int]]) -> None:
    """Settle the task that was answered, then withdraw and ask what the act has settled and made doubtful."""
    cs, party_ids = changed
    if by.task_id is not None:
        tasks.settle(db, by.task_id, by.user, cs=cs, decision_id=plan.decision_id, second=by.second)
    members = parties.members_of(db, party_ids)
    records = {r for own in members.values() for r in own} | set(plan.records)
    asking.ask(db, records, master.documents.stewardship, cs=cs)


def _change(db: Connection, master: Master, plan: Plan) -> tuple[Plan, ChangeSet]:
    """Work out what the customers become under a plan; undoing a run may need a closer one."""
    for _ in range(_TIGHTENINGS):
        change = _decided(db, master, plan)
        closer = None
        if plan.verdict == "undo" and plan.amendment.opened and not plan.amendment.closed:
            closer = tighter(plan, _groups(db, plan, change))
        if closer is None:
            return plan, change
        plan = plans.checked(db, closer)
    raise DecisionRefusedError("What the sources say now does not allow the customers of before", "Split them by hand")


def _decided(db: Connection, master: Master, plan: Plan) -> ChangeSet:
    bound = plan.amendment.records()
    if not bound:
        return revalue(db, master.documents, sorted(plan.parties), plan.amendment)
    joined = [(c.lo, c.hi) for c in plan.amendment.opened if c.polarity == MUST]
    components = find_components(db, sorted(bound), joined)
    return decide(db, master.documents, components, plan.amendment, plan.former)


def _groups(db: Connection, plan: Plan, change: ChangeSet) -> list[frozenset[int]]:
    """Give the records of the customers that a change leaves behind, as far as the plan is about them."""
    members = parties.members_of(db, plan.parties)
    place = {r: p for p, own in members.items() for r in own} | {r: p for r, (p, _) in change.joined.items()}
    groups: dict[int, set[int]] = {}
    for record, party_id in place.items():
        groups.setdefault(party_id, set()).add(record)
    return [frozenset(own) for own in groups.values()]


def _sign(db: Connection, master: Master, change: ChangeSet, plan: Plan, by: By) -> None:
    """Put the decision itself into the change, and what it puts in force."""
    change.touched |= plan.parties
    keeps_apart = any(c.polarity == CANNOT for c in plan.amendment.opened)
    evidence, evidence_hash = looked_at(db, plan.records) if keeps_apart else ({}, "")
    change.open(
        decision,
        {
            "id": plan.decision_id, "verdict": plan.verdict, "records": sorted(plan.records),
            "detail": dict(plan.detail), "undoes_cs": plan.undoes_cs, "actor": by.user, "second_actor": by.second,
            "task_id": by.task_id, "reason_code": by.reason_code, "reason": by.reason, "evidence": evidence,
            "evidence_hash": evidence_hash,
            "policy_hash": master.documents.match_hash, "weight": plan.weight, "elapsed_ms": by.elapsed_ms,
            "source": by.source, "at_us": now_us(),
        },
    )  # fmt: skip
    if plan.amendment.opened:
        change.open(
            pair_constraint,
            *(
                {"decision_id": c.decision_id, "lo": c.lo, "hi": c.hi, "polarity": c.polarity}
                for c in plan.amendment.opened
            ),
        )
    if plan.amendment.closed:
        change.close(
            pair_constraint,
            *({"decision_id": c.decision_id, "lo": c.lo, "hi": c.hi} for c in sorted(plan.amendment.closed)),
        )
    lapsed = {key["id"] for key in change.closed.get(pin_table, ())}  # a pin may end before it is in force again
    for table, rows in plan.opened.items():
        if kept := [row for row in rows if table is not pin_table or row["id"] not in lapsed]:
            change.open(table, *kept)
    for table, rows in plan.closed.items():
        if rows:
            change.close(table, *rows)
    if record_relation in (*plan.opened, *plan.closed):
        change.events += [("related", p, {"verdict": plan.verdict}) for p in sorted(plan.parties)]


def _refuse_huge(change: ChangeSet) -> None:
    if len(change.parties()) > _LARGEST_ACT:
        raise DecisionRefusedError(f"This changes more than {_LARGEST_ACT} customers at once", "Do it in several steps")


def _refuse_stale(db: Connection, concerned: Collection[int], seen: Mapping[int, int] | None) -> None:
    """Refuse if somebody has changed a customer since the steward looked at it."""
    if seen is None:
        return
    rows = db.execute(select(party.c.id, party.c.touched_cs).where(party.c.id == func.any(sorted(concerned))))
    current = {row.id: row.touched_cs for row in rows}
    if any(current.get(p, 0) > cs for p, cs in seen.items()):
        raise StaleError("The customer has changed since you looked at it", "Look again, then decide", current)


def _refuse_alone(db: Connection, master: Master, plan: Plan, by: By) -> None:
    """Refuse what a policy lets nobody decide alone, unless a second person has approved it."""
    policy = master.documents.stewardship
    if by.second is not None or not any(plan.verdict in rule.verdicts for rule in policy.four_eyes):
        return
    records = [r for own in parties.members_of(db, plan.parties).values() for r in own]
    (value,) = values_at_risk(db, policy.risk, [records])
    if policy.needs_second(plan.verdict, records=len(records), value=value):
        raise SecondNeededError(
            f"A second person has to approve this {plan.verdict}", "Propose it as a task on the screens or by the API"
        )


def _refuse_text(by: By) -> None:
    for name, value, longest in (("reason", by.reason, LONGEST_REASON), ("reason code", by.reason_code, 40)):
        if len(value) > longest:
            raise InvalidError(f"The {name} has {len(value)} characters", f"Use at most {longest}")
        if any(unicodedata.category(c) == "Cc" and c not in "\n\t\r" for c in value):
            raise InvalidError(f"The {name} holds control characters", "Leave them out")
