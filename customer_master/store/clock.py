"""The commit clock: gap-free numbers in commit order, each change set chained to the one before.

The clock is one row. Whoever writes takes the next number last, after all reading and thinking, and holds the row
only for the inserts and the commit, so that others wait milliseconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from customer_master.store.audit import Seal
from customer_master.store.tables import clock


def now_us() -> int:
    """Give the present as UTC microseconds since 1970."""
    return time.time_ns() // 1000


def last_commit(connection: Connection) -> int:
    """Give the number of the newest commit: what an optimistic writer remembers before it reads anything."""
    return int(connection.execute(select(clock.c.last_cs)).scalar_one())


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the master.

    Args:
        name: run number or user.
        kind: ``run``, ``user`` or ``system``.
    """

    name: str
    kind: str = "run"


def tick(connection: Connection, *, kind: str, author: Author, seal: Seal) -> int:
    """Open a change set inside the running transaction and return its commit number.

    Args:
        connection: connection in a transaction; the clock row stays locked until it ends.
        kind: what the change set does, e.g. ``record`` or ``resolve``.
        author: who does it.
        seal: digest of the rows it is going to write.
    """
    cs: int = connection.execute(
        _TICK,
        {"now": now_us(), "kind": kind, "actor": author.name, "actor_kind": author.kind, "digest": seal.digest,
         "salt": seal.salt},
    ).scalar_one()  # fmt: skip
    return cs


# times only grow, whatever the machine's clock does, so that a time names one commit
_TICK = text("""
with ticked as (
  update master.clock set last_cs = last_cs + 1, last_at_us = greatest(last_at_us + 1, :now),
    last_hash = encode(sha256(convert_to(concat_ws(E'\\x1f', last_hash, last_cs + 1, greatest(last_at_us + 1, :now),
      cast(:actor_kind as text), cast(:actor as text), cast(:kind as text), cast(:digest as text)), 'UTF8')), 'hex')
  where id = 1 returning last_cs, last_at_us, last_hash)
insert into master.change_set (cs, at_us, actor_kind, actor, kind, digest, salt, hash)
select last_cs, last_at_us, :actor_kind, :actor, :kind, :digest, :salt, last_hash from ticked returning cs
""")
