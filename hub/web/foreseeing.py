"""What a merge or a split would make, worked out like the act itself and then forgotten: nobody has to undo to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from customer_master.stewardship.constraints import MUST
from customer_master.stewardship.plans import Plan, plan_merge, plan_split
from customer_master.store import parties, public_id
from customer_master.store.parties import ChangeSet
from customer_master.store.visibility import Viewer
from hub.master.context import Master
from hub.pipeline.components import find_components
from hub.pipeline.decide import decide
from hub.web.api.customers import seen
from hub.web.api.verdicts import demand_visible
from hub.web.masking import PERSONAL, mask_value
from hub.web.queries import count_orders, record_names


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


@dataclass(frozen=True, slots=True)
class Part:
    """A customer that a split would leave or make.

    Args:
        number: its customer number; empty for one that does not exist yet.
        kept: it has the number of the customer that is split.
        records: names of its records that the steward sees.
        hidden: how many more it has.
        attrs: its agreed values; of a person without contact data.
    """

    number: str
    kept: bool
    records: tuple[str, ...]
    hidden: int
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
    change = _worked_out(db, master, plan)
    members, golden, orders = parties.members_of(db, ids), parties.golden_of(db, ids), count_orders(db, viewer, ids)
    kept = next(p for p in ids if p not in change.ended)
    after = change.golden.get(kept) or golden.get(kept)
    attrs = {p: row.attrs for p, row in golden.items()}
    before = [
        Before(public_id.encode(p), attrs.get(p, {}), len(members[p]), orders.get(p, 0), kept=p == kept) for p in ids
    ]
    made = dict(after.attrs) if after is not None else {}
    return Foreseen(tuple(before), _without_contacts(made) if "person" in parties.kinds_of(db, ids).values() else made)


def foresee_split(
    db: Connection, master: Master, viewer: Viewer, number: str, groups: Sequence[Sequence[int]]
) -> tuple[Part, ...]:
    """Work out what a split would make, the customer that keeps the number first.

    Args:
        db: connection.
        master: the master.
        viewer: who asks.
        number: customer number.
        groups: records of each group; those in none stay with the first.

    Raises:
        StewardshipError: the split would be refused.
    """
    demand_visible(db, {record for group in groups for record in group}, viewer)
    own = seen(db, number, viewer)
    change = _worked_out(db, master, plan_split(db, own, groups))
    members = parties.members_of(db, [own])[own]
    places: dict[int, list[int]] = {}
    for record in sorted(members):
        places.setdefault(change.joined[record][0] if record in change.joined else own, []).append(record)
    golden, names = parties.golden_of(db, [p for p in places if p > 0]), record_names(db, viewer, members)
    personal = "person" in parties.kinds_of(db, [own]).values()
    made = []
    for party in sorted(places, key=lambda p: (p != own, places[p])):
        after = change.golden.get(party) or golden.get(party)
        attrs = dict(after.attrs) if after is not None else {}
        told = tuple(names[record].name for record in places[party] if record in names)
        made.append(
            Part(
                public_id.encode(party) if party > 0 else "", party == own, told, len(places[party]) - len(told),
                _without_contacts(attrs) if personal else attrs,
            )
        )  # fmt: skip
    return tuple(made)


def _worked_out(db: Connection, master: Master, plan: Plan) -> ChangeSet:
    together = [(c.lo, c.hi) for c in plan.amendment.opened if c.polarity == MUST]
    components = find_components(db, sorted(plan.amendment.records()), together)
    return decide(db, master.documents, components, plan.amendment)


def _without_contacts(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mask_value(value) if name in PERSONAL else value for name, value in attrs.items()}
