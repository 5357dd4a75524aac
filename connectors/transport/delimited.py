"""Read delimited text (CSV, TSV): streaming, any encoding, one bad row never holds the good ones.

Rows are counted as a spreadsheet shows them: the first line is row 1, a quoted cell with line breaks stays one row.
Blocks of well-formed rows are read by column, a tenth of the work; the rows of any other block are judged one by one.
"""

import csv
import enum
import io
from collections.abc import Iterator
from typing import BinaryIO

from connectors.base import Defect
from connectors.transport.encodings import check_encoding
from connectors.transport.records import Part, Record, Rows, Table, check_header, defective, struct_of, unreadable
from connectors.transport.well_formed import read_well_formed

BLOCK = 1 << 19
"""Characters read at once."""


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
    lines = _Lines(io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=""))
    rows = _Rows(lines, delimiter)
    columns = _header(rows, header_row)
    return Table(struct_of(columns), _judged(_parts(lines, rows, columns, delimiter, ending), columns, ending))


class _Ending(enum.Enum):
    """How a file ends: what that says about its last row."""

    NEWLINE = enum.auto()
    MID_LINE = enum.auto()
    MID_CHARACTER = enum.auto()


class _Lines:
    """The lines of a text, able to take back those that a stray quote has swallowed, and to give many as a block."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._returned: list[str] = []
        self.consumed: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else self._text.readline()
        if not line:
            raise StopIteration
        self.consumed.append(line)
        return line

    @property
    def between_blocks(self) -> bool:
        """Whether no line is left of those that were taken back."""
        return not self._returned

    def next_block(self) -> str:
        """Give the next lines in one text that ends outside any quoted cell, as far as the quotes come in pairs."""
        block = [self._text.read(BLOCK), self._text.readline()]
        odd = sum(part.count('"') for part in block) % 2
        room = BLOCK
        while odd and room > 0 and (line := self._text.readline()):
            block.append(line)
            odd = (odd + line.count('"')) % 2
            room -= len(line)
        return "".join(block)

    def take_back(self, block: str) -> None:
        """Take lines back, to give them one by one."""
        self._returned.extend(reversed(list(io.StringIO(block, newline=""))))

    def take_back_all_but_first(self) -> str:
        first, *others = self.consumed
        self._returned.extend(reversed(others))
        self.consumed.clear()
        return first


_Row = tuple[int, list[str] | None, str]
"""Row number, cells (``None`` if the quoting is broken), the row as it stands in the file."""


class _Rows:
    """The rows of some lines, counted."""

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self._lines = lines
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self.number = 0

    def __iter__(self) -> Iterator[_Row]:
        while (row := self.next_row()) is not None:
            if row[1] != []:
                yield row

    def next_row(self) -> _Row | None:
        """Give the next row, without cells if it is blank; ``None`` at the end."""
        self.number += 1
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error:
            # Either a quote is open until the end, or text follows a closing quote: blame the first line alone.
            return self.number, None, self._lines.take_back_all_but_first()
        source = "".join(self._lines.consumed)
        self._lines.consumed.clear()
        return self.number, cells, source


def _parts(lines: _Lines, rows: _Rows, columns: list[str], delimiter: str, ending: _Ending) -> Iterator[Rows | _Row]:
    """Yield well-formed blocks whole and the rows of the others; none are if the file ends in a character."""
    while True:
        while not lines.between_blocks:
            row = rows.next_row()
            if row is not None and row[1] != []:
                yield row
        block = lines.next_block()
        if not block:
            return
        documents = None if ending is _Ending.MID_CHARACTER else read_well_formed(block, columns, delimiter)
        if documents is None:
            lines.take_back(block)
        else:
            yield Rows(rows.number + 1, documents)
            rows.number += len(documents)


def _header(rows: _Rows, header_row: int) -> list[str]:
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


def _judged(parts: Iterator[Rows | _Row], columns: list[str], ending: _Ending) -> Iterator[Part]:
    """Judge each row; the last one is known to be the last only when none follows."""
    held = next(parts, None)
    while held is not None:
        following = next(parts, None)
        if isinstance(held, Rows):
            yield held
        elif following is None and _is_cut_off(held[1], columns, ending):
            message, remedy = "the file ends in the middle of this row", "Have the whole file sent again"
            yield defective(held[0], Defect("truncated_row", message, "", remedy), held[2])
        else:
            yield _judge(*held, columns)
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
