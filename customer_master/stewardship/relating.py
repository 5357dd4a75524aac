"""Relations that stewards state: which customer is a branch, a distributor, a successor of which.

A relation is between two source records, so that each end goes where its record goes when customers are parted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select, text

from customer_master.stewardship.constraints import CANNOT, Amendment, in_force, link
from customer_master.stewardship.errors import DecisionRefusedError, InvalidError, UnknownError
from customer_master.stewardship.plans import Plan, checked, known_records, new_decision
from customer_master.store.decision_tables import RELATIONS, record_relation
from customer_master.store.tables import OPEN

_BETWEEN_CUSTOMERS = frozenset({"branch_of", "subsidiary_of", "distributes_for", "retails_for", "successor_of"})
"""Relations between two customers: whoever states one says as well that the two are not the same."""

_HIERARCHIES = frozenset({"branch_of", "subsidiary_of", "site_of", "successor_of"})
"""Relations of which no customer is its own ancestor."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What belongs to a relation, where it is known.

    Args:
        share: per cent, e.g. of a subsidiary.
        effective_from: first day.
        effective_to: last day.
    """

    share: Decimal | None = None
    effective_from: date | None = None
    effective_to: date | None = None


NO_TERMS = Terms()


def plan_relation(db: Connection, from_record: int, to_record: int, type_: str, terms: Terms = NO_TERMS) -> Plan:
    """Plan that the first record's customer is something of the second's.

    Raises:
        StewardshipError: there is no such record or relation, it stands already, it would close a circle, or decisions
            make the two one customer.
    """
    _refuse_values(type_, terms)
    if from_record == to_record:
        raise InvalidError("A record has no relation to itself", "Choose two records")
    party_of = known_records(db, (from_record, to_record))
    c = record_relation.c
    standing = db.execute(
        select(c.decision_id).where(
            c.from_record_id == from_record, c.to_record_id == to_record, c.type == type_, c.to_cs == OPEN
        )
    ).scalar()
    if standing is not None:
        raise DecisionRefusedError(
            f"The relation {type_} stands already (decision {standing})", "Undo that decision to change it"
        )
    if type_ in _HIERARCHIES and _reaches(db, party_of[to_record], party_of[from_record], type_):
        raise DecisionRefusedError(
            f"The other customer is {type_} this one already, directly or over others", "End that relation first"
        )
    number = new_decision(db)
    row = {
        "decision_id": number, "from_record_id": from_record, "to_record_id": to_record, "type": type_,
        "share": terms.share, "effective_from": terms.effective_from, "effective_to": terms.effective_to,
    }  # fmt: skip
    plan = Plan(
        number, "related", (from_record, to_record), frozenset(party_of.values()), opened={record_relation: [row]},
        detail={"type": type_},
    )  # fmt: skip
    if type_ in _BETWEEN_CUSTOMERS and not _kept_apart(db, from_record, to_record):
        plan = replace(plan, amendment=Amendment((link(number, from_record, to_record, CANNOT),)))
    return checked(db, plan)


def plan_end_of_relation(db: Connection, from_record: int, to_record: int, type_: str) -> Plan:
    """Plan that a relation ends; that the two are different customers stays decided.

    Raises:
        StewardshipError: there is no such record or relation.
    """
    party_of = known_records(db, (from_record, to_record))
    key = {"from_record_id": from_record, "to_record_id": to_record, "type": type_}
    c = record_relation.c
    standing = db.execute(
        select(c.decision_id).where(*(c[name] == value for name, value in key.items()), c.to_cs == OPEN)
    ).scalar()
    if standing is None:
        raise UnknownError(f"There is no relation {type_} between these records", "Look at the customer again")
    return Plan(
        new_decision(db), "unrelated", (from_record, to_record), frozenset(party_of.values()),
        closed={record_relation: [key]}, detail={"type": type_},
    )  # fmt: skip


def _refuse_values(type_: str, terms: Terms) -> None:
    if type_ not in RELATIONS:
        raise InvalidError("There is no such relation", f"Choose one of {', '.join(RELATIONS)}")
    if terms.share is not None and not (terms.share.is_finite() and Decimal("0.01") <= terms.share <= 100):
        raise InvalidError("The share is no percentage", "Give a number from 0.01 to 100")
    if terms.effective_from and terms.effective_to and terms.effective_to < terms.effective_from:
        raise InvalidError("The relation ends before it begins", "Correct the dates")


def _kept_apart(db: Connection, a: int, b: int) -> bool:
    return any(c.polarity == CANNOT and {c.lo, c.hi} == {a, b} for c in in_force(db, [a]))


def _reaches(db: Connection, start: int, end: int, type_: str) -> bool:
    """Tell whether one customer is something of another one, directly or over others."""
    return start == end or bool(
        db.execute(_REACHES, {"start": start, "end": end, "type": type_, "open": OPEN}).scalar()
    )


_REACHES = text("""
with recursive above(party_id) as (
  select cast(:start as bigint)
  union
  select n.party_id from above a join master.membership m on m.party_id = a.party_id and m.to_cs = :open
  join master.record_relation r on r.from_record_id = m.record_id and r.type = :type and r.to_cs = :open
  join master.membership n on n.record_id = r.to_record_id and n.to_cs = :open)
select exists (select 1 from above where party_id = :end)
""")
