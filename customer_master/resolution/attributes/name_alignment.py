"""Full names of persons, aligned name by name in whatever order they stand, for many pairs at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain, product, repeat
from operator import and_
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from customer_master.resolution.attributes.vectors import (
    Flags,
    alike,
    are_ascii,
    chosen,
    column,
    equal,
    initials,
    lengths,
)
from mappings.normalize.name_forms import FULL_NAMES, PINYIN_SURNAMES, latin_sound

MAX_NAMES: Final = 6
"""Names of a person that are looked at."""


_SLIP: Final = 0.9
_HEARD: Final = 0.8
_NEAR: Final = 0.7
_SHORT: Final = 3
_LONG: Final = 5
"""Jaro-Winkler similarity of names that differ by a slip; of those that sound alike; of those with one letter wrong;
and how many letters the former two and the last have at least."""

_LETTERS_APART: Final = 4
"""Letters that one of two names has and the other lacks: two slips make four."""

_Table = npt.NDArray[np.int32]
_Words = npt.NDArray[np.int32]


class Match(IntEnum):
    """How well a single name finds another."""

    NONE = 0
    INITIAL = 1
    SLIP = 2
    FORM = 3
    SAME = 4


class Names(NamedTuple):
    """The names of a person, each as written and as read in Latin letters."""

    words: tuple[str, ...]
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of full names, aligned.

    Args:
        shorter: the number of names of the one that has fewer.
        longer: that of the other.
        worst: how well the name of the shorter that finds least finds another, see :class:`Match`.
        whole: how many names of the shorter find more than an initial.
    """

    shorter: npt.NDArray[np.uint8]
    longer: npt.NDArray[np.uint8]
    worst: npt.NDArray[np.uint8]
    whole: npt.NDArray[np.uint8]


def name_masks(*tables: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Give every name a number with a bit for each name that it may stand for.

    >>> masks = name_masks({"bill": ("william",), "bert": ("albert", "robert"), "bob": ("robert",)})
    >>> masks["bert"] & masks["bob"] != 0, masks["bill"] & masks["bob"] != 0
    (True, False)
    """
    masks: dict[str, int] = {}
    bits: dict[tuple[int, str], int] = {}
    for place, table in enumerate(tables):
        for name, forms in table.items():
            for form in forms:
                masks[name] = masks.get(name, 0) | 1 << bits.setdefault((place, form), len(bits))
    return masks


def shared_names(masks: Mapping[str, int], left: Sequence[str], right: Sequence[str]) -> Flags:
    """Tell of each pair of names whether there is a name that both may stand for."""
    found = map(and_, map(masks.get, left, repeat(0)), map(masks.get, right, repeat(0)))
    return np.fromiter(map(bool, found), np.bool_, len(left))


_MASKS: Final = name_masks(FULL_NAMES, PINYIN_SURNAMES)


def align(left: Sequence[Names], right: Sequence[Names]) -> Alignment:
    """Let the names of each pair find each other: the same ones first, then those that are left over."""
    both = [*left, *right]
    seen = np.fromiter(map(id, both), np.int64, len(both))  # the same value stands in many pairs
    _, first, number = np.unique(seen, return_index=True, return_inverse=True)
    table, words = _number_words([both[place] for place in first.tolist()])
    a, b = table[:, number[: len(left)]], table[:, number[len(left) :]]
    matches = _match(a, b, words)
    one, other = _side(a, matches.max(axis=1)), _side(b, matches.max(axis=0))
    worst = np.select([one.names < other.names, one.names > other.names], [one.worst, other.worst])
    return Alignment(
        shorter=np.minimum(one.names, other.names),
        longer=np.maximum(one.names, other.names),
        worst=np.where(one.names == other.names, np.minimum(one.worst, other.worst), worst),
        whole=np.minimum(one.whole, other.whole),
    )


class _Side(NamedTuple):
    names: npt.NDArray[np.uint8]
    worst: npt.NDArray[np.uint8]
    whole: npt.NDArray[np.uint8]


def _side(names: _Table, found: npt.NDArray[np.uint8]) -> _Side:
    """Sum up how well the names on one side of the pairs find others."""
    given = names >= 0
    return _Side(
        names=given.sum(axis=0, dtype=np.uint8),
        worst=np.where(given, found, np.uint8(Match.SAME)).min(axis=0),
        whole=(found >= Match.SLIP).sum(axis=0, dtype=np.uint8),
    )


def _number_words(values: Sequence[Names]) -> tuple[_Table, list[tuple[str, str]]]:
    """Number all words in their order, and give those of each value in a column, -1 below the last."""
    rows = [list(zip(names.words, names.readings, strict=True)) for names in values]
    words = sorted(set(chain.from_iterable(rows)))
    numbers = {word: number for number, word in enumerate(words)}
    width = max(map(len, rows), default=1)
    nothing = [-1] * width
    cells = [([numbers[word] for word in row] + nothing)[:width] for row in rows]
    return np.ascontiguousarray(np.array(cells, np.int32).reshape(len(rows), width).T), words


def _match(a: _Table, b: _Table, words: list[tuple[str, str]]) -> npt.NDArray[np.uint8]:
    """Give how well each name on the left finds each on the right: left names × right names × pairs."""
    matches = np.empty((len(a), len(b), a.shape[1]), np.uint8)
    for place in range(len(a)):
        matches[place] = ((a[place] == b) & (a[place] >= 0)) * np.uint8(Match.SAME)
    left_open = (a >= 0) & (matches.max(axis=1) == 0)
    right_open = (b >= 0) & (matches.max(axis=0) == 0)
    test = _may_match(words)
    for i, j in product(range(len(a)), range(len(b))):
        pairs = np.flatnonzero(left_open[i] & right_open[j])
        one, other = a[i, pairs], b[j, pairs]
        hopeful = test(one, other)
        matches[i, j, pairs[hopeful]] = _judge_numbers(one[hopeful], other[hopeful], words)
    return matches


def _judge_numbers(one: _Words, other: _Words, words: list[tuple[str, str]]) -> npt.NDArray[np.uint8]:
    """Judge each distinct pair of words once."""
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
    distinct, inverse = np.unique(low * len(words) + high, return_inverse=True)
    numbers = np.divmod(distinct, len(words))
    return _judge(*([words[number] for number in side.tolist()] for side in numbers))[inverse]


def _may_match(words: list[tuple[str, str]]) -> Callable[[_Words, _Words], Flags]:
    """Make a quick test of what is worth a look: few letters that the other lacks, an initial, names of the lists."""
    letters = np.array([_letters(reading) for _, reading in words], np.uint32)
    starts = np.array([ord(reading[0]) if reading else 0 for _, reading in words], np.uint32)
    short = np.array([len(reading) == 1 for _, reading in words], np.bool_)
    listed = np.array([reading in _MASKS for _, reading in words], np.bool_)

    def test(one: _Words, other: _Words) -> Flags:
        few = np.bitwise_count(letters[one] ^ letters[other]) <= _LETTERS_APART
        begins = (short[one] | short[other]) & (starts[one] == starts[other])
        worth: Flags = few | begins | (listed[one] & listed[other])
        return worth

    return test


def _letters(word: str) -> int:
    """Give a number with a bit for each letter of a word."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _judge(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> npt.NDArray[np.uint8]:
    """Say of pairs of different names how well they find each other."""
    a, b, one, other = column(left, 0), column(right, 0), column(left, 1), column(right, 1)
    similarity = alike(one, other, JaroWinkler.normalized_similarity)
    shortest = np.minimum(lengths(one), lengths(other))
    han = ~(are_ascii(a) | are_ascii(b))
    same = equal(one, other)
    heard = np.flatnonzero((similarity >= _HEARD) & (shortest >= _SHORT))
    slip = (similarity >= _SLIP) & (shortest >= _SHORT)
    near = np.flatnonzero((similarity >= _NEAR) & ~slip & (shortest >= _LONG))
    slip[near] = process.cpdist(chosen(one, near), chosen(other, near), scorer=OSA.distance, dtype=np.uint8) <= 1
    slip[heard] |= equal([latin_sound(one[n]) for n in heard.tolist()], [latin_sound(other[n]) for n in heard.tolist()])
    return np.select(
        [(same | shared_names(_MASKS, one, other)) & ~han, same | (slip & ~han), initials(one, other)],
        [np.uint8(Match.FORM), np.uint8(Match.SLIP), np.uint8(Match.INITIAL)],
        np.uint8(Match.NONE),
    )
