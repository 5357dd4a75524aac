"""Places and postcodes: cities, suburbs, birth places, provinces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.scripts import latin
from customer_master.resolution.attributes.vectors import Flags, alike, column, equal, lengths
from mappings.normalize.addresses import parse_address
from mappings.normalize.data import COMPASS
from mappings.normalize.divisions import current_code
from mappings.normalize.pinyin_regions import pinyin_region
from mappings.normalize.streets import plain_letters
from mappings.normalize.text import fold, has_han, is_placeholder, simplify

_WORD = re.compile(r"[^\W_]+")
_LEVEL = re.compile(r"(?:特别行政区|自治[区州县旗]|街道|新区|地区|[省市区县州盟旗镇乡])$")
_LITTLE_WORDS: Final = frozenset({"of", "the", "upon", "on", "in", "and", "city", "county", "town", "de", "la", "le"})
_SHORT: Final = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
_SIMILAR: Final = 0.75
_SIMILAR_BEGINNING: Final = 0.93
_ALIKE: Final = 0.6
_KEY_LETTERS: Final = 4
_VOWELS: Final = str.maketrans("", "", "aeiouy")


class PlaceLevel(IntEnum):
    """How well two places agree."""

    MISSING = 0
    DIFFERENT = 1
    ALIKE = 2
    """Some likeness: badly misspelt, or East and West of one name."""
    CONTAINED = 3
    """One is in the other: Devon and West Devon, 深圳 and 南山区."""
    SIMILAR = 4
    """A slip apart."""
    EXACT = 5


class Place(NamedTuple):
    """A place.

    Args:
        core: its name without level and compass point, in one word.
        side: north, east … where the name has it.
        words: the words of the core, a blank before and behind each.
        code: code of today's Chinese division, nothing for other places.
        term: what equal places share: the code, or side and core.
    """

    core: str
    side: str
    words: str
    code: str
    term: str


class PlaceKind:
    """Names of cities, suburbs, provinces, countries."""

    name = "place"
    levels = PlaceLevel
    is_name = False

    def read(self, text: str) -> Place | None:
        """Read a place in Han or Latin letters; Shenzhen and 深圳市 are one."""
        if is_placeholder(text):
            return None
        return _chinese(text) if has_han(text) else _foreign(latin(text))

    def keys(self, value: Place) -> Iterable[str]:
        """Give the name, its beginning and end, its consonants, each of its words, and the code of a division."""
        core = value.core
        keys = [core, core[:_KEY_LETTERS] + "-", "-" + core[-_KEY_LETTERS:], *value.words.split()]
        if core.isascii():
            keys.append(core[0] + core[1:].translate(_VOWELS) + "~")
        return dict.fromkeys([*keys, value.code] if value.code else keys)

    def term(self, value: Place) -> str:
        """Count places."""
        return value.term

    def compare(self, left: Sequence[Place], right: Sequence[Place]) -> Compared:
        """Compare places pair by pair."""
        if not left:
            return Compared(np.zeros(0, np.uint8), np.zeros(0, np.float32))
        one, other = column(left, 0), column(right, 0)
        exact = equal(column(left, 4), column(right, 4))
        similarity = alike(one, other, OSA.normalized_similarity)
        beginning = alike(one, other, JaroWinkler.normalized_similarity)
        same_side = equal(column(left, 1), column(right, 1))
        one_side = ~same_side & ((lengths(column(left, 1)) == 0) | (lengths(column(right, 1)) == 0))
        coded = (lengths(column(left, 3)) > 0) & (lengths(column(right, 3)) > 0)
        similar = ((similarity >= _SIMILAR) | (beginning >= _SIMILAR_BEGINNING)) & same_side & ~coded
        contained = one_side & (similarity == 1)
        contained |= _are_contained(left, right, ~exact & ~similar)
        levels = np.select(
            [exact, similar, contained, (similarity >= _ALIKE) & ~coded],
            [PlaceLevel.EXACT, PlaceLevel.SIMILAR, PlaceLevel.CONTAINED, PlaceLevel.ALIKE],
            PlaceLevel.DIFFERENT,
        )
        likeness = np.where(exact, 1, np.maximum(similarity, beginning * 0.9) * np.where(same_side, 1, 0.9))
        return Compared(levels.astype(np.uint8), likeness.astype(np.float32))


def _chinese(text: str) -> Place | None:
    plain = fold(text)
    parts = parse_address(text)
    whole = not (parts.road or parts.rest or parts.building)
    code = current_code(parts.region_code) if whole and not parts.town else ""
    name = parts.town or parts.county or parts.city or parts.province if whole else plain
    core = _LEVEL.sub("", fold(name)) or plain
    if not core:
        return None
    return Place(core, "", "", code, code or core)


def _foreign(text: str) -> Place | None:
    words = [_SHORT.get(word, word) for word in _WORD.findall(plain_letters(simplify(text)))]
    sides = [COMPASS[word] for word in words if word in COMPASS]
    named = [word for word in words if word not in COMPASS and word not in _LITTLE_WORDS] or words
    core = "".join(named)
    if not core:
        return None
    side = "".join(sides) if named != words or not sides else ""
    code = pinyin_region(core) or ""
    return Place(core, side, f" {' '.join(named)} ", code, code or f"{side} {core}".strip())


def _are_contained(left: Sequence[Place], right: Sequence[Place], among: Flags) -> Flags:
    """Tell of which of some pairs one place lies in the other, by code or by the words of the name."""
    contained = np.zeros(len(left), np.bool_)
    for place in np.flatnonzero(among).tolist():
        a, b = left[place], right[place]
        contained[place] = _is_within(a, b) or _is_within(b, a)
    return contained


def _is_within(inner: Place, outer: Place) -> bool:
    if inner.code and outer.code:
        region = outer.code.rstrip("0")
        return inner.code.startswith(region + "0" * (len(region) % 2))
    return bool(outer.words) and len(outer.words) < len(inner.words) and outer.words in inner.words


class PostcodeLevel(IntEnum):
    """How well two postcodes agree."""

    MISSING = 0
    DIFFERENT = 1
    SAME_AREA = 2
    """The same area: the letters of a British code, the first two digits elsewhere."""
    SAME_OUTWARD = 3
    """The same post town: all but the last part of a British code, all but the last two digits elsewhere."""
    SLIP = 4
    """One character off, lost, doubled, or two exchanged."""
    EXACT = 5


class Postcode(NamedTuple):
    """A postcode without blanks: the whole, the part of the post town, the part of the area."""

    code: str
    outward: str
    area: str


_BRITISH = re.compile(r"([a-z]{1,2})\w{1,2}\w[a-z]{2}")
_EXCEL = re.compile(r"(\d+)\.0+")
_US_LONG = re.compile(r"(\d{5})-?\d{4}")


class PostcodeKind:
    """Postcodes of any country."""

    name = "postcode"
    levels = PostcodeLevel
    is_name = False

    def read(self, text: str) -> Postcode | None:
        """Read a postcode; of an American one the first five digits."""
        plain = simplify(text)
        for pattern in (_EXCEL, _US_LONG):
            if (match := pattern.fullmatch(plain)) is not None:
                plain = match[1]
        code = fold(plain)
        if is_placeholder(code) or len(set(code)) < 2 or len(code) > 10:
            return None
        if (match := _BRITISH.fullmatch(code)) is not None:
            return Postcode(code, code[:-3], match[1])
        return Postcode(code, code[:-2], code[:2])

    def keys(self, value: Postcode) -> Iterable[str]:
        """Give the code and its two ends."""
        return dict.fromkeys((value.code, value.outward + "-", "-" + value.code[-_KEY_LETTERS:]))

    def term(self, value: Postcode) -> str:
        """Count codes."""
        return value.code

    def compare(self, left: Sequence[Postcode], right: Sequence[Postcode]) -> Compared:
        """Compare postcodes pair by pair."""
        if not left:
            return Compared(np.zeros(0, np.uint8), np.zeros(0, np.float32))
        one, other = column(left, 0), column(right, 0)
        similarity = alike(one, other, OSA.normalized_similarity)
        longer = np.maximum(lengths(one), lengths(other))
        slip = (1 - similarity) * longer < 1.5
        levels = np.select(
            [equal(one, other), slip] + [equal(column(left, place), column(right, place)) for place in (1, 2)],
            [*reversed(PostcodeLevel)][:-2],
            PostcodeLevel.DIFFERENT,
        )
        return Compared(levels.astype(np.uint8), similarity)


PLACE: Final = PlaceKind()
POSTCODE: Final = PostcodeKind()
