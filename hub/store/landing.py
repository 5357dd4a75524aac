"""The landing zone: every batch as it came, once, unchanged for ever.

A batch is one Parquet file (zstd). The file is complete on disk before the database names it; its sha256, its row count
and the cursor after it are committed together. A file the database does not name was never landed.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from connectors.base import Batch
from customer_master.store.clock import now_us
from hub.errors import HubError
from hub.store.tables import cursor, landing_batch


def land(connection: Connection, folder: Path, *, run_id: int, system: str, batch: Batch) -> int:
    """Write a batch to the landing zone and put its manifest and cursor into the running transaction.

    Args:
        connection: connection in a transaction, which the caller commits.
        folder: root of the landing zone.
        run_id: run that pulled it.
        system: connection it came from.
        batch: the batch.

    Returns:
        The batch number.
    """
    day = datetime.now(UTC).strftime("%Y/%m/%d")
    relative = f"{system}/{batch.stream}/{day}/{uuid.uuid4().hex}.parquet"
    digest, size = _write(folder / relative, batch.table)
    batch_id = connection.execute(
        insert(landing_batch)
        .values(
            run_id=run_id,
            system=system,
            stream=batch.stream,
            path=relative,
            sha256=digest,
            rows=batch.table.num_rows,
            bytes=size,
            cursor=dict(batch.cursor),
            landed_us=now_us(),
        )
        .returning(landing_batch.c.id)
    ).scalar_one()
    statement = upsert(cursor).values(system=system, stream=batch.stream, value=dict(batch.cursor), batch_id=batch_id)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["system", "stream"],
            set_={"value": statement.excluded.value, "batch_id": statement.excluded.batch_id},
        )
    )
    return int(batch_id)


def manifest(connection: Connection, batch_id: int) -> Row[tuple[object, ...]]:
    """Give a batch's manifest row."""
    return connection.execute(select(landing_batch).where(landing_batch.c.id == batch_id)).one()


def read(folder: Path, relative: str, sha256: str) -> pa.Table:
    """Read a landed batch, proving that it is what was landed.

    Raises:
        HubError: the file is missing or was changed.
    """
    path = folder / relative
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise HubError(f"Landed file {relative} is missing", "Restore the landing zone from its backup") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise HubError(f"Landed file {relative} is not what was landed", "Restore it from the backup")
    return pq.read_table(pa.BufferReader(data))


def _write(path: Path, table: pa.Table) -> tuple[str, int]:
    """Write durably: content and folder entry are on disk before the database may name the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = sink.getvalue().to_pybytes()
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return hashlib.sha256(data).hexdigest(), len(data)
