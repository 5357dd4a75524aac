"""How far a consumer has come: of the event feed (commit numbers) or of applied policies (activation numbers)."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store.tables import consumer_offset


def get(connection: Connection, consumer: str) -> int:
    """Give the consumer's offset, 0 before the first."""
    found = connection.execute(
        select(consumer_offset.c.cs).where(consumer_offset.c.consumer == consumer)
    ).scalar_one_or_none()
    return found or 0


def put(connection: Connection, consumer: str, offset: int) -> None:
    """Store the consumer's offset."""
    statement = upsert(consumer_offset).values(consumer=consumer, cs=offset)
    connection.execute(statement.on_conflict_do_update(index_elements=["consumer"], set_={"cs": statement.excluded.cs}))
