"""When a source is due: a cron expression, or an interval."""

from __future__ import annotations

import re
from datetime import timedelta

_INTERVAL = re.compile(r"([1-9]\d{0,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7))
_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")


def cadence(text: str) -> str | timedelta:
    """Read when a source is due.

    Args:
        text: five numeric cron fields in UTC, or a number with ``s``, ``m``, ``h`` or ``d``.

    Raises:
        ValueError: it is neither.

    >>> cadence("*/15 * * * *"), cadence("2h")
    ('*/15 * * * *', datetime.timedelta(seconds=7200))
    """
    if match := _INTERVAL.fullmatch(text):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{text!r} is neither a cron expression of five fields nor an interval such as 30m, 2h or 1d")
    for part, (name, lowest, highest) in zip(parts, _FIELDS, strict=True):
        if not all(_is_good(item, lowest, highest) for item in part.split(",")):
            raise ValueError(f"{part!r} is no {name} of a cron expression ({lowest} to {highest})")
    return " ".join(parts)


def checked_cadence(text: str) -> str:
    """Give the text back if :func:`cadence` can read it.

    Raises:
        ValueError: it cannot.
    """
    cadence(text)
    return text


def _is_good(item: str, lowest: int, highest: int) -> bool:
    match = _PART.fullmatch(item)
    if match is None or (match[3] is not None and int(match[3]) == 0):
        return False
    bounds = [int(number) for number in (match[1], match[2]) if number is not None]
    return bounds == sorted(bounds) and all(lowest <= number <= highest for number in bounds)
