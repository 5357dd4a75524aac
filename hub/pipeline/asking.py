"""Asking people: what the latest commits have made doubtful becomes tasks, what they have settled is withdrawn.

Follows the master's events like any other consumer, so that no commit waits for it and none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from customer_master.stewardship import asking
from customer_master.stewardship.deadlines import escalate_due, expire_leases
from customer_master.stewardship.pin_reminders import remind_of_pins
from customer_master.stewardship.proposals import propose
from customer_master.store import parties
from customer_master.store.clock import last_commit, now_us
from customer_master.store.tables import OPEN
from hub.master.lifecycle import overlays
from hub.pipeline.work import Work
from hub.store import offsets
from hub.store.optimistic import optimistic

_CONSUMER = "stewardship"
_CHUNK = 500


def ask_people(work: Work) -> None:
    """Bring the stewards' tasks to what the master is now, and see to leases, due times and pins that end."""
    with work.engine.begin() as db:
        offset, upto = offsets.get(db, _CONSUMER), last_commit(db)
        interval = {"offset": offset, "upto": upto, "open": OPEN}
        changed = list(db.execute(text(_CHANGED_PARTIES), interval).scalars())
        renewed = list(db.execute(text(_RENEWED_RECORDS), interval).scalars())
    for done, chunk in _chunks(changed):
        optimistic(work.engine, lambda db, cs, chunk=chunk: _ask(db, work, chunk, cs))  # type: ignore[misc]
        work.report("ask people", done, len(changed))
    for _, chunk in _chunks(renewed):
        optimistic(work.engine, lambda db, cs, chunk=chunk: _ask_of_overlays(db, work, chunk, cs))  # type: ignore[misc]
    with work.engine.begin() as db:
        offsets.put(db, _CONSUMER, upto)
    policy = work.documents.stewardship
    _until_none(work, lambda db: expire_leases(db, now_us()))
    _until_none(work, lambda db: escalate_due(db, policy, now_us()))
    _until_none(work, lambda db: remind_of_pins(db, policy, now_us()))


def _chunks(numbers: Sequence[int]) -> list[tuple[int, Sequence[int]]]:
    return [(min(n + _CHUNK, len(numbers)), numbers[n : n + _CHUNK]) for n in range(0, len(numbers), _CHUNK)]


def _ask(db: Connection, work: Work, party_ids: Sequence[int], cs: int) -> None:
    records = [r for own in parties.members_of(db, party_ids).values() for r in own]
    asking.ask(db, records, work.documents.stewardship, cs=cs)


def _ask_of_overlays(db: Connection, work: Work, record_ids: Sequence[int], cs: int) -> None:
    found = [
        asking.overlay(o.record_id, from_version=o.from_version, to_version=o.to_version, reasons=o.reasons)
        for o in overlays(db, record_ids)
    ]
    propose(db, found, work.documents.stewardship, cs=cs)


def _until_none(work: Work, step: Callable[[Connection], int]) -> None:
    while True:
        with work.engine.begin() as db:
            if not step(db):
                return


_CHANGED_PARTIES = "select distinct party_id from master.event where cs > :offset and cs <= :upto order by 1"

_RENEWED_RECORDS = """
select distinct n.record_id from master.source_record_version n
join master.source_record r on r.id = n.record_id and r.entity = 'party'
where n.from_cs > :offset and n.from_cs <= :upto and n.from_cs > r.first_cs order by 1
"""
