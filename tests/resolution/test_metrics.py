"""Figures of quality, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from customer_master.resolution.metrics import bcubed, pairwise

FOUND = np.array([1, 1, 1, 2, 2, 9])  # abc de f
TRUTH = np.array([7, 7, 8, 8, 8, 8])  # ab cdef


def test_pairs() -> None:
    quality = pairwise(FOUND, TRUTH)
    # found: ab ac bc de; true: ab, and six of cdef; both: ab de
    assert (quality.precision, quality.recall) == (2 / 4, 2 / 7)
    assert quality.f1 == pytest.approx(4 / 11)


def test_pairs_without_those_that_were_given_away() -> None:
    without = [(0, 1), (1, 0), (2, 0), (5, 2), (4, 4), (0, 5)]  # true and found; found; true; none; neither
    quality = pairwise(FOUND, TRUTH, without)
    assert (quality.precision, quality.recall) == (1 / 2, 1 / 5)
    assert pairwise(FOUND, TRUTH, np.array(without)) == quality


def test_bcubed() -> None:
    quality = bcubed(FOUND, TRUTH)
    # a, b: 2/3 and 1; c: 1/3 and 1/4; d, e: 1 and 1/2; f: 1 and 1/4
    assert quality.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert quality.recall == pytest.approx((1 + 1 + 1 / 4 + 1 / 2 + 1 / 2 + 1 / 4) / 6)
    assert quality.f1 == pytest.approx(2 / (1 / quality.precision + 1 / quality.recall))


def test_the_truth_itself_is_perfect_whatever_the_groups_are_called() -> None:
    for measure in (pairwise, bcubed):
        quality = measure(TRUTH * 1_000_003 - 12, TRUTH)
        assert (quality.precision, quality.recall, quality.f1) == (1.0, 1.0, 1.0)


def test_what_finds_nothing_is_worth_nothing() -> None:
    quality = pairwise(np.arange(6), TRUTH)
    assert (quality.precision, quality.recall, quality.f1) == (1.0, 0.0, 0.0)


def test_no_records() -> None:
    none = np.array([], np.int64)
    assert pairwise(none, none).f1 == bcubed(none, none).f1 == 1.0
