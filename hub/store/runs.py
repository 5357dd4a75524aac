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


def reopen_run(connection: Connection, run_id: int) -> bool:
    """Go on with a run, also with one that an error broke off; ``False``: there is no such run."""
    statement = update(run).where(run.c.id == run_id).values(state="open", ended_us=None, error=None)
    return connection.execute(statement.returning(run.c.id)).scalar() is not None


def lock_of(run_id: int) -> str:
    """Name of the lock held by whoever works on a run."""
    return f"run {run_id}"


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


def note_pull(connection: Connection, run_id: int, system: str, stream: str, error: Exception | None = None) -> None:
    """Note how the pull of one stream ended in this run, or why a target could not be reached."""
    statement = upsert(pull).values(
        run_id=run_id, system=system, stream=stream, state="failed" if error else "done", error=_described(error)
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "system", "stream"],
            set_={"state": statement.excluded.state, "error": statement.excluded.error},
        )
    )


def _described(error: Exception | None) -> dict[str, Any] | None:
    if error is None:
        return None
    described: dict[str, Any] = {"class": type(error).__name__, "message": str(error)}
    retry_after = getattr(error, "retry_after", None)  # what will pass by itself says when to come again
    return described if retry_after is None else {**described, "retry_after": retry_after}


def failed_pulls(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """List the errors of a run's systems: ``class``, ``message`` and, if a later try may help, ``retry_after``."""
    p = pull.c
    statement = select(p.error).where(p.run_id == run_id, p.state == "failed").order_by(p.system, p.stream)
    return [dict(error) for error in connection.execute(statement).scalars()]


def cursor_of(connection: Connection, system: str, stream: str) -> dict[str, Any] | None:
    """Give the committed cursor of a stream, ``None`` before its first batch."""
    value = connection.execute(
        select(cursor.c.value).where(cursor.c.system == system, cursor.c.stream == stream)
    ).scalar()
    return None if value is None else dict(value)
