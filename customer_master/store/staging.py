"""Rows made ready before the tick, so that a commit under the clock is a few short statements.

Whoever holds the clock holds up every other writer. What takes long (turning values into text) is therefore done
before the tick; after it the text only gets its commit number and is copied into the tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

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
            with psycopg_connection(connection).cursor().copy(statement) as copy:
                copy.write(end.join(self.lines) + end)
        except psycopg.Error as error:
            raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error


def stage(rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> list[Staged]:
    """Make rows ready.

    Args:
        rows: table -> its rows, all with the same columns; JSON columns hold plain Python values.

    Returns:
        What is ready, table by table, in the order given; nothing for a table without rows.
    """
    return [_ready(table, own) for table, own in rows.items() if own]


def _ready(table: Table, rows: Sequence[Mapping[str, Any]]) -> Staged:
    fields = [(name, _json if isinstance(table.c[name].type, JSONB) else _plain) for name in rows[0]]
    return Staged(
        table, tuple(rows[0]), ["\t".join([_field(write(row[name])) for name, write in fields]) for row in rows]
    )


def _plain(value: Any) -> str | None:
    """Write a number, a text, a date or some numbers."""
    if value is None or isinstance(value, str):
        return value
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list | tuple) else str(value)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _field(written: str | None) -> str:
    r"""Write a field as COPY reads it.

    >>> print(_field("a\\b\tc"), _field(None))
    a\\b\tc \N
    """
    if written is None:
        return r"\N"
    return written.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def psycopg_connection(connection: Connection) -> psycopg.Connection[Any]:
    """Give the driver's connection, for COPY."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - the engine is psycopg's by construction
    return raw
