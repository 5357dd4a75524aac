"""Taking back any change: what it began ends, what it ended begins again, and the former customers come back.

A decision is taken back row by row. A run has no rows of its own to take back: it followed what sources say; here a
steward states the customers of before, as constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Row, Table, exists, func, or_, select, text

from customer_master.golden.pins import Pin
from customer_master.stewardship.constraints import CANNOT, MUST, Amendment, PairConstraint, link
from customer_master.stewardship.errors import DecisionRefusedError, InTheWayError, UnknownError
from customer_master.stewardship.plans import LARGEST, Plan, checked, clash, known_records, new_decision
from customer_master.store import parties
from customer_master.store.decision_tables import decision, pair_constraint, pin, record_relation
from customer_master.store.tables import OPEN, change_set

_NAMED_BY: Mapping[Table, tuple[str, ...]] = {
    pair_constraint: ("decision_id", "lo", "hi"),
    record_relation: ("from_record_id", "to_record_id", "type"),
    pin: ("id",),
}
"""What a decision puts in force -> the columns that name an open row."""


_ANEW = frozenset({"from_cs", "to_cs", "reminded_us"})
"""Columns that a row in force again begins anew."""


def plan_undo(db: Connection, cs: int) -> Plan:
    """Plan that a change is taken back.

    Args:
        db: connection.
        cs: commit number of a decision, an undo, or a run's resolving.

    Raises:
        UnknownError: there is no such change.
        InTheWayError: later decisions build on it; names them.
        DecisionRefusedError: it has nothing that can be taken back.
    """
    kind = db.execute(select(change_set.c.kind).where(change_set.c.cs == min(cs, LARGEST))).scalar()
    match kind:
        case None:
            raise UnknownError(f"There is no change {cs}", "Look at the customer's history")
        case "decision":
            return _undo_decision(db, cs)
        case "resolve":
            return _undo_run(db, cs)
        case _:
            raise DecisionRefusedError(
                f"Change {cs} ({kind}) took over what a source says", "Correct it in the source, or pin a value"
            )


@dataclass(frozen=True, slots=True)
class _Effects:
    """What a decision began (and how it stands now) and what it ended."""

    began: dict[Table, Sequence[Row[Any]]]
    ended: dict[Table, Sequence[Row[Any]]]


def _undo_decision(db: Connection, cs: int) -> Plan:
    own = db.execute(select(decision.c.id, decision.c.records).where(decision.c.cs == cs)).one()
    _refuse_taken_back(db, own.id, cs)
    effects = _effects(db, own.id, cs)
    _refuse_without_effect(db, own.id, cs, effects)
    _refuse_replaced(db, effects)
    reopened = {table: [_copy(table, row) for row in rows] for table, rows in effects.ended.items()}
    amendment = Amendment(
        tuple(PairConstraint(r["decision_id"], r["lo"], r["hi"], r["polarity"]) for r in reopened[pair_constraint]),
        frozenset(PairConstraint(r.decision_id, r.lo, r.hi, r.polarity) for r in effects.began[pair_constraint]),
        tuple(_pin(row) for row in effects.ended[pin]),
        frozenset(row.id for row in effects.began[pin]),
    )
    if chain := clash(db, amendment):
        later = sorted({c.decision_id for c in chain if c not in amendment.opened} - {0})
        raise InTheWayError(
            f"Decisions {', '.join(map(str, later))} contradict what would be in force again",
            "Undo one of them first",
            later,
        )
    return Plan(
        new_decision(db), "undo", tuple(own.records),
        frozenset(parties.parties_of(db, own.records).values()),
        amendment=amendment,
        opened={table: rows for table, rows in reopened.items() if table is not pair_constraint},
        closed={
            table: [{c: getattr(row, c) for c in _NAMED_BY[table]} for row in rows]
            for table, rows in effects.began.items()
            if table is not pair_constraint
        },
        undoes_cs=cs, former=parties.partition_at(db, own.records, cs - 1),
    )  # fmt: skip


def _effects(db: Connection, own: int, cs: int) -> _Effects:
    """Find what the decision has in force, and what it ended and nobody has put in force again."""
    began, ended = {}, {}
    for table, named_by in _NAMED_BY.items():
        c = table.c
        again = table.alias()
        is_back = exists().where(*(again.c[n] == c[n] for n in (*named_by, "decision_id")), again.c.to_cs == OPEN)
        began[table] = db.execute(
            select(table).where(or_(c.from_cs == cs, c.decision_id == own), c.to_cs == OPEN)
        ).all()
        ended[table] = db.execute(select(table).where(c.to_cs == cs, ~is_back)).all()
    return _Effects(began, ended)


def _refuse_taken_back(db: Connection, own: int, cs: int) -> None:
    """Refuse if the decision is taken back already, and that is not itself taken back."""
    by = _taken_back_by(db, cs)
    if by is not None:
        raise InTheWayError(
            f"Decision {own} is not in force: decision {by} has taken it back",
            "Undo that one to have it in force again",
            [by],
        )


def _taken_back_by(db: Connection, cs: int) -> int | None:
    d = decision.c
    undoing = db.execute(select(d.id, d.cs).where(d.undoes_cs == cs).order_by(d.id.desc())).all()
    return next((row.id for row in undoing if _taken_back_by(db, row.cs) is None), None)


def _refuse_without_effect(db: Connection, own: int, cs: int, effects: _Effects) -> None:
    """Refuse if nothing of the decision is left to take back; name the decision that has done so."""
    if any(effects.began.values()) or any(effects.ended.values()):
        return
    later = _closers(db, cs)
    if later:
        raise InTheWayError(
            f"Decision {own} is not in force: decisions {', '.join(map(str, later))} stand in its place",
            "Undo them first",
            later,
        )
    raise DecisionRefusedError(
        f"Decision {own} has put nothing in force, or it has ended by itself", "There is nothing to take back"
    )


def _closers(db: Connection, cs: int) -> list[int]:
    """List the decisions that have ended what a decision put in force."""
    closed_at: set[int] = set()
    for table in _NAMED_BY:
        closed_at.update(db.execute(select(table.c.to_cs).where(table.c.from_cs == cs)).scalars())
    d = decision.c
    return list(db.execute(select(d.id).where(d.cs == func.any(sorted(closed_at))).order_by(d.id)).scalars())


def _refuse_replaced(db: Connection, effects: _Effects) -> None:
    """Refuse if something else stands in the place of what would begin again."""
    places: Mapping[Table, tuple[str, ...]] = {
        record_relation: _NAMED_BY[record_relation],
        pin: ("anchor_record_id", "attribute"),
    }
    own = {row.decision_id for rows in effects.began.values() for row in rows}
    for table, columns in places.items():
        for row in effects.ended[table]:
            standing = db.execute(
                select(table.c.decision_id).where(
                    *(table.c[c] == getattr(row, c) for c in columns), table.c.to_cs == OPEN
                )
            ).scalars()
            if others := sorted(set(standing) - own):
                raise InTheWayError(
                    f"Decision {others[0]} stands in the place of what would be in force again", "Undo it first", others
                )


def _pin(row: Row[Any]) -> Pin:
    return Pin(row.id, row.attribute, row.value, row.anchor_record_id, row.mode, row.baseline_hash, row.expires_us)


def _copy(table: Table, row: Row[Any]) -> dict[str, Any]:
    return {c.name: getattr(row, c.name) for c in table.columns if c.name not in _ANEW}


def _undo_run(db: Connection, cs: int) -> Plan:
    """State the customers of before a run's change, as far as the change has moved their records."""
    moved = list(db.execute(text("select record_id from master.membership where from_cs = :cs"), {"cs": cs}).scalars())
    involved = {r for records in parties.partition_at(db, moved, cs).values() for r in records}
    _refuse_moved_since(db, cs, involved)
    former = parties.partition_at(db, involved, cs - 1)
    number = new_decision(db)
    stated = _stated(db, number, involved, former)
    if not stated:
        raise DecisionRefusedError(
            f"Change {cs} joined and parted no customers", "There is nothing to take back; pin a value instead"
        )
    records = sorted({r for c in stated for r in (c.lo, c.hi)})
    plan = Plan(
        number, "undo", tuple(records), frozenset(known_records(db, records).values()), amendment=Amendment(stated),
        undoes_cs=cs, former=former,
    )  # fmt: skip
    return checked(db, plan)


def _refuse_moved_since(db: Connection, cs: int, moved: Collection[int]) -> None:
    rows = db.execute(
        text(
            "select distinct m.from_cs, d.id from master.membership m"
            " left join master.decision d on d.cs = m.from_cs where m.record_id = any(:ids) and m.from_cs > :cs"
            " order by m.from_cs"
        ),
        {"ids": list(moved), "cs": cs},
    ).all()
    if rows:
        named = ", ".join(f"decision {r.id}" if r.id else f"change {r.from_cs}" for r in rows)
        raise InTheWayError(
            f"Later changes have moved these records ({named})", "Undo them first", [r.id for r in rows if r.id]
        )


def _stated(
    db: Connection, number: int, involved: Collection[int], former: Mapping[int, frozenset[int]]
) -> tuple[PairConstraint, ...]:
    """Make the constraints under which the records are grouped as they were."""
    before = [sorted(records) for records in former.values()]
    before += [
        [r] for r in sorted(involved) if not any(r in records for records in former.values())
    ]  # new with the change
    now = parties.parties_of(db, {r for group in before for r in group})
    places = [{now[r] for r in group if r in now} for group in before]
    stated = []
    for group, own in zip(before, places, strict=True):
        if len(own) > 1:
            stated += [link(number, group[0], other, MUST) for other in group[1:]]
    for (a, own), (b, other) in combinations(zip(before, places, strict=True), 2):
        if own & other:
            stated.append(link(number, a[0], b[0], CANNOT))
    groups_joined = {r for c in stated if c.polarity == CANNOT for r in (c.lo, c.hi)}
    for group, own in zip(before, places, strict=True):
        if len(own) == 1 and group[0] in groups_joined:
            stated += [link(number, group[0], other, MUST) for other in group[1:]]
    return tuple(stated)


def tighter(plan: Plan, groups: Sequence[frozenset[int]]) -> Plan | None:
    """Amend a plan that restores a partition if the evidence would group its records otherwise.

    Args:
        plan: an undo of a run's change.
        groups: how the records would be grouped now.

    Returns:
        A plan with more cannot-links, ``None`` if the partition comes back as it was.
    """
    more = [
        link(plan.decision_id, min(own), min(group - own), CANNOT)
        for own in plan.former.values()
        for group in groups
        if own < group
    ]
    fresh = [c for c in dict.fromkeys(more) if c not in plan.amendment.opened]
    return replace(plan, amendment=Amendment((*plan.amendment.opened, *fresh))) if fresh else None
