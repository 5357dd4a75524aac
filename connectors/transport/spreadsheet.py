"""Read Excel workbooks (XLSX): one sheet, every cell as text.

Rows are counted as Excel counts them. Numbers become the text Excel shows: no ``.0``, no exponent, 15 significant
digits, which is all that Excel keeps of a long number.
"""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from connectors.base import Defect
from connectors.transport.records import Record, Table, check_header, defective, struct_of, unreadable

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

OLE_MAGIC = b"\xd0\xcf\x11\xe0"
"""First bytes of the container that holds old .xls files and encrypted .xlsx files."""


def read_spreadsheet(file: BinaryIO, *, sheet: str | None = None, header_row: int = 1) -> Table:
    """Open one sheet of a workbook.

    Args:
        file: local binary file.
        sheet: its name; the first sheet if ``None``.
        header_row: number of the row with the column names; rows above it are skipped.

    Raises:
        UnreadableFileError: ``truncated_file``, ``not_a_spreadsheet``, ``missing_sheet``, ``merged_header``,
            ``empty_file``, ``empty_header``, ``duplicate_header``.
    """
    workbook = _open(file)
    chosen = _sheet(workbook, sheet)
    first_column = chosen.start[1] if chosen.start else 0
    rows = enumerate(chosen.iter_rows(), start=1)
    header = next(islice(rows, header_row - 1, None), None)
    if header is None:
        raise unreadable(
            "empty_file",
            f"the sheet '{chosen.name}' has no header in row {header_row}",
            "Have the file sent again, or correct header_row in the connection document",
        )
    _check_merged(chosen, header_row)
    columns = _without_empty_end([cell_text(cell).strip() for cell in header[1]])
    check_header(columns, header_row)
    return Table(struct_of(columns), _records(rows, columns, first_column))


def cell_text(cell: Cell) -> str:
    """Return a cell's value as Excel shows it; dates and times in ISO 8601.

    Example:
        >>> cell_text(13812345678.0), cell_text(914403001922038216.0), cell_text(0.1 + 0.2)
        ('13812345678', '914403001922038000', '0.3')
        >>> cell_text(dt.datetime(2026, 11, 1)), cell_text(dt.timedelta(hours=26, minutes=3)), cell_text(True)
        ('2026-11-01', '26:03:00', 'TRUE')
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return _number_text(cell)
        case dt.datetime():
            return (cell.date() if cell.time() == dt.time() else cell).isoformat()
        case dt.timedelta():
            minutes, seconds = divmod(int(cell.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        case _:
            return cell.isoformat()


def _number_text(number: float) -> str:
    text = f"{Decimal(f'{number:.15g}'):f}"
    return "0" if text == "-0" else text


def _open(file: BinaryIO) -> CalamineWorkbook:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == OLE_MAGIC:
        raise unreadable(
            "not_a_spreadsheet",
            "the file is protected with a password or is an old .xls workbook",
            "Save it as .xlsx without a password",
        )
    if start[:2] != b"PK"[: len(start)]:
        raise unreadable("not_a_spreadsheet", "the file is no XLSX workbook", "Save it as .xlsx in the source")
    try:
        with zipfile.ZipFile(file) as archive:
            broken = archive.testzip()
        if broken is None:
            file.seek(0)
            return load_workbook(file)
    except PasswordError:
        raise unreadable("not_a_spreadsheet", "the file is protected with a password", "Save it without one") from None
    except (zipfile.BadZipFile, CalamineError, EOFError, OSError, RuntimeError, ValueError, zlib.error):
        pass
    raise unreadable("truncated_file", "the workbook is damaged or cut off", "Have the whole file sent again")


def _sheet(workbook: CalamineWorkbook, name: str | None) -> CalamineSheet:
    names = workbook.sheet_names
    if not names or (name is not None and name not in names):
        raise unreadable(
            "missing_sheet",
            f"the workbook has no sheet '{name or 1}', it has: {', '.join(names) or 'none'}",
            "Correct sheet in the connection document, or have the sheet renamed",
        )
    try:
        return workbook.get_sheet_by_name(names[0] if name is None else name)
    except CalamineError:
        raise unreadable("truncated_file", "the sheet is damaged", "Have the whole file sent again") from None


def _check_merged(sheet: CalamineSheet, header_row: int) -> None:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top <= header_row - 1 <= bottom:
            area = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
            raise unreadable(
                "merged_header",
                f"the header in row {header_row} of sheet '{sheet.name}' has merged cells {area}, "
                "so its columns have no names of their own",
                f"Unmerge {area} and name each column, or correct header_row in the connection document",
                field=area,
            )


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0, e.g. 27 is AB."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _without_empty_end(columns: list[str]) -> list[str]:
    while columns and not columns[-1]:
        columns = columns[:-1]
    return columns


def _records(rows: Iterator[tuple[int, list[Cell]]], columns: list[str], first_column: int) -> Iterator[Record]:
    for number, cells in rows:
        texts = [cell_text(cell) for cell in cells]
        if not any(texts):
            continue
        width = len(columns)
        if any(texts[width:]):
            message = f"the row has a cell right of the last named column, {_letters(first_column + width - 1)}"
            remedy = "Name the column or clear the cell in the source"
            yield defective(number, Defect("column_count", message, "", remedy), "\t".join(texts))
        else:
            yield Record(number, dict(zip(columns, texts, strict=False)))
