"""Groups of records: guarded against chaining, and the same whatever the order of arrival."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.clustering import ContradictionError, cluster

Pair = tuple[int, int]


def test_pairs_make_a_group() -> None:
    assert cluster([1, 2, 3, 4], {(1, 2): 9.0, (2, 3): 9.0}) == [(1, 2, 3), (4,)]


def test_a_weak_bridge_between_two_groups_does_not_glue_them() -> None:
    inside = {(1, 2): 12.0, (2, 3): 12.0, (1, 3): 12.0, (4, 5): 12.0, (5, 6): 12.0, (4, 6): 12.0}
    bridge = {(3, 4): 9.0, (1, 4): -50.0}
    assert cluster(range(1, 7), inside | bridge) == [(1, 2, 3), (4, 5, 6)]


def test_a_cannot_link_holds_against_the_best_weight() -> None:
    pairs = {(1, 2): 10.0, (2, 3): 30.0}
    assert cluster([1, 2, 3], pairs, cannot=[(3, 1)]) == [(1,), (2, 3)]


def test_a_must_link_joins_without_any_evidence_and_past_a_conflict() -> None:
    assert cluster([1, 2], {}, must=[(2, 1)], conflict=lambda *_: True) == [(1, 2)]


def test_contradicting_decisions_are_named() -> None:
    with pytest.raises(ContradictionError, match=r"record 1 .* take one of the decisions back"):
        cluster([1, 2, 3], {}, must=[(1, 2), (2, 3)], cannot=[(1, 3)])


def test_a_group_does_not_outgrow_its_limit() -> None:
    pairs = {(a, a + 1): 10.0 for a in range(1, 20)}
    assert max(map(len, cluster(range(1, 21), pairs, max_size=4))) <= 4


def test_a_conflict_of_whole_groups_is_respected() -> None:
    code = {1: "a", 4: "b"}

    def two_codes(left: frozenset[int], right: frozenset[int]) -> bool:
        found = {code[r] for r in left | right if r in code}
        return len(found) > 1

    groups = cluster([1, 2, 3, 4], {(1, 2): 10.0, (2, 3): 9.0, (3, 4): 8.0}, conflict=two_codes)
    assert groups == [(1, 2, 3), (4,)]


_nodes = st.integers(min_value=0, max_value=6)
_pair = st.tuples(_nodes, _nodes).filter(lambda p: p[0] < p[1])


@st.composite
def _problem(draw: st.DrawFn) -> tuple[dict[Pair, float], list[Pair], list[Pair]]:
    pairs = draw(st.dictionaries(_pair, st.integers(min_value=-5, max_value=9).map(float), max_size=15))
    cannot = draw(st.lists(_pair, max_size=4))
    must = draw(st.lists(_pair, max_size=3))
    return pairs, cannot, must


def _naive(pairs: dict[Pair, float], cannot: list[Pair], must: list[Pair], max_size: int) -> list[tuple[int, ...]]:
    """Join the best allowed pair of groups, computing everything anew each time."""
    groups = [frozenset([n]) for n in range(7)]
    for a, b in must:
        left = next(g for g in groups if a in g)
        right = next(g for g in groups if b in g)
        groups = [g for g in groups if g not in (left, right)] + [left | right]
    while True:
        best: tuple[float, int, int, frozenset[int], frozenset[int]] | None = None
        for left, right in itertools.combinations(sorted(groups, key=min), 2):
            known = [w for (a, b), w in pairs.items() if (a in left and b in right) or (a in right and b in left)]
            if not known:
                continue
            if len(left | right) > max_size or any({a, b} & left and {a, b} & right for a, b in cannot):
                continue
            entry = (-sum(known) / len(known), min(left), min(right), left, right)
            if best is None or entry[:3] < best[:3]:
                best = entry
        if best is None or -best[0] < 1.0:
            return sorted(tuple(sorted(g)) for g in groups)
        groups = [g for g in groups if g not in best[3:]] + [best[3] | best[4]]


@settings(max_examples=300, deadline=None)
@given(_problem())
def test_equal_to_brute_force_under_constraints(problem: tuple[dict[Pair, float], list[Pair], list[Pair]]) -> None:
    pairs, cannot, must = problem
    try:
        groups = cluster(range(7), pairs, cannot=cannot, must=must, threshold=1.0, max_size=5)
    except ContradictionError:
        joined = next(g for g in _naive({}, [], must, 7) if any(a in g and b in g for a, b in cannot))
        assert len(joined) > 1
        return
    assert groups == _naive(pairs, cannot, must, 5)
    of = {record: group for group in groups for record in group}
    assert all(of[a] != of[b] for a, b in cannot)
    assert all(of[a] == of[b] for a, b in must)


def test_twenty_shuffles_give_the_identical_partition() -> None:
    rng = random.Random(3)
    records = list(range(400))
    pairs = {}
    for _ in range(900):
        a, b = sorted(rng.sample(records, 2))
        pairs[a, b] = rng.choice([9.1, 10.3, 11.7, -2.0])
    cannot = [tuple(sorted(rng.sample(records, 2))) for _ in range(60)]
    expected = cluster(records, pairs, cannot=cannot, threshold=2.0, max_size=40)
    for _ in range(20):
        rng.shuffle(records)
        shuffled = list(pairs.items())
        rng.shuffle(shuffled)
        rng.shuffle(cannot)
        assert cluster(records, dict(shuffled), cannot=cannot, threshold=2.0, max_size=40) == expected


def test_a_large_component_is_no_trouble() -> None:
    pairs = {(a, a + 1): 10.0 for a in range(20_000)}
    groups = cluster(range(20_001), pairs, max_size=50)
    assert sum(map(len, groups)) == 20_001
    assert max(map(len, groups)) <= 50
