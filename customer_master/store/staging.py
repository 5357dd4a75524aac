"""Rows laid down ready in temporary tables, so that a commit under the clock is a few short statements.

Whoever holds the clock holds up every other writer. What takes long (turning rows into text, sending them, reading
JSON) is therefore done before the tick; after it the server only copies rows from one table to another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection as PsycopgConnection
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows that wait in a temporary table for their commit number.

    Args:
        table: where they belong.
        columns: columns they bring along; none if there are no rows.
        commit_column: column that takes the commit number.
    """

    table: Table
    columns: tuple[str, ...]
    commit_column: str

    def insert(self, connection: Connection, cs: int) -> None:
        """Copy the rows to where they belong, under a commit number."""
        if not self.columns:
            return
        columns = ", ".join(self.columns)
        connection.execute(
            text(
                f"insert into {self.table} ({columns}, {self.commit_column})"  # noqa: S608 - names of our own
                f" select {columns}, :cs from {_name(self.table)}"
            ),
            {"cs": cs},
        )


def stage(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, commit_column: str = "from_cs"
) -> Staged:
    """Lay rows down ready, in the place of those that this session laid down for the same table before.

    Args:
        connection: connection in a transaction.
        table: where they belong.
        rows: all with the same columns; JSON columns hold plain Python values.
        commit_column: column that takes the commit number.
    """
    if not rows:
        return Staged(table, (), commit_column)
    columns = tuple(rows[0])
    listed = ", ".join(columns)
    connection.execute(
        text(
            f"create temporary table if not exists {_name(table)} as"  # noqa: S608 - names of our own
            f" select {listed} from {table} with no data"
        )
    )
    # emptied here and not on commit, which would take its time while the clock is held
    connection.execute(text(f"truncate {_name(table)}"))
    is_json = [isinstance(table.c[column].type, JSONB) for column in columns]
    with psycopg_connection(connection).cursor().copy(f"copy {_name(table)} ({listed}) from stdin") as copy:
        for row in rows:
            copy.write_row([_to_json(row[c]) if j else row[c] for c, j in zip(columns, is_json, strict=True)])
    return Staged(table, columns, commit_column)


def psycopg_connection(connection: Connection) -> PsycopgConnection[Any]:
    """Give the driver's connection, for COPY."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, PsycopgConnection)  # noqa: S101 - the engine is psycopg's by construction
    return raw


def _name(table: Table) -> str:
    return f"staged_{table.name}"


def _to_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
