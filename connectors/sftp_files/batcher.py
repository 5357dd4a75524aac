"""Gather records into batches that each end at a place where reading can go on."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import pyarrow as pa

from connectors.base import Batch, RawRecord, to_table
from connectors.sftp_files.place import Place

Item = TypeVar("Item")


class Batcher:
    """Holds records until a batch is full or the columns change.

    Args:
        stream: name of the stream.
        size: most records in a batch.
    """

    def __init__(self, stream: str, size: int) -> None:
        self._stream = stream
        self._size = size
        self._tables: list[pa.Table] = []
        self._records: list[RawRecord] = []
        self._held = 0
        self._document_type: pa.StructType | None = None
        self._place: Place | None = None

    @property
    def room(self) -> int:
        """How many records the batch can still take, at least one."""
        return self._size - self._held

    def add(self, records: RawRecord | pa.Table, document_type: pa.StructType | None, place: Place) -> Iterator[Batch]:
        """Take a record, or a table of no more than there is room for, and the place after; yield a complete batch."""
        if document_type is not None:
            if self._document_type not in (None, document_type):
                yield from self.rest()
            self._document_type = document_type
        if isinstance(records, RawRecord):
            self._records.append(records)
            self._held += 1
        else:
            self._close_records()
            self._tables.append(records)
            self._held += records.num_rows
        self._place = place
        if self._held == self._size:
            yield from self.rest()

    def reach(self, place: Place) -> None:
        """Take a place reached without a record; it makes a batch of its own only if no record follows."""
        self._place = place

    def rest(self) -> Iterator[Batch]:
        """Yield what is held, if anything new was reached."""
        if self._place is not None:
            if self._records or not self._tables:
                self._close_records()
            yield Batch(self._stream, pa.concat_tables(self._tables), self._place.to_cursor())
        self._tables, self._held, self._document_type, self._place = [], 0, None, None

    def _close_records(self) -> None:
        self._tables.append(to_table(self._records, self._document_type))
        self._records = []


def with_last(items: Iterable[Item]) -> Iterator[tuple[Item, bool]]:
    """Yield each item and whether it is the last.

    Example:
        >>> list(with_last("ab"))
        [('a', False), ('b', True)]
    """
    iterator = iter(items)
    held = next(iterator, None)
    while held is not None:
        following = next(iterator, None)
        yield held, following is None
        held = following
