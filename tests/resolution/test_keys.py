"""Blocking keys: stable hashes, joint attributes, buckets, and the pairs that meet in them."""

from itertools import combinations

import numpy as np
import pytest

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.keys import (
    CAP,
    agreement,
    buckets,
    joint_attributes,
    key_hash,
    keys_of,
    pairs_in,
    unpack,
)
from customer_master.resolution.table import Table, read_table


def table(**columns: tuple[str, list[str | None]]) -> Table:
    kinds = {name: KINDS[kind] for name, (kind, _) in columns.items()}
    return read_table(kinds, {name: [texts] for name, (_, texts) in columns.items()})


def test_a_hash_is_the_same_in_every_process() -> None:
    assert key_hash("phone", "26988888") == -586299842337002693
    assert key_hash("place", "深圳") == 7789630540144723298


def met(found: Table) -> dict[tuple[int, int], int]:
    packed, strength = pairs_in(buckets(keys_of(found)), 10**9)
    left, right = unpack(packed)
    return dict(zip(zip(left.tolist(), right.tolist(), strict=True), strength.tolist(), strict=True))


def test_records_meet_under_every_key_they_share_and_the_rarer_it_is_the_stronger() -> None:
    kind = KINDS["identifier"]
    texts = ["AB123456", "AB129999", "AB123456", "CD553456", "ZZ777777", None]
    found = met(table(id=("identifier", texts)))
    keys = [set(kind.keys(value)) if text and (value := kind.read(text)) else set() for text in texts]
    sharing = {pair for pair in combinations(range(len(texts)), 2) if keys[pair[0]] & keys[pair[1]]}
    assert set(found) == sharing
    assert found[0, 2] == max(found.values())


def test_a_key_that_too_many_share_tells_nothing() -> None:
    assert len(met(table(c=("category", ["red"] * CAP)))) == CAP * (CAP - 1) // 2
    assert met(table(c=("category", ["red"] * (CAP + 1)))) == {}


def test_two_columns_of_one_kind_meet() -> None:
    assert (0, 1) in met(table(a=("given_name", ["Mary", None]), b=("given_name", [None, "Mary"])))


@pytest.mark.parametrize("texts", [[], ["x"], [None], [None, None]])
def test_nobody_meets_where_there_is_nobody_to_meet(texts: list[str | None]) -> None:
    found = table(c=("category", texts), d=("date", texts))
    assert met(found) == {}
    assert joint_attributes(found).exact == ()


def test_attributes_that_say_too_little_alone_are_taken_together() -> None:
    numbers = np.arange(2000)
    columns = {
        "surname": ("family_name", [f"n{chr(97 + n % 20)}{chr(97 + n // 20 % 20)}" for n in numbers]),
        "born": ("date", [f"19{40 + n * 7 % 50}-0{1 + n % 9}-11" for n in numbers]),
    }
    found = table(**columns)
    joint = joint_attributes(found)
    assert ("born", "surname") in joint.exact or ("surname", "born") in joint.exact


def test_coarse_attributes_are_put_together_until_they_leave_about_one_record() -> None:
    rng = np.random.default_rng(1)
    columns = {name: ("category", [f"v{n}" for n in rng.integers(0, 9, 3000)]) for name in "abcdefgh"}
    sets = [names for names in joint_attributes(table(**columns)).exact if len(names) > 2]
    assert [len(names) for names in sets] == [4, 4]
    assert set(sets[0]).isdisjoint(sets[1])


def test_agreement_counts_the_bits_of_shared_main_keys() -> None:
    keys = keys_of(table(a=("category", ["red", "red", "blue", "green"]), b=("category", ["big", "big", "big", None])))
    found = agreement(keys, np.array([0, 0, 2]), np.array([1, 2, 3]))
    assert found.tolist() == pytest.approx([1 + np.log2(4 / 3), np.log2(4 / 3), 0])
