"""Pairs of records turned into vectors: a level of agreement for each attribute, and how alike and how rare it is.

Values are compared once for each distinct pair. An attribute of several values gets the best level over its pairs of
values, as the most that can be said for one party.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from customer_master.resolution.table import Codes, Column, Ints, Table

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint8]

_FEW = 4096
"""Pairs of values for which a table is laid out in any case."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Compared pairs.

    Args:
        levels: level of agreement, pairs by attributes, uint8; 0 where there is nothing to compare.
        similarity: how alike the best values are, 0 to 1.
        rarity: bits by which the value that both share at the highest level is rarer than values of the attribute are
            on average when two agree by chance; negative for common ones, 0 where nothing is shared.
    """

    levels: Levels
    similarity: Floats
    rarity: Floats

    def take(self, pairs: npt.NDArray[Any]) -> Vectors:
        """Give some of the pairs."""
        return Vectors(self.levels[pairs], self.similarity[pairs], self.rarity[pairs])


def compare_pairs(table: Table, left: Ints, right: Ints) -> Vectors:
    """Compare pairs of records of one table.

    Args:
        table: the records.
        left: record of each pair.
        right: the other record of each pair.
    """
    shape = (len(left), len(table.columns))
    levels, similarity, rarity = np.zeros(shape, np.uint8), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for place, column in enumerate(table.columns.values()):
        levels[:, place], similarity[:, place], rarity[:, place] = _compare_column(column, left, right)
    return Vectors(levels, similarity, rarity)


def _compare_column(column: Column, left: Ints, right: Ints) -> tuple[Levels, Floats, Floats]:
    levels = np.zeros(len(left), np.uint8)
    similarity, rarity = np.zeros(len(left), np.float32), np.zeros(len(left), np.float32)
    if column.is_single:
        numbers = column.first()
        a, b = numbers[left], numbers[right]
        pair = np.flatnonzero((a >= 0) & (b >= 0))
        found = _compare_values(column, a[pair], b[pair])
    else:
        entry, a, b = _value_pairs(column, left, right)
        pair, found = _best(entry, *_compare_values(column, a, b))
    levels[pair], similarity[pair], rarity[pair] = found
    return levels, similarity, rarity


def _best(pair: Ints, levels: Levels, similarity: Floats, rarity: Floats) -> tuple[Ints, tuple[Levels, Floats, Floats]]:
    """Choose for each pair of records its best values: by level, then by similarity, then the rarest."""
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    if not len(starts):
        return pair, (levels, similarity, rarity)
    like = (similarity + np.float32(0)).view(np.int32)  # of what is not negative the bits rise with the number
    rank = levels.astype(np.int64) << 32 | like
    best = np.maximum.reduceat(rank, starts)
    tied = rank == np.repeat(best, np.diff(np.append(starts, len(pair))))
    rarest = np.maximum.reduceat(np.where(tied, rarity, -np.inf).astype(np.float32), starts)
    return pair[starts], ((best >> 32).astype(np.uint8), best.astype(np.int32).view(np.float32), rarest)


def _value_pairs(column: Column, left: Ints, right: Ints) -> tuple[Ints, Codes, Codes]:
    """Give every pair of values of every pair of records: its record pair, and the numbers of the two values."""
    counts = np.diff(column.offsets)
    many = counts[right]
    cells = counts[left] * many
    pair = np.repeat(np.arange(len(left)), cells)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(cells) - cells, cells)
    width = many[pair]
    a = column.codes[column.offsets[left][pair] + within // width]
    b = column.codes[column.offsets[right][pair] + within % width]
    return pair, a, b


def _compare_values(column: Column, a: Codes, b: Codes) -> tuple[Levels, Floats, Floats]:
    low, high, inverse = _distinct(np.minimum(a, b), np.maximum(a, b), len(column.values))
    found = column.kind.compare(_objects(column, low), _objects(column, high))
    rarity = _rarity(column, found.levels, low, high)
    return found.levels[inverse], found.similarity[inverse], rarity[inverse]


def _distinct(low: Codes, high: Codes, count: int) -> tuple[Ints, Ints, Ints]:
    """Give the distinct pairs of ``count`` values, and which each pair is; a table finds those of few values."""
    packed = low.astype(np.int64) * count + high
    if count**2 > max(len(packed), _FEW):
        distinct, inverse = np.unique(packed, return_inverse=True)
    else:
        seen = np.zeros(count**2, np.bool_)
        seen[packed] = True
        distinct, inverse = np.flatnonzero(seen), (np.cumsum(seen) - 1)[packed]
    return distinct // max(count, 1), distinct % max(count, 1), inverse


def _objects(column: Column, numbers: Ints) -> Sequence[Any]:
    values: list[Any] = column.values[numbers].tolist()
    return values


def _rarity(column: Column, levels: Levels, low: Ints, high: Ints) -> Floats:
    """Compare the frequency of a shared value with the average, after Winkler's term-frequency adjustment (1989)."""
    top = levels == len(column.kind.levels) - 1
    most = np.maximum(column.frequency[low], column.frequency[high]).astype(np.float64)
    return np.where(top, np.log2(_chance(column) / np.maximum(most, 1.0)), 0.0).astype(np.float32)


def _chance(column: Column) -> float:
    """Give the frequency of the value that two random records are expected to share when they share one."""
    held = np.bincount(column.codes, minlength=len(column.values)).astype(np.float64)
    total = held.sum()
    return float((held**2).sum() / total) if total else 1.0
