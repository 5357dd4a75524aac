"""Weights of levels estimated from unlabelled pairs: expectation maximisation over comparison vectors.

The model is that of Fellegi and Sunter (1969): candidate pairs are a mixture of pairs of one party and pairs of two;
within either, the attributes agree independently. Winkler (1988) estimates m, u and the share of matches by EM; where
a value is missing the attribute takes no part.

Two attributes or fewer leave the model open: many weights explain what is seen equally well (Kruskal 1977 asks for
three). With more of them, too, a search that begins anywhere may end with two classes that are not those meant. So it
begins with what levels are believed to weigh and first moves on a leash, which is let go only where there are three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from customer_master.resolution.attributes.beliefs import ZERO
from customer_master.resolution.vectors import Levels, Vectors

Bits = npt.NDArray[np.float64]

_FIRST_PRIOR = 1 / (1 + 2.0**-ZERO)
_ON_A_LEASH, _ROUNDS = 10, 50
_LEASH = 0.3
"""Pairs that the belief counts for, to each of one party that is found, on the leash."""
_BELIEVED = 20.0
"""Pairs that it counts for in all rounds."""
_ENOUGH = 3  # attributes
_TOLERANCE = 1e-6
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no column is lost however many there are


@dataclass(frozen=True, slots=True)
class Weights:
    """What the levels say.

    Args:
        prior: share of the candidate pairs that are one party.
        bits: for each attribute, the weight of each of its levels in bits, log2(m/u); level 0 weighs nothing.
    """

    prior: float
    bits: tuple[Bits, ...]

    def attribute_bits(self, vectors: Vectors) -> Bits:
        """Give the bits that each attribute adds to each pair, pairs by attributes."""
        own = [bits[vectors.levels[:, place]] for place, bits in enumerate(self.bits)]
        return np.stack(own, axis=1) + vectors.rarity


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct level vectors and how many pairs have each."""

    levels: Levels
    counts: Bits


def patterns(levels: Levels) -> Patterns:
    """Count the distinct level vectors."""
    _, first, counts = np.unique(number_patterns(levels), return_index=True, return_counts=True)
    return Patterns(levels[first], counts.astype(np.float64))


def number_patterns(levels: Levels) -> npt.NDArray[np.uint64]:
    """Give every level vector a number of 64 bits that practically no other vector has."""
    packed = np.zeros(len(levels), np.uint64)
    for column in levels.T:
        packed = packed * _MIX + column + np.uint64(1)
    return packed


def estimate(levels: Levels, beliefs: Sequence[Bits]) -> Weights:
    """Estimate the weights from candidate pairs.

    Both distributions are those among candidate pairs, not among all pairs: a level that candidates of two parties have
    often, because they met by it, is worth no more than it tells apart there.

    The first rounds find the pairs that agree in what is rare, and the share of matches settles. Where attributes hang
    together (a city, its province, its postcode), the likeliest mixture in the end is another one, of pairs in one
    place and pairs in two. So estimating ends when the share, having settled, begins to move faster again.

    Args:
        levels: level vectors of candidate pairs.
        beliefs: for each attribute the bits that its levels are believed to weigh, ``MISSING`` included.
    """
    found, weights, moved = patterns(levels), Weights(_FIRST_PRIOR, tuple(beliefs)), 1.0
    if not len(levels):
        return weights
    for _ in range(_ON_A_LEASH):
        weights = _improved(found, weights, beliefs, _LEASH)
    for _ in range(_ROUNDS if np.count_nonzero(levels.any(axis=0)) >= _ENOUGH else 0):
        better = _improved(found, weights, beliefs, 0.0)
        move = abs(better.prior - weights.prior)
        if move < _TOLERANCE or move > moved:
            break
        weights, moved = better, move
    return weights


def _improved(found: Patterns, weights: Weights, beliefs: Sequence[Bits], leash: float) -> Weights:
    """Count the levels of the pairs that are of one party by the weights, and of the others, and weigh them anew."""
    share = _posterior(found.levels, weights)
    one, two = found.counts * share, found.counts * (1 - share)
    believed = _BELIEVED + leash * float(one.sum())
    bits = []
    for levels, belief in zip(found.levels.T, beliefs, strict=True):
        u = _shares(np.asarray(np.bincount(levels, two, len(belief)) + 0.5, np.float64))
        m = np.bincount(levels, one, len(belief)) + believed * _shares(u * 2.0**belief)
        bits.append(_bits(_shares(np.asarray(m, np.float64)), u))
    return Weights(float((one.sum() + _FIRST_PRIOR) / (found.counts.sum() + 1)), tuple(bits))


def _shares(counts: Bits) -> Bits:
    """Give the share of each level among the pairs that do not miss the attribute."""
    there = np.append(0.0, counts[1:])
    return np.asarray(there / there.sum())


def _bits(m: Bits, u: Bits) -> Bits:
    bits = np.zeros(len(m))
    bits[1:] = np.log2(m[1:] / u[1:])
    bits[1] = min(bits[1], 0.0)  # candidates that differ here met by something else: chance, and no sign of one party
    return bits


def _posterior(levels: Levels, weights: Weights) -> Bits:
    log_odds = np.full(len(levels), np.log2(weights.prior / (1 - weights.prior)))
    for place, bits in enumerate(weights.bits):
        log_odds += bits[levels[:, place]]
    return np.asarray(1 / (1 + 2.0 ** -np.clip(log_odds, -60, 60)))
