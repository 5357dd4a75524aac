"""How long each commit holds the commit clock, and with it every other writer."""

from __future__ import annotations

import time

from sqlalchemy import Connection, Engine, event


def watch_clock(engine: Engine) -> list[float]:
    """Note from now on, in the list given, the milliseconds from each tick of this engine to the end of its commit.

    Waiting for the tick is not in them: that is the hold of others.
    """
    begun: dict[int, float] = {}
    held_ms: list[float] = []

    @event.listens_for(engine, "after_cursor_execute")
    def ticked(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "update master.clock" in statement:
            begun[id(connection)] = time.perf_counter()

    @event.listens_for(engine, "commit")
    def committed(connection: Connection) -> None:
        if id(connection) in begun:
            connection.connection.commit()  # what SQLAlchemy is about to do; a second commit does nothing
            held_ms.append((time.perf_counter() - begun.pop(id(connection))) * 1000)

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        begun.pop(id(connection), None)

    return held_ms
