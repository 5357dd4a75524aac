"""Open a labelled file: its records, what each column is taken for, and the attributes that are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from customer_master.resolution.schema import Attribute
from hub.errors import HubError
from hub.matching.grouping import attributes_of, with_whole_name, without_redundant
from hub.matching.guessing import Guess, guess_columns
from hub.matching.reading import Records, read_records


@dataclass(frozen=True, slots=True)
class Opened:
    """A labelled file, understood.

    Args:
        records: its records.
        columns: what each column was taken for, in the order of the file.
        schema: what is compared.
    """

    records: Records
    columns: tuple[Guess, ...]
    schema: tuple[Attribute, ...]


def open_file(path: Path, told: Mapping[str, str]) -> Opened:
    """Open a labelled file.

    Args:
        path: Parquet or CSV with the columns ``rec_id`` and ``truth`` and whatever fields there are.
        told: column -> what it is, where the guess is not wanted.

    Raises:
        UsageError: there is no such file, or a column is told to be what it cannot.
        HubError: the file cannot be read, or nothing in it can be compared.
    """
    records = read_records(path).shuffled()
    columns = without_redundant(guess_columns(records, told), records)
    schema = with_whole_name(attributes_of(columns), records)
    if not schema:
        raise HubError(f"{path.name}: no column to tell records by", "Say what the columns are with --map column=kind")
    return Opened(records, columns, schema)
