"""Records as columns: the distinct values of every attribute, read once, and which of them each record has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from customer_master.resolution.attributes.base import AttributeKind

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

Texts: TypeAlias = "Sequence[str | None] | pa.ChunkedArray[pa.LargeStringScalar]"
"""A column of texts, one a record."""


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of many records.

    Args:
        kind: what kind of attribute it is.
        values: the distinct values (features as the kind reads them), an array of objects.
        frequency: for each value, how many records hold its term.
        offsets: where the values of each record begin in ``codes``; one more than there are records.
        codes: numbers of values, record after record, each value of a record once.
    """

    kind: AttributeKind[Any]
    values: npt.NDArray[np.object_]
    frequency: Codes
    offsets: Ints
    codes: Codes

    @property
    def is_single(self) -> bool:
        """Whether no record has several values."""
        return len(self.codes) == np.count_nonzero(self.offsets[1:] > self.offsets[:-1])

    def owners(self) -> Codes:
        """Give the record of each entry."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))

    def first(self) -> Codes:
        """Give the number of each record's first value, -1 for none."""
        there = self.offsets[1:] > self.offsets[:-1]
        numbers = np.full(len(there), -1, np.int32)
        numbers[there] = self.codes[self.offsets[:-1][there]]
        return numbers

    def take(self, records: Ints) -> Column:
        """Give the column of some of the records; the values stay as they are."""
        counts = np.diff(self.offsets)[records]
        offsets = _offsets(counts)
        places = np.repeat(self.offsets[:-1][records] - offsets[:-1], counts) + np.arange(offsets[-1])
        return Column(self.kind, self.values, self.frequency, offsets, self.codes[places])


@dataclass(frozen=True, slots=True)
class Table:
    """Records as columns.

    Args:
        size: number of records.
        columns: attribute -> its column.
    """

    size: int
    columns: dict[str, Column]

    def order(self) -> Ints:
        """Give the records in an order of what they say, the same in whatever order they came."""
        said = np.zeros(self.size, np.uint64)
        for place, column in enumerate(self.columns.values()):
            digests = np.fromiter((_digest(place, value) for value in column.values), np.uint64, len(column.values))
            np.add.at(said, column.owners(), digests[column.codes])
        return np.argsort(said, kind="stable")


def read_table(kinds: Mapping[str, AttributeKind[Any]], texts: Mapping[str, Sequence[Texts]]) -> Table:
    """Read records.

    Args:
        kinds: attribute -> its kind.
        texts: attribute -> one or more columns of texts; what several hold are several values of one record.
    """
    sizes = {len(column) for columns in texts.values() for column in columns}
    if len(sizes) != 1:
        raise ValueError(f"the columns differ in length: {sorted(sizes)}")
    return Table(sizes.pop(), {name: read_column(kind, texts[name]) for name, kind in kinds.items()})


def read_column(kind: AttributeKind[Any], texts: Sequence[Texts]) -> Column:
    """Read one attribute of many records, each distinct text once."""
    numbers: dict[Any, int] = {}
    coded = [_codes(kind, column, numbers) for column in texts]
    size = len(coded[0])
    records = np.concatenate([np.arange(size)] * len(coded))
    codes = np.concatenate(coded)
    return assemble(kind, list(numbers), records, codes, size)


def assemble(kind: AttributeKind[Any], values: Iterable[Any], records: Ints, codes: Codes, size: int) -> Column:
    """Put a column together.

    Args:
        kind: kind of the attribute.
        values: the distinct values.
        records: record of each entry, 0 to ``size`` - 1.
        codes: number of the value of each entry; -1 for none.
        size: number of records.
    """
    there = codes >= 0
    entries = np.unique(records[there].astype(np.int64) << 32 | codes[there])
    owners, codes = entries >> 32, (entries & 0xFFFFFFFF).astype(np.int32)
    array = np.empty(len(values := list(values)), dtype=object)
    array[:] = values
    offsets = _offsets(np.bincount(owners, minlength=size))
    return Column(kind, array, _frequencies(kind, array, owners, codes), offsets, codes)


def _offsets(counts: npt.NDArray[np.integer[Any]]) -> Ints:
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))


def _codes(kind: AttributeKind[Any], column: Texts, numbers: dict[Any, int]) -> Codes:
    """Number the values of a column; ``numbers`` grows by those that were not there yet."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else pa.array(column, pa.large_string())
    encoded = array.dictionary_encode()
    texts = [text for text in encoded.dictionary.to_pylist() if text is not None]
    of_text = np.fromiter((_number(kind.read(text), numbers) for text in texts), np.int32, len(texts))
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.asarray(np.append(of_text, np.int32(-1))[places], np.int32)


def _number(value: Any, numbers: dict[Any, int]) -> int:
    return -1 if value is None else numbers.setdefault(value, len(numbers))


def _digest(place: int, value: Any) -> int:
    return int.from_bytes(blake2b(f"{place}|{value!r}".encode(), digest_size=8).digest(), "big")


def _frequencies(kind: AttributeKind[Any], values: npt.NDArray[np.object_], owners: Ints, codes: Codes) -> Codes:
    """Count the records that hold the term of each value; a record with two values of one term counts once."""
    terms: dict[str, int] = {}
    term_of = np.fromiter((terms.setdefault(kind.term(v), len(terms)) for v in values), np.int64, len(values))
    if not len(codes):
        return np.zeros(len(values), np.int32)
    holders = np.unique(term_of[codes] << 32 | owners) >> 32
    return np.bincount(holders, minlength=len(terms)).astype(np.int32)[term_of]
