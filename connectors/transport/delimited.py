"""Read delimited text (CSV, TSV): streaming, any encoding, one bad row never holds the good ones.

Rows are counted as a spreadsheet shows them: the first line is row 1, a quoted cell with line breaks stays one row.
"""

import csv
import enum
import io
from collections.abc import Iterator
from typing import BinaryIO

from connectors.base import Defect
from connectors.transport.encodings import check_encoding
from connectors.transport.records import Record, Table, check_header, defective, struct_of, unreadable


def read_delimited(file: BinaryIO, *, encoding: str, delimiter: str = ",", header_row: int = 1) -> Table:
    r"""Open a delimited text file.

    Args:
        file: local binary file; stays open while the records are iterated.
        encoding: declared encoding, e.g. ``gb18030`` or ``utf-8-sig``.
        delimiter: one character.
        header_row: number of the row with the column names; rows above it are skipped.

    Raises:
        UnreadableFileError: ``bad_encoding``, ``empty_file``, ``empty_header``, ``duplicate_header``.

    Example:
        >>> table = read_delimited(io.BytesIO("编码,名称\nD1,上海宏达\nD2\n".encode("gb18030")), encoding="gb18030")
        >>> [record.document or record.defect.code for record in table.records]
        [{'编码': 'D1', '名称': '上海宏达'}, 'column_count']
    """
    cut = check_encoding(file, encoding)
    ending = _Ending.MID_CHARACTER if cut else _ending(file)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    rows = _rows(_Lines(text), delimiter)
    columns = _header(rows, header_row)
    return Table(struct_of(columns), _records(rows, columns, ending))


class _Ending(enum.Enum):
    """How a file ends: what that says about its last row."""

    NEWLINE = enum.auto()
    MID_LINE = enum.auto()
    MID_CHARACTER = enum.auto()


class _Lines:
    """The lines of a text, able to take back those that a stray quote has swallowed."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._returned: list[str] = []
        self.consumed: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._text)
        self.consumed.append(line)
        return line

    def take_back_all_but_first(self) -> str:
        first, *others = self.consumed
        self._returned.extend(reversed(others))
        self.consumed.clear()
        return first


_Row = tuple[int, list[str] | None, str]
"""Row number, cells (``None`` if the quoting is broken), the row as it stands in the file."""


def _rows(lines: _Lines, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Either a quote is open until the end, or text follows a closing quote: blame the first line alone.
            yield number, None, lines.take_back_all_but_first()
            continue
        source = "".join(lines.consumed)
        lines.consumed.clear()
        if cells:
            yield number, cells, source


def _header(rows: Iterator[_Row], header_row: int) -> list[str]:
    for number, cells, source in rows:
        if number == header_row:
            columns = [cell.strip().removeprefix("\ufeff") for cell in cells or []]
            if cells is None:
                raise unreadable(
                    "bad_quoting", "the quotes in the header do not close", "Have the file sent again", raw=source
                )
            check_header(columns, number)
            return columns
    raise unreadable(
        "empty_file",
        f"the file has no header in row {header_row}",
        "Have the file sent again, or correct header_row in the connection document",
    )


def _records(rows: Iterator[_Row], columns: list[str], ending: _Ending) -> Iterator[Record]:
    """Judge each row; the last one is known to be the last only when none follows."""
    held = next(rows, None)
    while held is not None:
        following = next(rows, None)
        number, cells, source = held
        if following is None and _is_cut_off(cells, columns, ending):
            message, remedy = "the file ends in the middle of this row", "Have the whole file sent again"
            yield defective(number, Defect("truncated_row", message, "", remedy), source)
        else:
            yield _judge(number, cells, source, columns)
        held = following


def _is_cut_off(cells: list[str] | None, columns: list[str], ending: _Ending) -> bool:
    if ending is _Ending.MID_LINE:
        return cells is None or len(cells) < len(columns)
    return ending is _Ending.MID_CHARACTER


def _judge(number: int, cells: list[str] | None, source: str, columns: list[str]) -> Record:
    if cells is None:
        message = "a quote in this row does not close, text follows a closing quote, or a cell is endless"
        remedy = "Double the quotes inside quoted cells in the source"
        return defective(number, Defect("bad_quoting", message, "", remedy), source)
    if len(cells) != len(columns):
        message = f"the row has {len(cells)} cells, the header has {len(columns)}"
        remedy = "Quote cells that hold the delimiter or a line break in the source"
        return defective(number, Defect("column_count", message, "", remedy), source)
    return Record(number, dict(zip(columns, cells, strict=True)))


def _ending(file: BinaryIO) -> _Ending:
    file.seek(0, io.SEEK_END)
    file.seek(max(file.tell() - 4, 0))
    tail = file.read().rstrip(b"\0")  # UTF-16 pads
    file.seek(0)
    return _Ending.NEWLINE if tail.endswith((b"\n", b"\r")) else _Ending.MID_LINE
