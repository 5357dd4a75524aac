"""Rows that have landed, for whoever writes a mapping: the newest, those behind source records and dead letters."""

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
        UsageError: the record has not come from its source yet, comes from another stream, or its row was erased.
    """
    row = db.execute(text(_BEHIND), {"record": record_id}).one_or_none()
    if row is None:
        raise UsageError("This record has no landed row", "Choose one that its source has delivered")
    return _row_at(row, folder, "This record", system, stream)


def row_of_letter(db: Connection, folder: Path, number: int, system: str, stream: str) -> LandedRow:
    """Read the row of a stream that a dead letter is about.

    Raises:
        UsageError: there is no such letter of a row, it is about another stream, or its row has no document.
    """
    row = db.execute(text(_OF_LETTER), {"number": number}).one_or_none()
    if row is None:
        raise UsageError(
            f"There is no dead letter {number} about a landed row", "List those that wait with: hub letters"
        )
    return _row_at(row, folder, f"The dead letter {number}", system, stream)


def _row_at(row: Row[Any], folder: Path, what: str, system: str, stream: str) -> LandedRow:
    if (row.system, row.stream) != (system, stream):
        raise UsageError(
            f"{what} comes from {row.system}.{row.stream}, not from {system}.{stream}", "Name the other mapping"
        )
    rows = _rows(row, landing.read(folder, row.path, row.sha256))
    found = next((one for one in rows if one.row_no == row.row_no), None)
    if found is None:
        raise UsageError(f"{what} has no row that can be read any more", "Choose another one")
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

_OF_LETTER = """
select b.id, b.system, b.stream, b.path, b.sha256, b.landed_us, d.row_no from hub.dead_letter d
join hub.mapping_pass p on p.id = d.pass_id join hub.landing_batch b on b.id = p.batch_id where d.id = :number
"""
