"""Dates, points in time and e-mail addresses."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.dates import read_date, read_timestamp
from mappings.normalize.emails import domain, is_free_mail, is_role_mailbox, read_emails
from mappings.normalize.errors import ValueReadError

DAY = date(2024, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2024年1月5日",
        "2024-01-05",
        "20240105",
        "2024/1/5",
        "2024.1.5",
        "民國113年1月5日",
        "民国113年1月5日",
        "二〇二四年一月五日",
        "二零二四年一月五日",
        "45296",
        "45296.0",
        "45296.5",
        "２０２４年１月５日",
        "2024-01-05 10:30:00",
        "2024-01-05T10:30:00Z",
        "2024/1/5 9:05",
    ],
)
def test_one_day_in_many_dresses(text: str) -> None:
    assert read_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "无", "-", "1900-01-01", "1899-12-30", "1970-01-01", "9999-12-31", "2099-12-31", "0000-00-00", "00000000"],
)
def test_placeholder_dates_are_nothing(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["24-1-5", "113/01/05", "05/01/2024", "2024-13-01", "2024-02-30", "三月上旬", "王伟", "二〇二四年十三月一日"],
)
def test_what_has_no_one_meaning_is_an_error_that_hides_the_value(text: str) -> None:
    with pytest.raises(ValueReadError) as caught:
        read_date(text)
    assert text not in str(caught.value)
    assert not any(c.isdigit() and c != "9" for c in caught.value.value_hint)


def test_a_source_may_declare_its_own_form() -> None:
    assert read_date("05/01/2024", formats=("%d/%m/%Y",)) == DAY
    assert read_date("24-1-5", formats=("%y-%m-%d",)) == DAY


@given(st.dates(date(1927, 6, 1), date(2098, 12, 31)))
def test_iso_chinese_and_serial_days_are_one(day: date) -> None:
    if day == date(1970, 1, 1):  # a placeholder
        return
    texts = (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str((day - date(1899, 12, 30)).days),
    )
    assert {read_date(text) for text in texts} == {day}


@given(st.text(max_size=20))
def test_any_text_is_a_date_nothing_or_one_clear_error(text: str) -> None:
    with suppress(ValueReadError):
        read_date(text)


def test_points_in_time_are_utc() -> None:
    expected = datetime(2024, 1, 5, tzinfo=UTC)
    assert read_timestamp("2024-01-05 08:00:00", zone="Asia/Shanghai") == expected
    assert read_timestamp("2024/1/5 8:00", zone="Asia/Shanghai") == expected
    assert read_timestamp("2024-01-05T09:00:00+09:00", zone="Asia/Shanghai") == expected
    assert read_timestamp("2024-01-05T00:00:00Z", zone="").tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "zone", "what"),
    [
        ("2024-01-05 08:00", "", "declares no time zone"),
        ("2024-01-05 08:00", "Mars/Olympus", "no IANA time zone"),
        ("yesterday", "Asia/Shanghai", "not a point in time"),
        ("0001-01-01 00:00", "Asia/Shanghai", "outside the calendar"),
    ],
)
def test_unclear_times_are_errors(text: str, zone: str, what: str) -> None:
    with pytest.raises(ValueReadError, match=what):
        read_timestamp(text, zone=zone)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Wang.Wei@Example.COM", ("wang.wei@example.com",)),
        ("wang＠example．com", ("wang@example.com",)),
        ("a1@b.cn；a2@b.cn、a3@b.cn a4@b.cn", ("a1@b.cn", "a2@b.cn", "a3@b.cn", "a4@b.cn")),
        ("王伟 <wangwei@example.com>", ("wangwei@example.com",)),
        ("邮箱：wang@example.com。", ("wang@example.com",)),
        ("E-mail: wang@example.com, WANG@example.com", ("wang@example.com",)),
        ("mailto:wang@example.com", ("wang@example.com",)),
        ("noreply@company.com", ()),
        ("wang@example", ()),
        ("wang@@example.com", ()),
        (".wang@example.com", ()),
        ("无", ()),
        ("", ()),
    ],
)
def test_addresses_in_a_cell(text: str, addresses: tuple[str, ...]) -> None:
    assert read_emails(text) == addresses


def test_what_an_address_proves() -> None:
    assert domain("wang@huaqiang.com.cn") == "huaqiang.com.cn"
    assert is_free_mail("wang@163.com")
    assert not is_free_mail("wang@huaqiang.com.cn")
    assert is_role_mailbox("sales01@huaqiang.com.cn")
    assert not is_role_mailbox("salesman.wang@huaqiang.com.cn")


@given(st.text(max_size=40))
def test_addresses_read_the_same_again(text: str) -> None:
    for address in read_emails(text):
        assert read_emails(address) == (address,)
