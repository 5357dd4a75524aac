"""What the readers of single lines share: defects, CSV cells, times."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connectors.base import Defect

RAW_LENGTH = 200
_LATEST = 4_102_444_800.0
"""The year 2100: later times are damage."""


class UnreadableLineError(Exception):
    """A line that cannot be read.

    Args:
        code: stable word.
        message: what is wrong, without personal data.
        remedy: what to do about it.
        field: column concerned.
    """

    def __init__(self, code: str, message: str, remedy: str, field: str = "") -> None:
        super().__init__(message)
        self.defect = Defect(code, message, field, remedy)


def decode(data: bytes) -> str:
    """Decode a line.

    Raises:
        UnreadableLineError: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableLineError(
            "bad_encoding",
            f"the line is not UTF-8 from byte {error.start + 1} on",
            "Have the system write UTF-8; the damaged line can be corrected in the file's next copy only",
        ) from None


def cells(data: bytes, count: int) -> list[str]:
    r"""Read a line of comma separated values, quoted where needed with doubled quotes.

    Args:
        data: the line.
        count: how many cells it must have.

    Raises:
        UnreadableLineError: another number of cells, or quotes that do not close.

    Example:
        >>> cells(b'"8001","\xe5\xbc\xa0 ""x"" <1>",7', 3)
        ['8001', '张 "x" <1>', '7']
    """
    try:
        found = next(csv.reader([decode(data)], strict=True), [])
    except csv.Error:
        raise UnreadableLineError(
            "bad_quoting", "the quotes of the line do not fit", "Look for a line that was cut or written into another"
        ) from None
    if len(found) != count:
        raise UnreadableLineError(
            "column_count",
            f"the line has {len(found)} columns, {count} were expected",
            "Write the log with the columns the connector's README tells",
        )
    return found


def epoch(text: str, field: str) -> float:
    """Read seconds since 1970 UTC.

    Raises:
        UnreadableLineError: it is no such number.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < _LATEST:
        raise _bad_time(field, "seconds since 1970")
    return seconds


def local_time(text: str, zone: ZoneInfo, field: str, near: float | None = None) -> float:
    """Read a local time, ``2026-10-31 09:15:02``, as seconds since 1970 UTC.

    Args:
        text: the time.
        zone: zone it is told in.
        field: column, for the defect.
        near: an instant close by, which decides in the hour that a clock set back has twice.

    Raises:
        UnreadableLineError: it is no time.

    Example:
        >>> berlin = ZoneInfo("Europe/Berlin")
        >>> first = local_time("2026-10-25 02:30:00", berlin, "start")
        >>> local_time("2026-10-25 02:30:00", berlin, "start", near=first + 3500) - first
        3600.0
    """
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise _bad_time(field, "a time like 2026-10-31 09:15:02") from None
    if naive.tzinfo is not None:
        raise _bad_time(field, "a local time without a zone")
    first, second = (naive.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    seconds = first if near is None or abs(first - near) <= abs(second - near) else second
    if not 0 < seconds < _LATEST:
        raise _bad_time(field, "a time between 1970 and 2100")
    return seconds


def whole_number(text: str, field: str) -> int:
    """Read a number of seconds or another count.

    Raises:
        UnreadableLineError: it is no whole number from 0 on.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise UnreadableLineError(
            "bad_number", f"{field} is no whole number", "Look for a line that was cut or written into another", field
        )
    return int(text)


def created_at(uniqueid: str) -> float | None:
    """Read when a channel was made from its uniqueid, ``[system-]seconds.number``; ``None`` if it is not told.

    Example:
        >>> created_at("1793500000.17"), created_at("pbx1-1793500000.17"), created_at("x")
        (1793500000.0, 1793500000.0, None)
    """
    seconds = uniqueid.rpartition(".")[0].rpartition("-")[2]
    return float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) <= 10 else None


def iso(seconds: float) -> str:
    """Write an instant in ISO 8601, UTC.

    Example:
        >>> iso(1793500000.1234)
        '2026-11-01T02:26:40.123+00:00'
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def shown(data: bytes) -> str:
    """Return as much of an unreadable line as its dead letter shows."""
    return data[: RAW_LENGTH * 4].decode(errors="replace")[:RAW_LENGTH]


def required(names: Sequence[str], values: Sequence[str]) -> None:
    """Make sure that cells are not empty.

    Raises:
        UnreadableLineError: one is.
    """
    for name, value in zip(names, values, strict=True):
        if not value:
            raise UnreadableLineError(
                "missing_value", f"{name} is empty", "Write the log with all columns the connector's README tells", name
            )


def _bad_time(field: str, expected: str) -> UnreadableLineError:
    return UnreadableLineError(
        "bad_time",
        f"{field} is not {expected}",
        "Look for a line that was cut, or correct the log's time format",
        field,
    )
