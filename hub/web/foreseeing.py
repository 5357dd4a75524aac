"""What a merge would make, worked out like the merge itself and then forgotten: nobody has to undo to find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from customer_master.stewardship.constraints import MUST
from customer_master.stewardship.plans import plan_merge
from customer_master.store import parties, public_id
from customer_master.store.visibility import Viewer
from hub.master.context import Master
from hub.pipeline.components import find_components
from hub.pipeline.decide import decide
from hub.web.api.customers import seen
from hub.web.masking import PERSONAL, mask_value
from hub.web.queries import count_orders


@dataclass(frozen=True, slots=True)
class Before:
    """A customer that would be merged.

    Args:
        number: its customer number.
        attrs: its agreed values.
        records: how many source records it has.
        orders: how many orders.
        kept: the customer of after has its number.
    """

    number: str
    attrs: Mapping[str, Any]
    records: int
    orders: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a merge would make.

    Args:
        customers: those that would be merged, as they were named.
        attrs: agreed values of the customer of after; of a person without contact data.
    """

    customers: tuple[Before, ...]
    attrs: Mapping[str, Any]


def foresee_merge(db: Connection, master: Master, viewer: Viewer, numbers: Sequence[str]) -> Foreseen:
    """Work out what a merge would make.

    Args:
        db: connection.
        master: the master.
        viewer: who asks.
        numbers: customer numbers.

    Raises:
        StewardshipError: the merge would be refused.
    """
    ids = [seen(db, number, viewer) for number in numbers]
    plan = plan_merge(db, ids)
    together = [(c.lo, c.hi) for c in plan.amendment.opened if c.polarity == MUST]
    components = find_components(db, sorted(plan.amendment.records()), together)
    change = decide(db, master.documents, components, plan.amendment)
    members, golden, orders = parties.members_of(db, ids), parties.golden_of(db, ids), count_orders(db, viewer, ids)
    kept = next(p for p in ids if p not in change.ended)
    after = change.golden.get(kept) or golden.get(kept)
    attrs = {p: row.attrs for p, row in golden.items()}
    before = [
        Before(public_id.encode(p), attrs.get(p, {}), len(members[p]), orders.get(p, 0), kept=p == kept) for p in ids
    ]
    made = dict(after.attrs) if after is not None else {}
    return Foreseen(tuple(before), _without_contacts(made) if "person" in parties.kinds_of(db, ids).values() else made)


def _without_contacts(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mask_value(value) if name in PERSONAL else value for name, value in attrs.items()}
