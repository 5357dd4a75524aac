"""Times in the API: ISO 8601 in UTC outside, microseconds inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at_us: int) -> str:
    """Write a time in UTC microseconds.

    >>> iso(1_700_000_000_000_001)
    '2023-11-14T22:13:20.000001Z'
    """
    return (_EPOCH + timedelta(microseconds=at_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def microseconds(text: str) -> int:
    """Read a time with its zone.

    >>> microseconds("2023-11-15T06:13:20+08:00")
    1700000000000000

    Raises:
        ValueError: this is no time, or it has no zone.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("the time has no zone; end it with Z or an offset such as +08:00")
    return (found - _EPOCH) // timedelta(microseconds=1)
