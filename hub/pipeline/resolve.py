"""Resolve and survive: who is who, decided anew only where something changed.

Changed records pass three stages, kept in the queue so that a killed run goes on where it was: *keyed* (their blocking
keys stand in the key table), *scored* (their candidate pairs are scored), then the touched components are clustered
again, ids kept, golden values derived, and the change committed together with taking the records off the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from customer_master.stewardship import pins
from customer_master.store import matching, parties
from customer_master.store.clock import now_us
from customer_master.store.matching import CHANGED, KEYED, SCORED
from hub.pipeline.asking import ask_people
from hub.pipeline.components import find_components, in_commits
from hub.pipeline.decide import decide
from hub.pipeline.pairs import key_changed, score_keyed
from hub.pipeline.work import Work
from hub.store import offsets
from hub.store.optimistic import again_if_overtaken, snapshot


def resolve(work: Work) -> None:
    """Bring parties and golden values to what the records say now."""
    with work.engine.begin() as db:
        _queue_for_new_policies(db, work)
        matching.enqueue_scored(db, pins.expired(db, now_us()))
        counts = matching.queue_counts(db)
        if counts.get(CHANGED):  # partners scored before these had keys must look again
            matching.advance_all(db, SCORED, KEYED)
    if counts:
        total = sum(counts.values())
        key_changed(work, total)
        score_keyed(work, total)
        _cluster_scored(work)
    ask_people(work)


def _queue_for_new_policies(db: Connection, work: Work) -> None:
    """Another match or survivorship policy concerns every record."""
    for kind, activation in work.documents.policy_activations.items():
        if offsets.get(db, kind) != activation:
            matching.enqueue_everything(db)
            offsets.put(db, kind, activation)


def _cluster_scored(work: Work) -> None:
    with work.engine.begin() as db:
        components = find_components(db, matching.queued(db, SCORED, 2**31))
    done, total = 0, len(components)
    for group in in_commits(components):
        again_if_overtaken(partial(_cluster, work, [r for c in group for r in c.records]))
        done += len(group)
        work.report("resolve: customers", done, total)


def _cluster(work: Work, records: Sequence[int]) -> None:
    """Decide some records and what hangs together with them now: a steward may have joined or parted them meanwhile."""
    with work.engine.begin() as db:
        claimed = matching.claim(db, records)
        with snapshot(work.engine) as (seen, seen_cs):
            change = decide(seen, work.documents, find_components(seen, records))
        matching.dequeue(db, claimed)
        # last, for it holds the commit clock
        parties.commit(db, change, author=work.author, kind="resolve", seen_cs=seen_cs)
