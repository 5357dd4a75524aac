"""Addresses, places and postcodes as attributes: what is the same, what is near, what only looks so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.resolution.attributes.address import ADDRESS, AddressLevel
from customer_master.resolution.attributes.places import PLACE, POSTCODE, PlaceLevel, PostcodeLevel


def level(kind, one, other):
    left, right = kind.read(one), kind.read(other)
    assert left is not None
    assert right is not None
    return kind.levels(int(kind.compare([left], [right]).levels[0]))


def meet(kind, one, other):
    return not set(kind.keys(kind.read(one))).isdisjoint(kind.keys(kind.read(other)))


SAME_ADDRESSES = [
    ("广东省深圳市南山区科技南路18号", "深圳南山科技南路十八号"),
    ("廣東省深圳市南山區科技南路18號", "地址：深圳市南山区科技南路18号"),
    ("浙江省上虞市百官街道人民路88号", "绍兴市上虞区人民路88号"),
    ("临溪街588号", "浙江省德清县武康镇临溪街588号"),
    ("塔西村12号", "揭阳市白塔镇塔西村12号"),
    ("3053 s. normal ave.", "3053 South Normal Avenue"),
    ("221 e. 51st st.", "221 East 51st Street"),
    ("Hauptstr. 5, 10115 Berlin", "Hauptstraße 5, Berlin"),
    ("jinka street", "Jinka St."),
    ("lubuma place", "lubum a place"),
]


@pytest.mark.parametrize(("one", "other"), SAME_ADDRESSES)
def test_one_address_in_two_dresses_is_exact_and_shares_its_term(one, other):
    assert level(ADDRESS, one, other) == AddressLevel.EXACT
    assert ADDRESS.term(ADDRESS.read(one)) == ADDRESS.term(ADDRESS.read(other))
    assert meet(ADDRESS, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳市南山区科技南路18号A座1203室", "广东深圳南山区粤海街道科技南路18号"),
        ("上海市闸北区恒丰路568号", "上海市静安区恒丰路568号恒汇国际大厦1802"),
        ("深圳市宝安区创业二路高新大厦", "深圳宝安高新大厦8楼"),
        ("台北市信义路五段7号", "台灣台北市信義區信義路五段7號8樓"),
        ("香港九龍觀塘道388號", "九龙观塘道388号"),
        ("1633 n. hamlin", "1633 north hamlin avenue"),
        ("27 washington oak park il 60302", "27 Washington Blvd., Oak Park"),
        ("2141 s tan ct", "2141 south tan court 1st floor"),
    ],
)
def test_one_house_told_more_or_less_fully(one, other):
    assert level(ADDRESS, one, other) == AddressLevel.SAME_HOUSE
    assert meet(ADDRESS, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳市南山区学府路88号", "深圳市南山区学附路88号"),
        ("744 n. monticello", "744 n monticelo ave"),
        ("8128 s king dr", "8128 s. dr. martin luther king jr drive"),
        ("8938-40 s. cottage grove", "8938 s cottage grove"),
        ("7954-58 s. western", "7956 s western"),
        ("2140 w 79th st", "2141 w. 79th st."),
        ("wallaby place", "walaby plce"),
        ("narran street", "narra n stret"),
    ],
)
def test_slips_are_similar(one, other):
    assert level(ADDRESS, one, other) == AddressLevel.SIMILAR


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("北京市朝阳区人民路1号", "上海市黄浦区人民路1号", AddressLevel.DIFFERENT),
        ("1 High St, London", "1 High St, Leeds", AddressLevel.DIFFERENT),
        ("221 e 51st st", "221 w 51st st", AddressLevel.DIFFERENT),
        ("221 e 51st st", "221 e 52nd st", AddressLevel.DIFFERENT),
        ("2828 n. kilbourn", "2828 n. oak park ave", AddressLevel.DIFFERENT),
        ("深圳市南山区科技南路18号", "深圳市南山区深南大道9988号", AddressLevel.SAME_DISTRICT),
        ("深圳市南山区科技南路18号", "深圳市福田区福华三路88号", AddressLevel.SAME_CITY),
        ("深圳市南山区科技南路18号", "深圳市南山区科技南路20号", AddressLevel.SAME_ROAD),
        ("1504 s. albany", "1420 s albany ave", AddressLevel.SAME_ROAD),
    ],
)
def test_what_only_looks_the_same(one, other, expected):
    assert level(ADDRESS, one, other) == expected


def test_an_address_that_says_nothing_is_none():
    assert [ADDRESS.read(text) for text in ("", "无", "同上", "深圳市南山区", "N/A", "--")] == [None] * 6


def test_the_similarity_falls_with_what_differs():
    base = ADDRESS.read("3053 s normal ave")
    others = [
        ADDRESS.read(t) for t in ("3053 s normal ave", "3053 s normal ave apt 2", "3057 s normal ave", "12 elm rd")
    ]
    similarity = ADDRESS.compare([base] * 4, others).similarity
    assert similarity[0] == 1
    assert (np.diff(similarity) < 0).all()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("深圳", "广东省深圳市", PlaceLevel.EXACT),
        ("Shenzhen", "深圳市", PlaceLevel.EXACT),
        ("广东", "广东省", PlaceLevel.EXACT),
        ("红河州", "红河哈尼族彝族自治州", PlaceLevel.EXACT),
        ("杭州市江干区", "杭州市上城区", PlaceLevel.EXACT),
        ("深圳市南山区", "深圳", PlaceLevel.CONTAINED),
        ("深圳", "广东省", PlaceLevel.CONTAINED),
        ("深圳", "广州", PlaceLevel.DIFFERENT),
        ("Stockton-on-Tees", "stockton on tees", PlaceLevel.EXACT),
        ("St. Louis", "Saint Louis", PlaceLevel.EXACT),
        ("London", "Lonodn", PlaceLevel.SIMILAR),
        ("Birmingham", "Birminghaim", PlaceLevel.SIMILAR),
        ("burlei gh heads", "burleigh heads", PlaceLevel.EXACT),
        ("west devon", "Devon", PlaceLevel.CONTAINED),
        ("kingston upon hull", "Kingston upon Hull, City of", PlaceLevel.EXACT),
        ("Northampton", "West Northamptonshire", PlaceLevel.ALIKE),
        ("west devon", "east devon", PlaceLevel.ALIKE),
        ("glossop", "high peak", PlaceLevel.DIFFERENT),
    ],
)
def test_places(one, other, expected):
    assert level(PLACE, one, other) == expected
    if expected == PlaceLevel.EXACT:
        assert PLACE.term(PLACE.read(one)) == PLACE.term(PLACE.read(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("nw3 5dd", "NW35DD", PostcodeLevel.EXACT),
        ("60302-1234", "60302", PostcodeLevel.EXACT),
        ("518057.0", "518057", PostcodeLevel.EXACT),
        ("ts19 0sh", "ts1o 0sh", PostcodeLevel.SLIP),
        ("4837", "4873", PostcodeLevel.SLIP),
        ("ex34 9ps", "ex34 8nn", PostcodeLevel.SAME_OUTWARD),
        ("518057", "518022", PostcodeLevel.SAME_OUTWARD),
        ("s6 6ab", "s80 3fy", PostcodeLevel.SAME_AREA),
        ("518057", "100020", PostcodeLevel.DIFFERENT),
        ("s6 6ab", "sk22 1dy", PostcodeLevel.DIFFERENT),
    ],
)
def test_postcodes(one, other, expected):
    assert level(POSTCODE, one, other) == expected


@pytest.mark.parametrize("kind", [ADDRESS, PLACE, POSTCODE])
def test_nothing_compared_with_nothing_is_nothing(kind):
    found = kind.compare([], [])
    assert len(found.levels) == len(found.similarity) == 0


PIECES = [
    "深圳市",
    "南山区",
    "人民路",
    "大厦",
    "村",
    "12",
    "3-5",
    "1st",
    "号",
    "n",
    "st",
    "oak",
    "park",
    "Ave.",
    ",",
    "#",
    "北",
    "/",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda blank: blank.join(pieces))
)


@pytest.mark.parametrize("kind", [ADDRESS, PLACE, POSTCODE])
@given(one=TEXTS, other=TEXTS)
def test_laws_of_comparison(kind, one, other):
    left, right = kind.read(one), kind.read(other)
    if left is None or right is None:
        return
    there, back = kind.compare([left, left], [right, left]), kind.compare([right, left], [left, left])
    assert there.levels.tolist() == back.levels.tolist()
    assert there.similarity.tolist() == back.similarity.tolist()
    assert there.levels[1] == max(kind.levels)
    assert there.similarity[1] == 1
    assert ((there.similarity >= 0) & (there.similarity <= 1)).all()
    assert there.levels.min() > 0
    assert all(kind.keys(left))
    if there.levels[0] == max(kind.levels):
        assert kind.term(left) == kind.term(right)
