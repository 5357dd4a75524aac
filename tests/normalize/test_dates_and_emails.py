"""Dates, points in time and e-mail addresses."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.dates import (
    read_date,
    read_loose_date,
    read_serial_date,
    read_serial_timestamp,
    read_timestamp,
    serial_of,
)
from mappings.normalize.emails import domain, is_free_mail, is_role_mailbox, mailbox_key, read_emails
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
        "中華民國113年1月5日",
        "中华民国113年1月5日",
        "民国113-1-5",
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
    [
        "24-1-5",
        "24年1月5日",
        "05/01/24",
        "113/01/05",
        "民国113年",
        "45296",
        "05/01/2024",
        "2024-13-01",
        "2024-02-30",
        "三月上旬",
        "王伟",
        "二〇二四年十三月一日",
    ],
)
def test_what_has_no_one_meaning_is_an_error_that_hides_the_value(text: str) -> None:
    with pytest.raises(ValueReadError) as caught:
        read_date(text)
    assert text not in str(caught.value)
    assert not any(c.isdigit() and c != "9" for c in caught.value.value_hint)


@pytest.mark.parametrize("text", ["05/01/2024", "5.1.2024", "05-01-2024", "5. 1. 2024", "05/01/2024 10:30"])
def test_a_source_may_declare_that_the_day_or_the_month_stands_first(text: str) -> None:
    assert read_date(text, first="day") == DAY
    assert read_date(text, first="month") == date(2024, 5, 1)
    assert read_date("2024-01-05", first="day") == DAY, "the year in front leaves no doubt"


@pytest.mark.parametrize("text", ["24/1/5", "05/01/24", "05/13/2024"])
def test_neither_years_of_two_digits_nor_months_beyond_december_are_guessed(text: str) -> None:
    with pytest.raises(ValueReadError):
        read_date(text, first="day")


@given(st.dates(date(1927, 6, 1), date(2098, 12, 31)))
def test_iso_chinese_compact_and_serial_days_are_one(day: date) -> None:
    if day == date(1970, 1, 1):  # a placeholder
        return
    texts = (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"民国{day.year - 1911}年{day:%m}月{day:%d}日",
    )
    assert {read_date(text) for text in texts} | {read_serial_date(str(serial_of(day)))} == {day}


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("2", date(1900, 1, 2)),
        ("59", date(1900, 2, 28)),
        ("61", date(1900, 3, 1)),
        ("45296", DAY),
        ("45296.0", DAY),
        ("45296.9999", DAY),
        ("４５２９６", DAY),
        ("0", None),
        ("1", None),
        ("25569", None),
        ("2958465", None),
        ("", None),
        ("无", None),
    ],
)
def test_serial_days_of_a_spreadsheet(serial: str, day: date | None) -> None:
    assert read_serial_date(serial) == day


@pytest.mark.parametrize("text", ["60", "60.5", "0.5", "2958466", "9999999", "4.5E4", "2024-01-05", "45296,5", "1.2.3"])
def test_what_is_no_serial_day_is_refused(text: str) -> None:
    with pytest.raises(ValueReadError, match="not the serial day"):
        read_serial_date(text)


def test_a_serial_number_with_a_fraction_is_a_time_by_the_clocks_of_its_zone() -> None:
    assert read_serial_timestamp("45296.5", zone="Asia/Shanghai") == datetime(2024, 1, 5, 4, tzinfo=UTC)
    assert read_serial_timestamp("45296.395833333336", zone="UTC") == datetime(2024, 1, 5, 9, 30, tzinfo=UTC)
    assert read_serial_timestamp("45296.99999999999", zone="UTC").date() == DAY
    with pytest.raises(ValueReadError, match="no time zone is declared"):
        read_serial_timestamp("45296.5", zone="")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("1986-05-04 01:59", "Asia/Shanghai", "1986-05-03T17:59"),  # summer time begins at 2 o'clock
        ("1986-05-04 03:00", "Asia/Shanghai", "1986-05-03T18:00"),
        ("1988-07-01 12:00", "Asia/Shanghai", "1988-07-01T03:00"),  # nine hours, not eight
        ("1992-07-01 12:00", "Asia/Shanghai", "1992-07-01T04:00"),
        ("1991-09-15 01:30", "Asia/Shanghai", "1991-09-14T16:30"),  # shown twice: the earlier one
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30"),  # shown twice: the earlier one
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30"),  # an offset says which
    ],
)
def test_summer_time(text: str, zone: str, expected: str) -> None:
    assert read_timestamp(text, zone=zone).isoformat().startswith(expected)


@pytest.mark.parametrize(
    ("text", "zone"), [("1986-05-04 02:30", "Asia/Shanghai"), ("2026-03-29 02:30", "Europe/Berlin")]
)
def test_a_time_that_the_clocks_left_out_is_an_error(text: str, zone: str) -> None:
    with pytest.raises(ValueReadError, match="a time that its zone has left out"):
        read_timestamp(text, zone=zone)


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
        ("2024-01-05 08:00", "", "no time zone is declared: add source.zone"),
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
        ("邮箱wang@example.com电话", ("wang@example.com",)),
        ("wang@163。com", ("wang@163.com",)),
        ("wang@qq,com, li@qq.com", ("wang@qq.com", "li@qq.com")),
        ("a@b.cn,com@b.cn", ("a@b.cn", "com@b.cn")),
        ("wang(at)example.com", ("wang@example.com",)),
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


def test_a_mailbox_has_one_key() -> None:
    gmail = {"j.smith@gmail.com", "JSmith@gmail.com", "js.mith+shop@googlemail.com"}
    assert {mailbox_key(address) for address in gmail} == {"jsmith@gmail.com"}
    assert mailbox_key("j.smith+shop@example.com") == "j.smith+shop@example.com"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("19560409", (1956, 4, 9)),
        ("1956-13-09", (1956, 13, 9)),
        ("13/04/1956", (1956, 4, 13)),
        ("04/13/1956", (1956, 4, 13)),
        ("04/09/1956", (1956, 9, 4)),
        ("1956年4月", (1956, 4, 0)),
        ("1956", (1956, 0, 0)),
        ("1956-04-09 10:30", (1956, 4, 9)),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("123456", None),
        ("4/9/56", None),
        ("", None),
    ],
)
def test_a_date_to_compare_by_is_read_as_far_as_it_is_written(text: str, parts: tuple[int, int, int] | None) -> None:
    assert read_loose_date(text) == parts


@given(st.dates(date(1901, 1, 1), date(2090, 1, 1)))
def test_both_readers_of_dates_agree(day: date) -> None:
    strict = read_date(day.isoformat())
    assert read_loose_date(day.isoformat()) == (strict and (strict.year, strict.month, strict.day))


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
