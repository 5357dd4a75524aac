"""Open an extract: CSV in any usual encoding and delimiter, or the first sheet of an XLSX workbook.

Memory is bounded: of a large file evenly spread parts are read, and the report says so.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from connectors.transport.delimited import read_delimited
from connectors.transport.records import Table, UnreadableFileError
from connectors.transport.spreadsheet import OLE_MAGIC, read_spreadsheet
from hub.errors import HubError, UsageError
from hub.survey.sniffing import guess_delimiter, guess_encoding

WHOLE_BYTES = 96 << 20
"""Text up to this size is read whole."""
SAMPLE_PARTS = 192
PART_BYTES = 256 << 10
"""Of larger text so many parts of so many bytes are read."""
MAX_ROWS = 500_000
"""No more rows of one file are looked at."""
MAX_SHEET_BYTES = 1 << 30
"""An unpacked workbook larger than this would not fit into memory."""

_HEAD = 256 << 10
_MARKUP = ("{", "[{", "<", "%PDF", "UNA", "UNB")
_REMEDIES = {
    "bad_encoding": "Export the file again as UTF-8",
    "bad_quoting": "Export the file again with quotes doubled inside quoted cells",
    "column_count": "Export the file again with quoted cells",
    "duplicate_header": "Give every column a name of its own in row 1",
    "empty_header": "Give every column a name in row 1, with no title rows above it",
    "merged_header": "Unmerge the cells, give every column a name of its own in row 1, and save the file again",
    "empty_file": "Export the file again with a header in row 1",
    "not_a_spreadsheet": "Save it as .xlsx without a password, or as CSV",
    "truncated_file": "Have the whole file sent again",
    "missing_sheet": "Save the workbook again with a sheet in it",
}


@dataclass(slots=True)
class Extract:
    """A file read as a table of text.

    Args:
        name: file name without folder.
        form: how it is written, e.g. ``CSV, gb18030, comma``.
        columns: names in the header.
        rows: cells of each row; rows without any value are left out.
        numbers: the row number of each as a spreadsheet counts, 0 where a sample hides it.
        sampled: why not all rows are looked at, empty if all are.
        unreadable: rows that are no rows of this table, by defect code.
    """

    name: str
    form: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    sampled: str = ""
    unreadable: dict[str, int] = field(default_factory=dict)


def open_extract(path: Path) -> Extract:
    """Read a file.

    Raises:
        UsageError: there is no such file.
        HubError: it is no table, or cannot be read; one sentence what, one what to do.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}", "Check the name and the folder") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", "Name the files in it, e.g. with a * at the end") from None
    except PermissionError:
        raise HubError(f"The file {path} may not be read by this user", "Change its permissions") from None
    except UnreadableFileError as error:
        raise HubError(f"{path.name}: {_plain(error)}", _REMEDIES[error.defect.code]) from None


def _plain(error: UnreadableFileError) -> str:
    """Say what is wrong without what only a connection knows: nobody has declared an encoding here."""
    return error.defect.message.replace("the file is declared", "the file begins as")


def _read(file: BinaryIO, path: Path) -> Extract:
    head = file.read(_HEAD)
    if not head.strip():
        raise HubError(f"{path.name}: the file is empty", "Export it again with a header in row 1")
    if head.startswith((b"PK\x03\x04", OLE_MAGIC)):
        return _read_workbook(file, path)
    return _read_text(file, path, head)


def _read_workbook(file: BinaryIO, path: Path) -> Extract:
    if _unpacked_size(file) > MAX_SHEET_BYTES:
        raise HubError(
            f"{path.name}: the workbook is larger than {MAX_SHEET_BYTES >> 30} GiB when unpacked, too large to open",
            "Save it as CSV, of which any size can be surveyed",
        )
    return _collect(Extract(path.name, "XLSX", []), read_spreadsheet(file))


def _unpacked_size(file: BinaryIO) -> int:
    """Give the size of a workbook's parts; 0 if it is none, which its reader then says."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return 0


def _read_text(file: BinaryIO, path: Path, head: bytes) -> Extract:
    encoding = guess_encoding(head)
    if encoding is None:
        raise HubError(
            f"{path.name}: neither a workbook nor text in an encoding that is known here",
            "Export it as XLSX, or as CSV in UTF-8",
        )
    text = head.decode(encoding, "ignore").lstrip("\ufeff \r\n")
    delimiter = None if text.startswith(_MARKUP) else guess_delimiter(text)
    if delimiter is None:
        raise HubError(
            f"{path.name}: not a table, no delimiter (comma, semicolon, tab or |) divides its lines into columns",
            "Export it as XLSX or CSV with one customer in each row",
        )
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "|"}
    extract = Extract(path.name, f"CSV, {encoding}, {names[delimiter]}", [])
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > WHOLE_BYTES:
        part = _sample(file, size, encoding)
        share = len(part.getbuffer()) / size
        extract.sampled = f"{size / 2**30:,.1f} GiB: {share:.1%} of it is read, in parts spread evenly over the file"
        file = part
    return _collect(extract, read_delimited(file, encoding=encoding, delimiter=delimiter))


def _sample(file: BinaryIO, size: int, encoding: str) -> io.BytesIO:
    """Copy the header and whole lines out of evenly spread parts of a file."""
    newline = _newline(file, encoding)
    sample = io.BytesIO()
    for part in range(SAMPLE_PARTS):
        file.seek((size - PART_BYTES) // SAMPLE_PARTS * part // 2 * 2)
        lines = _whole_lines(file.read(PART_BYTES), newline, from_start=part == 0)
        sample.write(lines)
    sample.seek(0)
    return sample


def _newline(file: BinaryIO, encoding: str) -> bytes:
    """Give the bytes that end a line."""
    if not encoding.startswith("utf-16"):
        return b"\n"
    file.seek(0)
    big = encoding.endswith("be") or file.read(2) == codecs.BOM_UTF16_BE
    return b"\0\n" if big else b"\n\0"


def _whole_lines(block: bytes, newline: bytes, *, from_start: bool) -> bytes:
    r"""Cut off the incomplete lines at both ends; a newline of two bytes stands at an even place.

    >>> _whole_lines(b"nd\nline\nhal", b"\n", from_start=False), _whole_lines(b"no end", b"\n", from_start=True)
    (b'line\n', b'')
    """
    ends = [m.end() for m in re.finditer(re.escape(newline), block) if m.end() % len(newline) == 0]
    return block[0 if from_start else ends[0] : ends[-1]] if ends else b""


def _collect(extract: Extract, table: Table) -> Extract:
    if table.document_type is None:
        raise HubError(f"{extract.name}: not a table", "Export it as XLSX or CSV with one customer in each row")
    extract.columns = [name.name for name in table.document_type]
    known: dict[str, str] = {}  # one object for equal cells: most columns repeat themselves
    in_part = bool(extract.sampled)
    for record in islice(table.records, MAX_ROWS):
        if record.document is None:
            code = record.defect.code if record.defect else "unreadable"
            extract.unreadable[code] = extract.unreadable.get(code, 0) + 1
            continue
        cells = _cells(record.document, extract.columns, known)
        if any(cells):
            extract.rows.append(cells)
            extract.numbers.append(0 if in_part else record.row)
    if not in_part and next(table.records, None) is not None:
        extract.sampled = f"only the first {MAX_ROWS:,} rows are read"
    if not extract.rows:
        raise HubError(f"{extract.name}: there is no row below the header", "Export it again with the customers in it")
    return extract


def _cells(document: Mapping[str, str], columns: list[str], known: dict[str, str]) -> list[str]:
    if len(known) > 1 << 16:
        known.clear()
    cells = (document.get(column, "").strip() for column in columns)
    return [known.setdefault(cell, cell) for cell in cells]
