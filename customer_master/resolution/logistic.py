"""Logistic regression in bits that starts from a belief and leaves it only as far as the data says so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from customer_master.resolution.fellegi import Bits

_ROUNDS = 30
_STEADY = 1e-6
_STEEPEST = 40.0  # bits; beyond it a probability is 0 or 1 to a double


def probability(bits: Bits) -> Bits:
    """Give the probability that log2 odds stand for.

    >>> probability(np.array([0.0, 1.0, -1.0])).round(3).tolist()
    [0.5, 0.667, 0.333]
    """
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -_STEEPEST, _STEEPEST))))


def fit(
    features: Bits, answers: Bits, weights: Bits, belief: Bits, doubt: Bits, *, rising: npt.NDArray[np.bool_]
) -> Bits:
    """Find the most probable coefficients of ``log2 odds = features @ coefficients`` by Newton's method.

    Args:
        features: examples by features.
        answers: for each example whether it is one party, 0 to 1.
        weights: how much each example counts.
        belief: the coefficients expected before any example, the mean of a normal distribution.
        doubt: its standard deviation for each coefficient.
        rising: which coefficients cannot be negative: more agreement never speaks against one party.
    """
    free = np.ones(features.shape[1], np.bool_)
    found = np.where(rising, np.maximum(belief, 0.0), belief)
    while True:
        found = _newton(features[:, free], answers, weights, found, belief, doubt, free)
        falling = free & rising & (found < 0)
        if not falling.any():
            return found
        found[falling] = 0.0
        free &= ~falling


def _newton(
    features: Bits, answers: Bits, weights: Bits, start: Bits, belief: Bits, doubt: Bits, free: npt.NDArray[np.bool_]
) -> Bits:
    """Fit the free coefficients; the others keep their place, which is nothing."""
    found = start.copy()
    precision = 1 / doubt[free] ** 2
    loss = np.inf
    step = np.zeros(len(precision))
    for _ in range(_ROUNDS):
        own = found[free]
        share = probability(features @ own)
        now = _loss(share, answers, weights) + float((precision * (own - belief[free]) ** 2).sum()) / 2
        if now > loss + _STEADY:  # the step was too long
            step /= 2
            found[free] -= step
            continue
        if loss - now < _STEADY * max(1.0, abs(now)) and np.isfinite(loss):
            break
        loss = now
        slope = np.log(2) * features.T @ (weights * (answers - share)) - precision * (own - belief[free])
        curve = np.log(2) ** 2 * (features * (weights * share * (1 - share))[:, None]).T @ features
        step = np.linalg.solve(curve + np.diag(precision), slope)
        found[free] += step
    return found


def _loss(share: Bits, answers: Bits, weights: Bits) -> float:
    tiny = 1e-12
    return -float((weights * (answers * np.log(share + tiny) + (1 - answers) * np.log(1 - share + tiny))).sum())
