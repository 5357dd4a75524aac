"""What happens with a customer, and what a customer has: interactions, service cases, orders, holdings, items.

None of them makes a party. Orders and holdings refer to the record of a party (:class:`mappings.canonical.Reference`);
interactions and cases only mention contact points, and whose they are is asked anew at every reading.
Consents and what a dealer stocks and sells stand in ``consent`` and ``trade`` beside this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mappings.canonical.classes import DataClass, classed


class Channel(StrEnum):
    """How an interaction took place."""

    CALL = "call"
    EMAIL = "email"
    FAX = "fax"
    LETTER = "letter"
    VISIT = "visit"
    WEB = "web"


class Direction(StrEnum):
    """Who turned to whom, seen from the enterprise."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class CaseState(StrEnum):
    """How far a service request has come."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    HANDLED = "handled"


class HoldingKind(StrEnum):
    """What a customer has of a product."""

    AS_SOLD = "as_sold"
    CUSTOMER_PART = "customer_part"


class MentionRole(StrEnum):
    """Where a contact point was mentioned."""

    CALLER = "caller"
    CALLEE = "callee"
    SENDER = "sender"
    RECIPIENT = "recipient"
    SIGNATURE = "signature"
    REPORTER = "reporter"
    SUBJECT = "subject"


class PointKind(StrEnum):
    """Kinds of contact points."""

    PHONE = "phone"
    EMAIL = "email"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Mention:
    """A contact point somebody used or named; whose it is, the master knows.

    Args:
        kind: phone, or email.
        value: E.164 number, or address in lower case.
        role: where it was mentioned.
        name: the name that stood beside it, as written.
    """

    kind: PointKind = classed(DataClass.PUBLIC)
    value: str = classed(DataClass.BUSINESS_CONTACT)
    role: MentionRole = classed(DataClass.PUBLIC)
    name: str = classed(DataClass.PERSONAL, default="")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file, by reference: its content stays in the source system.

    Args:
        name: file name.
        media_type: such as ``application/pdf``.
        size: bytes.
        sha256: of the content, hex.
    """

    name: str = classed(DataClass.PERSONAL)
    media_type: str = classed(DataClass.PUBLIC)
    size: int = classed(DataClass.PUBLIC)
    sha256: str = classed(DataClass.PERSONAL)


@dataclass(frozen=True, slots=True)
class Step:
    """A case entered a state."""

    state: CaseState = classed(DataClass.PUBLIC)
    at: datetime = classed(DataClass.BUSINESS_CONTACT)
    by: str = classed(DataClass.PERSONAL, default="")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order; ``item`` is the seller's code, ``quantity`` is in ``unit``, ``price`` is per unit."""

    item: str = classed(DataClass.PUBLIC)
    description: str = classed(DataClass.PUBLIC)
    quantity: Decimal | None = classed(DataClass.BUSINESS_CONTACT)
    unit: str = classed(DataClass.PUBLIC)
    price: Decimal | None = classed(DataClass.BUSINESS_CONTACT)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A call, a mail, a fax, a letter, a visit, a form of the web site. ``at`` is UTC, ``duration`` in seconds."""

    channel: Channel = classed(DataClass.PUBLIC)
    direction: Direction = classed(DataClass.PUBLIC)
    at: datetime = classed(DataClass.BUSINESS_CONTACT)
    duration: int = classed(DataClass.BUSINESS_CONTACT, default=0)
    subject: str = classed(DataClass.PERSONAL, default="")
    text: str = classed(DataClass.PERSONAL, default="")
    outcome: str = classed(DataClass.PUBLIC, default="")
    agent: str = classed(DataClass.PERSONAL, default="")
    mentions: tuple[Mention, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    attachments: tuple[Attachment, ...] = classed(DataClass.PERSONAL, default=())


@dataclass(frozen=True, slots=True)
class ServiceCase:
    """A service request and how it was followed. Times are UTC."""

    state: CaseState = classed(DataClass.PUBLIC)
    at: datetime = classed(DataClass.BUSINESS_CONTACT)
    subject: str = classed(DataClass.PERSONAL, default="")
    owner: str = classed(DataClass.PERSONAL, default="")
    steps: tuple[Step, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    mentions: tuple[Mention, ...] = classed(DataClass.BUSINESS_CONTACT, default=())


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the selling system has it; ``total`` and prices are in ``currency`` (ISO 4217)."""

    number: str = classed(DataClass.PUBLIC)
    state: str = classed(DataClass.PUBLIC, default="")
    on: date | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    currency: str = classed(DataClass.PUBLIC, default="")
    total: Decimal | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    lines: tuple[OrderLine, ...] = classed(DataClass.BUSINESS_CONTACT, default=())


@dataclass(frozen=True, slots=True)
class Holding:
    """An item a customer owns as it was sold, or calls by a part number of its own."""

    kind: HoldingKind = classed(DataClass.PUBLIC)
    item: str = classed(DataClass.PUBLIC)
    serial: str = classed(DataClass.BUSINESS_CONTACT, default="")
    customer_part: str = classed(DataClass.BUSINESS_CONTACT, default="")
    description: str = classed(DataClass.PUBLIC, default="")
    on: date | None = classed(DataClass.BUSINESS_CONTACT, default=None)
    configuration: tuple[str, ...] = classed(DataClass.BUSINESS_CONTACT, default=())


@dataclass(frozen=True, slots=True)
class Item:
    """A product; ``unit`` is what it is counted in."""

    code: str = classed(DataClass.PUBLIC)
    name: str = classed(DataClass.PUBLIC, default="")
    revision: str = classed(DataClass.PUBLIC, default="")
    unit: str = classed(DataClass.PUBLIC, default="")
