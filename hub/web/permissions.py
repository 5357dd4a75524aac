"""What a customer allows and forbids, for people: the consents in force, and which agreed contact point is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from customer_master.store import parties
from customer_master.store.consents import InForce, consents_in_force, refused
from customer_master.store.visibility import Viewer
from hub.web.masking import mask_text


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a customer allows and forbids today.

    Args:
        consents: those in force, the contact points in them masked if asked for.
        refused: agreed contact point (``phone``, ``email`` or ``address``) -> purposes for which it must not be used.
    """

    consents: tuple[InForce, ...]
    refused: Mapping[str, tuple[str, ...]]


def permissions(db: Connection, viewer: Viewer, party_id: int, *, masked: bool) -> Permissions:
    """Read what a customer allows and forbids today.

    Args:
        db: connection.
        viewer: who reads.
        party_id: the customer.
        masked: hide the contact points that consents name.
    """
    found = consents_in_force(db, party_id, datetime.now(UTC).date(), viewer)
    if not found:
        return Permissions((), {})
    golden = parties.golden_of(db, [party_id]).get(party_id)
    marks = _marks(found, golden.attrs) if golden else {}
    return Permissions(tuple(replace(c, point=mask_text(c.point)) if masked and c.point else c for c in found), marks)


def _marks(found: Sequence[InForce], agreed: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    marks: dict[str, tuple[str, ...]] = {}
    if phone := agreed.get("phone"):
        marks["phone"] = tuple(refused(found, "phone", phone["number"]))
    if email := agreed.get("email"):
        marks["email"] = tuple(refused(found, "email", email))
    if agreed.get("address"):
        marks["address"] = tuple(refused(found, "address"))
    return {attribute: purposes for attribute, purposes in marks.items() if purposes}
