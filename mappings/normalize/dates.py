"""Dates and points in time as Chinese and international systems write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from mappings.normalize.errors import ValueReadError, hint
from mappings.normalize.numerals import HAN_DIGITS, han_number
from mappings.normalize.text import clean, is_placeholder

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_REPUBLIC = re.compile(
    r"(?:中[华華])?民[国國]\s?(\d{1,3}|元)\s?年?\s?[-/.]?\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})\s?[日号]?"
)
_SERIAL = re.compile(r"(\d{1,7})(\.\d+)?", re.ASCII)
_TIME_OF_DAY = re.compile(r"[T\s]\s?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?$")
_HAN_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九]|十[一二]?)月([一二三四五六七八九]|[一二三]?十[一二三四五六七八九]?)[日号]"
)
_EPOCH = date(1899, 12, 30)
_FALSE_LEAP_DAY = 60
"""Serial of 1900-02-29, a day that spreadsheets count and that never was; those before it are one day off."""
_LAST_SERIAL = (date.max - _EPOCH).days
_PLACEHOLDERS = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)}
)
_FIRST_PLACEHOLDER_YEAR = 2099  # 2099-12-31, 9999-12-31: "until further notice"


@lru_cache(maxsize=16384)
def read_date(text: str, *, first: str = "") -> date | None:
    """Read a date; nothing and placeholders (1900-01-01, 9999-12-31 …) are ``None``.

    Only forms with one meaning are read: year first, 年月日, the Republic of China's years, Chinese numerals.
    ``05/01/2024`` is read where the caller says what stands first, years of two digits never; a spreadsheet's serial
    day is for :func:`read_serial_date`.

    Args:
        text: the value.
        first: ``day`` or ``month``: what stands first where the year stands last; empty if nobody says.

    Raises:
        ValueReadError: there is text, and it is no date of these forms.

    >>> texts = ("2024年1月5日", "2024/1/5 10:30", "20240105", "民國113年1月5日", "二〇二四年一月五日")
    >>> {str(read_date(text)) for text in texts}
    {'2024-01-05'}
    >>> str(read_date("05.01.2024", first="day")), read_date("9999-12-31"), read_date("暂无")
    ('2024-01-05', None, None)
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    if is_placeholder(plain) or not plain.strip("0-/. :"):
        return None
    day = _TIME_OF_DAY.sub("", plain)
    value = _by_forms(day) or (_year_last(day, first) if first else None)
    if value is None:
        raise ValueReadError("not a date (the year must stand first, or what the mapping says)", hint(plain))
    return _unless_placeholder(value)


def _unless_placeholder(value: date) -> date | None:
    return None if value in _PLACEHOLDERS or value.year >= _FIRST_PLACEHOLDER_YEAR else value


def _year_last(text: str, first: str) -> date | None:
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    day, month = (match[1], match[2]) if first == "day" else (match[2], match[1])
    return _date(int(match[3]), int(month), int(day))


def _by_forms(text: str) -> date | None:
    if (match := _REPUBLIC.fullmatch(text)) is not None:
        years = 1 if match[1] == "元" else int(match[1])
        return _date(1911 + years, int(match[2]), int(match[3]))
    if (match := _HAN_DATE.fullmatch(text)) is not None:
        return _date(int(match[1].translate(HAN_DIGITS)), han_number(match[2]), han_number(match[3]))
    if (match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)) is not None:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_DIGITS_FIRST_YEAR = re.compile(r"(\d{4})(?:\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?)?\D?")
_DIGITS_LAST_YEAR = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})")
_FIRST_LIKELY_YEAR = 1000


def read_loose_date(text: str) -> tuple[int, int, int] | None:
    """Read year, month and day as far as they are written, to compare by: 0 for what is not, a wrong one as it is.

    Where the year stands last and neither part can be told, the day stands first. Nothing, placeholders and what is no
    date are ``None``.

    >>> read_loose_date("1956-04-09T00:00:00"), read_loose_date("04/13/1956"), read_loose_date("1694-81-01")
    ((1956, 4, 9), (1956, 4, 13), (1694, 81, 1))
    >>> read_loose_date("1956"), read_loose_date("1956-04"), read_loose_date("9999-12-31"), read_loose_date("王")
    ((1956, 0, 0), (1956, 4, 0), None, None)
    """
    try:
        value = read_date(text)
    except ValueReadError:
        return _loose_parts(_TIME_OF_DAY.sub("", unicodedata.normalize("NFKC", clean(text))))
    return None if value is None else (value.year, value.month, value.day)


def _loose_parts(text: str) -> tuple[int, int, int] | None:
    if (match := _DIGITS_LAST_YEAR.fullmatch(text)) is not None:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        parts = (year, day, month) if month > 12 >= day else (year, month, day)
    elif (match := _COMPACT.fullmatch(text) or _DIGITS_FIRST_YEAR.fullmatch(text)) is not None:
        parts = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    else:
        return None
    return parts if _FIRST_LIKELY_YEAR <= parts[0] < _FIRST_PLACEHOLDER_YEAR else None


def read_serial_date(text: str) -> date | None:
    """Read the serial day of a spreadsheet (1900 system); nothing and placeholders are ``None``.

    Args:
        text: the number; a fraction is the time of day and is left out.

    Raises:
        ValueReadError: no number of a day, or the 29 February 1900 that spreadsheets count and that never was.

    >>> [str(read_serial_date(text)) for text in ("45296", "45296.5", "59", "61", "0")]
    ['2024-01-05', '2024-01-05', '1900-02-28', '1900-03-01', 'None']
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    if is_placeholder(plain) or not plain.strip("0."):
        return None
    return _unless_placeholder(_serial(plain)[0])


def serial_of(day: date) -> int:
    """Give the serial day of a spreadsheet (1900 system).

    >>> serial_of(date(2024, 1, 5)), serial_of(date(1900, 2, 28))
    (45296, 59)
    """
    days = (day - _EPOCH).days
    return days if days > _FALSE_LEAP_DAY else days - 1


def read_serial_timestamp(text: str, *, zone: str) -> datetime:
    """Read the serial day and time of a spreadsheet (1900 system) as a point in time, in UTC, to the millisecond.

    Args:
        text: the number, days with a fraction.
        zone: IANA name of the zone whose clock it shows; ``""`` if the source declares none.

    Raises:
        ValueReadError: no number of a day, no zone, a zone nobody knows, or a time that its zone has left out.

    >>> read_serial_timestamp("45296.5", zone="Asia/Shanghai").isoformat()
    '2024-01-05T04:00:00+00:00'
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    day, fraction = _serial(plain)
    passed = timedelta(milliseconds=min(round(fraction * 86_400_000), 86_399_999))
    return _in_zone(datetime(day.year, day.month, day.day) + passed, zone, plain)  # noqa: DTZ001 - it gets its zone there


def _serial(text: str) -> tuple[date, float]:
    match = _SERIAL.fullmatch(text)
    days = int(match[1]) if match is not None else 0
    if match is None or days == _FALSE_LEAP_DAY or not 0 < days <= _LAST_SERIAL:
        raise ValueReadError("not the serial day of a spreadsheet", hint(text))
    return _EPOCH + timedelta(days=days if days > _FALSE_LEAP_DAY else days + 1), float(match[2] or 0)


def read_timestamp(text: str, *, zone: str) -> datetime:
    """Read a point in time, in UTC.

    A time that a zone's clocks show twice, when summer time ends, is the earlier one; one they leave out is an error.

    Args:
        text: ISO 8601, or ``2024/1/5 10:30``; an offset in the text wins over ``zone``.
        zone: IANA name of the source's zone; ``""`` if it declares none.

    Raises:
        ValueReadError: not a point in time; no offset and no zone; a zone nobody knows; a time the zone has left out.

    >>> read_timestamp("2024-01-05 08:00:00", zone="Asia/Shanghai").isoformat()
    '2024-01-05T00:00:00+00:00'
    >>> read_timestamp("2024-01-05T08:00:00+09:00", zone="").isoformat()
    '2024-01-04T23:00:00+00:00'
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    moment = _moment(plain)
    return _in_zone(moment, zone, plain) if moment.tzinfo is None else _utc(moment, plain)


def instant_of(microseconds: int) -> datetime:
    """Give the instant that lies so many microseconds after the beginning of 1970, in UTC.

    >>> instant_of(1_795_572_377_000_001).isoformat()
    '2026-11-25T02:06:17.000001+00:00'
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _in_zone(moment: datetime, zone: str, text: str) -> datetime:
    """Place what a clock shows into its zone."""
    if not zone:
        raise ValueReadError("a time without offset, and no time zone is declared: add source.zone", hint(text))
    known = zone_named(zone)
    instant = _utc(moment.replace(tzinfo=known), text)
    if instant.astimezone(known).replace(tzinfo=None) != moment:
        raise ValueReadError("a time that its zone has left out, for the clocks were put forward", hint(text))
    return instant


def _utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueReadError("a point in time outside the calendar", hint(text)) from error


def _moment(text: str) -> datetime:
    iso = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", _iso_day, text)
    iso = re.sub(r"(?<=\d) (\d):", r" 0\1:", iso)
    try:
        return datetime.fromisoformat(iso)
    except ValueError as error:
        raise ValueReadError("not a point in time (ISO 8601 is read)", hint(text)) from error


def _iso_day(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """List the IANA names of all time zones."""
    return frozenset(available_timezones())


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Find a time zone.

    Raises:
        ValueReadError: there is none of that name.
    """
    if name not in zone_names():
        raise ValueReadError("no IANA time zone (such as Asia/Shanghai)", repr(name))
    return ZoneInfo(name)
