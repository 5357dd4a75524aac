"""The landing zone: every batch as it came, once, unchanged for ever but for erasure.

A batch is one Parquet file (zstd). The file is complete on disk before the database names it; its sha256, its row count
and the cursor after it are committed together. A file the database does not name was never landed.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from connectors.base import Batch, type_of_defect
from customer_master.store.clock import now_us
from hub.errors import HubError
from hub.store.tables import completeness_claim, cursor, landing_batch

ERASED = "erased"
"""Code of the defect that stands where a row was erased."""

_DICTIONARY = 1 << 14
"""Bytes after which a column is given up as one of few values: of numbers and names a dictionary makes files larger.
Statistics are not written, for a batch is only ever read whole."""


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
    _note_claim(connection, run_id, system, batch, int(batch_id))
    return int(batch_id)


def _note_claim(connection: Connection, run_id: int, system: str, batch: Batch, batch_id: int) -> None:
    """Keep account of a reading that its connector claims is complete; one that never ended comes to nothing."""
    c = completeness_claim.c
    reading = update(completeness_claim).where(c.system == system, c.stream == batch.stream, c.state == "reading")
    if batch.begins_complete:
        connection.execute(reading.values(state="superseded"))
        connection.execute(
            insert(completeness_claim).values(
                run_id=run_id, system=system, stream=batch.stream, first_batch_id=batch_id, last_batch_id=batch_id,
                listed=0, missing=0, state="reading", at_us=now_us(),
            )
        )  # fmt: skip
    connection.execute(
        reading.values(
            last_batch_id=batch_id,
            position=func.greatest(c.position, pc.max(batch.table["position"]).as_py() or ""),
            state="open" if batch.ends_complete else "reading",
        )
    )


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
    # In this thread: Arrow's pools are torn down at exit while their threads still start, and now and then that aborts
    # a process whose work is done (apache/arrow issues 34314, 50482).
    return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False).read(use_threads=False)


def write_without(folder: Path, table: pa.Table, rows: Collection[int], relative: str) -> tuple[str, int]:
    """Write a batch once more, with nothing left of some rows but their place, so that all others keep their numbers.

    Args:
        folder: root of the landing zone.
        table: the batch as :func:`read`.
        rows: numbers of the rows to erase.
        relative: where to write it; a file that a killed run left there is replaced.

    Returns:
        sha256 (hex) and size in bytes of the file written.
    """
    kept = pa.array([None if row in rows else row for row in range(table.num_rows)], pa.int64())
    notice = {"code": ERASED, "message": "the row was erased", "field": "", "remedy": ""}
    defects = [notice if row in rows else d for row, d in enumerate(table["defect"].to_pylist())]
    blanked = table.set_column(table.column_names.index("defect"), "defect", pa.array(defects, type_of_defect))
    for name in ("document", "raw"):
        blanked = blanked.set_column(table.column_names.index(name), name, table[name].take(kept))
    (folder / relative).unlink(missing_ok=True)
    return _write(folder / relative, blanked)


def _write(path: Path, table: pa.Table) -> tuple[str, int]:
    """Write durably: content and folder entry are on disk before the database may name the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", dictionary_pagesize_limit=_DICTIONARY, write_statistics=False)
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
