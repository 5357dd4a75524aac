"""Dates, identifiers, categories, texts: what is read, under which keys they meet, how well they agree."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.attributes.base import AttributeKind
from customer_master.resolution.attributes.codes import (
    CATEGORY,
    DATE,
    IDENTIFIER,
    TEXT,
    CategoryLevel,
    DateLevel,
    IdentifierLevel,
    TextLevel,
)


def level(kind: AttributeKind, left: str, right: str) -> int:
    one, other = kind.read(left), kind.read(right)
    assert one is not None
    assert other is not None
    there, back = kind.compare([one, other], [other, one]).levels.tolist()
    assert there == back
    return there


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1956-04-09", "19560409", DateLevel.EXACT),
        ("2024年1月5日", "2024/1/5 10:30", DateLevel.EXACT),
        ("民國113年1月5日", "05.01.2024", DateLevel.EXACT),
        ("1956-04-09", "1956-09-04", DateLevel.SLIP),
        ("1956-04-09", "1965-04-09", DateLevel.SLIP),
        ("1956-04-09", "1956-04-19", DateLevel.SLIP),
        ("1956-12-01", "1956-72-01", DateLevel.SLIP),
        ("1956-04-09", "1956-04-27", DateLevel.HALF),
        ("1956-04-09", "1972-04-09", DateLevel.HALF),
        ("1956-04-09", "1956-01-01", DateLevel.ROUNDED),
        ("1956-04-09", "1956", DateLevel.ROUNDED),
        ("1956-04-09", "1956-11-27", DateLevel.SAME_YEAR),
        ("1956-12-29", "1957-01-13", DateLevel.NEAR),
        ("1956-01-01", "1966-01-01", DateLevel.NEAR),  # only the years are known
        ("1956-01-01", "1983-01-01", DateLevel.DIFFERENT),
        ("1956-04-09", "1983-11-27", DateLevel.DIFFERENT),
    ],
)
def test_days_agree_as_far_as_they_do(left: str, right: str, expected: DateLevel) -> None:
    assert level(DATE, left, right) == expected


@pytest.mark.parametrize("text", ["", "无", "1900-01-01", "9999-12-31", "0000-00-00", "next week"])
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert DATE.read(text) is None


@settings(deadline=None)
@given(st.dates(date(1901, 1, 1), date(2090, 1, 1)), st.dates(date(1901, 1, 1), date(2090, 1, 1)))
def test_the_better_days_agree_the_more_alike_they_are(one: date, other: date) -> None:
    a, b = DATE.read(one.isoformat()), DATE.read(other.strftime("%Y%m%d"))
    if a and b:
        found = DATE.compare([a], [b])
        assert (found.levels[0] == DateLevel.EXACT) == (one == other) == (found.similarity[0] == 1)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("914403001922038216", "9144 0300 1922 0382 16", IdentifierLevel.EXACT),
        ("914403001922038216", "440300192203821", IdentifierLevel.SAME_ORGANISATION),
        ("914403001922038216", "19220382-1", IdentifierLevel.SAME_ORGANISATION),
        ("914403001922038216", "914403001922038126", IdentifierLevel.SLIP),
        ("1804974", "1804947", IdentifierLevel.SLIP),
        ("1804974", "180497", IdentifierLevel.SLIP),
        ("914403001922038216", "914403001922038000", IdentifierLevel.PART),  # rounded by a spreadsheet
        ("DE136695976", "136695976", IdentifierLevel.PART),
        ("914403001922038216", "91310000717854509H", IdentifierLevel.UNSURE),  # the second fails its check
        ("914403001922038216", "91310000717854505W", IdentifierLevel.DIFFERENT),
        ("1804974", "9144092", IdentifierLevel.DIFFERENT),
        ("217", "218", IdentifierLevel.DIFFERENT),
    ],
)
def test_numbers_agree_as_far_as_they_do(left: str, right: str, expected: IdentifierLevel) -> None:
    assert level(IDENTIFIER, left, right) == expected


@pytest.mark.parametrize("text", ["", "暂无", "000000000000000000", "123456789012345678", "9.14403E+17"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert IDENTIFIER.read(text) is None


def test_other_values_agree_as_far_as_they_do() -> None:
    assert level(CATEGORY, "Politician", "politician ") == CategoryLevel.EXACT
    assert level(CATEGORY, "politician", "politican") == CategoryLevel.SIMILAR
    assert level(CATEGORY, "male", "politician") == CategoryLevel.DIFFERENT
    assert level(TEXT, "Steel pipe, 20 mm", "steel pipe (20 mm)") == TextLevel.EXACT
    assert level(TEXT, "Steel pipe", "pipe, steel") == TextLevel.SAME_WORDS
    assert level(TEXT, "stainless steel pipes", "stainless steel pipe") == TextLevel.CLOSE
    assert level(TEXT, "steel pipe", "copper wire") == TextLevel.DIFFERENT


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (DATE, "1956-04-09", "1956-09-04"),
        (DATE, "1956-04-09", "1956-04-19"),
        (DATE, "1956-04-09", "1956-01-09"),
        (IDENTIFIER, "914403001922038216", "440300192203821"),
        (IDENTIFIER, "1804974", "1804941"),
        (IDENTIFIER, "1804974", "1084974"),
        (TEXT, "Steel pipe", "pipe, steel"),
    ],
)
def test_values_of_one_party_meet_under_a_key(kind: AttributeKind, left: str, right: str) -> None:
    one, other = kind.read(left), kind.read(right)
    assert set(kind.keys(one)) & set(kind.keys(other))


def test_no_pairs_are_no_trouble() -> None:
    for kind in (DATE, IDENTIFIER, CATEGORY, TEXT):
        assert kind.compare([], []).levels.tolist() == []
