"""Catalogue functions for text, truth and dates."""

from __future__ import annotations

from datetime import date as calendar_date
from decimal import Decimal
from functools import lru_cache

from mappings.language.catalogue import function
from mappings.language.types import DateOrder
from mappings.normalize import dates
from mappings.normalize import text as readings
from mappings.normalize.errors import ValueReadError

_YES = frozenset({"true", "1", "yes", "y", "x", "是", "有效", "启用", "正常"})
_NO = frozenset({"false", "0", "no", "n", "否", "无效", "停用", "作废"})


@function
def text(value: object) -> str:
    """Read a source value as tidy text: NFC, white space collapsed, trimmed; blank is the empty text.

    >>> text("  深圳　华强 "), text(None), text(26.0), text(True)
    ('深圳 华强', '', '26', 'true')

    Raises:
        ValueReadError: the value is a list or a record.
    """
    if isinstance(value, str):
        tidy = value.isascii() and value.isprintable() and "  " not in value  # but for its ends, as most text is
        return value.strip() if tidy else readings.clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, calendar_date):
        return value.isoformat()
    raise ValueReadError("a list or record stands where text is expected", "")


@function
def verbatim(value: object) -> str:
    """Take a source text exactly as it is, for values that are not for people; no text is blank.

    Only NUL is left out, which no database text can hold.

    >>> verbatim('{"a":  1}'), verbatim(None)
    ('{"a":  1}', '')
    """
    return value.replace("\0", "") if isinstance(value, str) else ""


@function
def blank(value: object) -> bool:
    """Tell whether a value is blank, so that there is nothing to read: no value, empty text, an empty list.

    >>> blank(" "), blank(None), blank(()), blank(0)
    (True, True, True, False)
    """
    if isinstance(value, str):
        return not value.strip()
    return value is None or value in ([], (), {})


@function
def otherwise(value: str, default: str) -> str:
    """Take the value, or the default when the value is blank.

    >>> otherwise("", "CN"), otherwise("DE", "CN")
    ('CN', 'DE')
    """
    return value or default


@function
def is_placeholder(value: str) -> bool:
    """Tell whether somebody only filled the field: 无, 暂无, N/A, test; blank is a placeholder too.

    >>> is_placeholder("暂无"), is_placeholder("华强")
    (True, False)
    """
    return readings.is_placeholder(value)


@function
def fold(value: str) -> str:
    """Fold width, traditional characters, case and punctuation: equal things become equal; blank stays blank.

    >>> fold("華強 電子-ABC")
    '华强电子abc'
    """
    return readings.fold(value)


@function
def has_han(value: str) -> bool:
    """Tell whether Chinese characters occur; in blank they do not.

    >>> has_han("ABC 电子"), has_han("ABC")
    (True, False)
    """
    return readings.has_han(value)


@function
def upper(value: str) -> str:
    """Write in capitals; blank stays blank.

    >>> upper("de")
    'DE'
    """
    return value.upper()


@function
def lower(value: str) -> str:
    """Write in small letters; blank stays blank.

    >>> lower("DE")
    'de'
    """
    return value.lower()


@function
def digits(value: str) -> str:
    """Keep the digits 0-9 only; blank stays blank.

    >>> digits("No. 12-34")
    '1234'
    """
    return "".join([c for c in value if c in "0123456789"])


@function
def drop_zeros(value: str) -> str:
    """Drop leading zeros, but keep a lone zero; blank stays blank.

    >>> drop_zeros("000123"), drop_zeros("000")
    ('123', '0')
    """
    return value.lstrip("0") or value[:1]


@function
def length(value: str) -> int:
    """Count the characters; blank has 0.

    >>> length("深圳")
    2
    """
    return len(value)


@function
def join(parts: tuple[str, ...], separator: str = " ") -> str:
    """Join the parts that are not blank.

    >>> join(("Anna", "", "Li")), join(("a", "b"), "-")
    ('Anna Li', 'a-b')
    """
    return separator.join([part for part in parts if part])


@function
def split(value: str, separator: str) -> tuple[str, ...]:
    """Split at each separator, trim the parts and drop blank ones.

    >>> split("a; b;;", ";")
    ('a', 'b')
    """
    parts = value.split(separator) if separator else [value]
    return tuple(part.strip() for part in parts if part.strip())


@function
def first(parts: tuple[str, ...]) -> str:
    """Take the first part that is not blank, else the empty text.

    >>> first(("", "b", "c")), first(())
    ('b', '')
    """
    return next((part for part in parts if part), "")


@function
def before(value: str, separator: str) -> str:
    """Take what stands before the first separator, everything if there is none; blank stays blank.

    >>> before("A-1-x", "-"), before("A", "-")
    ('A', 'A')
    """
    return value.partition(separator)[0] if separator else value


@function
def after(value: str, separator: str) -> str:
    """Take what stands behind the first separator; blank if there is none, and blank stays blank.

    >>> after("A-1-x", "-"), after("A", "-")
    ('1-x', '')
    """
    return value.partition(separator)[2] if separator else ""


@function
def replace(value: str, old: str, new: str) -> str:
    """Replace every occurrence; blank stays blank.

    >>> replace("a_b_c", "_", "-")
    'a-b-c'
    """
    return value.replace(old, new) if old else value


@function
def starts_with(value: str, start: str) -> bool:
    """Tell whether the text starts so; blank starts and ends with blank only.

    >>> starts_with("HUB-17", "HUB-")
    True
    """
    return value.startswith(start)


@function
def ends_with(value: str, end: str) -> bool:
    """Tell whether the text ends so; blank starts and ends with blank only.

    >>> ends_with("华强有限公司", "公司")
    True
    """
    return value.endswith(end)


@function
def contains(value: str, part: str) -> bool:
    """Tell whether the part occurs; in blank only blank does.

    >>> contains("深圳市华强", "华强")
    True
    """
    return part in value


@function
def truth(value: object, default: bool = True) -> bool:
    """Read yes or no in English or Chinese; blank is the default.

    >>> truth("是"), truth("停用"), truth(None, False), truth(1)
    (True, False, False, True)

    Raises:
        ValueReadError: the value is neither yes nor no.
    """
    word = text(value).lower()
    if not word:
        return default
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueReadError("neither yes nor no", "")


@function
def date(value: str, first: DateOrder | None = None) -> calendar_date | None:
    """Read a date with the year first, or with the day or month first where that is said; a missing one is blank.

    Placeholder dates (1900-01-01, 9999-12-31) are missing too. A spreadsheet's serial day is for :func:`excel_date`.

    >>> date("2024年1月5日"), date("")
    (datetime.date(2024, 1, 5), None)
    >>> date("05.01.2024", DateOrder.DAY_FIRST).isoformat(), date("5/1/2024", DateOrder.MONTH_FIRST).isoformat()
    ('2024-01-05', '2024-05-01')

    Raises:
        ValueReadError: the text is no date.
    """
    return dates.read_date(value, first=first or "") if value else None


@function
@lru_cache(maxsize=16384)  # what is no date comes again and again: 00000000, unknown
def is_date(value: str, first: DateOrder | None = None) -> bool:
    """Tell whether the text is a readable date, or blank.

    >>> is_date("2024-01-05"), is_date(""), is_date("soon"), is_date("05.01.2024", DateOrder.DAY_FIRST)
    (True, True, False, True)
    """
    try:
        date(value, first)
    except ValueReadError:
        return False
    return True


@function
def date_text(value: calendar_date | None) -> str:
    """Write a date as ISO 8601; a missing one is blank.

    >>> date_text(date("2024/1/5")), date_text(None)
    ('2024-01-05', '')
    """
    return value.isoformat() if value else ""
