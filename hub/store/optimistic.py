"""Optimistic writers of the master: nobody holds a lock while thinking; who was overtaken does it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg import errors
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from customer_master.store.clock import last_commit
from customer_master.store.parties import OvertakenError
from hub.errors import BusyError

_ATTEMPTS = 50
_MOST_COLLISIONS = 10
_COLLISIONS = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)

T = TypeVar("T")


def again_if_overtaken(attempt: Callable[[], T]) -> T:
    """Run an attempt in transactions of its own, again from the start whenever somebody was faster.

    Args:
        attempt: remembers the last commit, reads, thinks, and commits through
            :func:`customer_master.store.parties.commit`.

    Returns:
        What the attempt returns.

    Raises:
        BusyError: it was overtaken again and again.
    """
    collisions = 0
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except OvertakenError:
            continue
        except DBAPIError as error:
            collisions += 1
            if not isinstance(error.orig, _COLLISIONS) or collisions > _MOST_COLLISIONS:
                raise  # what collides every time collides with itself
    raise BusyError("Others change the same customers all the time", "Try again in a moment")


def optimistic(engine: Engine, work: Callable[[Connection, int], T]) -> T:
    """Run a piece of work in one transaction, again from the start whenever somebody was faster.

    Args:
        engine: the hub's database.
        work: gets the connection and the last commit before it reads anything.

    Returns:
        What the work returns.

    Raises:
        BusyError: it was overtaken again and again.
    """

    def attempt() -> T:
        with engine.begin() as db:
            return work(db, last_commit(db))

    return again_if_overtaken(attempt)


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, int]]:
    """Give a connection that sees one state of the database, whatever others commit, and the last commit in it."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        yield db, last_commit(db)
