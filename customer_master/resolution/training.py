"""Estimating the weights: expectation maximisation over unlabelled comparison vectors.

The model is that of Fellegi and Sunter (1969): candidate pairs are a mixture of pairs of one party and pairs of two;
within either, the attributes agree independently. Winkler (1988) estimates m, u and the share of matches by EM; where
a value is missing the attribute takes no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from customer_master.resolution.comparison import LEVELS
from customer_master.resolution.policy import KindPolicy

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What EM found.

    Args:
        prior: share of candidate pairs that are one party.
        m: attribute -> probability of each level (index 0 unused) among pairs of one party.
        u: the same among pairs of two parties.
    """

    prior: float
    m: dict[str, Array]
    u: dict[str, Array]


def estimate(vectors: Sequence[bytes], start: KindPolicy, *, rounds: int = 200, tolerance: float = 1e-5) -> Estimate:
    """Estimate m, u and the prior from comparison vectors of candidate pairs of one kind.

    Args:
        vectors: stored vectors, see :attr:`customer_master.resolution.comparison.Comparison.vector`.
        start: policy to start from; it decides which of the two classes is called a match.
        rounds: most rounds to take.
        tolerance: stop when the prior moves by less.

    Raises:
        ValueError: there is no vector.
    """
    if not vectors:
        raise ValueError("no comparison vectors to learn from; run matching on some records first")
    patterns, counts = np.unique(
        np.frombuffer(b"".join(vectors), np.uint8).reshape(len(vectors), -1), axis=0, return_counts=True
    )
    weights = counts.astype(np.float64)
    m, u = _start(start, "m"), _start(start, "u")
    prior = start.prior
    for _ in range(rounds):
        share = _posterior(patterns, prior, m, u)
        m = _frequencies(patterns, weights * share)
        u = _frequencies(patterns, weights * (1 - share))
        previous, prior = prior, float((weights * share).sum() / weights.sum())
        if abs(prior - previous) < tolerance:
            break
    return Estimate(prior, dict(zip(LEVELS, m, strict=True)), dict(zip(LEVELS, u, strict=True)))


def _start(policy: KindPolicy, side: str) -> list[Array]:
    tables = []
    for attribute, levels in LEVELS.items():
        models = policy.attributes.get(attribute, {})
        table = [getattr(models[n], side) if (n := level.name.lower()) in models else 1.0 for level in levels]
        tables.append(np.array(table))
    return tables


def _posterior(patterns: npt.NDArray[np.uint8], prior: float, m: list[Array], u: list[Array]) -> Array:
    """Give the probability that each pattern is of one party."""
    log_odds = np.full(len(patterns), np.log(prior / (1 - prior)))
    for column, (m_table, u_table) in enumerate(zip(m, u, strict=True)):
        ratio = np.log(m_table) - np.log(u_table)
        ratio[0] = 0.0
        log_odds += ratio[patterns[:, column]]
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))


def _frequencies(patterns: npt.NDArray[np.uint8], weights: Array) -> list[Array]:
    """Count levels by weight without the missing ones; half a pair more everywhere makes nothing impossible."""
    tables = []
    for column, levels in enumerate(LEVELS.values()):
        counts = np.bincount(patterns[:, column], weights=weights, minlength=len(levels)).astype(np.float64) + 0.5
        counts[0] = 0.0
        table = counts / counts.sum()
        table[0] = 1.0
        tables.append(table)
    return tables
