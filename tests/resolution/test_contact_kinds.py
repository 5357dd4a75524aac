"""Telephone numbers and e-mail addresses: what is read, under which keys they meet, how well they agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.attributes.base import AttributeKind
from customer_master.resolution.attributes.contacts import EMAIL, PHONE, EmailLevel, PhoneLevel


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
        ("0755-26988888转8012", "+86 755 2698 8888", PhoneLevel.EXACT),
        ("13812345679.0", "138-1234-5679", PhoneLevel.EXACT),
        ("13812345679 / 0755-26988888", "0755 26988888", PhoneLevel.EXACT),
        ("26988888", "0755-26988888", PhoneLevel.LOCAL),
        ("13812345679 / 26988888", "0755-26988888", PhoneLevel.LOCAL),
        ("386-5286", "(773) 386 5286", PhoneLevel.LOCAL),
        ("13812345679", "13812345697", PhoneLevel.SLIP),
        ("3865286", "3865236", PhoneLevel.SLIP),
        ("3865286", "386526", PhoneLevel.SLIP),
        ("0755-26988888", "0755-26988123", PhoneLevel.SAME_BLOCK),
        ("010-26988888", "0755-26988888", PhoneLevel.DIFFERENT),
        ("13812345679", "13987654321", PhoneLevel.DIFFERENT),
    ],
)
def test_telephone_numbers_agree_as_far_as_they_do(left: str, right: str, expected: PhoneLevel) -> None:
    assert level(PHONE, left, right) == expected


@pytest.mark.parametrize("text", ["", "无", "13800138000", "00000000", "1.38123E+10", "138****5679", "8012", "call me"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert PHONE.read(text) is None


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Wang.Wei＠Example.COM", "wang.wei@example.com", EmailLevel.EXACT),
        ("j.smith+shop@gmail.com", "jsmith@googlemail.com", EmailLevel.EXACT),
        ("王伟 <wangwei@example.com>; li@example.com", "li@example.com", EmailLevel.EXACT),
        ("wangwei@example.com", "wangwie@example.com", EmailLevel.SLIP),
        ("wangwei@example.com", "wangweiexample.com", EmailLevel.SLIP),
        ("wangwei@example.com", "wangwei@qq.com", EmailLevel.SAME_MAILBOX),
        ("roberta25@smith.net", "roberta255@smth.net", EmailLevel.SIMILAR),
        ("sales@huaqiang.com.cn", "zhaoyun@huaqiang.com.cn", EmailLevel.SAME_DOMAIN),
        ("wangwei@qq.com", "zhaoyun@qq.com", EmailLevel.DIFFERENT),
    ],
)
def test_addresses_agree_as_far_as_they_do(left: str, right: str, expected: EmailLevel) -> None:
    assert level(EMAIL, left, right) == expected


@pytest.mark.parametrize("text", ["", "无", "test@test.com", "n/a", "#REF!"])
def test_what_is_no_address_is_not_read(text: str) -> None:
    assert EMAIL.read(text) is None


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (PHONE, "26988888", "0755-26988888"),
        (PHONE, "13812345679", "13812345697"),
        (PHONE, "13812345679 / 0755-26988888", "0755 26988888"),
        (EMAIL, "wangwei@example.com", "wangwei@qq.com"),
        (EMAIL, "sales@huaqiang.com.cn", "zhaoyun@huaqiang.com.cn"),
        (EMAIL, "wangwei@example.com", "wangwie@example.com"),
    ],
)
def test_contacts_of_one_party_meet_under_a_key(kind: AttributeKind, left: str, right: str) -> None:
    one, other = kind.read(left), kind.read(right)
    assert set(kind.keys(one)) & set(kind.keys(other))


def test_everybodys_domain_is_no_key() -> None:
    (one,), (other,) = (EMAIL.read(text) for text in ("wangwei@qq.com", "zhaoyun@qq.com"))
    assert not {key for key in EMAIL.keys((one,)) if "@" in key} & {key for key in EMAIL.keys((other,)) if "@" in key}


_CELLS = st.lists(
    st.sampled_from(["13812345679", "0755-26988888", "26988888", "3865286", "3865236"]), min_size=1, max_size=3
).map(" / ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=6))
def test_a_cell_agrees_as_its_best_number_does(pairs: list[tuple[str, str]]) -> None:
    read = [(PHONE.read(one), PHONE.read(other)) for one, other in pairs]
    found = PHONE.compare([one for one, _ in read], [other for _, other in read]).levels.tolist()
    best = [
        max(PHONE.compare([(a,)], [(b,)]).levels[0] for a in one for b in other) for one, other in read if one and other
    ]
    assert found == best


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_or_not_and_agrees_with_itself(text: str) -> None:
    for kind, best in ((PHONE, PhoneLevel.EXACT), (EMAIL, EmailLevel.EXACT)):
        value = kind.read(text)
        if value is not None:
            assert kind.compare([value], [value]).levels.tolist() == [best]
