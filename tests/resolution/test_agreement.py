"""Pairs of parties compared many at once: each gets what it gets alone, whichever way round it stands."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.agreement import compare_parties
from customer_master.resolution.laws import LAWS, ruling
from customer_master.resolution.levels import ATTRIBUTES, levels_of
from customer_master.resolution.party import Values, values_of
from mappings.canonical import Address, Email, Identifier, Kind, Name, Party, Phone

_NAMES = {
    Kind.ORGANISATION: (
        "深圳市华强电子有限公司", "华强", "华强集团有限公司", "Shenzhen Huaqiang Electronics Co., Ltd.", "无",
        "广州市金溢机械有限公司",
        "深圳市华强电子有限公司广州分公司", "深圳市花墙电子有限公司",
    ),
    Kind.PERSON: ("王伟", "王总", "Wang Wei", "王卫", "李小明"),
}  # fmt: skip
_NUMBERS = (
    Identifier("cn_uscc", "914403055812182182"),
    Identifier("cn_tax15", "440305581218218"),
    Identifier("cn_uscc", "914403055812182000", valid=False),
    Identifier("cn_uscc", "91310115434272812K"),
    Identifier("gln", "6900309370962"),
    Identifier("gln", "6900237251845"),
)
_ADDRESSES = (
    "深圳市南山区科技路18号",
    "深圳市南山区科技路18号3楼",
    "No. 18 Keji Road, Shenzhen",
    "深圳市",
    "上海市长宁区金桥路1号",
)


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@st.composite
def _parties(draw: st.DrawFn) -> list[Values]:
    kind = draw(st.sampled_from([Kind.ORGANISATION, Kind.PERSON]))
    party = st.builds(
        Party,
        st.just(kind),
        names=_some(tuple(map(Name, _NAMES[kind]))),
        identifiers=_some(_NUMBERS),
        phones=_some((Phone("+8675526988888"), Phone("+8613912345678"), Phone("+8613800138000"))),
        emails=_some((Email("li@huaqiang.com"), Email("wu@huaqiang.com"), Email("wang@163.com"))),
        addresses=_some(tuple(map(Address, _ADDRESSES))),
        contacts=_some(("王建国", "王经理", "Wang Jianguo")),
    )
    return [values_of(one) for one in draw(st.lists(party, min_size=2, max_size=5))]


@settings(max_examples=60, deadline=None)
@given(_parties(), st.sampled_from([1, 9, 10_000]))
def test_a_pair_among_many_gets_what_it_gets_alone_and_the_other_way_round(parties: list[Values], holders: int) -> None:
    left, right = np.array(list(combinations(range(len(parties)), 2))).T
    together = compare_parties(parties, left, right, lambda _: holders)
    assert (together == compare_parties(parties, right, left, lambda _: holders)).all()
    for a, b, row in zip(left.tolist(), right.tolist(), together, strict=True):
        alone = compare_parties([parties[b], parties[a]], np.array([0]), np.array([1]), lambda _: holders)
        assert alone[0].tolist() == row.tolist()


@pytest.mark.parametrize("kind", Kind)
@given(st.data())
def test_some_law_decides_about_every_pair_and_a_name_alone_is_never_a_match(kind: Kind, data: st.DataObject) -> None:
    sizes = [len(level) for level in levels_of(kind).values()]
    levels = np.array([[data.draw(st.integers(0, size - 1)) for size in sizes]], np.uint8)
    assert 0 <= ruling(kind, levels)[0] < len(LAWS[kind])
    bare = np.where([attribute == "name" for attribute in ATTRIBUTES], levels, 0).astype(np.uint8)
    assert LAWS[kind][ruling(kind, bare)[0]].most != "match"


def test_without_pairs_there_are_no_levels() -> None:
    nothing = np.zeros(0, np.int64)
    assert compare_parties([], nothing, nothing).shape == (0, len(ATTRIBUTES))
