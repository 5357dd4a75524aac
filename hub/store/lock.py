"""One at a time: advisory locks of the database, given back when their holder ends, however it ends.

============================  ============================================================
lock                          held by
============================  ============================================================
``pipeline``                  sync, record, resolve, publish, replay, renumbering, erasure
``pull <system>``             whoever pulls from that system
``run <number>``              whoever works on that run, so that nobody else settles it
``migration``                 whoever makes or restores the tables
``backup``                    whoever writes a backup
``rebuild``                   whoever rebuilds the master beside the present one
``plan``                      whoever makes a plan, for there is one scratch copy
============================  ============================================================

Who needs several takes them in this order but for its run's own, which nobody ever waits for. Acts of stewards hold
none: they commit under the clock, see :mod:`hub.store.optimistic`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from hub.errors import BusyError


@contextmanager
def exclusive(engine: Engine, name: str, *, wait_seconds: float = 20.0) -> Iterator[None]:
    """Hold the named lock.

    A holder that was killed loses the lock as soon as the server notices, so waiting a little is enough.

    Args:
        engine: the hub's database.
        name: what is locked.
        wait_seconds: how long to wait for another holder.

    Raises:
        BusyError: somebody else holds it.
    """
    key = _key(name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("select set_config('lock_timeout', :ms, false)"), {"ms": f"{int(wait_seconds * 1000)}ms"}
        )
        try:
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": key})
        except OperationalError:
            raise BusyError(
                f"Another process holds the {name} lock", "Wait until it is through, then try again"
            ) from None
        try:
            yield
        finally:
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": key})
            connection.execute(text("reset lock_timeout"))


def take_if_free(connection: Connection, name: str) -> bool:
    """Take the named lock until the end of the transaction; ``False``: somebody holds it."""
    return bool(connection.execute(text("select pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}).scalar_one())


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
