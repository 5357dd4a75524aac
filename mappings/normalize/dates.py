"""Dates and points in time as Chinese and international systems write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mappings.normalize.errors import ValueReadError, hint
from mappings.normalize.numerals import HAN_DIGITS, han_number
from mappings.normalize.text import clean, is_placeholder

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_REPUBLIC = re.compile(r"(?:中华)?民[国國]\s?(\d{1,3}|元)\s?年?\s?[-/.]?\s?(\d{1,2})\s?[月/.-]\s?(\d{1,2})\s?[日号]?")
_EXCEL_SERIAL = re.compile(r"([1-9]\d{4})(?:\.\d+)?")
_TIME_OF_DAY = re.compile(r"[T\s]\s?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?$")
_HAN_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九]|十[一二]?)月([一二三四五六七八九]|[一二三]?十[一二三四五六七八九]?)[日号]"
)
_EXCEL_EPOCH = date(1899, 12, 30)
_PLACEHOLDERS = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)}
)
_FIRST_PLACEHOLDER_YEAR = 2099  # 2099-12-31, 9999-12-31: "until further notice"


@lru_cache(maxsize=16384)
def read_date(text: str, *, formats: Sequence[str] = ()) -> date | None:
    """Read a date; nothing and placeholders (1900-01-01, 9999-12-31 …) are ``None``.

    Without formats only forms with one meaning are read: year first, 年月日, the Republic of China's years, Chinese
    numerals, the serial day of a spreadsheet (from 1927-05-18, five digits). ``05/01/2024`` needs a format.

    Args:
        text: the value.
        formats: the source's own forms (``datetime.strptime``), a tuple, tried first.

    Raises:
        ValueReadError: there is text, and it is no date of these forms.

    >>> texts = ("2024年1月5日", "2024/1/5 10:30", "20240105", "民國113年1月5日", "二〇二四年一月五日", "45296")
    >>> {str(read_date(text)) for text in texts}
    {'2024-01-05'}
    >>> str(read_date("05.01.2024", formats=("%d.%m.%Y",))), read_date("9999-12-31"), read_date("暂无")
    ('2024-01-05', None, None)
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    if is_placeholder(plain) or not plain.strip("0-/. :"):
        return None
    value = _by_formats(plain, formats) or _by_forms(_TIME_OF_DAY.sub("", plain))
    if value is None:
        raise ValueReadError("not a date (give the source's format if it has one of its own)", hint(plain))
    return None if value in _PLACEHOLDERS or value.year >= _FIRST_PLACEHOLDER_YEAR else value


def _by_formats(text: str, formats: Sequence[str]) -> date | None:
    for form in formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None


def _by_forms(text: str) -> date | None:
    if (match := _REPUBLIC.fullmatch(text)) is not None:
        years = 1 if match[1] == "元" else int(match[1])
        return _date(1911 + years, int(match[2]), int(match[3]))
    if (match := _HAN_DATE.fullmatch(text)) is not None:
        return _date(int(match[1].translate(HAN_DIGITS)), han_number(match[2]), han_number(match[3]))
    if (match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)) is not None:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if (match := _EXCEL_SERIAL.fullmatch(text)) is not None:
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_timestamp(text: str, *, zone: str) -> datetime:
    """Read a point in time, in UTC.

    Args:
        text: ISO 8601, or ``2024/1/5 10:30``; an offset in the text wins over ``zone``.
        zone: IANA name of the source's zone; ``""`` if it declares none.

    Raises:
        ValueReadError: not a point in time; no offset and no zone; a zone nobody knows.

    >>> read_timestamp("2024-01-05 08:00:00", zone="Asia/Shanghai").isoformat()
    '2024-01-05T00:00:00+00:00'
    >>> read_timestamp("2024-01-05T08:00:00+09:00", zone="").isoformat()
    '2024-01-04T23:00:00+00:00'
    """
    plain = unicodedata.normalize("NFKC", clean(text))
    moment = _moment(plain)
    if moment.tzinfo is None:
        if not zone:
            raise ValueReadError("a time without offset, and the source declares no time zone", hint(plain))
        moment = moment.replace(tzinfo=_zone(zone))
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueReadError("a point in time outside the calendar", hint(plain)) from error


def _moment(text: str) -> datetime:
    iso = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", _iso_day, text)
    iso = re.sub(r"(?<=\d) (\d):", r" 0\1:", iso)
    try:
        return datetime.fromisoformat(iso)
    except ValueError as error:
        raise ValueReadError("not a point in time (ISO 8601 is read)", hint(text)) from error


def _iso_day(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueReadError("no IANA time zone (such as Asia/Shanghai)", repr(name)) from error
