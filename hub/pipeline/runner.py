"""A run: opened, worked off, settled. Runs stand side by side; nobody settles a run that somebody works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.collecting import collecting_rarely
from hub.documents import ActiveDocuments, demand_installed, load
from hub.errors import UsageError
from hub.pipeline.account import Account, account
from hub.pipeline.work import Report, Work, silent
from hub.settings import Settings
from hub.store import runs
from hub.store.lock import exclusive, take_if_free


@contextmanager
def opened(settings: Settings, engine: Engine, kind: str, report: Report = silent,
           systems: tuple[str, ...] = ()) -> Iterator[Work]:  # fmt: skip
    """Open a run for the block; an error that leaves the block breaks the run off.

    Args:
        settings: the installation.
        engine: the hub's database, migrated.
        kind: what the run does.
        report: where progress goes.
        systems: systems the caller named.

    Raises:
        UsageError: one of the systems has no connection.
        HubError: documents are missing, or other functions are installed than the mappings were applied with.
    """
    documents = _documents(engine, systems)
    with ExitStack() as held:
        with engine.begin() as db:
            run_id = runs.open_run(db, kind)
            held.enter_context(exclusive(engine, runs.lock_of(run_id)))  # nobody sees the run without its lock
        with _broken_off_by_errors(engine, run_id), collecting_rarely():
            yield Work(settings, engine, documents, run_id, report)


@contextmanager
def resumed(settings: Settings, engine: Engine, run_id: int, report: Report = silent,
            systems: tuple[str, ...] = ()) -> Iterator[Work]:  # fmt: skip
    """Go on with a run that another process opened, as :func:`opened`; an error that broke it off is forgotten.

    Raises:
        UsageError: there is no such run, or one of the systems has no connection.
        BusyError: that process still works on it.
        HubError: documents are missing, or other functions are installed than the mappings were applied with.
    """
    documents = _documents(engine, systems)
    with exclusive(engine, runs.lock_of(run_id)):
        with engine.begin() as db:
            if not runs.reopen_run(db, run_id):
                raise UsageError(f"There is no run {run_id}", "List the runs with: hub runs")
        with _broken_off_by_errors(engine, run_id), collecting_rarely():
            yield Work(settings, engine, documents, run_id, report)


def settle(work: Work) -> Account:
    """Settle the run at work, and those that nobody works on any more: killed ones may be through by now.

    Returns:
        The account of the run at work.
    """
    with work.engine.begin() as db:
        result = account(db, work.run_id)
        runs.close_run(db, work.run_id, result.state)
        others = [run_id for run_id in runs.open_runs(db) if run_id != work.run_id]
    for run_id in others:
        with work.engine.begin() as db:
            if take_if_free(db, runs.lock_of(run_id)):
                runs.close_run(db, run_id, account(db, run_id).state)
    return result


def _documents(engine: Engine, systems: tuple[str, ...]) -> ActiveDocuments:
    documents = load(engine)
    demand_installed(documents)
    unknown = sorted(set(systems) - documents.connections.keys())
    if unknown:
        raise UsageError(f"There is no system {unknown[0]!r}", f"Systems are: {', '.join(documents.connections)}")
    return documents


@contextmanager
def _broken_off_by_errors(engine: Engine, run_id: int) -> Iterator[None]:
    """Our own errors say what happened without personal data; of others only the kind is noted."""
    try:
        yield
    except Exception as error:
        sentence = str(error) if hasattr(error, "remedy") else f"broken off by {type(error).__name__}"
        with suppress(OperationalError), engine.begin() as db:  # without a database the run stays open
            runs.break_off(db, run_id, sentence)
        raise
