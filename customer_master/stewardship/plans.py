"""What each act of a steward means: the constraints, relations and pins it begins and ends. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from customer_master.stewardship.constraints import (
    AS_IT_STANDS,
    CANNOT,
    MUST,
    Amendment,
    PairConstraint,
    bonds,
    in_force,
    link,
)
from customer_master.stewardship.contradictions import proof
from customer_master.stewardship.errors import (
    ContradictionError,
    DecisionRefusedError,
    InvalidError,
    Link,
    RetiredError,
    UnknownError,
)
from customer_master.store import parties
from customer_master.store.decision_tables import decision
from customer_master.store.tables import OPEN, match_pair, party, party_state, party_successor, source_record

LARGEST = 2**62
"""No number of anything is greater."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an act does when it is carried out.

    Args:
        decision_id: number of the decision it makes.
        verdict: what is decided.
        records: source records it is about.
        parties: customers it is about.
        amendment: constraints that begin and end; the customers follow them.
        opened: other rows that begin.
        closed: other rows that end, named by column values.
        detail: what belongs to the verdict.
        weight: bits the machine gave the pair.
        undoes_cs: the change it takes back.
        former: the partition it restores, customer -> records; empty: none in particular.
    """

    decision_id: int
    verdict: str
    records: tuple[int, ...]
    parties: frozenset[int]
    amendment: Amendment = AS_IT_STANDS
    opened: Mapping[Table, Sequence[dict[str, Any]]] = field(default_factory=dict)
    closed: Mapping[Table, Sequence[dict[str, Any]]] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    weight: float | None = None
    undoes_cs: int | None = None
    former: Mapping[int, frozenset[int]] = field(default_factory=dict)


def plan_pair(db: Connection, verdict: str, a: int, b: int) -> Plan:
    """Plan what a steward says of two records: ``same``, ``different`` or ``unsure``.

    Raises:
        StewardshipError: there is no such record, the pair is decided already, earlier decisions contradict, or the
            two can never be one customer.
    """
    if a == b:
        raise InvalidError("A record cannot be compared with itself", "Choose two records")
    party_of = known_records(db, (a, b))
    lo, hi = sorted((a, b))
    _refuse_decided(db, lo, hi)
    plan = Plan(new_decision(db), verdict, (lo, hi), frozenset(party_of.values()), weight=_weight(db, lo, hi))
    if verdict == "unsure":
        return plan
    if verdict == "same":
        refuse_kinds(db, party_of.values())
    polarity = MUST if verdict == "same" else CANNOT
    return checked(db, replace(plan, amendment=Amendment((link(plan.decision_id, lo, hi, polarity),))))


def plan_merge(db: Connection, party_ids: Sequence[int]) -> Plan:
    """Plan that some customers are one: all their records must stay together.

    Raises:
        StewardshipError: fewer than two, unknown or ended customers, of different kinds, or kept apart by decisions.
    """
    chosen = sorted(set(party_ids))
    if len(chosen) < 2:
        raise InvalidError("One customer alone cannot be merged", "Name at least two customers")
    members = living(db, chosen)
    refuse_kinds(db, chosen)
    records = sorted(r for own in members.values() for r in own)
    number = new_decision(db)
    together = tuple(link(number, records[0], other, MUST) for other in records[1:])
    return checked(db, Plan(number, "merge", tuple(records), frozenset(chosen), amendment=Amendment(together)))


def plan_split(db: Connection, party_id: int, groups: Sequence[Sequence[int]]) -> Plan:
    """Plan that the records of a customer are several: each group stays together, no two groups do.

    Records that are in no group stay with the first one; a record that the hub made goes where the record it was made
    for goes.

    Raises:
        StewardshipError: the groups are no parts of the customer, or earlier decisions bind them together.
    """
    members = living(db, [party_id])[party_id]
    parts = _parts(db, members, groups)
    number = new_decision(db)
    together = [link(number, part[0], other, MUST) for part in parts for other in part[1:]]
    apart = [link(number, a[0], b[0], CANNOT) for n, a in enumerate(parts) for b in parts[n + 1 :]]
    plan = Plan(
        number, "split", tuple(sorted(members)), frozenset({party_id}),
        amendment=Amendment((*together, *apart)), detail={"groups": parts},
    )  # fmt: skip
    return checked(db, plan)


def known_records(db: Connection, record_ids: Sequence[int]) -> dict[int, int]:
    """Map records to their customers.

    Raises:
        UnknownError: there is no such record, or it belongs to no customer.
    """
    usable = [r for r in record_ids if 0 < r < LARGEST]
    found = parties.parties_of(db, usable)
    for record in record_ids:
        if record not in found:
            is_there = (
                record in usable and db.execute(select(source_record.c.id).where(source_record.c.id == record)).scalar()
            )
            raise UnknownError(
                f"Record {record} belongs to no customer" if is_there else f"There is no record {record}",
                "Look the record up again",
            )
    return {record: found[record] for record in record_ids}


def living(db: Connection, party_ids: Collection[int]) -> dict[int, set[int]]:
    """Map customers that are in use to their records.

    Raises:
        UnknownError: there is no such customer.
        RetiredError: it has ended; names those that have its records now.
    """
    usable = [p for p in party_ids if 0 < p < LARGEST]
    members = parties.members_of(db, usable)
    known = {
        row.id: row.public_id
        for row in db.execute(select(party.c.id, party.c.public_id).where(party.c.id == func.any(usable)))
    }
    for party_id in party_ids:
        if party_id not in known:
            raise UnknownError(f"There is no customer {party_id}", "Search for the customer again")
        if party_id not in members:
            after = _successors(db, party_id)
            status = db.execute(
                select(party_state.c.status).where(party_state.c.party_id == party_id, party_state.c.to_cs == OPEN)
            ).scalar()
            where = f"Its records are now at {', '.join(after)}" if after else "Nothing of it is left"
            raise RetiredError(f"Customer {known[party_id]} is not in use any more ({status})", where, after)
    return members


def refuse_kinds(db: Connection, party_ids: Iterable[int]) -> None:
    """Refuse to make one customer of several kinds.

    Raises:
        DecisionRefusedError: they are of different kinds.
    """
    if len(set(parties.kinds_of(db, set(party_ids)).values())) > 1:
        raise DecisionRefusedError(
            "Organisations, persons and sites are never one customer", "Correct the kind in the source"
        )


def new_decision(db: Connection) -> int:
    """Take the number of a new decision."""
    sql = "select nextval(pg_get_serial_sequence('master.decision', 'id'))"
    return int(db.execute(text(sql)).scalar_one())


def chain_of(db: Connection, constraints: Iterable[PairConstraint]) -> list[Link]:
    """Name the decisions behind constraints, with who decided and when."""
    wanted = list(constraints)
    d = decision.c
    rows = db.execute(
        select(d.id, d.verdict, d.actor, d.at_us).where(d.id == func.any([c.decision_id for c in wanted]))
    )
    by_id = {row.id: row for row in rows}
    return [
        Link(c.decision_id, by_id[c.decision_id].verdict, by_id[c.decision_id].actor, by_id[c.decision_id].at_us,
             c.lo, c.hi)
        if c.decision_id in by_id
        else Link(0, "made for it", "hub", 0, c.lo, c.hi)
        for c in wanted
    ]  # fmt: skip


def clash(db: Connection, amendment: Amendment) -> list[PairConstraint] | None:
    """Find the shortest chain of constraints that exclude each other once an amendment holds."""
    bound = bonds(db, amendment.records())
    return proof(amendment.applied(bound.constraints), bound.anchors)


def checked(db: Connection, plan: Plan) -> Plan:
    """Give a plan back if nothing earlier contradicts it.

    Raises:
        ContradictionError: earlier decisions do; it holds the shortest chain of them.
    """
    chain = clash(db, plan.amendment)
    if chain is None:
        return plan
    earlier = [c for c in chain if c.decision_id != plan.decision_id]
    keeping = [c for c in earlier if c.polarity == CANNOT]
    numbers = ", ".join(dict.fromkeys(str(c.decision_id) for c in keeping or earlier if c.decision_id))
    if keeping:
        what, remedy = f"Other decisions keep these customers apart (decision {numbers})", "Undo one of them first"
    elif numbers:
        what, remedy = f"Other decisions make these records one customer (decision {numbers})", "Undo one of them first"
    else:
        what, remedy = "The hub made one of these records for the other", "Keep the two together"
    raise ContradictionError(what, remedy, chain_of(db, earlier))


def _refuse_decided(db: Connection, lo: int, hi: int) -> None:
    standing = next((c for c in in_force(db, [lo]) if (c.lo, c.hi) == (lo, hi)), None)
    if standing is not None:
        chain = chain_of(db, [standing])
        raise ContradictionError(
            f"This pair is decided already (decision {standing.decision_id}: {chain[0].verdict}, by {chain[0].actor})",
            "Undo that decision first",
            chain,
        )


def _weight(db: Connection, lo: int, hi: int) -> float | None:
    p = match_pair.c
    found = db.execute(select(p.weight).where(p.lo == lo, p.hi == hi)).scalar()
    return None if found is None else float(found)


def _successors(db: Connection, party_id: int) -> list[str]:
    s = party_successor.c
    rows = db.execute(
        select(party.c.public_id)
        .join(party_successor, s.successor_id == party.c.id)
        .where(s.party_id == party_id, s.to_cs == OPEN)
        .order_by(party.c.id)
    )
    return list(rows.scalars())


def _parts(db: Connection, members: set[int], groups: Sequence[Sequence[int]]) -> list[list[int]]:
    listed = [r for group in groups for r in group]
    if len(listed) != len(set(listed)) or not all(groups):
        raise InvalidError("A group is empty, or a record is in two groups", "Put every record into one group")
    if strangers := sorted(set(listed) - members):
        raise UnknownError(f"Record {strangers[0]} is none of this customer's", "Look at the customer again")
    own = [set(group) for group in groups]
    made_for = dict(parties.anchors(db, members))
    for made, anchor in made_for.items():
        if made in members and made not in listed:
            next((part for part in own if anchor in part), own[0] if own else set()).add(made)
    rest = members - {r for part in own for r in part}
    if own:
        own[0] |= rest
    if len(own) < 2:
        raise InvalidError("A customer is split into at least two groups", "Name the records of each group")
    return [sorted(part) for part in own]
