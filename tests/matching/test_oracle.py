"""The oracle answers so many questions and no more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.oracle import LabelsExhaustedError, Oracle

TRUTH = np.array([0, 0, 1, 1, 1, -1, -1])


def test_it_tells_the_truth_and_unknown_records_are_nobody() -> None:
    oracle = Oracle(TRUTH, 10)
    answers = oracle.ask(*np.array([[0, 1], [1, 2], [4, 2], [5, 6], [0, 5]]).T)
    assert answers.tolist() == [True, False, True, False, False]
    assert answers.dtype == np.bool_


def test_a_pair_asked_again_or_the_other_way_round_costs_nothing() -> None:
    oracle = Oracle(TRUTH, 2)
    oracle.ask(*np.array([[1, 0], [0, 1], [1, 0]]).T)
    assert oracle.remaining == 1
    oracle.ask(*np.array([[0, 1], [4, 3]]).T)
    assert oracle.remaining == 0
    assert oracle.ask(*np.array([[3, 4]]).T).tolist() == [True]
    assert oracle.asked.tolist() == [[0, 1], [3, 4]]


def test_beyond_the_limit_nothing_is_answered() -> None:
    oracle = Oracle(TRUTH, 2)
    oracle.ask(*np.array([[0, 1]]).T)
    with pytest.raises(LabelsExhaustedError, match="3 pairs were asked about, 2 may be"):
        oracle.ask(*np.array([[0, 2], [0, 3]]).T)
    assert (oracle.remaining, oracle.asked.tolist()) == (1, [[0, 1]])


def test_no_question_is_no_question() -> None:
    oracle = Oracle(TRUTH, 0)
    assert oracle.ask(*np.empty((0, 2), np.int64).T).tolist() == []
    assert oracle.asked.shape == (0, 2)


@pytest.mark.parametrize("pairs", [([0], [0]), ([0], [7]), ([-1], [2]), ([0, 1], [2]), ([[0, 1]], [[2, 3]])])
def test_what_is_no_pair_of_records_is_refused(pairs: tuple[list[int], list[int]]) -> None:
    with pytest.raises(ValueError, match=r"itself|records 0 to 6|shape"):
        Oracle(TRUTH, 5).ask(np.array(pairs[0]), np.array(pairs[1]))


@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]), max_size=6)))
def test_what_remains_is_the_limit_less_the_distinct_pairs(rounds: list[list[tuple[int, int]]]) -> None:
    oracle = Oracle(TRUTH, 21)
    seen: set[tuple[int, int]] = set()
    for pairs in rounds:
        oracle.ask(*np.array(pairs, np.int64).reshape(-1, 2).T)
        seen |= {(min(pair), max(pair)) for pair in pairs}
    assert oracle.remaining == 21 - len(seen)
    assert [tuple(pair) for pair in oracle.asked.tolist()] == sorted(seen)
