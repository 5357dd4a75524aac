"""A customer as its page shows it, now or as it was: agreed values with their origins, what else sources say, pins."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from customer_master.golden.evidence import ATTRIBUTES
from customer_master.store.as_of import CustomerAsOf, PinnedValue, customer_as_of
from customer_master.store.customer import former_numbers
from customer_master.store.numbers import resolve_number
from customer_master.store.visibility import Viewer
from hub.web import queries
from hub.web.masking import PERSONAL, mask_party, mask_value
from hub.web.queries import Origin


@dataclass(frozen=True, slots=True)
class Value:
    """An agreed value.

    Args:
        attribute: such as ``name`` or ``phone``.
        value: in its stored form, empty if nobody says anything.
        why: the step of the rule that decided.
        origin: where it comes from; ``None`` if from several records, from a steward, or from one that is not visible.
        pin: the pin that fixes it, if one does.
        others: what else sources say, each once, as a steward may choose it instead.
    """

    attribute: str
    value: Any
    why: str
    origin: Origin | None
    pin: PinnedValue | None
    others: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A customer ready to be shown.

    Args:
        customer: the customer at the commit; of a person without contact data unless that was revealed.
        values: its agreed values, in the order in which people read them.
        former: customer numbers that lead to it.
        successors: numbers that it leads to, if it has ended.
        titles: agreed names of the customers it is related to, by number.
    """

    customer: CustomerAsOf
    values: tuple[Value, ...]
    former: tuple[str, ...]
    successors: tuple[str, ...]
    titles: Mapping[str, str]

    @property
    def title(self) -> str:
        """How it is called."""
        named = {v.attribute: v.value for v in self.values}
        return str(named.get("name") or named.get("english_name") or self.customer.public_id)


def portrait(db: Connection, viewer: Viewer, number: str, cs: int, *, revealed: bool = False) -> Portrait:
    """Read a customer for its page.

    Args:
        db: connection.
        viewer: who reads.
        number: its customer number, however it is written.
        cs: as of this commit.
        revealed: show the contact data of a person.

    Raises:
        UnknownError: nobody had this number then, or nobody whom the viewer sees.
    """
    resolved = resolve_number(db, number, cs)
    customer = customer_as_of(db, resolved.party_id, cs, viewer)
    if customer.kind == "person" and not revealed:
        customer = _without_contacts(customer)
    versions = [p["v"] for p in customer.prov.values() if p.get("v")]
    related = {r.other_id for r in customer.relations if r.other_id}
    return Portrait(
        customer,
        tuple(_values(customer, queries.origins(db, viewer, versions))),
        tuple(former_numbers(db, resolved.party_id)),
        resolved.successors,
        queries.titles(db, viewer, sorted(related)),
    )


def _values(customer: CustomerAsOf, origins: Mapping[int, Origin]) -> list[Value]:
    pins = {p.pin_id: p for p in customer.pins}
    found = []
    for attribute in (*ATTRIBUTES, "roles"):
        value, known = customer.attrs.get(attribute), customer.prov.get(attribute, {})
        origin, pin = origins.get(known.get("v", 0)), pins.get(known.get("p", 0))
        others = _others(customer.conflicts, attribute)
        found.append(Value(attribute, value, known.get("why", ""), origin, pin, others))
    return found


def _others(conflicts: Sequence[Mapping[str, Any]], attribute: str) -> tuple[Any, ...]:
    losers = [loser["value"] for c in conflicts if c["attribute"] == attribute for loser in c["losers"]]
    return tuple({json.dumps(value, sort_keys=True): value for value in losers}.values())


def _without_contacts(customer: CustomerAsOf) -> CustomerAsOf:
    return replace(
        customer,
        attrs={name: mask_value(v) if name in PERSONAL else v for name, v in customer.attrs.items()},
        members=[replace(m, payload=mask_party(m.payload)) if m.payload else m for m in customer.members],
        conflicts=[c for c in customer.conflicts if c["attribute"] not in PERSONAL],
        pins=[replace(p, value=mask_value(p.value)) if p.attribute in PERSONAL else p for p in customer.pins],
    )
