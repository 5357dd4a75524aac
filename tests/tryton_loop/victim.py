"""A hub in a process of its own that can be killed at any instant of any step.

Its parent is the standard library's fork server, which has loaded everything (see ``warm``) and connected to nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.engine import make_url

from hub.errors import HubError
from hub.pipeline.sync import sync
from hub.pipeline.work import Work
from hub.settings import Settings
from hub.store.database import make_engine
from tests.tryton_loop.installation import Installation

_NAME = "victim"
_EXIT_CODES = {"green": 0, "red": 1, "open": 2}

Instant = tuple[int, float]
"""How many steps have begun (0: it is still starting), and seconds since then."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A sync that came to its end.

    Args:
        exit_code: 0 if its account is green.
        seconds: how long the start and each step took, in order.
    """

    exit_code: int
    seconds: list[float]


@dataclass(frozen=True, slots=True)
class Killed:
    """A sync that was killed: in which step, and whether inside a transaction."""

    step: str
    in_transaction: bool


class Victims:
    """Starts syncs in processes of their own."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.tryton_loop.warm"])

    def finish(
        self, installation: Installation, meanwhile: Callable[[], None] = lambda: None, at: Instant = (0, 0.0)
    ) -> Ended:
        """Run a sync to its end, and call ``meanwhile`` at an instant of it."""
        process, steps = self._start(installation)
        began = [time.monotonic()]
        began += [time.monotonic() for _ in range(at[0]) if _next(steps)]
        process.join(at[1])
        meanwhile()  # at the latest when the sync has ended
        while _next(steps):
            began.append(time.monotonic())
        process.join()
        began.append(time.monotonic())
        assert process.exitcode is not None
        return Ended(process.exitcode, [end - start for start, end in pairwise(began)])

    def kill(self, installation: Installation, at: Instant) -> Killed | None:
        """Run a sync and kill it at an instant; ``None`` if it had ended before."""
        process, steps = self._start(installation)
        step = "start"
        for _ in range(at[0]):
            step = _next(steps) or "end"
        process.join(at[1])
        if not process.is_alive():
            return None
        os.kill(process.pid, signal.SIGSTOP)  # it stands still while we look what it was doing
        while steps.poll() and (later := _next(steps)):
            step = later
        in_transaction = bool(installation.value(_OPEN_TRANSACTIONS, name=_NAME))
        process.kill()
        process.join()
        return Killed(step, in_transaction)

    def _start(self, installation: Installation) -> tuple[Any, Connection]:
        mine, its = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_sync, args=(installation.settings, its))
        process.start()
        its.close()
        return process, mine


def _next(steps: Connection) -> str:
    """Wait until the next step begins; empty when none does any more."""
    try:
        return str(steps.recv())
    except EOFError:
        return ""


def _sync(settings: Settings, steps: Connection) -> None:
    """Be the hub for one sync, telling the parent which step begins."""
    timed = Work.step

    @contextmanager
    def told(work: Work, name: str) -> Iterator[None]:
        steps.send(name)
        with timed(work, name):
            yield

    Work.step = told  # type: ignore[method-assign, assignment]
    url = make_url(str(settings.database_url)).update_query_dict({"application_name": _NAME})
    try:
        sys.exit(_EXIT_CODES[sync(settings, make_engine(url)).state])
    except HubError as error:
        sys.exit(str(error))


_OPEN_TRANSACTIONS = (
    "select count(*) from pg_stat_activity where application_name = :name and datname = current_database()"
    " and state <> 'idle' and xact_start is not null"
)
