"""What the DAGs call: hub runs, and an error that says whether trying again may help.

The scheduler gets run numbers and sentences, never data.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub import settings as hub_settings
from hub.errors import HubError
from hub.pipeline import sync as pipeline
from hub.pipeline.account import Account, account
from hub.settings import Settings
from hub.store import runs
from hub.store.database import open_database

_DATABASE_RETRY_SECONDS = 15.0


class RunFailed(Exception):  # noqa: N818 - it says what happened, as the states of a run do
    """A run is red: the sentences of its account.

    Args:
        sentences: why.
        run_id: number of the run; ``None`` if it could not even begin.
        retry_after: seconds after which another try may help; ``None``: somebody must mend something.
    """

    def __init__(self, sentences: str, run_id: int | None, retry_after: float | None) -> None:
        self.run_id = run_id
        self.retry_after = retry_after
        super().__init__(sentences)


def pull(system: str) -> int:
    """Pull and land one system; give the number of its run.

    Raises:
        RunFailed: the system could not be read; the run has its number all the same.
    """
    with _database() as (settings, engine):
        return _checked(engine, pipeline.land_source(settings, engine, system))


def record(system: str, run_id: int) -> None:
    """Map, check and record what the run of :func:`pull` landed, whether it came through or not.

    Raises:
        BusyError: another run is at work on the master.
    """
    with _database() as (settings, engine):
        pipeline.record_source(settings, engine, system, run_id)


def check_account(run_id: int) -> None:
    """Judge a run by its account.

    Raises:
        RunFailed: it is red.
    """
    with _database() as (_, engine):
        with engine.begin() as db:
            result = account(db, run_id)
        if result.state == "red":
            raise RunFailed(_sentences(result), run_id, None)


def resolve() -> int:
    """Resolve; give the number of the run.

    Raises:
        RunFailed: its account is red.
        BusyError: another run is at work on the master.
    """
    with _database() as (settings, engine):
        return _checked(engine, pipeline.resolve_run(settings, engine))


def publish() -> int:
    """Publish to every target and read back; give the number of the run.

    Raises:
        RunFailed: its account is red.
        BusyError: another run is at work on the master.
    """
    with _database() as (settings, engine):
        return _checked(engine, pipeline.publish_run(settings, engine))


def quality() -> int:
    """Draw up what the quality rules say now, one printed line a rule; give the number of the run."""
    with _database() as (settings, engine):
        result, figures = pipeline.quality_run(settings, engine)
        for f in figures:
            print(f"{f.system}.{f.stream}: {f.rule} {f.effect} {f.rows}")  # noqa: T201 - the task's log shows it
        return _checked(engine, result)


@contextmanager
def _database() -> Iterator[tuple[Settings, Engine]]:
    settings = hub_settings.load()
    try:
        engine = open_database(settings)
    except HubError as error:  # a server that restarts is there again in a moment
        raise RunFailed(str(error), None, _DATABASE_RETRY_SECONDS) from None
    try:
        yield settings, engine
    except Exception as error:
        if isinstance(error, RunFailed) or hasattr(error, "remedy"):
            raise
        wait = _DATABASE_RETRY_SECONDS if isinstance(error, OperationalError) else None
        raise RunFailed(_without_values(error), None, wait) from None
    finally:
        engine.dispose()


def _without_values(error: Exception) -> str:
    """Say what broke and where: the words of errors that are not ours may repeat values, and logs must not."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith(sys.prefix)]
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    return f"Broken off by {type(error).__name__}{place}"


def _checked(engine: Engine, result: Account) -> int:
    if result.state != "red":
        return result.run
    with engine.begin() as db:
        waits = [float(e["retry_after"]) for e in runs.failed_pulls(db, result.run) if "retry_after" in e]
    raise RunFailed(_sentences(result), result.run, max(waits, default=None))


def _sentences(result: Account) -> str:
    return f"Run {result.run} is red: " + " ".join(sentence.rstrip(".") + "." for sentence in result.problems)
