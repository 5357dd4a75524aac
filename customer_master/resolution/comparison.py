"""A pair of parties turned into levels of agreement, attribute by attribute.

Level 0 always means that there is nothing to compare: missing is neutral. The levels are all that scoring knows of a
pair; they are stored, and every explanation can be rebuilt from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from customer_master.resolution.blocking import Frequency, KeyKind, Rarity, identifier_value, key_hash, rarity
from customer_master.resolution.features import AddressFeatures, Features, NameFeatures
from customer_master.resolution.name_comparison import NameLevel, compare_names
from mappings.canonical import Kind

_MANY_VALUED = frozenset({"gln", "duns"})  # one party may hold several of these, so two that differ prove nothing
_PLACE_OF_DAMAGE = 14  # a spreadsheet keeps the first 15 digits of a number; the last of them may be rounded


class IdentifierLevel(IntEnum):
    """Company registration numbers and the like."""

    MISSING = 0
    CONTRADICTION = 1
    SHARED = 2
    NEAR = 3
    EQUAL = 4


class RegionLevel(IntEnum):
    """Regions inside company names."""

    MISSING = 0
    OTHER = 1
    SAME = 2


class SharedLevel(IntEnum):
    """Phones and mailboxes."""

    MISSING = 0
    DIFFERENT = 1
    WORTHLESS = 2
    COMMON = 3
    RARE = 4


_BY_RARITY = {
    Rarity.RARE: SharedLevel.RARE,
    Rarity.COMMON: SharedLevel.COMMON,
    Rarity.WORTHLESS: SharedLevel.WORTHLESS,
}


class EmailLevel(IntEnum):
    """E-mail: as phones, and a company's own mail domain between."""

    MISSING = 0
    DIFFERENT = 1
    WORTHLESS = 2
    COMMON = 3
    DOMAIN = 4
    RARE = 5


class AddressLevel(IntEnum):
    """Addresses. ``RARE``: the same room, or the same house if few are there; ``COMMON``: the same house only."""

    MISSING = 0
    OTHER_CITY = 1
    OTHER_ROAD = 2
    SAME_ROAD = 3
    COMMON = 4
    RARE = 5


class ContactLevel(IntEnum):
    """Names of contact persons."""

    MISSING = 0
    DIFFERENT = 1
    SAME = 2


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


LEVELS: dict[str, type[IntEnum]] = {
    "identifier": IdentifierLevel,
    "name": NameLevel,
    "region": RegionLevel,
    "phone": SharedLevel,
    "email": EmailLevel,
    "address": AddressLevel,
    "contact": ContactLevel,
    "unit": UnitLevel,
    "group": GroupLevel,
}
"""The attributes in the order of the vector, with their levels."""


class Comparison(NamedTuple):
    """Levels of agreement of two parties of one kind, in the order of :data:`LEVELS`."""

    kind: Kind
    identifier: IdentifierLevel
    name: NameLevel
    region: RegionLevel
    phone: SharedLevel
    email: EmailLevel
    address: AddressLevel
    contact: ContactLevel
    unit: UnitLevel
    group: GroupLevel

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels as numbers."""
        return self[1:]

    @property
    def vector(self) -> bytes:
        """The stored form: one byte an attribute."""
        return bytes(self.levels)


def from_vector(kind: Kind, vector: bytes) -> Comparison:
    """Read a stored vector back.

    >>> from_vector(Kind.SITE, bytes([4, 6, 0, 0, 0, 5, 0, 0, 0])).address.name
    'RARE'
    """
    levels: list[Any] = [enum(level) for enum, level in zip(LEVELS.values(), vector, strict=True)]
    return Comparison(kind, *levels)


def compare(a: Features, b: Features, frequency: Frequency) -> Comparison:
    """Compare two parties of the same kind; the order of the two makes no difference.

    Args:
        a: one party.
        b: the other.
        frequency: number of records that hold the blocking key with a given hash; tells what a shared value is worth.

    Raises:
        ValueError: the kinds differ.
    """
    if a.kind is not b.kind:
        raise ValueError(f"a {a.kind} cannot be compared with a {b.kind}; parties of different kinds never match")
    return Comparison(
        kind=a.kind,
        identifier=_identifiers(a, b, frequency),
        name=compare_names(a.names, b.names, person=a.kind is Kind.PERSON),
        region=_regions(a.names, b.names),
        phone=_phones(a, b, frequency),
        email=_emails(a, b, frequency),
        address=_addresses(a, b, frequency),
        contact=_contacts(a, b),
        unit=_units(a.names, b.names),
        group=_groups(a.names, b.names),
    )


def _rarest(a: Features, kind: KeyKind, values: Iterable[str], frequency: Frequency) -> Rarity:
    return rarity(kind, min([frequency(key_hash(kind, a.kind, value)) for value in values]))


def contradicting(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> bool:
    """Tell whether two parties hold valid identifiers of one scheme and none of them in common.

    >>> contradicting(frozenset({("cn", "192203821")}), frozenset({("cn", "710928012")}))
    True
    """
    if not a or not b or not a.isdisjoint(b):
        return False
    return not {scheme for scheme, _ in a}.isdisjoint({scheme for scheme, _ in b} - _MANY_VALUED)


def _identifiers(a: Features, b: Features, frequency: Frequency) -> IdentifierLevel:
    shared = a.identifiers & b.identifiers
    if shared:
        values = map(identifier_value, shared)
        rare = _rarest(a, KeyKind.IDENTIFIER, values, frequency) is Rarity.RARE
        return IdentifierLevel.EQUAL if rare else IdentifierLevel.SHARED
    if contradicting(a.identifiers, b.identifiers):
        return IdentifierLevel.CONTRADICTION
    if _is_near(a.damaged, b.chinese_numbers - b.damaged) or _is_near(b.damaged, a.chinese_numbers - a.damaged):
        return IdentifierLevel.NEAR
    return IdentifierLevel.MISSING


def _is_near(damaged: Iterable[str], numbers: Iterable[str]) -> bool:
    """Tell whether a number that fails its check is one slip, or a spreadsheet's rounding, away from another one."""
    return any(
        OSA.distance(d, n, score_cutoff=1) <= 1 or (d.endswith("00") and d[:_PLACE_OF_DAMAGE] == n[:_PLACE_OF_DAMAGE])
        for d in damaged
        for n in numbers
    )


def _regions(a: Iterable[NameFeatures], b: Iterable[NameFeatures]) -> RegionLevel:
    """Compare the regions in the names; a name with a province alone fits every city in it."""
    best = RegionLevel.MISSING
    for left in a:
        for right in b:
            if left.province and right.province:
                fits = left.province == right.province and (left.city == right.city or not (left.city and right.city))
                best = max(best, RegionLevel.SAME if fits else RegionLevel.OTHER)
    return best


def _phones(a: Features, b: Features, frequency: Frequency) -> SharedLevel:
    if not a.phones or not b.phones:
        return SharedLevel.MISSING
    shared = a.phones & b.phones
    if not shared:
        return SharedLevel.DIFFERENT
    return _BY_RARITY[_rarest(a, KeyKind.PHONE, shared, frequency)]


def _emails(a: Features, b: Features, frequency: Frequency) -> EmailLevel:
    if not a.emails or not b.emails:
        return EmailLevel.MISSING
    shared = a.emails & b.emails
    mailbox = _rarest(a, KeyKind.EMAIL, shared, frequency) if shared else Rarity.WORTHLESS
    if mailbox is Rarity.RARE:
        return EmailLevel.RARE
    domains = a.domains & b.domains
    if domains and _rarest(a, KeyKind.DOMAIN, domains, frequency) is Rarity.RARE:
        return EmailLevel.DOMAIN
    if mailbox is Rarity.COMMON:
        return EmailLevel.COMMON
    return EmailLevel.WORTHLESS if shared or domains else EmailLevel.DIFFERENT


def _addresses(a: Features, b: Features, frequency: Frequency) -> AddressLevel:
    levels = [_address(left, right, a, frequency) for left in a.addresses for right in b.addresses]
    return max(levels, default=AddressLevel.MISSING)


def _address(a: AddressFeatures, b: AddressFeatures, party: Features, frequency: Frequency) -> AddressLevel:
    if a.place and a.place == b.place:
        if a.room and b.room:
            return AddressLevel.RARE if a.room == b.room else AddressLevel.COMMON
        rare = _rarest(party, KeyKind.ADDRESS, [a.place], frequency) is Rarity.RARE
        return AddressLevel.RARE if rare else AddressLevel.COMMON
    if a.country != b.country or (a.city and b.city and a.city != b.city):
        return AddressLevel.OTHER_CITY
    if not a.road or not b.road:
        return AddressLevel.MISSING
    return AddressLevel.SAME_ROAD if a.road == b.road else AddressLevel.OTHER_ROAD


def _contacts(a: Features, b: Features) -> ContactLevel:
    if not a.contacts or not b.contacts:
        return ContactLevel.MISSING
    return ContactLevel.DIFFERENT if a.contacts.isdisjoint(b.contacts) else ContactLevel.SAME


def _units(a: tuple[NameFeatures, ...], b: tuple[NameFeatures, ...]) -> UnitLevel:
    left, right = units(a), units(b)
    if not left and not right:
        return UnitLevel.MISSING
    if not left or not right:
        return UnitLevel.ONE_SIDED if a and b else UnitLevel.MISSING
    return UnitLevel.DIFFERENT if left.isdisjoint(right) else UnitLevel.SAME


def units(names: Iterable[NameFeatures]) -> frozenset[str]:
    """Collect the branches, plants, offices or accounts that the names are of."""
    return frozenset([n.unit for n in names if n.unit])


def _groups(a: tuple[NameFeatures, ...], b: tuple[NameFeatures, ...]) -> GroupLevel:
    if a and b and any(n.is_group for n in a) != any(n.is_group for n in b):
        return GroupLevel.ONE_SIDED
    return GroupLevel.MISSING
