"""The commit that somebody who looks at the past means."""

from __future__ import annotations

from datetime import datetime, time, tzinfo

from sqlalchemy import Connection

from customer_master.store.as_of import commit_at
from customer_master.store.clock import last_commit
from hub.web.api.times import microseconds
from hub.web.errors import InputError

_LARGEST_US = 2**62


def commit_of(db: Connection, as_of: str, zone: tzinfo | None = None) -> int:
    """Read a commit number, a time, or a day, which stands for its end; empty for the last commit.

    Args:
        db: connection.
        as_of: what was written.
        zone: the zone of a day or a time that names none; ``None``: such a time is refused.

    Raises:
        InputError: it is nothing of this.
    """
    last = last_commit(db)
    if not as_of:
        return last
    if as_of.isascii() and as_of.isdigit():
        return min(int(as_of), last)
    try:
        at_us = microseconds(_with_zone(as_of, zone) if zone is not None else as_of)
    except (ValueError, OverflowError):
        raise InputError(
            "This is neither the number of a change nor a time with its zone",
            "Write a time like 2026-11-20T02:15:00Z; in an address the + of an offset is %2B",
        ) from None
    return commit_at(db, max(-_LARGEST_US, min(at_us, _LARGEST_US)))


def _with_zone(text: str, zone: tzinfo) -> str:
    moment = datetime.fromisoformat(text)
    if len(text) == len("2026-11-20"):
        moment = datetime.combine(moment.date(), time.max)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).isoformat()
