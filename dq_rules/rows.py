"""Flat rows of canonical records, as rules see them: one shape for each entity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mappings.canonical import (
    CanonicalRecord,
    CaseState,
    Channel,
    ChannelStock,
    Consent,
    ConsentState,
    Content,
    Direction,
    Holding,
    HoldingKind,
    Interaction,
    Item,
    Kind,
    NameType,
    Order,
    Party,
    Relation,
    SellThrough,
    ServiceCase,
)
from mappings.normalize.text import is_placeholder, looks_mojibake

_ALLOWED_LEAD = timedelta(days=1)  # clocks differ, and a naive time may have been read in the wrong zone

_ORDER_OF_STATES = tuple(CaseState)

_OWNERS = frozenset({Relation.ORDERED_BY, Relation.OWNED_BY, Relation.GIVEN_BY, Relation.STOCKED_BY, Relation.SOLD_BY})
"""Relations that say whose a record is; others, such as ``of_item`` and ``sold_to``, say more about it."""


def flatten(record: CanonicalRecord) -> dict[str, Any]:
    """Make the row of a canonical record that rules are checked on.

    Returns:
        Always ``key``, ``record_type``, ``reference_count`` and ``tie_count`` (references that say whose it is, and
        mentions).
        Besides, ``None`` where there is nothing:

        - party: ``kind``, ``active``; ``name`` (the registered one of now, else the first), ``name_placeholder``,
          ``name_mojibake``; ``uscc``, ``uscc_valid``, ``identifier_count``; ``country``, ``region`` of the first
          address, ``address_count``, ``phone_count``, ``email_count``, ``contact_points`` (the three counts together)
        - interaction: ``channel``, ``direction``, ``in_future``, ``duration``, ``mention_count``
        - case: ``state``, ``in_future``, ``step_count``, ``steps_in_order``, ``mention_count``
        - order: ``number``, ``state``, ``currency``, ``total``, ``line_count``
        - holding: ``kind``, ``item``, ``serial``, ``customer_part``
        - item: ``code``, ``name``
        - consent: ``state``, ``in_future``, ``purpose``, ``days_in_order`` if it has an end, ``provable`` if granted
        - channel_stock: ``item``, ``quantity``, ``unit``, ``on``, ``in_future``
        - sell_through: ``item``, ``quantity``, ``unit``, ``has_period``, ``days_in_order`` if it has, ``in_future``,
          ``amount``, ``currency``, ``amount_has_currency`` if there is an amount
    """
    return {
        "key": f"{record.record_type} {record.key}",
        "record_type": record.record_type,
        "reference_count": len(record.references),
        "tie_count": sum(r.relation in _OWNERS for r in record.references)
        + len(getattr(record.content, "mentions", ())),
        **_SHAPES[type(record.content)](record.content),
    }


def _party(party: Party) -> dict[str, Any]:
    name = _name(party)
    uscc = next((i for i in party.identifiers if i.type == "cn_uscc"), None)
    address = party.addresses[0] if party.addresses else None
    return {
        "kind": str(party.kind),
        "active": party.active,
        "name": name,
        "name_placeholder": name is not None and is_placeholder(name, "name"),
        "name_mojibake": name is not None and looks_mojibake(name),
        "uscc": uscc.value if uscc else None,
        "uscc_valid": uscc.valid if uscc else None,
        "identifier_count": len(party.identifiers),
        "country": address.country if address else None,
        "region": (address.region or None) if address else None,
        "address_count": len(party.addresses),
        "phone_count": len(party.phones),
        "email_count": len(party.emails),
        "contact_points": len(party.addresses) + len(party.phones) + len(party.emails),
    }


def _name(party: Party) -> str | None:
    registered = (name.text for name in party.names if name.type is NameType.REGISTERED and not name.is_former)
    return next(registered, party.names[0].text if party.names else None)


def _interaction(interaction: Interaction) -> dict[str, Any]:
    return {
        "channel": str(interaction.channel),
        "direction": str(interaction.direction),
        "in_future": _in_future(interaction.at),
        "duration": interaction.duration,
        "mention_count": len(interaction.mentions),
    }


def _case(case: ServiceCase) -> dict[str, Any]:
    times = [step.at for step in sorted(case.steps, key=lambda step: _ORDER_OF_STATES.index(step.state))]
    return {
        "state": str(case.state),
        "in_future": _in_future(case.at),
        "step_count": len(case.steps),
        "steps_in_order": times == sorted(times),
        "mention_count": len(case.mentions),
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number or None,
        "state": order.state,
        "currency": order.currency or None,
        "total": None if order.total is None else float(order.total),
        "line_count": len(order.lines),
    }


def _holding(holding: Holding) -> dict[str, Any]:
    return {
        "kind": str(holding.kind),
        "item": holding.item or None,
        "serial": holding.serial or None,
        "customer_part": holding.customer_part or None,
    }


def _item(item: Item) -> dict[str, Any]:
    return {"code": item.code or None, "name": item.name or None}


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "state": str(consent.state),
        "in_future": _in_future(consent.at),
        "purpose": consent.purpose or None,
        "days_in_order": None if consent.until is None else consent.until >= (consent.at - _ALLOWED_LEAD).date(),
        "provable": bool(consent.evidence or consent.text_version) if consent.state is ConsentState.GRANTED else None,
    }


def _channel_stock(stock: ChannelStock) -> dict[str, Any]:
    return {
        "item": stock.item or None,
        "quantity": None if stock.quantity is None else float(stock.quantity),
        "unit": stock.unit or None,
        "on": None if stock.on is None else stock.on.isoformat(),
        "in_future": None if stock.on is None else _day_in_future(stock.on),
    }


def _sell_through(sold: SellThrough) -> dict[str, Any]:
    return {
        "item": sold.item or None,
        "quantity": None if sold.quantity is None else float(sold.quantity),
        "unit": sold.unit or None,
        "has_period": sold.since is not None and sold.until is not None,
        "days_in_order": sold.since <= sold.until if sold.since and sold.until else None,
        "in_future": None if sold.until is None else _day_in_future(sold.until),
        "amount": None if sold.amount is None else float(sold.amount),
        "currency": sold.currency or None,
        "amount_has_currency": None if sold.amount is None else bool(sold.currency),
    }


def _in_future(at: datetime) -> bool:
    return at > datetime.now(UTC) + _ALLOWED_LEAD


def _day_in_future(day: date) -> bool:
    return day > (datetime.now(UTC) + _ALLOWED_LEAD).date()


_SHAPES: dict[type[Content], Callable[[Any], dict[str, Any]]] = {
    Party: _party,
    Interaction: _interaction,
    ServiceCase: _case,
    Order: _order,
    Holding: _holding,
    Item: _item,
    Consent: _consent,
    ChannelStock: _channel_stock,
    SellThrough: _sell_through,
}

_THEN = datetime(2026, 1, 1, tzinfo=UTC)
SAMPLES: dict[str, Content] = {
    "party": Party(Kind.ORGANISATION),
    "interaction": Interaction(Channel.CALL, Direction.INBOUND, _THEN),
    "case": ServiceCase(CaseState.REPORTED, _THEN),
    "order": Order("1"),
    "holding": Holding(HoldingKind.AS_SOLD, "1"),
    "item": Item("1"),
    "consent": Consent(ConsentState.GRANTED, _THEN),
    "channel_stock": ChannelStock("1"),
    "sell_through": SellThrough("1"),
}
"""The least content of each entity, to try rules on."""
