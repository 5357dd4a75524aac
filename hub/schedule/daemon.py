"""The supervisor in the background: ``python -m hub.schedule``, started and ended by :mod:`hub.schedule.control`."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import BusyError, HubError
from hub.schedule.stack import Stack
from hub.settings import Settings
from hub.store import postgres
from hub.supervisor.identity import Identity
from hub.supervisor.supervisor import Supervisor

_TEND_SECONDS = 1.0
_REST_SECONDS = 10.0  # before the next try of what does not come up


def pid_file(settings: Settings) -> Path:
    """Where the daemon says who it is."""
    return run_folder(settings) / "daemon.pid"


def run_folder(settings: Settings) -> Path:
    """Folder of the supervisor: locks and pid files."""
    return settings.home / "run"


def serve(settings: Settings, port: int | None = None) -> None:
    """Bring everything up and tend it until a signal ends the process; then end everything, PostgreSQL last.

    Args:
        settings: the installation.
        port: port of Airflow; ``None``: the one it had last time, or a free one.

    Raises:
        BusyError: another supervisor of this home is at work, or a port is taken.
        HubError: there is no database server to be had, or Airflow cannot be set up.
    """
    with Supervisor(run_folder(settings), settings.logs) as supervisor:
        own = pid_file(settings)
        try:
            Identity.of(os.getpid(), "daemon").write(own)
            stack = Stack(settings, supervisor, port)
            _start(stack)
            while True:
                _tend(stack)
        finally:
            supervisor.stop()  # nothing that uses the database may outlive it
            postgres.stop(settings)
            own.unlink(missing_ok=True)


def _start(stack: Stack) -> None:
    try:
        stack.start()
    except BusyError:
        raise
    except HubError as error:
        say(str(error))  # what died while it started is started again like anything else
    else:
        say("everything is up")


def _tend(stack: Stack) -> None:
    try:
        for sentence in stack.tend():
            say(sentence)
        time.sleep(_TEND_SECONDS)
    except HubError as error:
        say(str(error))
        time.sleep(_REST_SECONDS)


def say(sentence: str) -> None:
    """Write a line into the daemon's log."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {sentence}", flush=True)  # noqa: T201 - its output is its log
