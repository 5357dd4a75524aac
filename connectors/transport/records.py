"""What a file reader yields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.base import Defect

RAW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: a document, or why it is none.

    Args:
        row: number as a person counts it, rising within the file; see the reader for what is counted.
        document: the row's cells by column, all text.
        defect: why the row cannot be read, else ``None``.
        raw: the start of the unreadable row, at most ``RAW_LENGTH`` characters.
    """

    row: int
    document: Mapping[str, Any] | None
    defect: Defect | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows without defect that follow one another, by column.

    Args:
        first: number of the first row; each next one counts one more.
        documents: one struct a row, all its cells text; never empty.
    """

    first: int
    documents: pa.StructArray

    @property
    def last(self) -> int:
        """Number of the last row."""
        return self.first + len(self.documents) - 1

    def between(self, first: int, last: int) -> "Rows":
        """Take the rows from number ``first`` to number ``last``, both among them."""
        return Rows(first, self.documents.slice(first - self.first, last - first + 1))

    def each(self) -> Iterator[Record]:
        """Give each row as a record of its own."""
        columns = [field.name for field in self.documents.type]
        rows = zip(*(cells.to_pylist() for cells in self.documents.flatten()), strict=True)
        for row, cells in enumerate(rows, self.first):
            yield Record(row, dict(zip(columns, cells, strict=True)))


Part = Record | Rows
"""A row by itself, or many at once."""


@dataclass(frozen=True, slots=True)
class Table:
    """An open file, read while it is iterated, by parts or by records.

    Args:
        document_type: Arrow type of its documents, ``None`` if it has none.
        parts: its rows, in order.
        records: the same, one by one.
    """

    document_type: pa.StructType | None
    parts: Iterator[Part]
    records: Iterator[Record] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", _each(self.parts))


def _each(parts: Iterator[Part]) -> Iterator[Record]:
    for part in parts:
        if isinstance(part, Rows):
            yield from part.each()
        else:
            yield part


class UnreadableFileError(Exception):
    """Nothing in this file can be trusted.

    Args:
        defect: what is wrong with it.
        raw: the start of the file where it is text.
    """

    def __init__(self, defect: Defect, raw: str | None = None) -> None:
        super().__init__(defect.message)
        self.defect = defect
        self.raw = raw


def unreadable(code: str, message: str, remedy: str, field: str = "", raw: str | None = None) -> UnreadableFileError:
    """Build the error for a whole file."""
    return UnreadableFileError(Defect(code, message, field, remedy), raw)


def defective(row: int, defect: Defect, raw: str) -> Record:
    """Build the record of an unreadable row."""
    return Record(row, None, defect, raw[:RAW_LENGTH])


def struct_of(columns: list[str]) -> pa.StructType:
    """Return the Arrow type of a flat document: every column text."""
    return pa.struct([(column, pa.string()) for column in columns])


def check_header(columns: list[str], row: int) -> None:
    """Raise if two columns have the same name or one has none.

    Args:
        columns: names as read.
        row: where the header stands, for the message.

    Raises:
        UnreadableFileError: ``empty_header`` or ``duplicate_header``.

    Example:
        >>> check_header(["编码", "名称", "编码"], row=1)
        Traceback (most recent call last):
        connectors.transport.records.UnreadableFileError: the header in row 1 has the column '编码' twice
    """
    for index, column in enumerate(columns, start=1):
        if not column:
            raise unreadable(
                "empty_header",
                f"the header in row {row} has no name for column {index}",
                "Give every column a name in the source, or correct header_row in the connection document",
            )
        if column in columns[: index - 1]:
            raise unreadable(
                "duplicate_header",
                f"the header in row {row} has the column '{column}' twice",
                "Rename one of the columns in the source",
                field=column,
            )
