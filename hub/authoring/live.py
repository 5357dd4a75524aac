"""Rows as a system has them now, for whoever writes a mapping: nothing is landed, and no cursor moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from connectors.base import Source
from hub.connections import connect
from hub.errors import UsageError
from hub.project import connections
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A raw document that has just been read.

    Args:
        origin: file and row, or model and id, for people.
        document: the document.
        landed_at: when it would have landed.
    """

    origin: str
    document: Mapping[str, Any]
    landed_at: datetime


def live_rows(settings: Settings, system: str, stream: str, most: int) -> list[LiveRow]:
    """Read the first rows that a system gives of a stream; rows without a document are left out.

    Args:
        settings: the installation; its project folder holds the connection document.
        system: code of the system.
        stream: its stream.
        most: how many rows to read.

    Raises:
        UsageError: there is no such connection, or the stream has no rows now.
        ConnectorError: the system cannot be read.
        HubError: a reference of the connection document points to nothing.
    """
    known = {connection.connection: connection for connection in connections(settings.project)[0]}
    if system not in known:
        raise UsageError(f"There is no connection {system!r}", f"Known are: {', '.join(sorted(known)) or 'none'}")
    with connect(settings, known[system]) as source:
        found = list(islice(_rows(source, stream), most))
    if not found:
        raise UsageError(f"{system}.{stream} has no rows now", "Preview rows that have landed, without --live")
    return found


def _rows(source: Source, stream: str) -> Iterator[LiveRow]:
    for batch in source.read(stream, None):  # never settled: the next pull reads the same rows
        now = datetime.now(UTC)
        for raw in batch.table.to_pylist():
            if raw["document"] is not None:
                yield LiveRow(raw["origin"], raw["document"], now)
