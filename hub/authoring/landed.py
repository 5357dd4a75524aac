"""Rows that have landed, for whoever writes a mapping: the newest of a stream, or the one behind a source record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, text

from hub.errors import UsageError
from hub.store import landing
from mappings.normalize.dates import instant_of


@dataclass(frozen=True, slots=True)
class LandedRow:
    """A raw document and where it lies.

    Args:
        batch_id: its landing batch.
        row_no: its row there, the first is 0.
        origin: file and row, or model and id, for people.
        document: the document.
        landed_at: when its batch landed.
    """

    batch_id: int
    row_no: int
    origin: str
    document: Mapping[str, Any]
    landed_at: datetime


def newest_rows(db: Connection, folder: Path, system: str, stream: str, most: int) -> list[LandedRow]:
    """Read the rows of a stream that landed last, the newest batch first; rows without a document are left out.

    Args:
        db: connection.
        folder: root of the landing zone.
        system: code of the system.
        stream: its stream.
        most: how many rows to read.

    Raises:
        UsageError: nothing of the stream has landed.
    """
    found: list[LandedRow] = []
    for batch in db.execute(text(_BATCHES), {"system": system, "stream": stream}):
        found += _rows(batch, landing.read(folder, batch.path, batch.sha256))
        if len(found) >= most:
            break
    if not found:
        raise UsageError(f"Nothing of {system}.{stream} has landed", "Pull it with: hub run pull")
    return found[:most]


def row_behind(db: Connection, folder: Path, record_id: int, system: str, stream: str) -> LandedRow:
    """Read the row of a stream that a source record was made of last.

    Raises:
        UsageError: the record has not come from its source yet, or comes from another stream.
    """
    row = db.execute(text(_BEHIND), {"record": record_id}).one_or_none()
    if row is None:
        raise UsageError("This record has no landed row", "Choose one that its source has delivered")
    if (row.system, row.stream) != (system, stream):
        raise UsageError(
            f"This record comes from {row.system}.{row.stream}, not from {system}.{stream}", "Name the other mapping"
        )
    rows = _rows(row, landing.read(folder, row.path, row.sha256))
    found = next((one for one in rows if one.row_no == row.row_no), None)
    if found is None:
        raise UsageError("The landed row of this record was erased", "Choose another record")
    return found


def _rows(batch: Row[Any], table: pa.Table) -> Iterator[LandedRow]:
    landed_at = instant_of(batch.landed_us)
    for row_no, raw in enumerate(table.to_pylist()):
        if raw["document"] is not None:
            yield LandedRow(batch.id, row_no, raw["origin"], raw["document"], landed_at)


_BATCHES = """
select id, path, sha256, landed_us from hub.landing_batch where system = :system and stream = :stream order by id desc
"""

_BEHIND = """
select b.id, b.system, b.stream, b.path, b.sha256, b.landed_us, v.row_no from master.source_record_version v
join hub.landing_batch b on b.id = v.batch_id
where v.record_id = :record order by v.from_cs desc limit 1
"""
