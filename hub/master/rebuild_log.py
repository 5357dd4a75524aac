"""The log that a master is rebuilt from, beside the landing zone: documents, decisions, and which id is whose.

It is carried over as it is. Customers come as numbers that wait for their records: all of them stand as ended, with the
records they hold now, so that resolving gives each group of records the number it overlaps with most.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, text

from customer_master.store.decision_tables import decision, pair_constraint, pin, record_relation
from customer_master.store.staging import psycopg_connection
from customer_master.store.tables import (
    OPEN,
    change_set,
    clock,
    party,
    source_record,
    source_system,
)
from customer_master.store.work_tables import tombstone
from hub.store.tables import activation, document

_WHOLE = (document, activation, source_system, source_record, change_set, decision, party)
_IN_FORCE = (pair_constraint, record_relation, pin, tombstone)


def carry_over(present: Connection, rebuilt: Connection) -> None:
    """Copy the log into a migrated database without rows.

    Args:
        present: connection to the master as it is, in a transaction.
        rebuilt: connection to the other database, in a transaction, which the caller commits.
    """
    for table in _WHOLE:
        _copy(present, rebuilt, table)
    for table in _IN_FORCE:
        _copy(present, rebuilt, table, condition=f"to_cs = {OPEN}")
    rebuilt.execute(delete(clock))
    _copy(present, rebuilt, clock)
    _pour(present, rebuilt, _MEMBERS, "master.membership (record_id, party_id, from_cs, to_cs, kind)")
    rebuilt.execute(
        text(
            "insert into master.party_state (party_id, from_cs, status)"
            " select distinct party_id, to_cs, 'retired' from master.membership"
        )
    )
    rebuilt.execute(  # whoever has no number in the log gets one that nobody had
        text("select setval(pg_get_serial_sequence('master.party', 'id'), (select max(id) from master.party))")
    )


def _copy(present: Connection, rebuilt: Connection, table: Table, *, condition: str = "true") -> None:
    """Copy rows of a table from one database to the other."""
    columns = ", ".join(column.name for column in table.columns)
    query = f"select {columns} from {table} where {condition}"  # noqa: S608 - ours
    _pour(present, rebuilt, query, f"{table} ({columns})")


def _pour(present: Connection, rebuilt: Connection, query: str, target: str) -> None:
    with (
        psycopg_connection(present).cursor().copy(f"copy ({query}) to stdout (format binary)") as out,
        psycopg_connection(rebuilt).cursor().copy(f"copy {target} from stdin (format binary)") as into,
    ):
        for block in out:
            into.write(block)


_MEMBERS = f"""
select record_id, party_id, from_cs, (select last_cs from master.clock) as to_cs, kind
from master.membership where to_cs = {OPEN}
"""  # noqa: S608 - ours
