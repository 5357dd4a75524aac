"""Groups of records: guarded against chaining, the best there are, and the same whatever the order of arrival."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.clustering import Conflict, cluster, groups_of, no_conflict, scored_pairs
from customer_master.resolution.components import ContradictionError, Pair, ScoredPairs

Groups = list[tuple[int, ...]]


def _grouped(
    records: Sequence[int],
    bits: dict[Pair, float],
    *,
    must: Sequence[Pair] = (),
    cannot: Sequence[Pair] = (),
    conflict: Conflict = no_conflict,
    threshold: float = 0.0,
    max_size: int = 1000,
) -> Groups:
    labels = cluster(
        records,
        scored_pairs(bits),
        must=must,
        cannot=cannot,
        conflict=conflict,
        threshold=threshold,
        max_size=max_size,
    )
    return groups_of(records, labels)


def test_pairs_make_a_group() -> None:
    assert _grouped([1, 2, 3, 4], {(1, 2): 9.0, (3, 2): 9.0}) == [(1, 2, 3), (4,)]


def test_nothing_to_group() -> None:
    assert _grouped([], {}) == []
    assert _grouped([5], {}) == [(5,)]


def test_labels_stand_in_the_order_of_the_records() -> None:
    assert cluster([30, 10, 20], scored_pairs({(30, 10): 5.0})).tolist() == [10, 10, 20]


def test_a_pair_at_the_threshold_is_a_group_and_one_below_is_none() -> None:
    bits = {(1, 2): 2.5, (3, 4): 2.49}
    assert _grouped([1, 2, 3, 4], bits, threshold=2.5) == [(1, 2), (3,), (4,)]


@pytest.mark.parametrize("size", [3, 8], ids=["small", "large"])
def test_a_bridge_between_two_groups_does_not_glue_them(size: int) -> None:
    left, right = range(size), range(size, 2 * size)
    inside = {(a, b): 12.0 for part in (left, right) for a in part for b in part if a < b}
    bridge = {(size - 1, size): 9.0, (0, size): -50.0}
    assert _grouped(range(2 * size), inside | bridge) == [tuple(left), tuple(right)]


def test_two_large_groups_do_not_hang_together_by_one_pair_where_nothing_else_is_known() -> None:
    left, right = range(12), range(12, 24)
    inside = {(a, b): 12.0 for part in (left, right) for a in part for b in part if a < b}
    assert _grouped(range(24), inside | {(11, 12): 9.0}) == [tuple(left), tuple(right)]


def test_a_record_that_greed_put_into_the_wrong_group_is_moved() -> None:
    """The best pair of all takes record 0 to the left, but the whole right speaks for it more loudly than that pair."""
    left, right = range(1, 7), range(7, 13)
    bits = {(a, b): 5.0 for part in (left, right) for a in part for b in part if a < b}
    bits |= {(a, b): -1.0 for a in left for b in right}
    bits |= {(0, 1): 15.0} | {(0, b): -1.0 for b in left[1:]} | {(0, b): 3.0 for b in right}
    assert _grouped(range(13), bits) == [(0, *right), tuple(left)]


def test_a_cannot_link_holds_against_the_best_weight() -> None:
    assert _grouped([1, 2, 3], {(1, 2): 10.0, (2, 3): 30.0}, cannot=[(3, 1)]) == [(1,), (2, 3)]


def test_a_must_link_joins_without_any_evidence_and_past_all_guards() -> None:
    musts = [(2, 1), (2, 3)]
    assert _grouped([1, 2, 3], {}, must=musts, conflict=lambda *_: True, max_size=2) == [(1, 2, 3)]


def test_contradicting_decisions_are_named() -> None:
    with pytest.raises(ContradictionError, match=r"record 1 with record 3.* take one of the decisions back"):
        _grouped([1, 2, 3], {}, must=[(1, 2), (2, 3)], cannot=[(3, 1)])


@pytest.mark.parametrize("records", [[1, 2, 3], [1, 20, 300]])
def test_a_pair_of_an_unknown_record_is_refused(records: list[int]) -> None:
    with pytest.raises(ValueError, match="record 7 is not among the records"):
        _grouped(records, {(1, 7): 3.0})


def test_a_record_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="list each once"):
        _grouped([1, 2, 1], {})


@pytest.mark.parametrize("length", [6, 20], ids=["small", "large"])
def test_a_group_does_not_outgrow_its_limit(length: int) -> None:
    groups = _grouped(range(length), {(a, a + 1): 10.0 for a in range(length - 1)}, max_size=4)
    assert max(map(len, groups)) <= 4
    assert len(groups) <= length // 2


@pytest.mark.parametrize("length", [4, 20], ids=["small", "large"])
def test_a_conflict_is_respected(length: int) -> None:
    code = {0: "a", length - 1: "b"}

    def two_codes(left: frozenset[int], right: frozenset[int]) -> bool:
        return len({code[r] for r in left if r in code} | {code[r] for r in right if r in code}) > 1

    bits = {(a, b): 10.0 for a in range(length) for b in range(a + 1, length) if (a, b) != (0, length - 1)}
    bits[0, 1] = 12.0
    assert _grouped(range(length), bits, conflict=two_codes) == [tuple(range(length - 1)), (length - 1,)]


_NODES = 8
_node = st.integers(min_value=0, max_value=_NODES - 1)
_pair = st.tuples(_node, _node).filter(lambda p: p[0] < p[1])
_bits = st.sampled_from([-30.0, -6.0, -2.5, -1.0, 0.0, 0.5, 1.0, 1.0, 2.5, 4.0, 9.0, 40.0])
Problem = tuple[dict[Pair, float], list[Pair], list[Pair]]
_problem = st.tuples(
    st.dictionaries(_pair, _bits, max_size=28), st.lists(_pair, max_size=4), st.lists(_pair, max_size=3)
)


def _partitions(records: Sequence[int]) -> Iterator[Groups]:
    """List all ways to group records."""
    if not records:
        yield []
        return
    for rest in _partitions(records[:-1]):
        yield [*rest, (records[-1],)]
        for place, group in enumerate(rest):
            yield [*rest[:place], (*group, records[-1]), *rest[place + 1 :]]


_ALL = [(groups, [pair for g in groups for pair in combinations(g, 2)]) for groups in _partitions(range(_NODES))]


def _best(problem: Problem, threshold: float, max_size: int) -> Groups | None:
    """Look at all partitions: the one of the greatest worth, most groups, lower records in earlier groups."""
    bits, must, cannot = problem
    thousandths = {pair: round(1000 * min(b - threshold, 20)) + 1 for pair, b in bits.items()}
    tied, decided = max((p for p in _ALL if _holds(p[0], must)), key=lambda p: len(p[0]))
    if not _holds(tied, [], cannot):
        return None

    def rank(partition: tuple[Groups, list[Pair]]) -> tuple[int, int, list[list[bool]]]:
        groups, inside = partition
        worth = sum(thousandths.get(pair, -100) for pair in inside if pair not in decided)
        return (-worth, -len(groups), [[r not in g for r in range(_NODES)] for g in sorted(groups)])

    allowed = [p for p in _ALL if _holds(p[0], must, cannot) and all(len(g) <= max_size or g in tied for g in p[0])]
    return sorted(min(allowed, key=rank)[0])


def _holds(groups: Groups, must: Sequence[Pair], cannot: Sequence[Pair] = ()) -> bool:
    of = {record: group for group in groups for record in group}
    return all(of[a] == of[b] for a, b in must) and all(of[a] != of[b] for a, b in cannot)


@settings(max_examples=120, deadline=None)
@given(_problem, st.sampled_from([0.0, 1.0]), st.sampled_from([3, 5, 8]))
def test_equal_to_brute_force_under_constraints(problem: Problem, threshold: float, max_size: int) -> None:
    bits, must, cannot = problem
    expected = _best(problem, threshold, max_size)
    if expected is None:
        with pytest.raises(ContradictionError):
            _grouped(range(_NODES), bits, must=must, cannot=cannot)
        return
    found = _grouped(range(_NODES), bits, must=must, cannot=cannot, threshold=threshold, max_size=max_size)
    assert found == expected


@settings(max_examples=40, deadline=None)
@given(_problem)
def test_a_conflict_of_two_records_is_a_cannot_link(problem: Problem) -> None:
    bits, _, cannot = problem

    def conflict(left: frozenset[int], right: frozenset[int]) -> bool:
        return any({a, b} & left and {a, b} & right for a, b in cannot)

    assert _grouped(range(_NODES), bits, conflict=conflict) == _grouped(range(_NODES), bits, cannot=cannot)


def _random_problem(seed: int, records: int, pairs: int) -> Problem:
    """Make small components and large ones, with many ties."""
    rng = random.Random(seed)
    bits, must, cannot = {}, [], []
    for _ in range(pairs):
        a = rng.randrange(records)
        b = min(records - 1, a + rng.randint(1, 12 if a < records // 3 else 3))
        if a != b:
            bits[a, b] = rng.choice([9.1, 9.1, 10.3, 4.0, -2.0, -7.0])
    for _ in range(records // 15):
        a = rng.randrange(records - 2)
        cannot.append((a, a + 1))
        must.append((a, a + 2))
    return bits, must, [(a, b) for a, b in cannot if not {(a, b), (b, a)} & set(must)]


def test_twenty_shuffles_give_the_identical_partition() -> None:
    rng = random.Random(3)
    records = list(range(0, 800, 2))
    bits, must, cannot = _random_problem(3, 400, 700)
    twice = {(2 * a, 2 * b): weight for (a, b), weight in bits.items()}
    musts, cannots = ([(2 * a, 2 * b) for a, b in links] for links in (must[:9], cannot[9:]))
    expected = _grouped(records, twice, must=musts, cannot=cannots, threshold=2.0, max_size=40)
    assert max(map(len, expected)) > 10
    for _ in range(20):
        shuffled = [((b, a) if rng.random() < 0.5 else (a, b), weight) for (a, b), weight in twice.items()]
        for order in (records, shuffled, musts, cannots):
            rng.shuffle(order)  # type: ignore[arg-type]
        assert _grouped(records, dict(shuffled), must=musts, cannot=cannots, threshold=2.0, max_size=40) == expected


@settings(max_examples=60, deadline=None)
@given(_problem, st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(problem: Problem, rng: random.Random) -> None:
    bits, must, cannot = problem
    records = list(range(_NODES))
    shuffled = list(bits.items())
    rng.shuffle(records)
    rng.shuffle(shuffled)
    try:
        expected = _grouped(range(_NODES), bits, must=must, cannot=cannot)
    except ContradictionError:
        return
    assert _grouped(records, dict(shuffled), must=must[::-1], cannot=cannot[::-1]) == expected


@pytest.mark.parametrize("seed", range(5))
def test_a_component_alone_is_grouped_as_within_the_whole(seed: int) -> None:
    bits, must, cannot = _random_problem(seed, 300, 420)
    must = must[:4]
    cannot = [pair for pair in cannot if not any(set(pair) & set(link) for link in must)]
    whole = _grouped(range(300), bits, must=must, cannot=cannot)
    positive = {pair: 1.0 for pair, weight in bits.items() if weight > 0} | dict.fromkeys(must, 1.0)
    components = groups_of(range(300), cluster(range(300), scored_pairs({}), must=list(positive)))
    alone: Groups = []
    for component in components:
        own = set(component)
        inside = {pair: weight for pair, weight in bits.items() if own >= set(pair)}
        links = ([pair for pair in some if own >= set(pair)] for some in (must, cannot))
        alone += _grouped(component, inside, must=next(links), cannot=next(links))
    assert max(map(len, components)) > 20
    assert sorted(alone) == whole


def test_a_large_component_is_no_trouble() -> None:
    groups = _grouped(range(20_001), {(a, a + 1): 10.0 for a in range(20_000)}, max_size=50)
    assert sum(map(len, groups)) == 20_001
    assert max(map(len, groups)) <= 50


def test_a_million_records_take_seconds() -> None:
    rng = np.random.default_rng(5)
    place = rng.permutation(1_000_000)
    first = place[:900_000:3]
    left = np.concatenate((first, place[1:900_000:3]))
    right = np.concatenate((place[1:900_000:3], place[2:900_000:3]))
    began = time.process_time()
    labels = cluster(np.arange(1_000_000), ScoredPairs(left, right, rng.uniform(1, 9, 600_000)))
    assert time.process_time() - began < 6  # some 1 s; a loop over records would take far longer
    assert len(np.unique(labels)) == 400_000
