"""The merge policy: what no likelihood may decide, as laws on levels of agreement.

Nobody is merged on the name alone; two valid registration numbers are two parties; a branch is not its head office. The
weights say how likely two records are one party, the laws say the most that they may be. The first law that holds
decides. All laws look at many pairs at once: a law is a mask over rows of levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from customer_master.resolution.agreement import Levels
from customer_master.resolution.attributes.persons import PersonLevel
from customer_master.resolution.levels import (
    ATTRIBUTES,
    AddressLevel,
    ContactLevel,
    EmailLevel,
    GroupLevel,
    IdentifierLevel,
    NameLevel,
    SharedLevel,
    UnitLevel,
)
from mappings.canonical import Kind

Band = Literal["match", "review", "related", "different"]
BANDS: Final[tuple[Band, ...]] = ("different", "related", "review", "match")
"""All bands, in the order of what they let two records be."""

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint8]


class Facts:
    """Rows of levels by attribute, and the proofs among them.

    A proof is what agrees beside the name and points to few: a registration number, a telephone, a mailbox, a mail
    domain, a house, a contact person of the same city.
    """

    identifier: Numbers
    name: Numbers
    phone: Numbers
    email: Numbers
    address: Numbers
    contact: Numbers
    unit: Numbers
    group: Numbers

    def __init__(self, levels: Levels) -> None:
        self.identifier, self.name, self.phone, self.email, self.address, self.contact, self.unit, self.group = levels.T
        self.other_city: Flags = self.address == AddressLevel.OTHER_CITY
        self.same_city: Flags = self.address >= AddressLevel.SAME_CITY
        self.identified: Flags = self.identifier == IdentifierLevel.EQUAL
        self.numbered: Flags = self.identifier >= IdentifierLevel.NEAR
        self.called: Flags = self.phone == SharedLevel.RARE
        self.mailed: Flags = self.email == EmailLevel.RARE
        self.housed: Flags = self.address == AddressLevel.RARE
        self.met: Flags = self.contact == ContactLevel.SAME
        self.domain: Flags = (self.email == EmailLevel.DOMAIN) & ~self.other_city
        self.one_group: Flags = self.group == GroupLevel.ONE_SIDED
        self.contradicted: Flags = self.identifier == IdentifierLevel.CONTRADICTION

    def named(self, level: IntEnum) -> Flags:
        """Tell whose names agree to this level."""
        return np.asarray(self.name == level)

    @property
    def proofs(self) -> Numbers:
        """Count the proofs that a homophone does not share: not the mail domain, which is often the name in pinyin."""
        return _count(self.numbered, self.called, self.mailed, self.housed, self.met)


def _count(*flags: Flags) -> Numbers:
    return np.asarray(np.sum(flags, axis=0, dtype=np.uint8))


@dataclass(frozen=True, slots=True)
class Law:
    """A law.

    Args:
        most: the most that a pair may be for which it holds.
        why: the reason; ``{evidence}`` stands for what agrees.
        holds: tells of each row of levels whether the law holds.
    """

    most: Band
    why: str
    holds: Callable[[Facts], Flags]


def _always(f: Facts) -> Flags:
    return np.ones(len(f.name), np.bool_)


def _are_units(f: Facts) -> Flags:
    return np.isin(f.unit, (UnitLevel.DIFFERENT, UnitLevel.ONE_SIDED)) | f.named(NameLevel.RELATED)


def _share_name_or_number(f: Facts) -> Flags:
    return (f.name >= NameLevel.RELATED) | (f.identifier >= IdentifierLevel.SHARED)


def _is_former_name(f: Facts) -> Flags:
    by_number = f.identified & ((f.proofs > 1) | f.same_city)
    return by_number | (~f.other_city & ((f.mailed & (f.housed | f.called)) | (f.housed & f.met)))


def _is_site_apart(f: Facts) -> Flags:
    return ~f.identified & (f.address < AddressLevel.COMMON)


def _is_group_apart(f: Facts) -> Flags:
    return f.one_group & ~f.identified


def _is_other_business(f: Facts) -> Flags:
    proven = f.identified | (f.proofs > 1) | ((f.proofs > 0) & f.domain)
    return f.named(NameLevel.SAME_TRADE) & ~(proven & ~f.other_city)


def _is_trade_alone(f: Facts) -> Flags:
    telling = f.numbered | f.called | f.mailed | f.housed | (f.met & ~f.other_city)
    return f.named(NameLevel.ABBREVIATED) & ~telling


def _is_unreadable(f: Facts) -> Flags:
    proofs = _count(f.numbered, f.called, f.mailed, f.housed)
    return f.named(NameLevel.MISSING) & (f.other_city | ~(f.identified | (proofs > 1)))


def _is_homophone(f: Facts) -> Flags:
    return f.named(NameLevel.SOUND) & ~(f.identified | (f.proofs > 1))


def _is_transcribed(f: Facts) -> Flags:
    return f.named(NameLevel.TRANSCRIBED) & (f.proofs < 1)


def _is_resembling(f: Facts) -> Flags:
    return f.named(NameLevel.SIMILAR) & ~(f.identified | (f.proofs > 1))


def _is_proven(f: Facts) -> Flags:
    return (f.proofs > 0) | f.domain


def _is_in_its_city(f: Facts) -> Flags:
    return (f.name >= NameLevel.SHORT) & f.same_city


_DIFFERENT_NAMES: Final = "the trade names differ, whatever else they share"
_CODES: Final = "the two hold different valid registration numbers"
_UNITS: Final = "a branch, plant or account is not its head office or another one"

_APART: Final = (
    Law("related", _UNITS, lambda f: _are_units(f) & _share_name_or_number(f)),
    Law("different", _UNITS, _are_units),
    Law(
        "related",
        _CODES,
        lambda f: f.contradicted & f.one_group & (f.name >= NameLevel.ABBREVIATED),
    ),
    Law("different", _CODES, lambda f: f.contradicted),
    Law(
        "match",
        "the names differ, but {evidence} agree: the company was renamed",
        lambda f: f.named(NameLevel.DIFFERENT) & _is_former_name(f) & ~_is_group_apart(f),
    ),
    Law(
        "related",
        _DIFFERENT_NAMES,
        lambda f: f.named(NameLevel.DIFFERENT) & (f.identifier >= IdentifierLevel.SHARED),
    ),
    Law(
        "review",
        "the names differ in one house: renamed, or neighbours",
        lambda f: f.named(NameLevel.DIFFERENT) & f.housed,
    ),
    Law("different", _DIFFERENT_NAMES, lambda f: f.named(NameLevel.DIFFERENT)),
)
"""What tells legal persons, or units of one, apart."""

_DOUBTS: Final = (
    Law("review", "one is a group or holding and may own the other", _is_group_apart),
    Law("review", "only the trade name is common, the business is not", _is_other_business),
    Law(
        "review",
        "only the trade name is known, which a group of companies may share, like its city and mail domain",
        _is_trade_alone,
    ),
    Law(
        "review",
        "the names cannot be compared, so a number or two other proofs in one city must agree",
        _is_unreadable,
    ),
    Law(
        "review",
        "the names only sound alike, as homophones do, and a second proof that does not is missing",
        _is_homophone,
    ),
    Law("review", "one name is the other in pinyin, as a homophone may be, and a proof is missing", _is_transcribed),
    Law("review", "the names only resemble each other and a second proof is missing", _is_resembling),
)
"""What leaves two legal persons to a steward."""

_ORGANISATION: Final = (
    *_APART,
    *_DOUBTS,
    Law("match", "name and {evidence} agree", _is_proven),
    Law(
        "match",
        "name, business and city agree, and within a city a name is registered once for a business",
        _is_in_its_city,
    ),
    Law("review", "nothing but the name agrees, and a name alone never merges", _always),
)

_SITE: Final = (
    *_APART,
    Law("review", "two sites are one only at the same address or location number", _is_site_apart),
    *_DOUBTS,
    _ORGANISATION[-3],
    Law("match", "name and {evidence} agree", lambda f: f.address >= AddressLevel.COMMON),
    _ORGANISATION[-1],
)


def _personal(f: Facts) -> Numbers:
    """Count what is a person's own."""
    return _count(f.numbered, f.called, f.mailed)


def _are_other_persons(f: Facts) -> Flags:
    return f.named(PersonLevel.DIFFERENT) | f.named(PersonLevel.CONTRADICTED)


def _is_same_person(f: Facts) -> Flags:
    whole = (f.name >= PersonLevel.EQUIVALENT) & f.housed
    return whole | ((f.name >= PersonLevel.CLOSE) & (_personal(f) > 0))


_PERSON: Final = (
    Law("different", "the two hold different valid personal identifiers", lambda f: f.contradicted),
    Law("related", "the names differ", lambda f: _are_other_persons(f) & (_personal(f) > 0)),
    Law("different", "the names differ", _are_other_persons),
    Law("match", "name and {evidence} agree", _is_same_person),
    Law("match", "name and {evidence} agree", lambda f: _personal(f) + f.housed > 1),
    Law(
        "review",
        "the name is incomplete or only resembles the other, and a second proof is missing",
        lambda f: _personal(f) > 0,
    ),
    Law("review", "nothing personal but the name agrees, and a name alone never merges", _always),
)

LAWS: Final[dict[Kind, Sequence[Law]]] = {
    Kind.ORGANISATION: _ORGANISATION,
    Kind.PERSON: _PERSON,
    Kind.SITE: _SITE,
}
"""The laws for parties of each kind, in order."""


def ruling(kind: Kind, levels: Levels) -> npt.NDArray[np.intp]:
    """Tell which law decides about each pair.

    Args:
        kind: kind of the parties.
        levels: a row for each pair, see :func:`customer_master.resolution.agreement.compare_parties`.

    Returns:
        Places in ``LAWS[kind]``.
    """
    facts = Facts(levels)
    found = np.full(len(levels), len(LAWS[kind]) - 1, np.intp)
    for place in range(len(LAWS[kind]) - 1, -1, -1):
        found[LAWS[kind][place].holds(facts)] = place
    return found


def evidence(kind: Kind, levels: Sequence[int]) -> tuple[str, ...]:
    """List what agrees besides the name, as ``attribute_level``, without what is so common that it points to nobody.

    >>> evidence(Kind.ORGANISATION, (4, 10, 1, 0, 6, 0, 0, 0))
    ('identifier_equal', 'address_rare')
    """
    least_address = AddressLevel.COMMON if kind is Kind.SITE else AddressLevel.RARE
    least = {
        "identifier": IdentifierLevel.NEAR,
        "phone": SharedLevel.RARE,
        "email": EmailLevel.DOMAIN,
        "address": least_address,
        "contact": ContactLevel.SAME,
    }
    if kind is Kind.PERSON:
        least.pop("contact")  # a consumer's contact is the consumer
    found = dict(zip(ATTRIBUTES, levels, strict=True))
    return tuple(
        f"{attribute}_{type(level)(found[attribute]).name.lower()}"
        for attribute, level in least.items()
        if found[attribute] >= level
    )
