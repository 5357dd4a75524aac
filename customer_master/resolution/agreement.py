"""Pairs of parties turned into levels of agreement, attribute by attribute, for many pairs at once.

Level 0 always means that there is nothing to compare: missing is neutral. The levels are all that scoring knows of a
pair; they are stored, and every explanation can be rebuilt from them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from customer_master.resolution.attributes.address import ADDRESS
from customer_master.resolution.attributes.address import AddressLevel as PlaceLevel
from customer_master.resolution.attributes.company import COMPANY
from customer_master.resolution.attributes.company_features import CompanyFeatures, CompanyLevel
from customer_master.resolution.attributes.name_alignment import Names
from customer_master.resolution.attributes.persons import PERSON, PersonLevel
from customer_master.resolution.levels import (
    ATTRIBUTES,
    RARE,
    AddressLevel,
    ContactLevel,
    EmailLevel,
    GroupLevel,
    IdentifierLevel,
    NameLevel,
    SharedLevel,
    UnitLevel,
)
from customer_master.resolution.party import KeyKind, Number, Site, Values, cities, key_of
from mappings.canonical import Kind
from mappings.normalize.text import readings

Ints = npt.NDArray[np.int64]
Levels = npt.NDArray[np.uint8]
Frequency = Callable[[int], int]
"""Tells how many records hold the key with this hash."""

_MANY_VALUED: Final = frozenset({"gln", "duns"})  # one party may hold several, so two that differ prove nothing
_LONGEST_BARE_TRADE: Final = 4  # a longer Chinese name without region and form may have its business in it
_LEAST_UNIT: Final = 6  # letters of a unit's name in pinyin, of which one may be wrong
_PLACE_OF_DAMAGE: Final = 14  # a spreadsheet keeps the first 15 digits of a number; the last of them may be rounded


def compare_parties(parties: Sequence[Values], left: Ints, right: Ints, frequency: Frequency = lambda _: 1) -> Levels:
    """Compare pairs of parties of one kind; the order of the two of a pair makes no difference.

    Args:
        parties: the parties.
        left: place of one party of each pair.
        right: that of the other.
        frequency: number of records that hold a blocking key; without it every shared value counts as rare.

    Returns:
        A row of levels for each pair, see :func:`customer_master.resolution.levels.levels_of`.

    Raises:
        ValueError: the kinds differ.
    """
    places, ends = np.unique(np.concatenate((left, right)), return_inverse=True)
    own = [parties[place] for place in places.tolist()]
    kinds = {party.kind for party in own}
    if len(kinds) > 1:
        raise ValueError(f"parties of kinds {', '.join(sorted(kinds))}; parties of different kinds never match")
    found = _Comparison(own, ends[: len(left)], ends[len(left) :], next(iter(kinds), ""), frequency)
    return np.stack([getattr(found, attribute)() for attribute in ATTRIBUTES], axis=1).astype(np.uint8)


class _Crossed:
    """The values of an attribute, crossed: every value of the one party of a pair with every one of the other.

    Args:
        of: the values of each party.
        left: place of one party of each pair.
        right: that of the other.
    """

    def __init__(self, of: Sequence[Sequence[Hashable]], left: Ints, right: Ints) -> None:
        numbers: dict[Any, int] = {}
        codes = [[numbers.setdefault(value, len(numbers)) for value in values] for values in of]
        counts = np.fromiter(map(len, codes), np.int64, len(codes))
        flat = np.fromiter((code for own in codes for code in own), np.int64, int(counts.sum()))
        starts = np.cumsum(counts) - counts
        width = counts[right]
        cells = counts[left] * width
        self.size = len(left)
        self.values = list(numbers)
        self.pair = np.repeat(np.arange(len(left)), cells)
        within = np.arange(len(self.pair)) - np.repeat(np.cumsum(cells) - cells, cells)
        self.left = flat[starts[left][self.pair] + within // np.maximum(width[self.pair], 1)]
        self.right = flat[starts[right][self.pair] + within % np.maximum(width[self.pair], 1)]

    def distinct(self) -> tuple[Ints, Ints, Ints]:
        """Give the distinct pairs of values as two columns, and which of them each cell has."""
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        pairs, inverse = np.unique(low << 32 | high, return_inverse=True)
        return pairs >> 32, pairs & 0xFFFFFFFF, inverse

    def each(self, compare: Callable[[list[Any], list[Any]], Iterable[int]]) -> Levels:
        """Compare every distinct pair of values once; give the level of each cell."""
        low, high, inverse = self.distinct()
        a, b = ([self.values[place] for place in side.tolist()] for side in (low, high))
        return np.fromiter(compare(a, b), np.uint8, len(a))[inverse]

    def of_values(self, tell: Callable[[Any], int]) -> Ints:
        """Give a number for each value."""
        return np.fromiter(map(tell, self.values), np.int64, len(self.values))

    def best(self, levels: npt.NDArray[Any]) -> Levels:
        """Give each pair the highest level of its cells, 0 to those without any."""
        best = np.zeros(self.size, np.uint8)
        np.maximum.at(best, self.pair, levels.astype(np.uint8))
        return best


class _Comparison:
    """Pairs of parties of one kind."""

    def __init__(self, parties: Sequence[Values], left: Ints, right: Ints, kind: str, frequency: Frequency) -> None:
        self._parties = parties
        self._left = left
        self._right = right
        self._kind = kind
        self._frequency = frequency

    def _crossed(self, of: Callable[[Values], Sequence[Hashable]]) -> _Crossed:
        return _Crossed(list(map(of, self._parties)), self._left, self._right)

    def _holders(self, kind: KeyKind, text: str) -> int:
        return self._frequency(key_of(kind, self._kind, text))

    def identifier(self) -> Levels:
        """Compare registration numbers."""
        valid = self._crossed(lambda v: [(n.scheme, n.code) for n in v.numbers if n.valid])
        holders = valid.of_values(lambda n: self._holders(KeyKind.IDENTIFIER, f"{n[0]}:{n[1]}"))
        known: dict[str, int] = dict.fromkeys(_MANY_VALUED, 0)
        scheme = valid.of_values(lambda n: known.setdefault(n[0], len(known)))
        equal = valid.left == valid.right
        rare = holders[valid.left] <= RARE[KeyKind.IDENTIFIER]
        agreeing = np.select([equal & rare, equal], [IdentifierLevel.EQUAL, IdentifierLevel.SHARED], 0)
        against = (scheme[valid.left] == scheme[valid.right]) & (scheme[valid.left] != 0)
        found = valid.best(np.where(equal, agreeing, np.where(against, IdentifierLevel.CONTRADICTION, 0)))
        chinese = self._crossed(lambda v: [n for n in v.numbers if n.scheme == "cn"])
        near = chinese.best(chinese.each(lambda a, b: map(_is_near, a, b))).astype(np.bool_)
        return np.where(near & (found == 0), IdentifierLevel.NEAR, found).astype(np.uint8)

    def name(self) -> Levels:
        """Compare names; of two parties that have Chinese names only these, for different ones are translated alike."""
        names = self._crossed(attrgetter("names"))
        if self._kind == Kind.PERSON.value:
            return names.best(names.each(_person_levels))
        levels = names.each(_company_levels)
        han = _flags(any(getattr(name, "is_han", False) for name in v.names) for v in self._parties)
        written = names.of_values(attrgetter("is_han")).astype(np.bool_)
        both = (han[self._left] & han[self._right])[names.pair]
        return names.best(np.where(both & ~(written[names.left] & written[names.right]), 0, levels))

    def phone(self) -> Levels:
        """Compare telephone numbers."""
        phones = self._crossed(attrgetter("phones"))
        return phones.best(self._shared(phones, KeyKind.PHONE, SharedLevel.RARE))

    def _shared(self, values: _Crossed, kind: KeyKind, rare: IntEnum) -> Ints:
        """Grade values by how many records hold what both have."""
        holders = values.of_values(lambda text: self._holders(kind, text))[values.left]
        return np.select(
            [values.left != values.right, holders <= RARE[kind]], [SharedLevel.DIFFERENT, rare], SharedLevel.COMMON
        )

    def email(self) -> Levels:
        """Compare mailboxes and mail domains."""
        mailboxes, domains = self._crossed(attrgetter("emails")), self._crossed(attrgetter("domains"))
        mailbox = mailboxes.best(self._shared(mailboxes, KeyKind.EMAIL, EmailLevel.RARE))
        return np.maximum(mailbox, domains.best(self._shared(domains, KeyKind.DOMAIN, EmailLevel.DOMAIN)))

    def address(self) -> Levels:
        """Compare addresses."""
        sites = self._crossed(attrgetter("sites"))
        low, high, inverse = sites.distinct()
        a, b = ([sites.values[place] for place in side.tolist()] for side in (low, high))
        both = list(zip(a, b, strict=True))
        places = ADDRESS.compare([s.place for s in a], [s.place for s in b]).levels
        written = _flags(bool(x.place.plain and y.place.plain) for x, y in both)
        same_house = _flags(x.house == y.house != "" for x, y in both)
        same_house |= written & (places >= PlaceLevel.SAME_HOUSE)
        holders = sites.of_values(lambda s: self._holders(KeyKind.ADDRESS, s.house) if s.house else 1)
        few = np.maximum(holders[low], holders[high]) <= RARE[KeyKind.ADDRESS]
        levels = np.fromiter(map(_region_level, a, b), np.uint8, len(a))
        rooms = np.fromiter((_rooms(x.place.unit, y.place.unit) for x, y in both), np.int8, len(a))
        levels = np.select(
            [
                same_house & ((rooms > 0) | (few & (rooms == 0))),
                same_house,
                written & (places >= PlaceLevel.SAME_ROAD) & (levels != AddressLevel.OTHER_CITY),
            ],
            [AddressLevel.RARE, AddressLevel.COMMON, AddressLevel.SAME_ROAD],
            levels,
        )
        return sites.best(levels[inverse])

    def contact(self) -> Levels:
        """Compare the names of contact persons."""
        contacts = self._crossed(attrgetter("contacts"))
        same = contacts.each(_person_levels) >= PersonLevel.EQUIVALENT
        levels = contacts.best(np.where(same, ContactLevel.COMMON, ContactLevel.DIFFERENT))
        here = self._crossed(lambda v: [f"{city}{PERSON.term(c)}" for city in sorted(cities(v)) for c in v.contacts])
        holders = here.of_values(lambda text: self._holders(KeyKind.CONTACT_IN_CITY, text))[here.left]
        rare = (here.left == here.right) & (holders <= RARE[KeyKind.CONTACT_IN_CITY])
        return np.maximum(levels, here.best(np.where(rare, ContactLevel.SAME, 0)))

    def unit(self) -> Levels:
        """Compare the branches, plants, offices or accounts that the names are of."""
        if self._kind == Kind.PERSON.value:
            return np.zeros(len(self._left), np.uint8)
        units = self._crossed(lambda v: sorted(units_of(v)) or ([""] if v.names else []))
        return units.best(units.each(lambda a, b: map(_unit_level, a, b)))

    def group(self) -> Levels:
        """Tell whether only one of two says group or holding."""
        if self._kind == Kind.PERSON.value:
            return np.zeros(len(self._left), np.uint8)
        said = np.fromiter((_says_group(v) for v in self._parties), np.int8, len(self._parties))
        left, right = said[self._left], said[self._right]
        return np.where((left >= 0) & (right >= 0) & (left != right), GroupLevel.ONE_SIDED, 0).astype(np.uint8)


def valid_numbers(values: Values) -> frozenset[tuple[str, str]]:
    """Collect the valid identifiers of a party as (scheme, code)."""
    return frozenset((n.scheme, n.code) for n in values.numbers if n.valid)


def contradicting(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> bool:
    """Tell whether two parties hold valid identifiers of one scheme and none of them in common.

    >>> contradicting(frozenset({("cn", "192203821")}), frozenset({("cn", "710928012")}))
    True
    """
    if not a or not b or not a.isdisjoint(b):
        return False
    return not {scheme for scheme, _ in a}.isdisjoint({scheme for scheme, _ in b} - _MANY_VALUED)


def _person_levels(left: list[Names], right: list[Names]) -> Iterable[int]:
    return PERSON.compare(left, right).levels.tolist() if left else ()


def _company_levels(left: list[CompanyFeatures], right: list[CompanyFeatures]) -> Iterable[int]:
    levels = COMPANY.compare(left, right).levels.tolist() if left else []
    return map(_company_level, left, right, levels)


def _company_level(a: CompanyFeatures, b: CompanyFeatures, level: int) -> int:
    if level == CompanyLevel.SOUND and not (a.is_han and b.is_han):
        return NameLevel.TRANSCRIBED
    if level >= CompanyLevel.SHORT and (_is_bare_trade(a) or _is_bare_trade(b)):
        return NameLevel.ABBREVIATED
    return NameLevel[CompanyLevel(level).name]


def _is_bare_trade(name: CompanyFeatures) -> bool:
    return name.is_han and name.name == name.trade and len(name.trade) <= _LONGEST_BARE_TRADE


def _flags(told: Iterable[bool]) -> npt.NDArray[np.bool_]:
    return np.fromiter(told, np.bool_)


def _is_near(a: Number, b: Number) -> bool:
    """Tell whether a number that fails its check is one slip, or a spreadsheet's rounding, away from a right one."""
    if a.valid == b.valid:
        return False
    wrong, right = (a.text, b.text) if b.valid else (b.text, a.text)
    rounded = wrong.endswith("00") and wrong[:_PLACE_OF_DAMAGE] == right[:_PLACE_OF_DAMAGE]
    return len(wrong) > _PLACE_OF_DAMAGE and (rounded or OSA.distance(wrong, right, score_cutoff=1) <= 1)


def _region_level(a: Site, b: Site) -> int:
    if a.country != b.country or (a.city and b.city and a.city != b.city):
        return AddressLevel.OTHER_CITY
    if a.district and a.district == b.district:
        return AddressLevel.SAME_DISTRICT
    return AddressLevel.SAME_CITY if a.city and b.city else AddressLevel.MISSING


def _rooms(a: str, b: str) -> int:
    """Compare blocks and rooms: 1 the same, -1 others, 0 where one is not known."""
    if not a or not b:
        return 0
    return 1 if a == b else -1


def units_of(values: Values) -> frozenset[str]:
    """Collect the branches, plants, offices or accounts that the names are of, as they sound."""
    return frozenset(unit_key(n.unit) for n in values.names if isinstance(n, CompanyFeatures) and n.unit)


@lru_cache(maxsize=1 << 14)
def unit_key(unit: str) -> str:
    """Give a unit's toneless pinyin without the words that one writes and the other leaves out.

    >>> unit_key("广州市分公司") == unit_key("guangzhoubranch") == "guangzhou"
    True
    """
    sound = readings(unit.replace("市", "").replace("省", ""))
    return sound.removesuffix("fengongsi").removesuffix("branch") or sound


def _unit_level(a: str, b: str) -> int:
    if a == b:
        return UnitLevel.SAME if a else UnitLevel.MISSING
    if not a or not b:
        return UnitLevel.ONE_SIDED
    slip = min(len(a), len(b)) >= _LEAST_UNIT and OSA.distance(a, b, score_cutoff=1) <= 1
    return UnitLevel.SAME if slip else UnitLevel.DIFFERENT


def _says_group(values: Any) -> int:
    """Tell whether any of the names says group or holding, -1 if there is no name."""
    return any(name.is_group for name in values.names) if values.names else -1
