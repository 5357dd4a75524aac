"""Decisions of stewards: same, different, and taking either back.

Each is one short transaction under the commit clock: the decision, its constraint, and the two records queued, so that
the next resolving brings the parties in line. Nothing is ever changed or deleted: an undo is a decision of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from customer_master.stewardship.constraints import CANNOT, MUST, bound_together, in_force
from customer_master.stewardship.errors import DecisionRefusedError
from customer_master.store.clock import now_us, tick
from customer_master.store.tables import OPEN, decision, match_pair, pair_constraint


class Verdict(StrEnum):
    """What a steward says of two records."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as stored.

    Args:
        id: its number.
        verdict: ``same``, ``different`` or ``undo``.
        lo: the one record.
        hi: the other record.
        actor: who decided.
        reason: why, in the steward's words.
        at_us: when, UTC microseconds since 1970.
        undoes_id: the decision it takes back.
        undone_by: the decision that took this one back, ``None`` while it is in force.
    """

    id: int
    verdict: str
    lo: int
    hi: int
    actor: str
    reason: str
    at_us: int
    undoes_id: int | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a steward brings along.

    Args:
        verdict: same or different.
        a: the one record.
        b: the other record.
        reason: why; may be empty.
        elapsed_ms: how long the pair was looked at.
    """

    verdict: Verdict
    a: int
    b: int
    reason: str = ""
    elapsed_ms: int = 0


def decide(engine: Engine, judgement: Judgement, *, actor: str) -> Decision:
    """Decide whether two records are one customer.

    Args:
        engine: the master's database.
        judgement: the verdict.
        actor: the steward.

    Raises:
        DecisionRefusedError: somebody has decided the pair, it contradicts decisions in force, or the two can never be
            one customer.
    """
    lo, hi = sorted((judgement.a, judgement.b))
    try:
        with engine.begin() as db:
            _queue(db, lo, hi)
            cs = tick(db, kind="decision", actor=actor, actor_kind="user")  # from here decisions are checked one by one
            _refuse_contradictions(db, judgement.verdict, lo, hi)
            p = match_pair.c
            weight = db.execute(select(p.weight).where(p.lo == lo, p.hi == hi)).scalar()
            made = _insert(
                db, cs=cs, verdict=str(judgement.verdict), lo=lo, hi=hi, actor=actor, reason=judgement.reason,
                weight=weight, elapsed_ms=judgement.elapsed_ms,
            )  # fmt: skip
            polarity = MUST if judgement.verdict is Verdict.SAME else CANNOT
            db.execute(insert(pair_constraint).values(decision_id=made.id, lo=lo, hi=hi, polarity=polarity, from_cs=cs))
            return made
    except IntegrityError:  # two stewards at the same instant: the index lets one through
        raise DecisionRefusedError("Somebody decided this pair a moment ago", "Look at the decision") from None


def undo(engine: Engine, decision_id: int, *, actor: str, reason: str = "") -> Decision:
    """Take a decision back; the parties become what the evidence and the other decisions say.

    Raises:
        DecisionRefusedError: there is no such decision, or it is not in force any more.
    """
    with engine.begin() as db:
        c = pair_constraint.c
        standing = db.execute(
            select(c.lo, c.hi).where(c.decision_id == decision_id, c.to_cs == OPEN).with_for_update()
        ).one_or_none()
        if standing is None:
            raise DecisionRefusedError(f"Decision {decision_id} is not in force", "Look at the list of decisions")
        _queue(db, standing.lo, standing.hi)
        cs = tick(db, kind="decision", actor=actor, actor_kind="user")
        db.execute(update(pair_constraint).where(c.decision_id == decision_id).values(to_cs=cs))
        return _insert(
            db, cs=cs, verdict="undo", lo=standing.lo, hi=standing.hi, actor=actor, reason=reason,
            undoes_id=decision_id,
        )  # fmt: skip


def recent(db: Connection, *, actor: str | None = None, limit: int = 50, before: int = 2**62) -> list[Decision]:
    """List decisions, newest first.

    Args:
        db: connection.
        actor: only this steward's.
        limit: how many at most.
        before: only decisions with a smaller number.
    """
    taken_back = decision.alias()
    d = decision.c
    statement = (
        select(d.id, d.verdict, d.lo, d.hi, d.actor, d.reason, d.at_us, d.undoes_id, taken_back.c.id.label("undone_by"))
        .select_from(decision.outerjoin(taken_back, taken_back.c.undoes_id == d.id))
        .where(d.id < before)
        .order_by(d.id.desc())
        .limit(limit)
    )
    if actor is not None:
        statement = statement.where(d.actor == actor)
    return [Decision(*row) for row in db.execute(statement)]


def _refuse_contradictions(db: Connection, verdict: Verdict, lo: int, hi: int) -> None:
    if lo == hi:
        raise DecisionRefusedError("A record cannot be compared with itself", "Choose two records")
    standing = next((c for c in in_force(db, [lo]) if (c.lo, c.hi) == (lo, hi)), None)
    if standing is not None:
        raise DecisionRefusedError(
            f"This pair is decided already (decision {standing.decision_id})", "Undo that decision first"
        )
    left, right = bound_together(db, lo), bound_together(db, hi)
    if verdict is Verdict.DIFFERENT and hi in left:
        raise DecisionRefusedError(
            f"Other decisions make these records one customer ({_named(db, left, MUST)})", "Undo one of them first"
        )
    if verdict is Verdict.SAME:
        _refuse_joining(db, left, right)


def _refuse_joining(db: Connection, left: set[int], right: set[int]) -> None:
    apart = [c for c in in_force(db, left) if c.polarity == CANNOT and {c.lo, c.hi} <= left | right]
    if apart:
        numbers = ", ".join(str(c.decision_id) for c in apart)
        raise DecisionRefusedError(
            f"Other decisions keep these customers apart (decision {numbers})", "Undo one of them first"
        )
    kinds = db.execute(
        text(
            "select distinct payload ->> 'kind' from master.source_record_version"
            " where record_id = any(:ids) and to_cs = :open"
        ),
        {"ids": [min(left), min(right)], "open": OPEN},
    ).scalars()
    if len(list(kinds)) > 1:
        raise DecisionRefusedError(
            "Organisations, persons and sites are never one customer", "Correct the kind in the source"
        )


def _named(db: Connection, records: set[int], polarity: int) -> str:
    numbers = [str(c.decision_id) for c in in_force(db, records) if c.polarity == polarity]
    return f"decision {', '.join(numbers)}" if numbers else "the hub made one for the other"


def _insert(db: Connection, **values: object) -> Decision:
    d = decision.c
    row = db.execute(
        insert(decision)
        .values(at_us=now_us(), **values)
        .returning(d.id, d.verdict, d.lo, d.hi, d.actor, d.reason, d.at_us, d.undoes_id)
    ).one()
    return Decision(*row)


def _queue(db: Connection, lo: int, hi: int) -> None:
    """Have both records clustered again; keys and scores stand as they are.

    Comes before the clock, as in resolving. A row that a run is working off is waited for: the run has read the
    constraints of before, and must not take this wish off the queue with its own.
    """
    db.execute(
        text(
            "insert into master.resolve_queue (record_id, stage) select unnest(cast(:ids as bigint[])), 2"
            " on conflict (record_id) do update set stage = resolve_queue.stage"
        ),
        {"ids": [lo, hi]},
    )
