"""A whole sync: pull, record, resolve, publish, read back, account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.delivery.publish import publish
from hub.documents import load
from hub.errors import UsageError
from hub.pipeline.account import Account, account
from hub.pipeline.pull import pull
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from hub.pipeline.work import Report, Work, silent
from hub.settings import Settings
from hub.store import runs
from hub.store.lock import exclusive

_ROUNDS = 3  # publish, read back; a record somebody changed in between is planned anew


def sync(
    settings: Settings, engine: Engine, *, systems: tuple[str, ...] | None = None, report: Report = silent
) -> Account:
    """Bring everything through, from the systems into the master and back.

    Safe to kill at any instant; the next sync finishes what this one began.

    Args:
        settings: the installation.
        engine: the hub's database, migrated.
        systems: pull only these; everything landed is worked off all the same.
        report: where progress goes.

    Raises:
        UsageError: ``systems`` names one that has no connection.
        BusyError: another run is at work.
        HubError: documents are missing or the landing zone is damaged.
    """
    return _run(settings, engine, "sync", report, lambda work: _sync(work, systems), systems or ())


def run_step(settings: Settings, engine: Engine, step: str, *, report: Report = silent) -> Account:
    """Run one step as a run of its own; ``step`` is pull, record, resolve or publish.

    Raises:
        UsageError: no such step.
    """
    if step not in STEPS:
        raise UsageError(f"There is no step {step!r}", f"Steps are: {', '.join(STEPS)}")

    def one(work: Work) -> None:
        with work.step(step):
            STEPS[step](work)

    return _run(settings, engine, step, report, one)


STEPS: Mapping[str, Callable[[Work], object]] = {
    "pull": pull,
    "record": record,
    "resolve": resolve,
    "publish": publish,
}


def _run(
    settings: Settings, engine: Engine, kind: str, report: Report, work_off: Callable[[Work], None],
    systems: tuple[str, ...] = (),
) -> Account:  # fmt: skip
    with exclusive(engine, "pipeline"):
        documents = load(engine)
        unknown = sorted(set(systems) - documents.connections.keys())
        if unknown:
            raise UsageError(f"There is no system {unknown[0]!r}", f"Systems are: {', '.join(documents.connections)}")
        with engine.begin() as db:
            run_id = runs.open_run(db, kind)
        try:
            work_off(Work(settings, engine, documents, run_id, report))
        except Exception as error:
            _note_error(engine, run_id, error)
            raise
        with engine.begin() as db:
            for open_id in runs.open_runs(db):  # also runs that were killed and are finished now
                runs.close_run(db, open_id, account(db, open_id).state)
            return account(db, run_id)


def _note_error(engine: Engine, run_id: int, error: Exception) -> None:
    """Our own errors say what happened without personal data; of others only the kind is noted."""
    sentence = str(error) if hasattr(error, "remedy") else f"broken off by {type(error).__name__}"
    with suppress(OperationalError), engine.begin() as db:  # without a database the run stays open
        runs.break_off(db, run_id, sentence)


def _sync(work: Work, systems: tuple[str, ...] | None) -> None:
    with work.step("pull"):
        pull(work, systems)
    _take_in(work)
    for _ in range(_ROUNDS):
        with work.step("publish"):
            written = publish(work)
        if not written:
            return
        with work.step("read back"):
            pull(work, tuple(sorted(written)))
        _take_in(work)


def _take_in(work: Work) -> None:
    with work.step("map, check, record"):
        record(work)
    with work.step("resolve, survive"):
        resolve(work)
