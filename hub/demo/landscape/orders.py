"""What the ERP's customers order: every fifth or so orders, once or a few times, and some of it comes to nothing.

Every block is made from the seed and its number alone, with chance of its own, so that the other systems' records stay
as they are, and nothing is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from hub.demo.landscape.landscape import Block, Landscape
from hub.demo.landscape.pdm_products import Item, items
from hub.demo.landscape.sources import Record

# probability that a party of a kind orders at all; who does, orders twice on average
_SHARES = {"organisation": 0.21, "foreign": 0.21, "public_body": 0.18, "individual_business": 0.13, "person": 0.05}
_STATES = {"draft": 8, "quotation": 17, "confirmed": 70, "cancelled": 5}
_OLDEST, _NEWEST = dt.date(2024, 1, 8), dt.date(2026, 10, 30)
_MOST = 3


def orders(landscape: Landscape) -> Iterator[dict[str, Any]]:
    """Make the ERP's orders, some 0.4 for each of its parties; a party is named by its code.

    Each has ``reference`` (the customer's order number, unique), ``party``, ``state`` (draft, quotation, confirmed,
    cancelled), ``ordered_on`` (ISO 8601) and ``lines`` of ``item``, ``description``, ``quantity``, ``unit``, ``price``.
    """
    for number, block in enumerate(landscape.blocks()):
        yield from _of_block(block, Random(f"{landscape.seed}/orders/{number}"))


def _of_block(block: Block, rng: Random) -> Iterator[dict[str, Any]]:
    for record in block.records:
        if record.system == "erp" and rng.random() < _SHARES.get(record.customer.kind, 0.0):
            for place in range(rng.randint(1, _MOST)):
                yield _order(record, place, rng)


def _order(record: Record, place: int, rng: Random) -> dict[str, Any]:
    ordered_on = _OLDEST + dt.timedelta(days=rng.randrange((_NEWEST - _OLDEST).days + 1))
    return {
        "reference": _reference(record.serial * _MOST + place),
        "party": record.ref,
        "state": rng.choices(list(_STATES), list(_STATES.values()))[0],
        "ordered_on": ordered_on.isoformat(),
        "lines": [_line(item, rng) for item in rng.sample(items(), rng.choice((1, 1, 2, 3)))],
    }


def _line(item: Item, rng: Random) -> dict[str, str]:
    discount = rng.choice((0, 0, 0, 3, 5, 8))
    return {
        "item": item.code,
        "description": item.name,
        "quantity": str(rng.choice((1, 1, 1, 2, 2, 3, 4, 6, 10))),
        "unit": item.unit,
        "price": str((_list_price(item) * (100 - discount) / 100).quantize(Decimal("0.01"))),
    }


def _list_price(item: Item) -> Decimal:
    """Give an item's price in yuan: of its own for every family, and larger sizes cost more.

    >>> [str(_list_price(item)) for item in items()[:2]]
    ['9540', '10840']
    """
    family, size = item.code.split("-")
    return Decimal(1200 + sum(map(ord, family)) % 17 * 640 + int(size) * 52)


def _reference(serial: int) -> str:
    """Make the customer's order number; its order tells nothing about who belongs to whom."""
    return f"PO{serial * 5_915_587 % 999_999_937:09d}"
