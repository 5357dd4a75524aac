"""Read a labelled file, Parquet or CSV, as columns of text: no Python object a row, so a million rows are no burden."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from hub.errors import HubError, UsageError
from hub.survey.sniffing import guess_delimiter, guess_encoding

RECORD = "rec_id"
"""The column that names each record."""
TRUTH = "truth"
"""The column that says which records are one: equal values; empty where nobody knows."""

_HEAD = 256 << 10
_TEXT = pa.large_string()
_REPAIR = "Export the file again as CSV in UTF-8 or as Parquet"

Texts: TypeAlias = "pa.ChunkedArray[pa.LargeStringScalar]"
"""A column of texts, one a record."""


@dataclass(frozen=True, slots=True)
class Records:
    """A labelled file.

    Args:
        ids: name of each record, distinct.
        truth: number of each record's entity, -1 where it is not known.
        columns: column -> its texts, trimmed, null where empty; all but the two above.
        warnings: what was left out in reading.
    """

    ids: Texts
    truth: npt.NDArray[np.int64]
    columns: Mapping[str, Texts]
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.truth)

    def shuffled(self) -> Records:
        """Put the records in an order that neither the order of the file nor the way of naming them has a part in."""
        names = self.ids.to_pylist()
        marks = np.fromiter((zlib.crc32(str(name).encode()) for name in names), np.uint32, len(names))
        order = np.lexsort((np.array(names, dtype=np.str_), marks))
        columns = {name: column.take(order) for name, column in self.columns.items()}
        return Records(self.ids.take(order), self.truth[order], columns, self.warnings)


def read_records(path: Path) -> Records:
    """Read a labelled file.

    Args:
        path: Parquet, or CSV in any usual encoding and delimiter, with the columns ``rec_id`` and ``truth``.

    Raises:
        UsageError: there is no such file.
        HubError: it cannot be read, has no such columns, or names a record twice.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        table, warnings = _read_parquet(path) if head.startswith(b"PAR1") else _read_csv(path, head)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}", "Check the name and the folder") from None
    except OSError as error:
        raise HubError(f"{path.name}: cannot be read ({error.strerror or type(error).__name__})", _REPAIR) from None
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise HubError(f"{path.name}: cannot be read ({str(error).splitlines()[0]})", _REPAIR) from None
    return _records(path.name, table, warnings)


def _read_parquet(path: Path) -> tuple[dict[str, Texts], list[str]]:
    table = pyarrow.parquet.ParquetFile(path).read()
    _check_header(path.name, table.column_names)
    texts: dict[str, Texts] = {}
    warnings = []
    for name in table.column_names:
        try:
            texts[name] = _as_text(table[name])
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            warnings.append(f"column {name} is left out: {table[name].type} is no text")
    return texts, warnings


def _as_text(column: pa.ChunkedArray[Any]) -> Texts:
    """Write a column as text, as a person would: 60612 also where it is kept as 60612.0, a day without 00:00:00."""
    if pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.round(column))).as_py():
        column = column.cast(pa.int64())
    if pa.types.is_timestamp(column.type):
        days = column.cast(pa.date32(), safe=False)
        column = days if pc.all(pc.equal(days.cast(column.type), column)).as_py() else column
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = cast("pa.ChunkedArray[Any]", pc.binary_join(column.cast(pa.list_(pa.string())), "; "))
    return cast("Texts", column.cast(_TEXT))


def _read_csv(path: Path, head: bytes) -> tuple[dict[str, Texts], list[str]]:
    encoding = guess_encoding(head) if head.strip() else None
    text = head.decode(encoding, "ignore").lstrip("\ufeff \r\n") if encoding else ""
    delimiter = guess_delimiter(text)
    if encoding is None or delimiter is None:
        raise HubError(f"{path.name}: neither Parquet nor a table of delimited text", _REPAIR)
    header = next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    names = [name.strip() for name in header]
    _check_header(path.name, names)
    skipped: list[int] = []

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        skipped.append(row.actual_columns)
        return "skip"

    table = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(encoding="utf-8" if encoding == "utf-8-sig" else encoding),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(header, _TEXT)),
    )
    warnings = [f"{len(skipped)} rows are left out: they do not have {len(header)} cells"] if skipped else []
    return dict(zip(names, table.columns, strict=True)), warnings


def _check_header(file: str, header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise HubError(f"{file}: the column {twice[0]!r} is there twice", "Give every column a name of its own")
    for name in (RECORD, TRUTH):
        if name not in header:
            raise HubError(
                f"{file}: there is no column {name!r}, only {', '.join(header)}",
                f"Name the column with the {'id of each record' if name == RECORD else 'known entity'} {name}",
            )


def _records(file: str, table: Mapping[str, Texts], warnings: list[str]) -> Records:
    texts = {name: trimmed(column) for name, column in table.items()}
    ids, truth = texts.pop(RECORD), texts.pop(TRUTH)
    if not len(ids):
        raise HubError(f"{file}: there is no record in it", "Export it again with the records in it")
    if ids.null_count:
        raise HubError(f"{file}: {ids.null_count} records have no {RECORD}", "Give every record an id of its own")
    if pc.count_distinct(ids).as_py() < len(ids):
        counts = pc.value_counts(ids)
        twice = pc.filter(counts.field("values"), pc.greater(counts.field("counts"), pa.scalar(1)))
        raise HubError(
            f"{file}: {len(twice)} values of {RECORD} stand more than once, {pc.min(twice).as_py()!r} for one",
            "Give every record an id of its own",
        )
    codes = truth.combine_chunks().dictionary_encode().indices.fill_null(-1)
    return Records(ids, codes.to_numpy(zero_copy_only=False).astype(np.int64), texts, tuple(warnings))


def trimmed(column: Texts) -> Texts:
    """Cut blanks off both ends; what is empty then is null."""
    cut: Texts = pc.utf8_trim_whitespace(column)
    return cast("Texts", pc.if_else(pc.equal(cut, pa.scalar("", _TEXT)), pa.scalar(None, _TEXT), cut))
