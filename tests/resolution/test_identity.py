"""Party ids: kept by overlap, given back by an undone merge, never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customer_master.resolution.identity import assign_ids


def _sets(*groups: tuple[int, ...]) -> list[frozenset[int]]:
    return [frozenset(g) for g in groups]


def test_nothing_changed_nothing_moves() -> None:
    a = assign_ids({5: frozenset({1, 2}), 6: frozenset({3})}, _sets((3,), (1, 2)), {})
    assert (a.kept, a.revived, a.created, a.merged_into, a.split_into) == ({0: 6, 1: 5}, {}, (), {}, {})


def test_a_merge_keeps_the_id_with_more_records() -> None:
    a = assign_ids({5: frozenset({1}), 6: frozenset({2, 3})}, _sets((1, 2, 3)), {})
    assert a.kept == {0: 6}
    assert a.merged_into == {5: 6}


def test_a_merge_of_equals_keeps_the_older_id() -> None:
    a = assign_ids({9: frozenset({1}), 4: frozenset({2})}, _sets((1, 2)), {})
    assert a.kept == {0: 4}
    assert a.merged_into == {9: 4}


def test_a_split_leaves_the_id_with_the_larger_half() -> None:
    a = assign_ids({5: frozenset({1, 2, 3})}, _sets((3,), (1, 2)), {})
    assert a.kept == {1: 5}
    assert a.created == (0,)
    assert a.split_into == {}


def test_unmerging_gives_the_old_id_back() -> None:
    merged = assign_ids({5: frozenset({1, 2}), 6: frozenset({3})}, _sets((1, 2, 3)), {})
    assert merged.merged_into == {6: 5}
    undone = assign_ids({5: frozenset({1, 2, 3})}, _sets((1, 2), (3,)), {6: frozenset({3})})
    assert undone.kept == {0: 5}
    assert undone.revived == {1: 6}
    assert undone.created == ()


def test_a_scattered_party_resolves_to_all_its_successors() -> None:
    old = {1: frozenset({10, 11, 12}), 2: frozenset({20, 21, 22}), 3: frozenset({30, 31})}
    a = assign_ids(old, _sets((10, 11, 12, 30), (20, 21, 22, 31)), {})
    assert a.kept == {0: 1, 1: 2}
    assert a.split_into == {3: (1, 2)}


def test_new_records_get_a_new_party() -> None:
    assert assign_ids({}, _sets((1,), (2, 3)), {}).created == (0, 1)


_records = st.lists(st.integers(0, 5), min_size=12, max_size=12)


@given(_records, _records, st.permutations(range(6)))
def test_every_id_resolves_and_no_order_matters(before: list[int], after: list[int], order: list[int]) -> None:
    old = {p + 100: frozenset(r for r in range(12) if before[r] == p) for p in range(6) if p in before}
    new = [frozenset(r for r in range(12) if after[r] == g) for g in range(6) if g in after]
    a = assign_ids(old, new, {})
    assert set(a.kept.values()) | a.merged_into.keys() | a.split_into.keys() == old.keys()
    assert sorted([*a.kept, *a.created]) == list(range(len(new)))
    successors = {*a.merged_into.values(), *(h for heirs in a.split_into.values() for h in heirs)}
    assert successors <= set(a.kept.values())
    shuffled = [new[i] for i in order if i < len(new)]
    again = assign_ids(dict(reversed(old.items())), shuffled, {})
    assert {shuffled[i]: p for i, p in again.kept.items()} == {new[i]: p for i, p in a.kept.items()}
    assert again.merged_into == a.merged_into
