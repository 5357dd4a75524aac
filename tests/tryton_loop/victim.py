"""A hub in a process of its own, warm from the start, that can be killed at any instant of any step.

Its parent is the standard library's fork server, which imports this module once: Great Expectations and the readers'
tables are loaded, nothing is connected, no thread runs.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.engine import make_url

from dq_rules.gate import check
from dq_rules.rows import flatten
from dq_rules.rules import parse_rules
from hub import documents, project
from hub.errors import HubError
from hub.pipeline.sync import sync
from hub.pipeline.work import Work
from hub.settings import Settings
from hub.store.database import make_engine
from mappings.canonical import CanonicalRecord, Kind, Name, Party
from tests.tryton_loop.installation import REPOSITORY, Installation

NAME = "victim"
EXIT = {"green": 0, "red": 1, "open": 2}


def warm_up() -> None:
    """Do once what costs seconds in a new process."""
    for document in project.documents(REPOSITORY):
        documents.check(document)
        if document.kind == "quality":
            rules = parse_rules(document.body, document.origin)
    check(rules, [flatten(CanonicalRecord("party", "party", "1", Party(Kind.ORGANISATION, names=(Name("甲"),))))])


if multiprocessing.current_process().name != "MainProcess" or "forkserver" in " ".join(sys.argv + sys.orig_argv):
    warm_up()


def _body(settings: Settings, steps: Connection) -> None:
    """Run one sync, telling the parent which step begins."""
    timed = Work.step

    @contextmanager
    def told(work: Work, name: str) -> Iterator[None]:
        steps.send(name)
        with timed(work, name):
            yield

    Work.step = told  # type: ignore[method-assign, assignment]
    url = make_url(str(settings.database_url)).update_query_dict({"application_name": NAME})
    try:
        sys.exit(EXIT[sync(settings, make_engine(url)).state])
    except HubError as error:
        sys.exit(str(error))


@dataclass
class Run:
    """How one sync went.

    Args:
        exit_code: negative if it was killed.
        step: the step it was in when it was killed.
        in_transaction: whether a transaction of it was open when it was killed.
        seconds: how long each step took, in order.
    """

    exit_code: int | None = None
    step: str = ""
    in_transaction: bool = False
    seconds: list[float] = field(default_factory=list)


class Victims:
    """Starts syncs of an installation and kills them."""

    def __init__(self) -> None:
        self._context: Any = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])

    def finish(self, installation: Installation, meanwhile: Any = None, at: tuple[int, float] = (0, 0.0)) -> Run:
        """Run a sync to its end; call ``meanwhile`` at an instant: step number, seconds after its beginning."""
        run, process, steps = Run(), *self._start(installation)
        began: list[float] = []
        while _next(steps):
            began.append(time.monotonic())
            if meanwhile is not None and len(began) == at[0] + 1:
                process.join(at[1])
                meanwhile()
        process.join()
        began.append(time.monotonic())
        run.seconds = [b - a for a, b in zip(began, began[1:], strict=False)]
        run.exit_code = process.exitcode
        return run

    def kill(self, installation: Installation, at: tuple[int, float]) -> Run:
        """Run a sync and kill it at an instant; it may be through before."""
        run, process, steps = Run(), *self._start(installation)
        for _ in range(at[0] + 1):
            run.step = _next(steps)
        process.join(at[1])
        if process.is_alive():
            process_signal(process, signal.SIGSTOP)  # stands still, so that we see what it was doing
            while steps.poll(0) and (later := _next(steps)):
                run.step = later
            run.in_transaction = bool(installation.value(_IN_TRANSACTION, name=NAME))
            process.kill()
        process.join()
        run.exit_code = process.exitcode
        return run

    def _start(self, installation: Installation) -> tuple[Any, Connection]:
        mine, its = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_body, args=(installation.settings, its))
        process.start()
        its.close()
        return process, mine


def process_signal(process: Any, number: signal.Signals) -> None:
    """Send a signal to a child."""
    import os

    os.kill(process.pid, number)


def _next(steps: Connection) -> str:
    """Wait for the next step; empty when there is none."""
    try:
        return str(steps.recv())
    except EOFError:
        return ""


_IN_TRANSACTION = (
    "select count(*) from pg_stat_activity where application_name = :name and datname = current_database()"
    " and state <> 'idle' and xact_start is not null"
)
