"""Weights are found in unlabelled pairs, and not beside them."""

from __future__ import annotations

import numpy as np
import pytest

from customer_master.resolution.attributes.beliefs import belief
from customer_master.resolution.fellegi import Weights, estimate
from customer_master.resolution.vectors import Levels

DATE, PHONE, PLACE = (len(belief(kind, 1)) - 1 for kind in ("date", "phone", "place"))
BELIEFS = [belief(kind, 50) for kind in ("date", "phone", "place")]


def mixture(matches: int, others: int, seed: int = 1) -> Levels:
    """Make pairs: matches mostly agree in three attributes, the others only by chance."""
    rng = np.random.default_rng(seed)
    same = np.arange(matches + others) < matches
    tops = np.array([DATE, PHONE, PLACE])
    agree = rng.random((len(same), 3)) < np.where(same[:, None], [0.9, 0.8, 0.95], [0.01, 0.02, 0.2])
    levels = np.where(agree, tops, 1)
    levels[rng.random(levels.shape) < 0.1] = 0
    return levels.astype(np.uint8)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_the_mixture_is_found_and_what_tells_more_weighs_more(share: float) -> None:
    found = estimate(mixture(int(20_000 * share), int(20_000 * (1 - share))), BELIEFS)
    assert share / 2 < found.prior < 2 * share
    date, phone, place = found.bits[0][DATE], found.bits[1][PHONE], found.bits[2][PLACE]
    assert date > np.log2(0.9 / 0.01) - 1
    assert phone > np.log2(0.8 / 0.02) - 1
    assert 1 < place < phone < date


def test_levels_nobody_has_are_weighed_as_believed_and_missing_ones_not_at_all() -> None:
    found = estimate(mixture(500, 5000), BELIEFS)
    assert all(bits[0] == 0 for bits in found.bits)
    assert 0 < found.bits[0][DATE - 1] < found.bits[0][DATE]


def test_to_differ_never_speaks_for_one_party() -> None:
    alike = np.full((200, 3), 1, np.uint8)
    assert all(bits[1] <= 0 for bits in estimate(alike, BELIEFS).bits)


def test_the_order_of_the_pairs_makes_no_difference() -> None:
    levels = mixture(300, 3000)
    shuffled = levels[np.random.default_rng(3).permutation(len(levels))]
    one, other = estimate(levels, BELIEFS), estimate(shuffled, BELIEFS)
    assert one.prior == other.prior
    assert all(np.array_equal(a, b) for a, b in zip(one.bits, other.bits, strict=True))


def test_without_pairs_the_beliefs_stand() -> None:
    found = estimate(np.zeros((0, 3), np.uint8), BELIEFS)
    assert isinstance(found, Weights)
    assert all(np.array_equal(a, b) for a, b in zip(found.bits, BELIEFS, strict=True))
