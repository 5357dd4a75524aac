"""Scores learnt without any label, from what one party demands: if a is b and b is c, then a is c.

The bits of Fellegi and Sunter are overconfident where attributes agree together (a postcode and its town), and the
share of matches that EM finds may be wrong. Triangles tell: take two records that each have a confident link to some
other record. If the two are one party, their confident partners are too, so often they share one; two of different
parties practically never do. Whether a pair has a common partner thus is a noisy answer to the question whether it is
one party, taken without looking at the pair itself. A logistic regression on such answers gives each attribute the
weight that it deserves beside the others, and the zero of the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from customer_master.resolution import logistic
from customer_master.resolution.fellegi import Bits
from customer_master.resolution.logistic import probability
from customer_master.resolution.table import Ints
from customer_master.resolution.vectors import Vectors

_CONFIDENT = (5.0, 4.25)  # bits of a confident link: of the raw scores, then of the learnt ones (odds of 19 to 1)
_MOST = 60_000  # examples to learn from
_CHUNK = 200_000
_FEWEST = 20  # pairs with a common partner, below which they teach little
_ENOUGH = 3  # attributes: links that agree in two of two teach nothing about either
_MOST_RAISE, _HALVINGS = 4.0, 20  # bits
_DOUBT_WEIGHT, _DOUBT_ZERO = 0.3, 2.0
_GROUNDED, _GROUNDLESS = 0.5, 4.0  # bits of doubt about the zero, with triangles and without


@dataclass(frozen=True, slots=True)
class Taught:
    """Scores learnt from triangles.

    Args:
        scores: log2 odds that a pair is one party.
        doubt: bits by which their zero may be wrong, a standard deviation.
        warnings: what makes them doubtful.
    """

    scores: Bits
    doubt: float
    warnings: tuple[str, ...]


def teach(bits: Bits, vectors: Vectors, prior: float, pairs: tuple[Ints, Ints], seed: int) -> Taught:
    """Learn scores from triangles.

    Args:
        bits: bits that each attribute adds to each pair, pairs by attributes.
        vectors: the compared pairs.
        prior: share of the pairs that are one party, as EM estimates it.
        pairs: left and right records.
        seed: of the choice of examples where there are more than needed.
    """
    features = evidence(bits, vectors)
    zero = float(np.log2(prior / (1 - prior)))
    scores = bits.sum(axis=1) + zero
    found = 0
    for confident in _CONFIDENT if np.count_nonzero(vectors.levels.any(axis=0)) >= _ENOUGH else ():
        examples, answers = triangles(scores, pairs, confident)
        found = int(answers.sum())
        scores = features @ _learn(features[examples], answers, bits.shape[1], zero, seed)
    doubts = _doubts(scores, found)  # before they are raised: that makes as many likely as expected, right or wrong
    return Taught(scores + _raise(scores, prior), _GROUNDED if found >= _FEWEST else _GROUNDLESS, tuple(doubts))


def _raise(scores: Bits, prior: float) -> float:
    """Give what is missing for as many pairs of one party to be found as EM expects, half of it.

    Links confident enough to make triangles agree in nearly everything, so those that miss or differ somewhere are held
    for worse than they are.
    """
    low, high = 0.0, _MOST_RAISE
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(scores + middle).sum() < prior * len(scores) else (low, middle)
    return low / 2


def evidence(bits: Bits, vectors: Vectors) -> Bits:
    """Give what a linear score is made of: the bits of each attribute, which are missing, and one."""
    return np.column_stack([bits, vectors.levels == 0, np.ones(len(bits))])


def triangles(scores: Bits, pairs: tuple[Ints, Ints], confident: float) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Tell which pairs have a common partner.

    Args:
        scores: log2 odds of each pair.
        pairs: left and right records.
        confident: least score of a confident link.

    Returns:
        The pairs whose records both have a confident link to a third one, and whether they share such a partner.
    """
    left, right = pairs
    sure = scores > confident
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    ends = np.concatenate((left[sure], right[sure])), np.concatenate((right[sure], left[sure]))
    links = csr_array((np.ones(len(ends[0]), np.float32), ends), shape=(size, size))
    partners = np.bincount(ends[0], minlength=size)
    both = np.flatnonzero((partners[left] > sure) & (partners[right] > sure))
    parts = [both[start : start + _CHUNK] for start in range(0, len(both), _CHUNK)]
    shared = [links[left[part]].multiply(links[right[part]]).sum(axis=1) > 0 for part in parts]
    return both, np.concatenate([np.zeros(0, np.bool_), *shared])


def _learn(features: Bits, answers: npt.NDArray[np.bool_], attributes: int, zero: float, seed: int) -> Bits:
    """Fit the weights; without examples they stay those of Fellegi and Sunter."""
    weights = np.ones(len(answers))
    if len(answers) > _MOST:
        chosen = np.random.default_rng(seed).choice(len(answers), _MOST, replace=False)
        features, answers, weights = features[chosen], answers[chosen], weights[chosen]
    missing = features.shape[1] - attributes - 1
    belief = np.concatenate((np.ones(attributes), np.zeros(missing), [zero]))
    doubt = np.concatenate((np.full(attributes, _DOUBT_WEIGHT), np.full(missing, 1.0), [_DOUBT_ZERO]))
    rising = np.arange(features.shape[1]) < attributes
    return logistic.fit(features, answers.astype(np.float64), weights, belief, doubt, rising=rising)


def _doubts(scores: Bits, triangles_found: int) -> list[str]:
    doubts = []
    if triangles_found < _FEWEST:
        doubts.append(
            f"only {triangles_found} pairs have a common partner: the threshold rests on the weights alone; "
            "decide some doubtful pairs"
        )
    share = probability(scores)
    if share.sum() < 1 or share[share > 0.9].sum() < 0.5 * share.sum():
        doubts.append(
            "pairs of one party do not stand out from the others: most of those expected are doubtful; "
            "decide some pairs, or add an attribute that tells more"
        )
    return doubts
