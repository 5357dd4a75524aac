"""Tombstones: records that their source has no more. They keep their history and their customer, but say nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, text, update

from customer_master.store import parties
from customer_master.store.clock import Author
from customer_master.store.parties import ChangeSet
from customer_master.store.tables import OPEN
from customer_master.store.work_tables import tombstone


def bury(
    connection: Connection, record_ids: Collection[int], *, position: str, reason: str, author: Author, seen_cs: int
) -> int | None:
    """Note that the source has these records no more, in one change set, and queue them to be resolved again.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        record_ids: records without a tombstone.
        position: source position since which they are gone; what the source said earlier does not bring them back.
        reason: the claim or deletion that says so.
        author: who lets it pass.
        seen_cs: the last commit when the caller began to read.

    Returns:
        The commit number, ``None`` if there was nothing to note.

    Raises:
        OvertakenError: a customer concerned was changed meanwhile; the caller rolls back.
    """
    ids = sorted(record_ids)
    change = ChangeSet(touched=set(parties.parties_of(connection, ids).values()))
    if ids:
        change.open(tombstone, *({"record_id": i, "reason": reason, "position": position} for i in ids))
        queue(connection, ids)  # before the clock, as in resolving
    committed = parties.commit(connection, change, author=author, kind="tombstone", seen_cs=seen_cs)
    return committed.cs if committed else None


def lift(connection: Connection, record_ids: Collection[int], cs: int) -> None:
    """End the tombstones of records that have come back."""
    t = tombstone.c
    connection.execute(
        update(tombstone).where(t.record_id == func.any(list(record_ids)), t.to_cs == OPEN).values(to_cs=cs)
    )


def queue(connection: Connection, record_ids: Collection[int]) -> None:
    """Queue those of the records that are customers' to be resolved again."""
    connection.execute(
        text(
            "insert into master.resolve_queue (record_id, stage)"
            " select id, 0 from master.source_record where id = any(:ids) and entity = 'party' order by id"
            " on conflict (record_id) do update set stage = 0"
        ),
        {"ids": list(record_ids)},
    )
