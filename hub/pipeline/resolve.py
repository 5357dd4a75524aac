"""Resolve and survive: who is who, decided anew only where something changed.

Changed records pass three stages, kept in the queue so that a killed run goes on where it was: *keyed* (their blocking
keys stand in the key table), *scored* (their candidate pairs are scored), then the touched components are clustered
again, ids kept, golden values derived, and the change committed together with taking the records off the queue.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from customer_master.store import matching, parties
from customer_master.store.matching import CHANGED, KEYED, SCORED
from hub.pipeline.components import Component, find_components, in_commits
from hub.pipeline.decide import decide
from hub.pipeline.pairs import key_changed, score_keyed
from hub.pipeline.work import Work
from hub.store import offsets


def resolve(work: Work) -> None:
    """Bring parties and golden values to what the records say now."""
    with work.engine.begin() as db:
        _queue_for_new_policies(db, work)
        counts = matching.queue_counts(db)
        if counts.get(CHANGED):  # partners scored before these had keys must look again
            matching.advance_all(db, SCORED, KEYED)
    if not counts:
        return
    total = sum(counts.values())
    key_changed(work, total)
    score_keyed(work, total)
    _cluster_scored(work)


def _queue_for_new_policies(db: Connection, work: Work) -> None:
    """Another match or survivorship policy concerns every record."""
    for kind, activation in work.documents.policy_activations.items():
        if offsets.get(db, kind) != activation:
            matching.enqueue_everything(db)
            offsets.put(db, kind, activation)


def resolve_records(work: Work, records: Sequence[int]) -> bool:
    """Bring the parties of some records, and of what hangs together with them, to what is decided.

    Args:
        work: who resolves; holds the pipeline's lock.
        records: records whose keys and scores stand.

    Returns:
        Whether it was done; not if some of the component have changed and must be scored first, as the next run does.
    """
    with work.engine.begin() as db:
        components = find_components(db, records)
        everything = [r for c in components for r in c.records]
        if matching.unscored(db, everything):
            return False
    _cluster(work, components)
    return True


def _cluster_scored(work: Work) -> None:
    with work.engine.begin() as db:
        components = find_components(db, matching.queued(db, SCORED, 2**31))
    _cluster(work, components)


def _cluster(work: Work, components: Sequence[Component]) -> None:
    done, total = 0, len(components)
    for group in in_commits(components):
        with work.engine.begin() as db:
            claimed = matching.claim(db, [r for c in group for r in c.records])
            change = decide(db, work, group)
            matching.dequeue(db, claimed)
            # last, for it holds the commit clock
            parties.commit(db, change, actor=work.actor, actor_kind=work.actor_kind, kind="resolve")
        done += len(group)
        work.report("resolve: customers", done, total)
