"""Postal addresses, Chinese and foreign, compared by region, road, house number and building."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, Indel

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.vectors import Flags, Floats, alike, chosen, column, equal, lengths
from mappings.normalize.addresses import AddressParts, parse_address
from mappings.normalize.divisions import MUNICIPALITIES
from mappings.normalize.streets import Street
from mappings.normalize.text import fold, has_han, is_placeholder, readings

Places = npt.NDArray[np.intp]

_CITY, _DISTRICT, _DIRECTION, _ROAD, _KIND, _NUMBER, _UNIT, _BUILDING, _PLAIN = range(9)
_NUMBER_IN_TEXT = re.compile(r"(\d+(?:-\d+)?)号(?!楼)")
_UNIT_IN_TEXT = re.compile(r"[a-z]?\d+[a-z]?")
_BUILDING_NAME = re.compile(r"[\u4e00-\u9fff]{2,}?(?=[a-z\d]|$)")
_DIGITS = re.compile(r"\d+")
_SIMILAR_TEXT: Final = 0.85
_SIMILAR_ROAD: Final = 0.7
_SIMILAR_CITY: Final = 0.6
_LONG_NAME: Final = 3
_LONG_NUMBER: Final = 3
"""Digits from which on a number with one of them wrong is rather a slip than a neighbour."""
_NUMBER_WEIGHT: Final = 0.25
_KEY_WORDS: Final = 4
_SQUEEZED: Final = 7
_SQUEEZED_HAN: Final = 5


class AddressLevel(IntEnum):
    """How well two addresses agree."""

    MISSING = 0
    DIFFERENT = 1
    """Known to be in different cities, or nothing in common."""
    SAME_CITY = 2
    SAME_DISTRICT = 3
    """The same district, or the same postcode abroad."""
    SAME_ROAD = 4
    """The same road, or nearly the same text; another number or none."""
    SIMILAR = 5
    """A slip apart: the same number in a road spelled alike, a number one digit off, or nearly the same text."""
    SAME_HOUSE = 6
    """The same number in the same road, or the same building."""
    EXACT = 7
    """The same in all but spelling: abbreviations, punctuation, the name of the region."""


class Address(NamedTuple):
    """An address in the parts that are compared; in all of them what makes no difference is gone.

    Args:
        city: code of today's prefecture; abroad the name.
        district: code of today's county or district, its name where only that is known; abroad the postcode.
        direction: north, south-west … of a foreign street.
        road: the road; of a foreign street the words of its name alone.
        kind: street, avenue … of a foreign street.
        number: house number.
        unit: numbers of block, floor, room.
        building: name of the building or estate.
        plain: all but the region, in one word.
    """

    city: str
    district: str
    direction: str
    road: str
    kind: str
    number: str
    unit: str
    building: str
    plain: str


class AddressKind:
    """Postal addresses, whole or only the street."""

    name = "address"
    levels = AddressLevel
    is_name = False

    def read(self, text: str) -> Address | None:
        """Take an address apart; none for placeholders and for a region alone."""
        if is_placeholder(text, "address"):
            return None
        parts = parse_address(text)
        value = _chinese(parts) if has_han(text) and parts.street == Street() else _foreign(parts)
        return value if value.plain else None

    def keys(self, value: Address) -> Iterable[str]:
        """Give road and number, district and road, number and a word, building, and how the address begins and ends."""
        keys = _chinese_keys(value) if has_han(value.plain) else _foreign_keys(value)
        return dict.fromkeys(filter(None, keys))

    def term(self, value: Address) -> str:
        """Count addresses without their region."""
        return value.plain

    def compare(self, left: Sequence[Address], right: Sequence[Address]) -> Compared:
        """Compare addresses pair by pair."""
        if not left:
            return Compared(np.zeros(0, np.uint8), np.zeros(0, np.float32))
        pairs = _Pairs(left, right)
        text = pairs.alike(_PLAIN, Indel.normalized_similarity)
        same_number = pairs.same(_NUMBER)
        clash = pairs.both(_NUMBER) & ~same_number
        here = ~_are_apart(pairs)
        same_road = _are_same_road(pairs) & here
        same_house = (same_road & same_number) | (_are_same_building(pairs) & ~clash & here)
        other_road = _are_other_road(pairs)
        near = (text >= _SIMILAR_TEXT) & ~other_road & here
        similar = near & ~clash
        similar |= _are_alike_roads(pairs, same_number & ~same_road & ~other_road & here)
        similar |= _are_slips(pairs, (same_road | near) & clash)
        levels = np.select(
            [
                (text == 1) & here,
                same_house,
                similar,
                same_road | near,
                pairs.same(_DISTRICT) & here,
                pairs.same(_CITY),
            ],
            [*reversed(AddressLevel)][:-2],
            AddressLevel.DIFFERENT,
        )
        return Compared(levels.astype(np.uint8), _similarity(pairs, text))


def _chinese(parts: AddressParts) -> Address:
    code = parts.current_code
    city = code[:2] + "0000" if code[:2] in MUNICIPALITIES else code[:4] + "00" if code[2:4] not in {"", "00"} else ""
    district = code if code[4:] not in {"", "00"} else parts.county
    if parts.country in {"HK", "MO", "TW"}:
        city, district = parts.country, parts.town
    road, number, tail = fold(parts.road), parts.number, fold(parts.building + parts.rest)
    if not number and (found := _NUMBER_IN_TEXT.search(tail)) is not None:
        number, tail = found[1], tail[: found.start()] + tail[found.end() :]
    building = _BUILDING_NAME.match(tail)
    place = road or fold(parts.town)
    return Address(
        city=city,
        district=district,
        direction="",
        road=road,
        kind="",
        number=number,
        unit="-".join(_UNIT_IN_TEXT.findall(tail)),
        building=building[0] if building else "",
        plain=place + number + tail,
    )


def _foreign(parts: AddressParts) -> Address:
    street = parts.street
    words = (street.number, street.direction, *street.name, street.kind, street.unit, *street.rest)
    return Address(
        city=fold(parts.city),
        district=fold(parts.postal_code),
        direction=street.direction,
        road=" ".join(street.name),
        kind=street.kind,
        number=street.number,
        unit=street.unit,
        building="",
        plain="".join(words),
    )


def _chinese_keys(value: Address) -> Iterable[str]:
    if value.road and value.number:
        yield f"{value.road}#{value.number}"
        yield f"{value.road[:2]}{value.number}"
        yield f"{value.road[-3:]}{value.number}"
    if value.road and value.district:
        yield f"{value.district}/{value.road}"
    if len(value.building) >= _LONG_NAME:
        yield f"{value.building}*"
        if value.number:
            yield f"{value.number}~{value.building[:2]}"
    yield value.plain[:_SQUEEZED_HAN]
    yield value.plain[-_SQUEEZED_HAN:]


def _foreign_keys(value: Address) -> Iterable[str]:
    words = value.road.split()
    if value.number and words:
        yield from (f"{value.number} {word}" for word in words[:_KEY_WORDS])
        yield f"{value.number}:{value.road[:2]}"
    if value.number and value.district:
        yield f"{value.number}@{value.district}"
    yield from ("+".join(sorted(pair)) for pair in pairwise(words[:_KEY_WORDS]))
    squeezed = value.plain.removeprefix(value.number)
    yield squeezed[:_SQUEEZED]
    yield squeezed[-_SQUEEZED:]


class _Pairs:
    """Pairs of addresses, part by part."""

    def __init__(self, left: Sequence[Address], right: Sequence[Address]) -> None:
        self.left = [column(left, part) for part in range(len(Address._fields))]
        self.right = [column(right, part) for part in range(len(Address._fields))]
        self._known: dict[int, tuple[Flags, Flags, Flags]] = {}

    def both(self, part: int) -> Flags:
        """Tell which pairs have a part on both sides."""
        return self._told(part)[0]

    def same(self, part: int) -> Flags:
        """Tell which pairs have a part in common."""
        return self._told(part)[1]

    def contradict(self, part: int) -> Flags:
        """Tell which pairs have a part on both sides and not in common."""
        return self._told(part)[2]

    def _told(self, part: int) -> tuple[Flags, Flags, Flags]:
        if part not in self._known:
            left, right = self.left[part], self.right[part]
            both = np.fromiter(map(bool, left), np.bool_, len(left)) & np.fromiter(
                map(bool, right), np.bool_, len(left)
            )
            same = both & equal(left, right)
            self._known[part] = both, same, both & ~same
        return self._known[part]

    def chosen(self, part: int, flags: Flags) -> tuple[Places, list[str], list[str]]:
        """Pick some pairs: their places, and a part on both sides."""
        places = np.flatnonzero(flags)
        return places, chosen(self.left[part], places), chosen(self.right[part], places)

    def alike(self, part: int, scorer: Callable[..., float]) -> Floats:
        """Compare a part by a scorer of rapidfuzz."""
        return alike(self.left[part], self.right[part], scorer)


def _are_apart(pairs: _Pairs) -> Flags:
    """Tell which are in different cities: codes differ, or names that are no two spellings of one."""
    apart = pairs.contradict(_CITY) & ~pairs.same(_DISTRICT)
    places, left, right = pairs.chosen(_CITY, apart)
    apart[places] = [
        one.isdigit() or other.isdigit() or Indel.normalized_similarity(one, other) < _SIMILAR_CITY
        for one, other in zip(left, right, strict=True)
    ]
    return apart


def _are_same_road(pairs: _Pairs) -> Flags:
    """Tell which are in one road; words of the city may hang on to a name, direction and kind may be missing."""
    same = pairs.same(_ROAD) & ~pairs.contradict(_KIND)
    places, left, right = pairs.chosen(_ROAD, pairs.contradict(_ROAD))
    same[places] = [_hangs_on(one, other) or _hangs_on(other, one) for one, other in zip(left, right, strict=True)]
    return same & ~pairs.contradict(_DIRECTION)


def _hangs_on(long: str, short: str) -> bool:
    """Tell whether a name is another with words of the city behind it or, in Han, with the town before it."""
    if long.startswith(short):
        return long[len(short)] == " "
    return len(short) >= _LONG_NAME and len(long) - len(short) > 1 and not short.isascii() and long.endswith(short)


def _are_other_road(pairs: _Pairs) -> Flags:
    """Tell which roads differ in a number or a direction: they read alike, 51st and 52nd Street, yet are not."""
    other = pairs.contradict(_DIRECTION)
    places, left, right = pairs.chosen(_ROAD, pairs.contradict(_ROAD))
    numbered = [one.isdigit() or two.isdigit() for one, two in zip(left, right, strict=True)]
    other[places] |= np.array(numbered, np.bool_)
    return other


def _are_same_building(pairs: _Pairs) -> Flags:
    """Tell which are in one building of some name, not in two different roads."""
    named = pairs.same(_BUILDING) & (lengths(pairs.left[_BUILDING]) >= _LONG_NAME)
    return named & ~pairs.contradict(_ROAD)


def _are_alike_roads(pairs: _Pairs, among: Flags) -> Flags:
    """Tell which of some pairs have roads spelled or read alike, or all words of the one in the other."""
    roads = np.zeros(len(among), np.bool_)
    places, left, right = pairs.chosen(_ROAD, among & pairs.both(_ROAD))
    roads[places] = [_are_spelled_alike(one, other) for one, other in zip(left, right, strict=True)]
    return roads


def _are_spelled_alike(one: str, other: str) -> bool:
    if OSA.normalized_similarity(one, other) >= _SIMILAR_ROAD or _is_part(one, other):
        return True
    return not one.isascii() and len(one) == len(other) and readings(one) == readings(other)


def _is_part(one: str, other: str) -> bool:
    words, others = {*one.split()}, {*other.split()}
    return words <= others or others <= words


def _are_slips(pairs: _Pairs, among: Flags) -> Flags:
    """Tell which of some pairs have house numbers of which one lies in the other (12-14 and 13) or is misspelt."""
    slips = np.zeros(len(among), np.bool_)
    places, left, right = pairs.chosen(_NUMBER, among)
    slips[places] = [_is_slip(one, other) for one, other in zip(left, right, strict=True)]
    return slips


def _is_slip(one: str, other: str) -> bool:
    (first, last), (start, end) = _numbers(one), _numbers(other)
    if first <= end and start <= last:
        return True
    return min(len(one), len(other)) >= _LONG_NUMBER and OSA.distance(one, other) == 1


def _numbers(text: str) -> tuple[int, int]:
    """Read a house number as a range: 12-14, 12a, 7954-58."""
    found = _DIGITS.findall(text)
    first, last = found[0], found[-1]
    return int(first), max(int(first), int(first[: max(0, len(first) - len(last))] + last))


def _similarity(pairs: _Pairs, text: Floats) -> Floats:
    """Let the house number count for itself: in the text it is a few characters only."""
    blended = (1 - _NUMBER_WEIGHT) * text + _NUMBER_WEIGHT * pairs.alike(_NUMBER, OSA.normalized_similarity)
    return np.where(pairs.both(_NUMBER), blended, text).astype(np.float32)


ADDRESS: Final = AddressKind()
