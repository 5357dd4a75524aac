"""A hub in a process of its own that can be killed at any instant of any step.

Its parent is the standard library's fork server, which has loaded everything (see ``warm``) and connected to nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
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
_STATES = ("green", "red", "open")

Instant = tuple[int, float]
"""How many steps have begun (0: it is still starting), and seconds since then."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A sync that came to its end.

    Args:
        state: of its account, or the error it ended with.
        seconds: how long the start and each step took, in order.
    """

    state: str
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
        words, began = [], [time.monotonic()]

        def hear(word: str) -> None:
            words.append(word)
            began.append(time.monotonic())

        while len(words) < at[0] and (word := _next(steps)):
            hear(word)
        process.join(at[1])
        meanwhile()  # at the latest when the sync has ended
        while word := _next(steps):
            hear(word)
        process.join()
        return Ended(words[-1] if words else "", [end - start for start, end in pairwise(began)])

    def kill(self, installation: Installation, at: Instant) -> Killed | None:
        """Run a sync and kill it at an instant; ``None`` if it had ended before."""
        process, steps = self._start(installation)
        step = "start"
        for _ in range(at[0]):
            step = _next(steps) or step
        process.join(at[1])
        try:
            os.kill(process.pid, signal.SIGSTOP)  # it stands still while we look what it was doing
        except ProcessLookupError:
            return None
        while steps.poll() and (later := _next(steps)):
            step = later
        in_transaction = bool(installation.value(_OPEN_TRANSACTIONS, name=_NAME))
        process.kill()
        process.join()
        return None if step in _STATES else Killed(step, in_transaction)

    def _start(self, installation: Installation) -> tuple[Any, Connection]:
        mine, its = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_sync, args=(installation.settings, its))
        process.start()
        its.close()
        return process, mine


def _next(steps: Connection) -> str:
    """Wait for the next step, at last for the account's state; empty when there is no more to come."""
    try:
        return str(steps.recv())
    except EOFError:
        return ""


def _sync(settings: Settings, steps: Connection) -> None:
    """Be the hub for one sync, telling the parent which step begins and how it ended.

    Told and not given as exit code: two threads that start processes can take each other's exit codes away.
    """
    timed = Work.step

    @contextmanager
    def told(work: Work, name: str) -> Iterator[None]:
        steps.send(name)
        with timed(work, name):
            yield

    Work.step = told  # type: ignore[method-assign, assignment]
    url = make_url(str(settings.database_url)).update_query_dict({"application_name": _NAME})
    try:
        steps.send(sync(settings, make_engine(url)).state)
    except HubError as error:
        steps.send(str(error))


_OPEN_TRANSACTIONS = (
    "select count(*) from pg_stat_activity where application_name = :name and datname = current_database()"
    " and state <> 'idle' and xact_start is not null"
)
