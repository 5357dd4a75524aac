"""Gather records into batches that each end at a place where reading can go on."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from connectors.base import Batch, RawRecord, to_table
from connectors.sftp_files.place import Place
from connectors.transport.records import Record


class Batcher:
    """Holds records until a batch is full or the columns change.

    Args:
        stream: name of the stream.
        size: most records in a batch.
    """

    def __init__(self, stream: str, size: int) -> None:
        self._stream = stream
        self._size = size
        self._records: list[RawRecord] = []
        self._document_type: pa.StructType | None = None
        self._place: Place | None = None

    def add(self, record: RawRecord, document_type: pa.StructType | None, place: Place) -> Iterator[Batch]:
        """Take a record and the place after it; yield a batch when one is complete."""
        if document_type is not None:
            if self._document_type not in (None, document_type):
                yield from self.rest()
            self._document_type = document_type
        self._records.append(record)
        self._place = place
        if len(self._records) == self._size:
            yield from self.rest()

    def reach(self, place: Place) -> None:
        """Take a place reached without a record; it makes a batch of its own only if no record follows."""
        self._place = place

    def rest(self) -> Iterator[Batch]:
        """Yield what is held, if anything new was reached."""
        if self._place is not None:
            table = to_table(self._records, self._document_type)
            yield Batch(self._stream, table, self._place.to_cursor())
        self._records, self._document_type, self._place = [], None, None


def with_last(records: Iterable[Record]) -> Iterator[tuple[Record, bool]]:
    """Yield each record and whether it is the last.

    Example:
        >>> [(record.row, is_last) for record, is_last in with_last([Record(2, {}), Record(3, {})])]
        [(2, False), (3, True)]
    """
    iterator = iter(records)
    held = next(iterator, None)
    while held is not None:
        following = next(iterator, None)
        yield held, following is None
        held = following
