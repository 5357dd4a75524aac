"""Runs: who did what when, and how each pull went."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store.clock import now_us
from hub.store.tables import cursor, pull, run


def open_run(connection: Connection, kind: str) -> int:
    """Begin a run and give its number."""
    return int(connection.execute(insert(run).values(kind=kind, started_us=now_us()).returning(run.c.id)).scalar_one())


def close_run(connection: Connection, run_id: int, state: str) -> None:
    """Note how a run stands: ``open`` while something is pending, else ``green`` or ``red``."""
    connection.execute(update(run).where(run.c.id == run_id).values(state=state, ended_us=now_us()))


def break_off(connection: Connection, run_id: int, error: str) -> None:
    """Note that a run was broken off by an error; what it began is finished by a later one, but it stays red."""
    connection.execute(update(run).where(run.c.id == run_id).values(state="red", ended_us=now_us(), error=error))


def open_runs(connection: Connection) -> list[int]:
    """List runs that are not settled, oldest first; a killed run is among them until a later one finishes its work."""
    return list(connection.execute(select(run.c.id).where(run.c.state == "open").order_by(run.c.id)).scalars())


def add_seconds(connection: Connection, run_id: int, step: str, seconds: float) -> None:
    """Add to the time a step of the run took."""
    total = func.coalesce(run.c.seconds[step].as_float(), 0.0) + seconds
    connection.execute(
        update(run)
        .where(run.c.id == run_id)
        .values(seconds=run.c.seconds.op("||")(func.jsonb_build_object(step, total, type_=JSONB)))
    )


def note_pull(
    connection: Connection, run_id: int, system: str, stream: str, error: dict[str, str] | None = None
) -> None:
    """Note how the pull of one stream ended in this run."""
    statement = upsert(pull).values(
        run_id=run_id, system=system, stream=stream, state="failed" if error else "done", error=error
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "system", "stream"],
            set_={"state": statement.excluded.state, "error": statement.excluded.error},
        )
    )


def cursor_of(connection: Connection, system: str, stream: str) -> dict[str, Any] | None:
    """Give the committed cursor of a stream, ``None`` before its first batch."""
    value = connection.execute(
        select(cursor.c.value).where(cursor.c.system == system, cursor.c.stream == stream)
    ).scalar()
    return None if value is None else dict(value)
