"""Pull and land: from a system into the landing zone, cursor and manifest in one commit."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Cursor, Source
from connectors.errors import ConfigurationError, ConnectorError
from hub.connections import connect
from hub.errors import HubError
from hub.pipeline.work import Work
from hub.project import Connection
from hub.store import landing, runs
from hub.store.lock import exclusive


def pull(work: Work, systems: tuple[str, ...] | None = None) -> None:
    """Pull every stream that has an active mapping.

    A system that fails, or that another run has been pulling from for too long, is noted with its error and never
    holds the others.

    Args:
        work: the run.
        systems: only these, ``None`` for all.
    """
    for connection in work.documents.connections.values():
        streams = work.documents.streams_of(connection.connection)
        if streams and (systems is None or connection.connection in systems):
            _pull_system(work, connection, streams)


def _pull_system(work: Work, connection: Connection, streams: tuple[str, ...]) -> None:
    system = connection.connection
    waiting = list(streams)
    try:
        with exclusive(work.engine, f"pull {system}"), connect(work.settings, connection) as source:
            while waiting:
                _pull_or_note(work, source, system, waiting[0])
                waiting.pop(0)
    except (ConnectorError, HubError) as error:
        # what a system refuses for one stream it refuses for the rest: one error, not one for each
        _note(work, system, waiting, error)


def _pull_or_note(work: Work, source: Source, system: str, stream: str) -> None:
    try:
        _pull_stream(work, source, system, stream)
    except ConfigurationError as error:
        if error.stream != stream:
            raise
        _note(work, system, [stream], error)  # the document is wrong about this stream alone
    else:
        _note(work, system, [stream])


def _note(work: Work, system: str, streams: Sequence[str], error: Exception | None = None) -> None:
    with work.engine.begin() as db:
        for stream in streams:
            runs.note_pull(db, work.run_id, system, stream, error)


def _pull_stream(work: Work, source: Source, system: str, stream: str) -> None:
    with work.engine.begin() as db:
        cursor: Cursor | None = runs.cursor_of(db, system, stream)
    if cursor is not None:
        source.settle(stream, cursor)  # a killed run may have left it undone
    rows, landed = 0, False
    for batch in source.read(stream, cursor):
        with work.engine.begin() as db:
            landing.land(db, work.landing, run_id=work.run_id, system=system, batch=batch)
        cursor, landed = batch.cursor, True
        rows += batch.table.num_rows
        work.report(f"pull {system}.{stream}", rows, None)
    if landed and cursor is not None:
        source.settle(stream, cursor)
