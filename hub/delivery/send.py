"""Bring what was agreed into a target, in chunks: note the intention, send, note the outcome.

Between the two commits a delivery is *sent*: whoever finds it so after a crash asks the target before doing anything
again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, case, func, insert, select, update

from connectors.base import Change, Found, Sink, WriteResult
from customer_master.store.clock import now_us
from customer_master.store.evidence import Written
from customer_master.store.tables import OPEN, source_record, source_record_version
from hub.delivery.plan import Plan, UnwritableError, plan_create, plan_update
from hub.documents import ActiveMapping
from hub.pipeline.work import Work
from hub.project import Subscription
from hub.store import landing
from hub.store.tables import dead_letter, delivery, delivery_outcome, landing_batch
from mappings.canonical import upcast
from mappings.normalize.dates import instant_of

_CHUNK = 100
_FILES_AT_HAND = 4
_REFUSED = "Mend the value in its source or the target's settings; the next change is sent again"

_Read = Callable[[str, str], pa.Table]
"""Reads a landed batch by path and sha256."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One delivery with what is known of its target record."""

    row: Row[*tuple[Any, ...]]
    plan: Plan

    @property
    def is_create(self) -> bool:
        return self.row.native_key is None

    @property
    def correlation(self) -> str:
        return self.row.correlation or f"HUB-{self.row.record_id}"


def recover(work: Work, subscription: Subscription, system_id: int, sink: Sink) -> None:
    """Settle creates whose outcome is unknown: ask the target which correlation values it has."""
    r = source_record.c
    with work.engine.begin() as db:
        doubtful = db.execute(
            select(r.id, r.correlation).where(r.system_id == system_id, r.binding.in_(("sent", "in_doubt")))
        ).all()
    found = sink.probe(subscription.stream, [row.correlation for row in doubtful]) if doubtful else {}
    with work.engine.begin() as db:
        for row in doubtful:
            _bind(db, row.id, found.get(row.correlation))
        # an update may be done again, and so may a create that the target does not have
        asked_again = select(r.id).where(
            r.system_id == system_id, r.binding.is_(None) | r.binding.in_(("intended", "bound"))
        )
        db.execute(
            update(delivery)
            .where(
                delivery.c.target == subscription.target,
                delivery.c.state.in_(("sent", "in-doubt")),
                delivery.c.record_id.in_(asked_again),
            )
            .values(state="pending")
        )


def send(work: Work, subscription: Subscription, sink: Sink) -> int:
    """Send everything pending for a target, each delivery at most once a call.

    Returns:
        How many writes were sent.
    """
    mapping = work.documents.mapping_named(subscription.mapping)
    read = lru_cache(_FILES_AT_HAND)(partial(landing.read, work.landing))  # neighbours mostly came in one file
    with work.engine.begin() as db:
        total = _count_pending(db, subscription)
    done, after, sent = 0, 0, 0
    while True:
        with work.engine.begin() as db:
            rows = _pending(db, subscription, after)
            if not rows:
                return sent
            jobs = _prepare(db, work, subscription, rows, partial(_plan, db, subscription, mapping, read))
            after = rows[-1].id
        _send_chunk(work, subscription, sink, jobs)
        sent += len(jobs)
        done += len(rows)
        work.report(f"publish: {subscription.target}", done, max(done, total))


def _count_pending(db: Connection, subscription: Subscription) -> int:
    d = delivery.c
    return db.execute(select(func.count()).where(d.target == subscription.target, d.state == "pending")).scalar_one()


def _pending(db: Connection, subscription: Subscription, after: int) -> Sequence[Row[*tuple[Any, ...]]]:
    d, r, v = delivery.c, source_record.c, source_record_version.c
    return db.execute(
        select(
            d.id, d.record_id, d.desired, d.desired_hash, d.confirmed_hash, d.written,
            r.native_key, r.correlation, r.binding, r.token, r.batch_id, r.row_no, v.payload, landing_batch.c.landed_us,
        )
        .select_from(
            delivery.join(source_record, r.id == d.record_id).outerjoin(
                source_record_version, (v.record_id == r.id) & (v.to_cs == OPEN)
            ).outerjoin(landing_batch, landing_batch.c.id == r.batch_id)
        )
        .where(d.target == subscription.target, d.state == "pending", d.id > after)
        .order_by(d.id)
        .limit(_CHUNK)
    ).all()  # fmt: skip


def _prepare(
    db: Connection,
    work: Work,
    subscription: Subscription,
    rows: Sequence[Row[*tuple[Any, ...]]],
    plan: Callable[[Row[*tuple[Any, ...]]], Plan],
) -> list[_Job]:
    """Plan each write; note as sent what will be sent, so that no crash hides it, and as equal what need not be.

    What cannot be written is parked, and holds nothing else.
    """
    jobs = []
    for row in rows:
        if row.native_key is not None and row.payload is None:
            continue  # made, but not read back yet: the next pull tells what it says
        if row.native_key is None and row.binding != "intended":
            continue  # its outcome is unknown: recover() asks first
        try:
            job = _Job(row, plan(row))
        except UnwritableError as error:
            _settle(db, row.id, "parked", "none", error.what)
            _park(db, work, subscription, _Job(row, Plan()), error.what, error.remedy)
            continue
        if job.plan.is_empty:
            _settle(db, row.id, "delivered" if row.confirmed_hash == row.desired_hash else "already-equal", "none")
            db.execute(update(delivery).where(delivery.c.id == row.id).values(confirmed_hash=row.desired_hash))
            continue
        written = _merged(row.written, job.plan)
        db.execute(
            update(delivery)
            .where(delivery.c.id == row.id)
            .values(state="sent", written=written, attempts=delivery.c.attempts + 1, updated_us=now_us())
        )
        if job.is_create:
            db.execute(update(source_record).where(source_record.c.id == row.record_id).values(binding="sent"))
        jobs.append(job)
    return jobs


def _merged(standing: Sequence[dict[str, Any]], plan: Plan) -> list[dict[str, Any]]:
    """Add what a plan writes to what the hub wrote before, the newest word about an element last and alone."""
    new = {(w.attribute, w.fingerprint): w.to_json() for w in plan.written}
    return [w for w in standing if (w["attribute"], w["fingerprint"]) not in new] + list(new.values())


def _plan(
    db: Connection, subscription: Subscription, mapping: ActiveMapping, read: _Read, row: Row[*tuple[Any, ...]]
) -> Plan:
    if row.native_key is None:
        return plan_create(mapping.compiled, row.desired)

    def raw() -> Mapping[str, Any]:
        manifest = landing.manifest(db, row.batch_id)
        table = read(str(manifest.path), str(manifest.sha256))
        document: dict[str, Any] = table.column("document")[row.row_no].as_py()
        return document

    written = [Written(**w) for w in row.written]
    payload, landed_at = upcast(row.payload), instant_of(row.landed_us)
    return plan_update(mapping.compiled, row.desired, subscription.fields, payload, written, raw, landed_at)


def _send_chunk(work: Work, subscription: Subscription, sink: Sink, jobs: Sequence[_Job]) -> None:
    if not jobs:
        return
    by_correlation = {job.correlation: job for job in jobs}
    changes = [
        Change(
            correlation=job.correlation, key=job.row.native_key, document=job.plan.document, token=job.row.token or None
        )
        for job in jobs
    ]  # fmt: skip
    results = list(sink.write(subscription.stream, changes))
    with work.engine.begin() as db:
        for result in results:
            _note(db, work, subscription, by_correlation[result.correlation], result)


def _note(db: Connection, work: Work, subscription: Subscription, job: _Job, result: WriteResult) -> None:
    action = "create" if job.is_create else "update"
    match result.outcome:
        case "written":
            _bind(db, job.row.record_id, Found(result.key or job.row.native_key, result.token))
            db.execute(update(delivery).where(delivery.c.id == job.row.id).values(confirmed_hash=job.row.desired_hash))
            _settle(db, job.row.id, "delivered", action)
        case "stale":  # somebody was faster: the next pull shows what the record says now
            _take_back(db, job)
            _settle(db, job.row.id, "pending", action, result.message)
        case "refused":
            _take_back(db, job)
            _settle(db, job.row.id, "parked", action, result.message)
            _park(db, work, subscription, job, result.message, _REFUSED)
        case "unknown":
            if job.is_create:
                db.execute(
                    update(source_record).where(source_record.c.id == job.row.record_id).values(binding="in_doubt")
                )
                _settle(db, job.row.id, "in-doubt", action, result.message)
            else:  # an update can simply be done again
                _settle(db, job.row.id, "pending", action, result.message)


def _bind(db: Connection, record_id: int, found: Found | None) -> None:
    """Note the target's key of a record, or that the target does not have it."""
    r = source_record.c
    statement = update(source_record).where(r.id == record_id)
    if found is None:
        db.execute(statement.values(binding="intended"))
        return
    bound = case((r.binding.is_not(None), "bound"))
    db.execute(statement.values(native_key=found.key, token=found.token or "", binding=bound))


def _take_back(db: Connection, job: _Job) -> None:
    """The write did not happen: nothing of it is the hub's writing."""
    db.execute(update(delivery).where(delivery.c.id == job.row.id).values(written=job.row.written))
    if job.is_create:
        db.execute(update(source_record).where(source_record.c.id == job.row.record_id).values(binding="intended"))


def _settle(db: Connection, delivery_id: int, state: str, action: str, message: str = "") -> None:
    db.execute(
        update(delivery).where(delivery.c.id == delivery_id).values(state=state, message=message, updated_us=now_us())
    )
    db.execute(
        update(delivery_outcome)
        .where(delivery_outcome.c.delivery_id == delivery_id, delivery_outcome.c.state.in_(("pending", "in-doubt")))
        .values(state=state, action=action)
    )


def _park(db: Connection, work: Work, subscription: Subscription, job: _Job, message: str, remedy: str) -> None:
    db.execute(
        insert(dead_letter).values(
            run_id=work.run_id,
            kind="parked",
            system=subscription.target,
            stream=subscription.stream,
            origin=job.row.native_key or job.correlation,
            cause="refused",
            message=message,
            remedy=remedy,
            payload=job.plan.document,
            at_us=now_us(),
            delivery_id=job.row.id,
        )
    )
