"""Runs: a whole sync for the command line, and its parts as runs of their own for whoever schedules them.

A sync and its parts are the same code under the same locks: pulls of different systems run side by side, whatever
changes the master runs one at a time. Every function may be killed at any instant; the next run finishes its work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from hub.delivery.publish import publish
from hub.errors import UsageError
from hub.pipeline.account import Account
from hub.pipeline.pull import pull
from hub.pipeline.quality import QualityFigure, figures
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from hub.pipeline.runner import opened, resumed, settle
from hub.pipeline.work import Report, Work, silent
from hub.settings import Settings
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
    with exclusive(engine, "pipeline"), opened(settings, engine, "sync", report, systems or ()) as work:
        _pull(work, systems)
        _take_in(work)
        _publish(work)
        return settle(work)


def run_step(settings: Settings, engine: Engine, step: str, *, report: Report = silent) -> Account:
    """Run one step as a run of its own; ``step`` is pull, record, resolve or publish.

    Raises:
        UsageError: no such step.
        BusyError: another run is at work.
    """
    if step not in STEPS:
        raise UsageError(f"There is no step {step!r}", f"Steps are: {', '.join(STEPS)}")
    with exclusive(engine, "pipeline"), opened(settings, engine, step, report) as work:
        with work.step(step):
            STEPS[step](work)
        return settle(work)


STEPS: Mapping[str, Callable[[Work], object]] = {
    "pull": pull,
    "record": record,
    "resolve": resolve,
    "publish": publish,
}


def land_source(settings: Settings, engine: Engine, system: str, *, report: Report = silent) -> Account:
    """Pull one system and land what it gives, beside any other run; :func:`record_source` goes on with the run.

    Returns:
        The run's account: red if the system could not be read, open if something landed that is not recorded yet.

    Raises:
        UsageError: the system has no connection.
        HubError: documents are missing.
    """
    with opened(settings, engine, "pull", report, (system,)) as work:
        _pull(work, (system,))
        return settle(work)


def record_source(settings: Settings, engine: Engine, system: str, run_id: int, *, report: Report = silent) -> Account:
    """Map, check and record what a system has delivered, in the run that pulled it.

    Args:
        settings: the installation.
        engine: the hub's database, migrated.
        system: code of the system.
        run_id: run of :func:`land_source`; what earlier, killed runs landed is recorded with it.
        report: where progress goes.

    Raises:
        UsageError: there is no such run or system.
        BusyError: another run is at work on the master.
        HubError: documents are missing or the landing zone is damaged.
    """
    with exclusive(engine, "pipeline"), resumed(settings, engine, run_id, report, (system,)) as work:
        with work.step("map, check, record"):
            record(work, (system,))
        return settle(work)


def pull_source(settings: Settings, engine: Engine, system: str, *, report: Report = silent) -> Account:
    """Pull one system, land and record what it gives: :func:`land_source`, then :func:`record_source`.

    Raises:
        UsageError: the system has no connection.
        BusyError: another run is at work on the master.
        HubError: documents are missing or the landing zone is damaged.
    """
    landed = land_source(settings, engine, system, report=report)
    return record_source(settings, engine, system, landed.run, report=report)


def resolve_run(settings: Settings, engine: Engine, *, report: Report = silent) -> Account:
    """Bring parties and golden values to what the records say now, as a run of its own.

    Raises:
        BusyError: another run is at work on the master.
        HubError: documents are missing.
    """
    with exclusive(engine, "pipeline"), opened(settings, engine, "resolve", report) as work:
        _resolve(work)
        return settle(work)


def publish_run(settings: Settings, engine: Engine, *, report: Report = silent) -> Account:
    """Publish to every target and read back what was written, as a run of its own.

    Raises:
        BusyError: another run is at work on the master.
        HubError: documents are missing or the landing zone is damaged.
    """
    with exclusive(engine, "pipeline"), opened(settings, engine, "publish", report) as work:
        _publish(work)
        return settle(work)


def quality_run(settings: Settings, engine: Engine, *, report: Report = silent) -> tuple[Account, list[QualityFigure]]:
    """Draw up what the quality rules say about the records as they stand, as a run of its own; changes nothing.

    Raises:
        HubError: documents are missing.
    """
    with opened(settings, engine, "quality", report) as work:
        with work.step("quality"), engine.begin() as db:
            found = figures(db)
        return settle(work), found


def _pull(work: Work, systems: tuple[str, ...] | None) -> None:
    with work.step("pull"):
        pull(work, systems)


def _take_in(work: Work) -> None:
    with work.step("map, check, record"):
        record(work)
    _resolve(work)


def _resolve(work: Work) -> None:
    with work.step("resolve, survive"):
        resolve(work)


def _publish(work: Work) -> None:
    for _ in range(_ROUNDS):
        with work.step("publish"):
            written = publish(work)
        if not written:
            return
        with work.step("read back"):
            pull(work, tuple(sorted(written)))
        _take_in(work)
