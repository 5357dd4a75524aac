"""Levels of agreement of two parties, attribute by attribute, and from how many holders on a shared value says less.

Level 0 always means that there is nothing to compare: missing is neutral.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from customer_master.resolution.attributes.persons import PersonLevel
from customer_master.resolution.party import CAP, KeyKind
from mappings.canonical import Kind

RARE: Final[dict[KeyKind, int]] = {
    KeyKind.PHONE: 8,
    KeyKind.EMAIL: 8,
    KeyKind.DOMAIN: 12,
    KeyKind.ADDRESS: 8,
    KeyKind.IDENTIFIER: 30,
    KeyKind.CONTACT_IN_CITY: 8,
}
"""Up to how many records may hold a value that still points to one party; a customer has several records itself."""


def strength(kind: int, holders: int) -> int:
    """Grade what a shared value is worth by how many records hold it: 0 it points to few, 1 to many, 2 to nobody.

    >>> strength(KeyKind.PHONE, 2), strength(KeyKind.PHONE, 9), strength(KeyKind.PHONE, 1000)
    (0, 1, 2)
    """
    if holders > CAP[KeyKind(kind)]:
        return 2
    return int(holders > RARE.get(KeyKind(kind), holders))


class IdentifierLevel(IntEnum):
    """Company registration numbers and the like."""

    MISSING = 0
    CONTRADICTION = 1
    SHARED = 2
    NEAR = 3
    EQUAL = 4


class NameLevel(IntEnum):
    """Names of organisations and sites, see :class:`CompanyLevel`.

    ``TRANSCRIBED`` is what sounds alike in another script, or agrees in pinyin; ``ABBREVIATED`` also stands for two
    that say nothing but the trade name, which a whole group of companies may have in common.
    """

    MISSING = 0
    DIFFERENT = 1
    RELATED = 2
    SAME_TRADE = 3
    SIMILAR = 4
    SOUND = 5
    ABBREVIATED = 6
    TRANSCRIBED = 7
    SHORT = 8
    CORE = 9
    EXACT = 10


class SharedLevel(IntEnum):
    """Phones."""

    MISSING = 0
    DIFFERENT = 1
    COMMON = 2
    RARE = 3


class EmailLevel(IntEnum):
    """E-mail: as phones, and a company's own mail domain between."""

    MISSING = 0
    DIFFERENT = 1
    COMMON = 2
    DOMAIN = 3
    RARE = 4


class AddressLevel(IntEnum):
    """Addresses. ``RARE``: the same room, or the same house if few are there; ``COMMON``: the same house only."""

    MISSING = 0
    OTHER_CITY = 1
    SAME_CITY = 2
    SAME_DISTRICT = 3
    SAME_ROAD = 4
    COMMON = 5
    RARE = 6


class ContactLevel(IntEnum):
    """Names of contact persons. ``COMMON``: namesakes of it are around, or the two are not in one city."""

    MISSING = 0
    DIFFERENT = 1
    COMMON = 2
    SAME = 3


class UnitLevel(IntEnum):
    """Branches, plants, offices, accounts. ``MISSING``: neither name is of a unit."""

    MISSING = 0
    DIFFERENT = 1
    ONE_SIDED = 2
    SAME = 3


class GroupLevel(IntEnum):
    """Whether only one of the names says group or holding."""

    MISSING = 0
    ONE_SIDED = 1


ATTRIBUTES: Final = ("identifier", "name", "phone", "email", "address", "contact", "unit", "group")
"""The attributes in the order of the vector."""
IDENTIFIER, NAME, PHONE, EMAIL, PLACE, CONTACT, UNIT, GROUP = range(len(ATTRIBUTES))

_LEVELS: Final[dict[str, type[IntEnum]]] = {
    "identifier": IdentifierLevel,
    "name": NameLevel,
    "phone": SharedLevel,
    "email": EmailLevel,
    "address": AddressLevel,
    "contact": ContactLevel,
    "unit": UnitLevel,
    "group": GroupLevel,
}


def levels_of(kind: Kind) -> dict[str, type[IntEnum]]:
    """Give the attributes of parties of a kind with their levels, in the order of the vector."""
    return _LEVELS | {"name": PersonLevel} if kind is Kind.PERSON else _LEVELS
