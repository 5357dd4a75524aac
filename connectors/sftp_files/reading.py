"""From a downloaded file to batches: its rows with origin and position, whole blocks of them where well-formed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import pyarrow as pa

from connectors.base import Batch, RawRecord, type_of_defect
from connectors.sftp_files.batcher import Batcher, with_last
from connectors.sftp_files.config import StreamConfig
from connectors.sftp_files.place import Place
from connectors.transport.delimited import read_delimited
from connectors.transport.partin import read_partin
from connectors.transport.records import Part, Record, Rows, Table, UnreadableFileError, unreadable
from connectors.transport.sftp import RemoteFile
from connectors.transport.spreadsheet import read_spreadsheet

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T_-]?(\d\d)(\d\d)(\d\d)?)?")
"""A date, or a date and a time of day, as file names have them: 20261101, 20261101-0230."""


def position_of(file: RemoteFile, options: StreamConfig) -> str | None:
    """Return the file's place in time; ``None`` if its name does not tell."""
    if options.position is None:
        return datetime.fromtimestamp(file.mtime, UTC).isoformat()
    found = options.position.search(file.name)
    return _iso(found[1]) if found else None


def _iso(text: str) -> str:
    """Write a compact date or time in ISO 8601, as other systems write theirs: recency is compared across systems.

    Example:
        >>> _iso("20261101"), _iso("20261101-0230"), _iso("20261101T023015"), _iso("v17")
        ('2026-11-01', '2026-11-01T02:30:00', '2026-11-01T02:30:15', 'v17')
    """
    found = _COMPACT.fullmatch(text)
    if not found:
        return text
    year, month, day, hour, minute, second = found.groups()
    date = f"{year}-{month}-{day}"
    return f"{date}T{hour}:{minute}:{second or '00'}" if hour else date


def open_file(file: RemoteFile, copy: BinaryIO, options: StreamConfig) -> tuple[Table, bool]:
    """Open a downloaded file; a file that cannot be read becomes one record and ``True``."""
    try:
        if position_of(file, options) is None:
            raise unreadable(
                "no_position",
                f"the file name does not fit the expression {options.position.pattern if options.position else ''}",
                "Correct position in the connection document, or have the file renamed",
            )
        match options.format:
            case "csv":
                return read_delimited(
                    copy,
                    encoding=options.encoding or "utf-8",
                    delimiter=options.delimiter,
                    header_row=options.header_row,
                ), False
            case "xlsx":
                return read_spreadsheet(copy, sheet=options.sheet, header_row=options.header_row), False
            case "edifact":
                return read_partin(copy, encoding=options.encoding), False
    except UnreadableFileError as error:
        return Table(None, iter([Record(0, None, error.defect, error.raw)])), True


def read_file(
    file: RemoteFile, options: StreamConfig, table: Table, batches: Batcher, place: Place, finished: Place
) -> Iterator[Batch]:
    """Put what is left of a file into batches, from ``place`` to ``finished``; yield those that are full."""
    for part, is_last in with_last(_after(place.row_reached(file), table.parts)):
        rest: Part | None = part
        while rest is not None:
            piece, rest = _cut(rest, batches.room)
            row = piece.last if isinstance(piece, Rows) else piece.row
            place = finished if is_last and rest is None else place.reading(file, row)
            yield from batches.add(_raw(file, options, piece), table.document_type, place)
    if place != finished:  # a file without rows
        batches.reach(finished)


def _after(row: int, parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Rows):
            if part.last > row:
                yield part.between(max(part.first, row + 1), part.last)
        elif part.row > row or not row:
            yield part


def _cut(part: Part, room: int) -> tuple[Part, Part | None]:
    """Cut a part in two so that there is room for the first."""
    if not isinstance(part, Rows) or len(part.documents) <= room:
        return part, None
    return part.between(part.first, part.first + room - 1), part.between(part.first + room, part.last)


def _raw(file: RemoteFile, options: StreamConfig, part: Part) -> RawRecord | pa.Table:
    position = position_of(file, options) or datetime.fromtimestamp(file.mtime, UTC).isoformat()
    if isinstance(part, Rows):
        return _raw_table(file.name, position, part)
    origin = f"{file.name}:{part.row}" if part.row else file.name
    return RawRecord(origin, position, part.document, part.defect, part.raw)


def _raw_table(name: str, position: str, rows: Rows) -> pa.Table:
    """Give rows the shape that :func:`connectors.base.to_table` gives records."""
    size = len(rows.documents)
    origins = [f"{name}:{number}" for number in range(rows.first, rows.last + 1)]
    return pa.table(
        {
            "origin": pa.array(origins, pa.string()),
            "position": pa.repeat(position, size),
            "document": rows.documents,
            "defect": pa.nulls(size, type_of_defect),
            "raw": pa.nulls(size, pa.string()),
        }
    )
