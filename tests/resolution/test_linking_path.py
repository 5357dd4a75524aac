"""The chain through which two records of one group hang together."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.resolution.components import ScoredPairs
from customer_master.resolution.linking_path import linking_path

Bits = dict[tuple[int, int], float]


def links_of(bits: Bits) -> ScoredPairs:
    ends = np.array(list(bits), np.int64).reshape(-1, 2)
    return ScoredPairs(ends[:, 0], ends[:, 1], np.array(list(bits.values()), np.float64))


def chance(bits: Bits, chain: tuple[int, ...] | list[int]) -> float:
    """The probability that all links of a chain hold; 0 where one is missing."""
    found = 1.0
    for a, b in pairwise(chain):
        score = bits.get((min(a, b), max(a, b)))
        found *= 0.0 if score is None else 1 / (1 + 2.0**-score)
    return found


def test_a_strong_detour_beats_a_weak_link_and_a_short_way_a_long_one() -> None:
    assert linking_path(links_of({(10, 20): 9.0, (20, 30): 9.0, (10, 30): 0.5}), 30, 10) == [30, 20, 10]
    assert linking_path(links_of({(1, 2): 9.0, (2, 3): 9.0, (1, 4): 9.0, (4, 5): 9.0, (3, 5): 9.0}), 1, 3) == [1, 2, 3]


def test_links_beyond_doubt_are_links() -> None:
    assert linking_path(links_of({(1, 2): 400.0, (2, 3): 400.0}), 1, 3) == [1, 2, 3]


def test_no_chain() -> None:
    assert linking_path(links_of({(1, 2): 5.0}), 1, 3) == []
    assert linking_path(links_of({}), 1, 3) == []


SCORES = st.dictionaries(
    st.sampled_from(list(combinations(range(6), 2))), st.floats(0.01, 15), max_size=len(list(combinations(range(6), 2)))
)


@given(SCORES)
def test_no_chain_is_likelier(bits: Bits) -> None:
    others = [middle for size in range(5) for middle in permutations(range(1, 5), size)]
    best = max(chance(bits, (0, *middle, 5)) for middle in others)
    found = linking_path(links_of(bits), 0, 5)
    assert bool(found) == (best > 0)
    if found:
        assert (found[0], found[-1]) == (0, 5)
        assert chance(bits, found) == pytest.approx(best)
