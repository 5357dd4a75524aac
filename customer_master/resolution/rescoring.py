"""A model of answered pairs: starts from the scores learnt without labels, bends as far as the answers bear it.

Two models see the answers: a logistic regression whose belief is the score as it was, and a forest of extremely
randomised trees (Geurts 2006), which also sees confident pairs as if they had been answered. How far either is trusted
is learnt from what they say about answers that they were not shown (stacking, Wolpert 1992), again from the belief that
the first is right: the more answers, the more they can move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier

from customer_master.resolution import logistic
from customer_master.resolution.fellegi import Bits
from customer_master.resolution.vectors import Vectors

_FOLDS = 5
_TREES, _FEW_TREES = 60, 30
_CERTAIN = 6.0  # bits that a forest can express
_DOUBTFUL = 8.0  # bits of the score beyond which the forest is not asked
_PSEUDO = 100  # confident pairs of either kind shown to the forest
_PSEUDO_BITS = 7.0
_PSEUDO_WEIGHT = 0.2
_DOUBT_SCORE, _DOUBT_FEATURE = 0.2, 0.3
_DOUBT_BLEND, _DOUBT_SHIFT = 0.2, 0.5

Answers = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """All pairs, as the models see them.

    Args:
        start: log2 odds learnt without labels.
        doubt: bits by which their zero may be wrong, a standard deviation.
        linear: features of the logistic regression, float32: the score, what may bend it, and one.
        tree: features of the forest, float32.
    """

    start: Bits
    doubt: float
    linear: npt.NDArray[np.float32]
    tree: npt.NDArray[np.float32]

    def take(self, pairs: Indices) -> Pool:
        """Give some of the pairs."""
        return Pool(self.start[pairs], self.doubt, self.linear[pairs], self.tree[pairs])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers have taught.

    Args:
        scores: log2 odds of each pair.
        other: what the forest says.
        unseen: for each answered pair, the odds as given by models that were not shown its answer.
    """

    scores: Bits
    other: Bits
    unseen: Bits


def pool(start: Bits, doubt: float, bits: Bits, vectors: Vectors) -> Pool:
    """Lay out the features of all pairs."""
    missing = vectors.levels == 0
    alike = np.where(missing, 0, vectors.similarity)
    linear = np.column_stack([start, bits, 4 * alike, missing, np.ones(len(start))]).astype(np.float32)
    tree = np.column_stack([start, bits, vectors.levels, alike, missing.sum(axis=1)]).astype(np.float32)
    return Pool(start, doubt, linear, tree)


def learn(all_: Pool, asked: Indices, answers: Answers, weights: Bits, seed: int) -> Outcome:
    """Learn from answers.

    Args:
        all_: all pairs.
        asked: the answered ones.
        answers: whether they are one party.
        weights: how much each answer counts.
        seed: of the trees and the folds.
    """
    rng = np.random.default_rng(seed)
    fold = rng.permutation(len(asked)) % _FOLDS
    lesson = _Lesson(all_.take(asked), answers, weights, _confident(all_, rng), _TREES, seed)
    unseen = np.zeros((len(asked), 2))
    for own in np.unique(fold):
        unseen[fold == own] = lesson.models(fold != own).odds(lesson.asked.take(np.flatnonzero(fold == own)))
    blend = _blend(unseen, answers, weights)
    both = lesson.models(fold >= 0).odds(all_)
    return Outcome(_mixed(both) @ blend, both[:, 1], _mixed(unseen) @ blend)


def sketch(all_: Pool, asked: Indices, answers: Answers, seed: int) -> tuple[Bits, Bits]:
    """Learn in haste, to know what to ask next: give the odds by the regression and by a smaller forest."""
    pseudo = _confident(all_, np.random.default_rng(seed))
    lesson = _Lesson(all_.take(asked), answers, np.ones(len(asked)), pseudo, _FEW_TREES, seed)
    odds = lesson.models(np.ones(len(asked), np.bool_)).odds(all_)
    return odds[:, 0], odds[:, 1]


def _mixed(odds: Bits) -> Bits:
    return np.column_stack([odds, np.ones(len(odds))])


def _blend(unseen: Bits, answers: Answers, weights: Bits) -> Bits:
    belief = np.array([1.0, 0.0, 0.0])
    doubt = np.array([_DOUBT_BLEND, _DOUBT_BLEND, _DOUBT_SHIFT])
    rising = np.array([True, True, False])
    return logistic.fit(_mixed(unseen), answers.astype(np.float64), weights, belief, doubt, rising=rising)


def _confident(all_: Pool, rng: np.random.Generator) -> tuple[Pool, Answers]:
    """Give some pairs of which the score leaves no doubt, with the answer that they would get."""
    own = [np.flatnonzero(sign * all_.start > _PSEUDO_BITS) for sign in (1, -1)]
    chosen = [rng.choice(pairs, min(_PSEUDO, len(pairs)), replace=False) for pairs in own]
    return all_.take(np.concatenate(chosen)), np.repeat([True, False], [len(pairs) for pairs in chosen])


@dataclass(frozen=True, slots=True)
class _Models:
    """The regression and the forest."""

    coefficients: Bits
    forest: ExtraTreesClassifier

    def odds(self, pairs: Pool) -> Bits:
        """Give log2 odds by either model; the forest is not asked about pairs that leave no doubt."""
        linear = pairs.linear @ self.coefficients
        grown = np.clip(pairs.start, -_CERTAIN, _CERTAIN)
        doubtful = np.flatnonzero(np.abs(pairs.start) < _DOUBTFUL)
        if len(doubtful) and len(self.forest.classes_) == 2:
            share = self.forest.predict_proba(pairs.tree[doubtful])[:, 1]
            tiny = 2.0**-_CERTAIN
            grown[doubtful] = np.log2((share + tiny) / (1 - share + tiny))
        return np.column_stack([linear, grown])


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Answered pairs to learn from."""

    asked: Pool
    answers: Answers
    weights: Bits
    pseudo: tuple[Pool, Answers]
    trees: int
    seed: int

    def models(self, seen: npt.NDArray[np.bool_]) -> _Models:
        """Fit both models to some of the answers."""
        return _Models(self._regression(seen), self._forest(seen))

    def _regression(self, seen: npt.NDArray[np.bool_]) -> Bits:
        linear = self.asked.linear[seen].astype(np.float64)
        width = linear.shape[1]
        belief = np.concatenate(([1.0], np.zeros(width - 1)))
        doubt = np.concatenate(([_DOUBT_SCORE], np.full(width - 2, _DOUBT_FEATURE), [self.asked.doubt]))
        answers = self.answers[seen].astype(np.float64)
        return logistic.fit(linear, answers, self.weights[seen], belief, doubt, rising=np.arange(width) == 0)

    def _forest(self, seen: npt.NDArray[np.bool_]) -> ExtraTreesClassifier:
        pairs, answers = self.pseudo
        forest = ExtraTreesClassifier(
            self.trees, min_samples_leaf=2, max_features=0.5, random_state=self.seed, n_jobs=1
        )
        weights = np.concatenate((self.weights[seen], np.full(len(answers), _PSEUDO_WEIGHT)))
        return forest.fit(
            np.concatenate((self.asked.tree[seen], pairs.tree)), np.concatenate((self.answers[seen], answers)), weights
        )
