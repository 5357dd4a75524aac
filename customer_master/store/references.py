"""References between source records: found by system, record type and key; what has not come yet is awaited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from customer_master.store.tables import source_record, source_system
from mappings.canonical import CanonicalRecord, Reference

Target = tuple[int, str, str]
"""System, record type and native key of a record that is referred to."""


@dataclass(frozen=True, slots=True)
class Referred:
    """What some records refer to.

    Args:
        by_record: record id -> (relation, target).
        known: targets the master has or is about to have, with their record ids.
        missing: targets that are awaited from now on, in order.
    """

    by_record: Mapping[int, list[tuple[str, Target]]]
    known: Mapping[Target, int]
    missing: list[Target]

    def links(self, awaited: Mapping[int, Target]) -> dict[int, list[tuple[str, int]]]:
        """Give the references by record id.

        Args:
            awaited: ids given to the missing targets.
        """
        ids = {**self.known, **{target: record_id for record_id, target in awaited.items()}}
        return {r: [(relation, ids[target]) for relation, target in own] for r, own in self.by_record.items()}


def find(
    connection: Connection, records: Mapping[int, CanonicalRecord], created: Collection[int], system_id: int
) -> Referred:
    """Find the records that others refer to.

    Args:
        connection: connection in a transaction.
        records: the records that refer, by id, all of one system.
        created: those among them that are not in the database yet.
        system_id: their system.

    Raises:
        KeyError: a reference names a system that nobody connected; ``hub apply`` refuses such a mapping.
    """
    if not any(record.references for record in records.values()):
        return Referred({}, {}, [])
    systems = {row.code: int(row.id) for row in connection.execute(select(source_system.c.code, source_system.c.id))}
    by_record = {n: [(r.relation, _target(r, systems)) for r in record.references] for n, record in records.items()}
    wanted = {target for own in by_record.values() for _, target in own}
    r = source_record.c
    rows = connection.execute(
        select(r.system_id, r.record_type, r.native_key, r.id).where(
            tuple_(r.system_id, r.record_type, r.native_key).in_(wanted)
        )
    )
    known = {(int(row.system_id), str(row.record_type), str(row.native_key)): int(row.id) for row in rows}
    known |= {(system_id, records[n].record_type, records[n].key): n for n in created}
    return Referred(by_record, known, sorted(wanted - known.keys()))


def _target(reference: Reference, systems: Mapping[str, int]) -> Target:
    return systems[reference.system], reference.record_type, reference.key
