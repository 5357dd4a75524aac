"""The commit clock: gap-free numbers in commit order.

The clock is one row. Whoever writes takes the next number last, after all reading and thinking, and holds the row
only for the inserts and the commit, so that others wait milliseconds.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, insert, update

from customer_master.store.tables import change_set, clock


def now_us() -> int:
    """Give the present as UTC microseconds since 1970."""
    return time.time_ns() // 1000


def tick(connection: Connection, *, kind: str, actor: str, actor_kind: str = "run") -> int:
    """Open a change set inside the running transaction and return its commit number.

    Args:
        connection: connection in a transaction; the clock row stays locked until it ends.
        kind: what the change set does, e.g. ``record`` or ``resolve``.
        actor: run number or user.
        actor_kind: ``run``, ``user`` or ``system``.
    """
    cs: int = connection.execute(
        update(clock).where(clock.c.id == 1).values(last_cs=clock.c.last_cs + 1).returning(clock.c.last_cs)
    ).scalar_one()
    connection.execute(insert(change_set).values(cs=cs, at_us=now_us(), actor_kind=actor_kind, actor=actor, kind=kind))
    return cs
