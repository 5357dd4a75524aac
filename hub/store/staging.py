"""What a batch has become, copied into a table of the transaction: recording compares and inserts sets of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from customer_master.store.staging import psycopg_connection

if TYPE_CHECKING:
    import polars as pl  # never imported here: a process of the hub may fork later

COLUMNS = ("row_no", "entity", "record_type", "key", "correlation", "token", "payload", "hash")
"""Columns of a frame to stage, a row a record: number of the landed row, what the record is, its identity, payload as
JSON text, its sha256. A mapping that emits several records of a row stages a frame for each."""

TABLE = "staged"
ROWS_A_WRITE = 20_000
QUOTE = "\x01"
"""Encloses texts on their way: payloads hold none, for JSON writes it as an escape, so nothing in them is doubled."""


def create(connection: Connection) -> None:
    """Make the table, empty; it ends with the transaction."""
    connection.execute(
        text(
            f"create temporary table {TABLE} (row_no integer not null, entity text not null,"
            " record_type text not null, key text not null, correlation text not null, token text not null,"
            " payload jsonb not null, hash text not null) on commit drop"
        )
    )


def stage(connection: Connection, frame: pl.DataFrame) -> int:
    """Copy the records of a frame into the table, many at a time and none by itself.

    Args:
        connection: connection in the transaction that has made the table.
        frame: the columns of :data:`COLUMNS`, without nulls; may have others.

    Returns:
        How many records the database took.

    Raises:
        psycopg.Error: the database refuses a row.
    """
    statement = f"copy {TABLE} ({', '.join(COLUMNS)}) from stdin (format csv, quote e'\\x01')"
    cursor = psycopg_connection(connection).cursor()
    with cursor.copy(statement) as copy:
        for some in frame.select(COLUMNS).iter_slices(ROWS_A_WRITE):
            copy.write(some.write_csv(include_header=False, quote_style="non_numeric", quote_char=QUOTE))
    return cursor.rowcount
