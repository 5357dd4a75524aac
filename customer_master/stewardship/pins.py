"""Pins: golden values that stewards fix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, text

from customer_master.golden.evidence import ATTRIBUTES, Evidence, candidates
from customer_master.golden.pins import Mode, Pin, value_baseline
from customer_master.stewardship.constraints import Amendment
from customer_master.stewardship.errors import InvalidError, UnknownError
from customer_master.stewardship.plans import LARGEST, Plan, new_decision
from customer_master.store import parties
from customer_master.store.clock import now_us
from customer_master.store.decision_tables import pin
from customer_master.store.tables import OPEN

_LATEST_US = 221_845_392_000_000_000
"""The year 9000; what shows a time must be able to."""


def pins_on(db: Connection, record_ids: Collection[int]) -> list[Pin]:
    """List the pins in force that are anchored at any of the records, in order of their numbers."""
    c = pin.c
    rows = db.execute(
        select(c.id, c.attribute, c.value, c.anchor_record_id, c.mode, c.baseline_hash, c.expires_us)
        .where(c.anchor_record_id == func.any(list(record_ids)), c.to_cs == OPEN)
        .order_by(c.id)
    )
    return [Pin(*row) for row in rows]


def expired(db: Connection, now_us: int) -> list[int]:
    """List the anchors of pins in force whose time is over: their parties are to be valued anew."""
    c = pin.c
    return list(db.execute(select(c.anchor_record_id).where(c.expires_us <= now_us, c.to_cs == OPEN)).scalars())


def plan_pin(
    db: Connection,
    party_id: int,
    evidence: Sequence[Evidence],
    attribute: str,
    value: Any,
    *,
    mode: Mode = "forever",
    expires_us: int | None = None,
) -> Plan:
    """Plan that a golden value is fixed; a pin of the same attribute ends.

    The pin is anchored at the record that says the value, else at the customer's first one, and goes where this record
    goes.

    Args:
        db: connection.
        party_id: the customer, in use.
        evidence: what its records say.
        attribute: the golden attribute.
        value: in the form of the golden record.
        mode: what ends it.
        expires_us: end of a pin ``until_date``, UTC microseconds.

    Raises:
        InvalidError: there is no such attribute or mode, or the value has not the attribute's form.
    """
    if attribute not in ATTRIBUTES:
        raise InvalidError(f"There is no attribute {attribute[:40]!r} to pin", f"Choose one of {', '.join(ATTRIBUTES)}")
    if not evidence:
        raise InvalidError("No record of this customer says anything", "Pin values of customers that have content")
    anchor = _anchor(evidence, attribute, value)
    number = int(db.execute(text("select nextval('master.pin_number')")).scalar_one())
    try:
        made = Pin(
            number, attribute, value, anchor, mode, value_baseline(evidence, attribute, anchor, mode), expires_us
        )
    except ValueError as error:
        raise InvalidError(str(error)[:1].upper() + str(error)[1:], "Correct the pin") from None
    if expires_us is not None and expires_us <= now_us():
        raise InvalidError("The pin would end in the past", "Give a time that is still to come")
    if expires_us is not None and expires_us > _LATEST_US:
        raise InvalidError("The pin would end too late", "Give a time before the year 9000, or pin it for ever")
    members = parties.members_of(db, [party_id])[party_id]
    former = [p for p in pins_on(db, members) if p.attribute == attribute]
    decision_id = new_decision(db)
    row = {
        "id": made.id, "decision_id": decision_id, "anchor_record_id": anchor, "attribute": attribute, "value": value,
        "mode": mode, "baseline_hash": made.baseline_hash, "expires_us": expires_us,
    }  # fmt: skip
    return Plan(
        decision_id, "pin", tuple(sorted(members)), frozenset({party_id}),
        amendment=Amendment(pinned=(made,), unpinned=frozenset(p.id for p in former)), opened={pin: [row]},
        closed={pin: [{"id": p.id} for p in former]}, detail={"attribute": attribute, "pin": made.id, "mode": mode},
    )  # fmt: skip


def plan_unpin(db: Connection, pin_id: int) -> Plan:
    """Plan that a pin ends.

    Raises:
        UnknownError: there is no such pin in force.
    """
    c = pin.c
    standing = db.execute(
        select(c.anchor_record_id, c.attribute).where(c.id == min(pin_id, LARGEST), c.to_cs == OPEN)
    ).one_or_none()
    if standing is None:
        raise UnknownError(f"There is no pin {pin_id} in force", "Look at the customer again")
    party_id = parties.parties_of(db, [standing.anchor_record_id])[standing.anchor_record_id]
    return Plan(
        new_decision(db), "unpin", (standing.anchor_record_id,), frozenset({party_id}),
        amendment=Amendment(unpinned=frozenset({pin_id})),
        closed={pin: [{"id": pin_id}]}, detail={"attribute": standing.attribute, "pin": pin_id},
    )  # fmt: skip


def _anchor(evidence: Sequence[Evidence], attribute: str, value: Any) -> int:
    """Find the record that says the value, else the customer's first one."""
    said = [e.record_id for e in evidence if any(c.value == value for c in candidates(attribute, [e]))]
    return min(said or [e.record_id for e in evidence])
