"""A score as a waterfall: what is believed at first, what every attribute adds, what was learnt, step by step.

The steps hold values as written, which may be personal data: they are for readers who may see them, never for logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from customer_master.resolution.fellegi import Weights
from customer_master.resolution.sentences import SENTENCES
from customer_master.resolution.table import Column, Table
from customer_master.resolution.vectors import compare_pairs

_DIGITS = 2
"""Steps are whole hundredths of a bit, so that they add up as they are shown."""
_MISSING = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall.

    Args:
        name: the attribute; nothing where the step belongs to none.
        kind: its kind; else ``prior``, ``rarity``, ``learning`` or ``policy``.
        level: how far the two values agree, in small letters; of a rarity ``rare`` or ``common``, else nothing.
        left: what the one record says, as written; several values that were not compared have dots between them.
        right: what the other says.
        bits: what the step adds to the score.
    """

    name: str
    kind: str
    level: str
    left: str
    right: str
    bits: float

    @property
    def sentence(self) -> str:
        """What the step means, in English."""
        return SENTENCES[f"{self.kind}.{self.level}" if self.level else self.kind]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps to a score."""

    steps: tuple[Step, ...]

    @property
    def score(self) -> float:
        """Bits of all steps together: above 0 the pair is one party rather than not."""
        return _rounded(sum(step.bits for step in self.steps))

    def learnt(self, score: float) -> Waterfall:
        """Add the step from the sum so far to the score that learning has given the pair."""
        return self._to(score, "learning")

    def held(self, score: float) -> Waterfall:
        """Add the step to what the merge policy makes of the score, where it is something else."""
        return self if _rounded(score) == self.score else self._to(score, "policy")

    def _to(self, score: float, kind: str) -> Waterfall:
        step = Step("", kind, "", "", "", _rounded(score - self.score))
        return replace(self, steps=(*self.steps, step))


Written = Mapping[str, Sequence[str]]
"""Attribute -> what a record says, as written."""


def waterfall(table: Table, weights: Weights, pair: tuple[int, int], left: Written, right: Written) -> Waterfall:
    """Explain a pair, be it a candidate or not, up to what the single weights say.

    Args:
        table: the records.
        weights: the weights of the levels.
        pair: places of the two records.
        left: what the one says.
        right: what the other says.
    """
    vectors = compare_pairs(table, np.array(pair[:1]), np.array(pair[1:]))
    steps = [_step("", "prior", bits=float(np.log2(weights.prior / (1 - weights.prior))))]
    for place, (name, column) in enumerate(table.columns.items()):
        level = int(vectors.levels[0, place])
        values = _compared(column, pair, left[name], right[name])
        steps.append(
            _step(name, column.kind.name, column.kind.levels(level).name.lower(), values, weights.bits[place][level])
        )
        steps.extend(_rarity(name, float(vectors.rarity[0, place])))
    return Waterfall(tuple(steps))


def _step(name: str, kind: str, level: str = "", values: tuple[str, str] = ("", ""), bits: float = 0.0) -> Step:
    return Step(name, kind, level, *values, _rounded(bits))


def _rounded(bits: float) -> float:
    return round(float(bits), _DIGITS) + 0.0  # never -0.0


def _rarity(name: str, bits: float) -> Iterator[Step]:
    step = _step(name, "rarity", "rare" if bits > 0 else "common", bits=bits)
    if step.bits:
        yield step


def _compared(column: Column, pair: tuple[int, int], left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    """Give the two values that agree best, of equally good ones the rarest; all of them where none can be compared."""
    kind, frequency = column.kind, _frequencies(column, pair)
    read = [(a, b, kind.read(a), kind.read(b)) for a, b in product(left, right)]
    readable = [(a, b, one, other) for a, b, one, other in read if one is not None and other is not None]
    found = kind.compare([one for *_, one, _ in readable], [other for *_, other in readable])
    ranked = [
        (level, similarity, -max(frequency[one], frequency[other]), sorted((a, b)), a, b)
        for level, similarity, (a, b, one, other) in zip(
            found.levels.tolist(), found.similarity.tolist(), readable, strict=True
        )
        if level != _MISSING
    ]
    return max(ranked)[-2:] if ranked else (" · ".join(left), " · ".join(right))


def _frequencies(column: Column, pair: tuple[int, int]) -> dict[object, int]:
    """Give for each value of two records how many records hold its term."""
    codes = np.concatenate([column.codes[column.offsets[record] : column.offsets[record + 1]] for record in pair])
    return dict(zip(column.values[codes].tolist(), column.frequency[codes].tolist(), strict=True))
