"""What a distributor or retailer reports: the stock of an item it holds, and what it sold of it.

Whose it is, a reference says (``stocked_by``, ``sold_by``); quantities are in ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mappings.canonical.classes import DataClass, classed


@dataclass(frozen=True, slots=True)
class ChannelStock:
    """A dealer's stock of an item on a day; ``item`` is the seller's code, ``location`` the dealer's own word."""

    item: str = classed(DataClass.PUBLIC)
    quantity: Decimal | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    unit: str = classed(DataClass.PUBLIC, default="")
    on: date | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    location: str = classed(DataClass.BUSINESS_CONTACT, default="")


@dataclass(frozen=True, slots=True)
class SellThrough:
    """What a dealer sold of an item, both days included; ``amount`` is in ``currency`` (ISO 4217)."""

    item: str = classed(DataClass.PUBLIC)
    quantity: Decimal | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    unit: str = classed(DataClass.PUBLIC, default="")
    since: date | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    until: date | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    amount: Decimal | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    currency: str = classed(DataClass.PUBLIC, default="")
