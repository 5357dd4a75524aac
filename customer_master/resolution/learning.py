"""Scores of pairs learnt from stewards' answers, or from triangles alone where there are none.

``transitivity`` gives the scores to start from, ``active`` chooses the questions, ``rescoring`` learns from the
answers; at last the zero of the scale is set where whole clusters come out best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from customer_master.resolution import active, rescoring
from customer_master.resolution.fellegi import Bits, number_patterns
from customer_master.resolution.logistic import probability
from customer_master.resolution.rescoring import Answers, Outcome, Pool
from customer_master.resolution.table import Ints
from customer_master.resolution.transitivity import teach
from customer_master.resolution.vectors import Vectors

_BATCH = 10  # questions between two lessons
_FIRST = 20  # questions that go to the bands alone
_EXPLORE = 0.25  # the part of later ones that does
_SCARCE = 0.35  # share of answers that are one party, below which more of them are looked for
_HEAVIEST = 2.0  # an answer counts no more than this many average ones
_SELECTION = 20_000  # pairs among which questions are chosen
_ENOUGH = 100  # answers from which on the threshold may move
_SHIFTS = (-1.0, 1.0)  # bits by which the threshold may move


class Labeller(Protocol):
    """Whoever knows which pairs are one party."""

    @property
    def remaining(self) -> int:
        """How many questions may still be asked."""
        ...

    def ask(self, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
        """Tell of each pair of records whether they are one party."""
        ...


@dataclass(frozen=True, slots=True)
class Rescored:
    """Pairs with calibrated scores.

    Args:
        scores: log2 odds that each pair is one party; from 0 on it is rather than not.
        asked: places of the pairs that were asked about, in the order of asking.
        answers: whether they are one party: must-links and cannot-links.
        warnings: what makes the scores doubtful.
    """

    scores: Bits
    asked: Ints
    answers: Answers
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What comparison found.

    Args:
        bits: bits that each attribute adds to each pair, pairs by attributes, rarity included.
        vectors: the compared pairs.
        prior: share of the pairs that are one party, as EM estimates it.
        pairs: left and right records, by their places.
    """

    bits: Bits
    vectors: Vectors
    prior: float
    pairs: tuple[Ints, Ints]


def rescore(
    evidence: Evidence,
    labeller: Labeller | None,
    partition_of: Callable[[Bits], Ints],
    seed: int,
    doubtful: Answers | None = None,
) -> Rescored:
    """Score pairs.

    Args:
        evidence: what comparison found.
        labeller: whom to ask; none to learn from triangles alone.
        partition_of: gives for scores the group of each record; called three times where there are many answers.
        seed: of all chance.
        doubtful: which pairs are left to learning, where a policy decides about the others; all without one.
    """
    bits, vectors, pairs = evidence.bits, evidence.vectors, evidence.pairs
    taught = teach(bits, vectors, evidence.prior, pairs, seed)
    open_ = np.flatnonzero(np.ones(len(bits), np.bool_) if doubtful is None else doubtful)
    if labeller is None or labeller.remaining == 0 or not len(open_):
        return Rescored(taught.scores, np.zeros(0, np.int64), np.zeros(0, np.bool_), taught.warnings)
    own, ends = vectors.take(open_), (pairs[0][open_], pairs[1][open_])
    pool = rescoring.pool(taught.scores[open_], taught.doubt, bits[open_], own)
    course = _Course(pool, ends, np.unique(number_patterns(own.levels), return_inverse=True)[1], seed)
    course.run(labeller)
    outcome = rescoring.learn(pool, course.asked, course.answers, course.weights(), seed)

    def moved(shift: float) -> Bits:
        scores = taught.scores.copy()
        scores[open_] = outcome.scores + shift
        return scores

    shift = _Gain(outcome, course, ends).best_shift(lambda by: partition_of(moved(by))) if doubtful is None else 0.0
    return Rescored(moved(shift), open_[course.asked], course.answers, taught.warnings)


class _Course:
    """Questions and lessons, in turn, about a selection of the pairs that has room for every kind of question."""

    def __init__(self, all_: Pool, pairs: tuple[Ints, Ints], pattern: Ints, seed: int) -> None:
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        chances = active.Doubts(all_.start, all_.start, pairs).chances(np.ones(len(all_.start), np.bool_), 0.5)
        self.selected = np.sort(active.draw(chances, np.arange(len(chances)), _SELECTION, self.rng))
        self.chance = -np.expm1(_SELECTION * np.log1p(-np.minimum(chances[self.selected], 0.999)))
        self.pool = all_.take(self.selected)
        self.pairs = pairs[0][self.selected], pairs[1][self.selected]
        self.pattern = pattern[self.selected]
        self.places = np.zeros(0, np.int64)
        self.answers = np.zeros(0, np.bool_)
        self.missed = np.ones(len(self.selected))  # the chance of each pair not to be drawn in any batch so far

    @property
    def asked(self) -> Ints:
        """The pairs asked about."""
        return self.selected[self.places]

    def run(self, labeller: Labeller) -> None:
        """Ask as long as there are questions left."""
        scores, other = self.pool.start, self.pool.start
        while labeller.remaining > 0 and len(self.places) < len(self.selected):
            scarce = len(self.answers) > 0 and float(self.answers.mean()) < _SCARCE
            doubts = active.Doubts(scores, other, self.pairs, scarce)
            self._ask(labeller, doubts, min(_BATCH, labeller.remaining))
            scores, other = rescoring.sketch(self.pool, self.places, self.answers, self.seed)

    def _ask(self, labeller: Labeller, doubts: active.Doubts, count: int) -> None:
        open_ = np.ones(len(self.missed), np.bool_)
        open_[self.places] = False
        chances = doubts.chances(open_, 1.0 if len(self.places) < _FIRST else _EXPLORE)
        drawn = active.draw(chances, self.pattern, count, self.rng)
        self.missed *= np.maximum(1 - chances, 0.0) ** count
        self.places = np.concatenate((self.places, drawn))
        self.answers = np.concatenate((self.answers, labeller.ask(self.pairs[0][drawn], self.pairs[1][drawn])))

    def chances(self) -> Bits:
        """Give the chance that each answered pair had to be asked about."""
        drawn = (1 - self.missed[self.places]) * self.chance[self.places]
        return np.asarray(np.maximum(drawn, 1e-9))

    def weights(self) -> Bits:
        """Give the answers the weights that undo the choice (Horvitz and Thompson 1952), none too heavy."""
        own = 1 / self.chances()
        own = np.minimum(own, _HEAVIEST * np.median(own))
        return np.asarray(own / own.mean())


class _Gain:
    """How good clusters are, by the calibrated scores and corrected by the answers."""

    def __init__(self, outcome: Outcome, course: _Course, pairs: tuple[Ints, Ints]) -> None:
        self.scores = outcome.scores
        self.pairs = pairs
        self.share = probability(outcome.scores)
        self.asked = course.asked
        counts = 1 / course.chances()
        self.residual = (course.answers - probability(outcome.unseen)) * np.minimum(
            counts, _HEAVIEST * np.median(counts)
        )

    def best_shift(self, partition_of: Callable[[float], Ints]) -> float:
        """Give what to add to the scores so that the clusters are best; nothing unless the gain is beyond chance."""
        if len(self.asked) < _ENOUGH:
            return 0.0
        now = self._f1(partition_of(0.0))
        gains = [(self._sure_gain(self._f1(partition_of(shift)) - now), shift) for shift in _SHIFTS]
        gain, shift = max(gains)
        return shift if gain > 0 else 0.0

    @staticmethod
    def _sure_gain(gain: Bits) -> float:
        """Give the gain less two standard errors, by leaving out one answer at a time (Tukey's jackknife, 1958)."""
        return float(gain[-1] - 2 * np.sqrt(((gain[:-1] - gain[-1]) ** 2).sum()))

    def _f1(self, partition: Ints) -> Bits:
        """Estimate F1 without each of the answers, and at last with all of them."""
        left, right = self.pairs
        inside = partition[left] == partition[right]
        _, sizes = np.unique(partition, return_counts=True)
        found = float((sizes * (sizes - 1) // 2).sum())
        both = self.share[inside].sum() + _without_each(self.residual * inside[self.asked])
        true = self.share.sum() + _without_each(self.residual)
        return np.asarray(2 * both / np.maximum(found + true, 1.0))


def _without_each(parts: Bits) -> Bits:
    return np.append(parts.sum() - parts, parts.sum())
