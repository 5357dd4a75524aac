"""Groups that a steward is told to look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.alarms import Alarm, AlarmKind, alarms
from customer_master.resolution.clustering import cluster, scored_pairs
from customer_master.resolution.components import Pair


def _alarms(
    records: Sequence[int], bits: dict[Pair, float], must: Sequence[Pair] = (), max_size: int = 1000
) -> list[Alarm]:
    ids, pairs = np.array(records), scored_pairs(bits)
    labels = cluster(ids, pairs, must=must, max_size=max_size)
    return alarms(ids, labels, pairs, must=must, max_size=max_size)


def _triangles(*, bridge: float) -> dict[Pair, float]:
    pairs = [(1, 2), (2, 3), (1, 3), (4, 5), (5, 6), (4, 6)]
    return dict.fromkeys(pairs, 9.0) | {(4, 3): bridge}


def test_a_group_that_hangs_by_one_pair() -> None:
    assert _alarms([6, 5, 4, 3, 2, 1, 7], _triangles(bridge=8.0)) == [
        Alarm(AlarmKind.BRIDGE, ((1, 2, 3), (4, 5, 6)), (3, 4))
    ]


def test_a_second_pair_is_no_bridge_and_neither_is_a_decision() -> None:
    assert _alarms(range(1, 7), _triangles(bridge=8.0) | {(1, 6): 3.0}) == []
    assert _alarms(range(1, 7), _triangles(bridge=8.0), must=[(3, 4)]) == []
    assert _alarms(range(1, 7), _triangles(bridge=-1.0), must=[(4, 3)]) == []


def test_a_single_record_may_hang_by_one_pair() -> None:
    assert _alarms([1, 2, 3, 4], {(1, 2): 9.0, (2, 3): 9.0, (1, 3): 9.0, (3, 4): 9.0}) == []


def test_of_a_chain_the_middle_is_told() -> None:
    [alarm] = _alarms(range(6), {(a, a + 1): 9.0 for a in range(5)})
    assert (alarm.pair, alarm.parts) == ((2, 3), ((0, 1, 2), (3, 4, 5)))


def test_groups_that_only_the_limit_keeps_apart() -> None:
    bits = {(1, 2): 9.0, (3, 4): 9.0, (2, 3): 5.0, (1, 3): 3.0}
    assert _alarms([1, 2, 3, 4], bits, max_size=3) == [Alarm(AlarmKind.SIZE, ((1, 2), (3, 4)))]
    assert _alarms([1, 2, 3, 4], bits, max_size=4) == []


def test_a_group_that_decisions_made_too_large() -> None:
    assert _alarms([1, 2, 3], {}, must=[(1, 2), (2, 3)], max_size=2) == [Alarm(AlarmKind.SIZE, ((1, 2, 3),))]


_node = st.integers(min_value=0, max_value=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_node, _node).filter(lambda p: p[0] < p[1]), max_size=14, unique=True))
def test_a_bridge_is_what_parts_a_group_when_it_is_taken_away(pairs: list[Pair]) -> None:
    records = np.arange(9)
    bits = dict.fromkeys(pairs, 1.0)
    whole = cluster(records, scored_pairs({}), must=pairs)
    expected = set()
    for pair in pairs:
        rest = [other for other in pairs if other != pair]
        labels = cluster(records, scored_pairs({}), must=rest)
        sides = [tuple(np.flatnonzero(labels == labels[end]).tolist()) for end in pair]
        if sides[0] != sides[1] and min(map(len, sides)) > 1:
            expected.add((min(map(len, sides)), tuple(sorted(sides)), pair, int(whole[pair[0]])))
    found = alarms(records, whole, scored_pairs(bits))
    best = {group: max(e[0] for e in expected if e[3] == group) for group in {e[3] for e in expected}}
    assert len(found) == len(best)
    for alarm in found:
        assert alarm.pair is not None
        group = int(whole[alarm.pair[0]])
        assert (best[group], alarm.parts, alarm.pair, group) in expected
