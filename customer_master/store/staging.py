"""Rows made ready before the tick, so that a commit under the clock is a few short statements.

Whoever holds the clock holds up every other writer. What takes long (turning values into text) is therefore done
before the tick; after it the text only gets its commit number and is copied into the tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from mappings.canonical.record import Stored

_NUMBERED = {
    "party": ("created_cs", "touched_cs"),
    "source_record": ("first_cs",),
    "decision": ("cs",),
    "event": ("cs",),
}
"""Table -> columns that take the commit number, where it is not ``from_cs``."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows that wait for their commit number.

    Args:
        table: where they belong.
        columns: columns they bring along.
        lines: the rows as COPY reads them, without end.
    """

    table: Table
    columns: tuple[str, ...]
    lines: Sequence[str]

    def insert(self, connection: Connection, cs: int) -> None:
        """Copy the rows to where they belong, under a commit number.

        Raises:
            DBAPIError: the database refuses them, as it would refuse an INSERT.
        """
        numbered = _NUMBERED.get(self.table.name, ("from_cs",))
        statement = f"copy {self.table} ({', '.join((*self.columns, *numbered))}) from stdin"
        end = f"\t{cs}" * len(numbered) + "\n"
        try:
            copy_in(connection, statement, end.join(self.lines) + end)
        except psycopg.Error as error:
            raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error


def stage(rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> list[Staged]:
    """Make rows ready.

    Args:
        rows: table -> its rows, all with the same columns; JSON columns hold plain Python values or what is
            :class:`~mappings.canonical.record.Stored`.

    Returns:
        What is ready, table by table, in the order given; nothing for a table without rows.
    """
    return [_ready(table, own) for table, own in rows.items() if own]


def _ready(table: Table, rows: Sequence[Mapping[str, Any]]) -> Staged:
    columns = []
    for name in rows[0]:
        write = _json if isinstance(table.c[name].type, JSONB) else _plain
        columns.append([None if (value := row[name]) is None else write(value) for row in rows])
    return Staged(table, tuple(rows[0]), lines(columns))


def lines(columns: Iterable[Sequence[str | None]]) -> list[str]:
    r"""Write rows as COPY reads them, without end.

    Args:
        columns: the values of each column, from the first row to the last; ``None`` for NULL.

    >>> lines([["1", "2"], ["a\\b\tc", None]])
    ['1\ta\\\\b\\tc', '2\t\\N']
    """
    return ["\t".join(row) for row in zip(*map(_fields, columns), strict=True)]


def _fields(column: Sequence[str | None]) -> list[str]:
    """Write the fields of a column; whether anything must be escaped is asked of all at once, and mostly it is not."""
    whole = "".join(filter(None, column))
    if any(character in whole for character in "\\\t\n\r"):
        column = [value and _escaped(value) for value in column]
    return [r"\N" if value is None else value for value in column]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _plain(value: Any) -> str:
    """Write a number, a text, a date or some numbers."""
    if isinstance(value, str):
        return value
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list | tuple) else str(value)


def _json(value: Any) -> str:
    return value.text if isinstance(value, Stored) else _write(value)


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def copy_in(connection: Connection, statement: str, text: str) -> None:
    """Have a COPY statement read what is written.

    Raises:
        psycopg.Error: the database refuses it.
    """
    with psycopg_connection(connection).cursor().copy(statement) as copy:
        copy.write(text)


def psycopg_connection(connection: Connection) -> psycopg.Connection[Any]:
    """Give the driver's connection, for COPY."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - the engine is psycopg's by construction
    return raw
