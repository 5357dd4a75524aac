"""Check of the whole master: proves its laws (I1 to I9, see :mod:`customer_master.store.laws`) on any database.

Reads one snapshot, changes nothing, and holds little in memory, however large the master is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import Connection, Engine, text

from customer_master.store.laws import (
    CLOCK,
    INTERVALS,
    MOST,
    NUMBERS,
    RECORDS,
    RESTORE,
    Damage,
    broken,
    stream,
)
from customer_master.store.laws_decided import CONSTRAINTS, DECISIONS, EVENTS, TOUCHED, WORK
from customer_master.store.laws_derived import contents, derived
from customer_master.store.laws_golden import GOLDEN, hashes, provenance
from customer_master.store.laws_sealed import digests
from customer_master.store.public_id import encode

Report = Callable[[str, int, int | None], None]
"""Progress: step, how many laws are through, how many there are."""

_LAWS = (*CLOCK, *INTERVALS, *RECORDS, *NUMBERS, *CONSTRAINTS, *DECISIONS, *EVENTS, *TOUCHED, *GOLDEN, *WORK)


def _silent(step: str, done: int, total: int | None) -> None:
    """Report nothing."""


def check(engine: Engine, *, deep: bool = False, report: Report = _silent) -> list[Damage]:
    """Find where the master breaks its laws; of one law, no more than the first 100 places.

    Args:
        engine: the master's database.
        deep: read every version and every golden value back, not only the newest.
        report: where progress goes.

    Returns:
        The damages, none if the master is sound.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        db.execute(text("set transaction read only"))
        return list(damages(db, deep=deep, report=report))


def damages(db: Connection, *, deep: bool, report: Report = _silent) -> Iterator[Damage]:
    """Find the damages as :func:`check` does, in what a running transaction sees."""
    readers = (
        _numbers(db), digests(db), hashes(db, deep=deep), provenance(db, deep=deep), contents(db, deep=deep),
        derived(db, deep=deep),
    )  # fmt: skip
    total = len(_LAWS) + len(readers)
    for done, law in enumerate(_LAWS):
        report("fsck", done, total)
        yield from broken(db, law)
    for done, reader in enumerate(readers, len(_LAWS)):
        report("fsck", done, total)
        yield from islice(reader, MOST)
    report("fsck", total, total)


def _numbers(db: Connection) -> Iterator[Damage]:
    """Find customer numbers that are not their customer's (I2)."""
    for row in stream(db, "select id, public_id from master.party", 5000):
        if encode(row.id) != row.public_id:
            yield Damage("I2", f"customer {row.public_id}", f"it is not the number of party {row.id}", RESTORE)
