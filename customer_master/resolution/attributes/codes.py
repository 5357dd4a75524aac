"""Dates, identifiers, categories and other short texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.vectors import Flags, alike, chosen, column, equal, lengths
from mappings.normalize.damage import informative
from mappings.normalize.dates import read_loose_date
from mappings.normalize.identifiers import organisation_code, read_identifier
from mappings.normalize.text import fold, simplify

_YEAR: Final = 12 * 31
_FIRST_DAY: Final = np.frombuffer(b"0101", np.uint8)
_NO_DAY: Final = np.frombuffer(b"00", np.uint8)
_EXCHANGED: Final = (0, 1, 2, 3, 6, 7, 4, 5)
"""The digits of a date of which day and month are exchanged."""


class DateLevel(IntEnum):
    """How well two days agree."""

    MISSING = 0
    DIFFERENT = 1
    NEAR = 2
    """At most a year apart, or two first days of years of which one digit differs."""
    SAME_YEAR = 3
    ROUNDED = 4
    """The same year, of which one gives only the first day, or no day."""
    HALF = 5
    """The same month of the same year, or the same day of another year."""
    SLIP = 6
    """One digit off, two exchanged, or day and month exchanged."""
    EXACT = 7


class DateParts(NamedTuple):
    """A day, as far as known.

    Args:
        digits: year, month and day, 19560409; what is not known is 0, what is wrong stays as it is.
        ordinal: days since the beginning of years of 372 days, months of 31; for telling how far two are apart.
    """

    digits: str
    ordinal: int


class DateKind:
    """Days: births, foundations, first orders."""

    name = "date"
    levels: type[IntEnum] = DateLevel
    is_name = False

    def read(self, text: str) -> DateParts | None:
        """Read a day in any form; one that the calendar does not have (1956-13-01) is kept, for it is a slip."""
        parts = read_loose_date(text)
        if parts is None:
            return None
        year, month, day = parts
        return DateParts(f"{year:04}{month:02}{day:02}", year * _YEAR + month * 31 + day)

    def keys(self, value: DateParts) -> Iterable[str]:
        """Give the day, year and month, month and day, year and day, and the sorted digits."""
        day = value.digits
        if day.endswith("00"):
            return (day,)
        return day, day[:6], f"{day[4:]}-", f"{day[:4]}--{day[6:]}", "/" + "".join(sorted(day))

    def term(self, value: DateParts) -> str:
        """Count days."""
        return value.digits

    def compare(self, left: Sequence[DateParts], right: Sequence[DateParts]) -> Compared:
        """Compare days pair by pair."""
        a, b = _digits(left), _digits(right)
        differ = a != b
        wrong = differ.sum(axis=1, dtype=np.uint8)
        year, month, day = (differ[:, part].any(axis=1) for part in (slice(0, 4), slice(4, 6), slice(6, 8)))
        first_a, first_b = _is_first(a), _is_first(b)
        apart = np.abs(_ordinals(left) - _ordinals(right))
        slip = (wrong == 1) | _are_exchanged(a, b, wrong) | (~year & (a[:, _EXCHANGED] == b).all(axis=1))
        levels = np.select(
            [
                wrong == 0,
                ~year & (first_a | first_b),
                slip & ~(first_a & first_b),
                ~(year | month) | ~(month | day | first_a),
                ~year,
                slip | (apart <= _YEAR),
            ],
            [
                DateLevel.EXACT,
                DateLevel.ROUNDED,
                DateLevel.SLIP,
                DateLevel.HALF,
                DateLevel.SAME_YEAR,
                DateLevel.NEAR,
            ],
            DateLevel.DIFFERENT,
        )
        similarity = np.maximum(1 - wrong / 8, np.exp(-apart / _YEAR))
        return Compared(levels.astype(np.uint8), similarity.astype(np.float32))


def _digits(dates: Sequence[DateParts]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(column(dates, 0)).encode(), np.uint8).reshape(len(dates), 8)


def _ordinals(dates: Sequence[DateParts]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(itemgetter(1), dates), np.int64, len(dates))


def _is_first(digits: npt.NDArray[np.uint8]) -> Flags:
    """Tell which days are the first of a year, or no day: what is written where only the year is known."""
    flags: Flags = (digits[:, 4:] == _FIRST_DAY).all(axis=1) | (digits[:, 6:] == _NO_DAY).all(axis=1)
    return flags


def _are_exchanged(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8], wrong: npt.NDArray[np.uint8]) -> Flags:
    """Tell where two digits stand in each other's place."""
    flags: Flags = wrong == 2
    flags[flags] = (np.sort(a[flags], axis=1) == np.sort(b[flags], axis=1)).all(axis=1)
    return flags


class IdentifierLevel(IntEnum):
    """How well two numbers agree."""

    MISSING = 0
    DIFFERENT = 1
    UNSURE = 2
    """Different, and of one of them a check says that it is written wrongly."""
    PART = 3
    """One is a part of the other, or all but the last digits of a number that a spreadsheet has rounded."""
    SLIP = 4
    """One character off, lost, doubled, or two exchanged."""
    SAME_ORGANISATION = 5
    """The organisation code inside is the same: a number of before and one of after 2015."""
    EXACT = 6


class Identifier(NamedTuple):
    """A number that identifies.

    Args:
        text: without separators, upper case; of a resident id a marker.
        organisation: the organisation code inside a Chinese number, or nothing.
        known: the checks of its kind: ``right``, ``wrong``, or nothing where there is none.
    """

    text: str
    organisation: str
    known: str


class IdentifierKind:
    """Numbers of companies, of persons, of contracts: with a check or without."""

    name = "identifier"
    levels: type[IntEnum] = IdentifierLevel
    is_name = False

    def read(self, text: str) -> Identifier | None:
        """Read a number; what a spreadsheet left of it in scientific notation says nothing."""
        found = read_identifier(text)
        if found is None or found.problem == "placeholder" or "E+" in found.value:
            return None
        checked = found.type != "other"
        known = ("right" if found.valid else "wrong") if checked else ""
        return Identifier(found.value, organisation_code(found.value), known)

    def keys(self, value: Identifier) -> Iterable[str]:
        """Give the number, its organisation code and its two halves."""
        text, half = value.text, (len(value.text) + 1) // 2
        keys = [text, value.organisation] if value.organisation else [text]
        return [*keys, text[:half] + "-", "-" + text[-half:]] if half >= 3 else keys

    def term(self, value: Identifier) -> str:
        """Count numbers."""
        return value.text

    def compare(self, left: Sequence[Identifier], right: Sequence[Identifier]) -> Compared:
        """Compare numbers pair by pair."""
        a, b = column(left, 0), column(right, 0)
        codes, known = column(left, 1), column(left, 2)
        similarity = alike(a, b, OSA.normalized_similarity)
        longer = np.maximum(lengths(a), lengths(b))
        same_code = equal(codes, column(right, 1)) & (lengths(codes) > 0)
        slip = (longer >= 5) & ((1 - similarity) * longer < 1.5)
        unsure = np.fromiter(("wrong" in pair for pair in zip(known, column(right, 2), strict=True)), np.bool_, len(a))
        levels = np.select(
            [equal(a, b), same_code, slip, _are_parts(a, b, unsure), unsure],
            [*reversed(IdentifierLevel)][:-2],
            IdentifierLevel.DIFFERENT,
        )
        return Compared(levels.astype(np.uint8), similarity)


def _are_parts(left: Sequence[str], right: Sequence[str], unsure: Flags) -> Flags:
    """Tell which numbers are parts of the other, or agree in what a spreadsheet leaves of them, 15 digits."""
    flags = np.zeros(len(left), np.bool_)
    differ = np.flatnonzero((lengths(left) != lengths(right)) | unsure)
    for place, a, b in zip(differ.tolist(), chosen(left, differ), chosen(right, differ), strict=True):
        short, long = sorted((a, b), key=len)
        rounded = len(a) == len(b) == 18 and a[:15] == b[:15] and "000" in {a[15:], b[15:]}
        flags[place] = rounded or (len(short) >= 6 and short in long)
    return flags


class CategoryLevel(IntEnum):
    """How well two of few values agree."""

    MISSING = 0
    DIFFERENT = 1
    SIMILAR = 2
    EXACT = 3


class Category:
    """One of few distinct values: sex, trade, class of customer."""

    name = "category"
    levels: type[IntEnum] = CategoryLevel
    is_name = False

    def read(self, text: str) -> tuple[str] | None:
        """Read a value without width, case and punctuation."""
        folded = fold(informative(text))
        return (folded,) if folded else None

    def keys(self, value: tuple[str]) -> Iterable[str]:
        """Give the value: where few have it, it says something."""
        return value

    def term(self, value: tuple[str]) -> str:
        """Count values."""
        return value[0]

    def compare(self, left: Sequence[tuple[str]], right: Sequence[tuple[str]]) -> Compared:
        """Compare values pair by pair."""
        a, b = column(left, 0), column(right, 0)
        similarity = alike(a, b, JaroWinkler.normalized_similarity)
        levels = np.where(similarity >= 0.9, CategoryLevel.SIMILAR, CategoryLevel.DIFFERENT)
        levels = np.where(equal(a, b), CategoryLevel.EXACT, levels)
        return Compared(levels.astype(np.uint8), similarity)


class TextLevel(IntEnum):
    """How well two texts agree."""

    MISSING = 0
    DIFFERENT = 1
    SIMILAR = 2
    CLOSE = 3
    SAME_WORDS = 4
    """The same words in another order or with other punctuation."""
    EXACT = 5


class PlainText(NamedTuple):
    """A text.

    Args:
        text: folded, with blanks between words.
        words: its words, sorted.
    """

    text: str
    words: str


_WORD = re.compile(r"[^\W_]+")


class Text:
    """Any other text: a product, a remark, a department."""

    name = "text"
    levels: type[IntEnum] = TextLevel
    is_name = False

    def read(self, text: str) -> PlainText | None:
        """Read a text without width, case and punctuation."""
        words = _WORD.findall(simplify(informative(text)))
        return PlainText(" ".join(words), " ".join(sorted(words))) if words else None

    def keys(self, value: PlainText) -> Iterable[str]:
        """Give the words, the first and the last six letters, and the two longest words."""
        longest = sorted(value.words.split(), key=lambda word: (-len(word), word))[:2]
        return value.words, value.text[:6] + "-", "-" + value.text[-6:], *(f"/{word}" for word in longest)

    def term(self, value: PlainText) -> str:
        """Count texts."""
        return value.text

    def compare(self, left: Sequence[PlainText], right: Sequence[PlainText]) -> Compared:
        """Compare texts pair by pair."""
        a, b = column(left, 1), column(right, 1)
        similarity = alike(a, b, ratio) / np.float32(100)
        levels = np.select(
            [equal(column(left, 0), column(right, 0)), equal(a, b), similarity >= 0.9, similarity >= 0.7],
            [TextLevel.EXACT, TextLevel.SAME_WORDS, TextLevel.CLOSE, TextLevel.SIMILAR],
            TextLevel.DIFFERENT,
        )
        return Compared(levels.astype(np.uint8), similarity)


DATE: Final = DateKind()
IDENTIFIER: Final = IdentifierKind()
CATEGORY: Final = Category()
TEXT: Final = Text()
