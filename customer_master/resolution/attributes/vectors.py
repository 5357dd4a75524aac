"""Pairs of values as columns: what the kinds of attribute share in comparing many pairs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process

from customer_master.resolution.attributes.base import Compared

Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def column(values: Sequence[Any], place: int) -> list[str]:
    """Take one text out of every value."""
    return list(map(itemgetter(place), values))


def equal(left: Sequence[str], right: Sequence[str]) -> Flags:
    """Tell of each pair whether the two texts are equal."""
    return np.fromiter(map(eq, left, right), np.bool_, len(left))


def lengths(values: Sequence[Sequence[Any]]) -> npt.NDArray[np.int32]:
    """Give the length of each text, or count the parts of each value."""
    return np.fromiter(map(len, values), np.int32, len(values))


def alike(left: Sequence[str], right: Sequence[str], scorer: Callable[..., float]) -> Floats:
    """Give the similarity of each pair of texts by a scorer of rapidfuzz that goes from 0 to 1."""
    return process.cpdist(left, right, scorer=scorer, dtype=np.float32)


def chosen(texts: Sequence[str], places: npt.NDArray[np.intp]) -> list[str]:
    """Pick the texts at some places."""
    return [texts[place] for place in places.tolist()]


def best_of_each(
    left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]], compare: Callable[[list[Any], list[Any]], Compared]
) -> Compared:
    """Compare values that hold several parts (two telephone numbers in a cell): a pair gets what its best parts get.

    Args:
        left: for each pair the parts of the one value, at least one.
        right: those of the other.
        compare: compares parts pair by pair.
    """
    many = np.flatnonzero((lengths(left) > 1) | (lengths(right) > 1))
    found = compare([parts[0] for parts in left], [parts[0] for parts in right])
    if not len(many):
        return found
    crossed = [(place, one, other) for place in many.tolist() for one in left[place] for other in right[place]]
    places = np.fromiter(map(itemgetter(0), crossed), np.intp, len(crossed))
    parts = compare([pair[1] for pair in crossed], [pair[2] for pair in crossed])
    np.maximum.at(found.levels, places, parts.levels)
    np.maximum.at(found.similarity, places, parts.similarity)
    return found


def are_ascii(texts: Sequence[str]) -> Flags:
    """Tell which texts are in plain Latin letters."""
    return np.fromiter(map(str.isascii, texts), np.bool_, len(texts))


def initials(left: Sequence[str], right: Sequence[str]) -> Flags:
    """Tell of each pair whether one is a single letter with which the other begins."""
    flags = np.zeros(len(left), np.bool_)
    places = np.flatnonzero((lengths(left) == 1) | (lengths(right) == 1))
    flags[places] = [left[place][0] == right[place][0] for place in places.tolist()]
    return flags
