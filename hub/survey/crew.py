"""Worker processes for the steps that read and compare."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from types import TracebackType
from typing import Protocol, Self, TypeVar

from hub.collecting import collect_rarely
from hub.errors import HubError
from hub.survey.progress import Report

Task = TypeVar("Task")
Made_co = TypeVar("Made_co", covariant=True)
Result = TypeVar("Result")


class Tasks(Protocol[Made_co]):
    """Tasks that are counted, and made when they are needed: workers begin while the rest is made."""

    def __len__(self) -> int:
        """Give their number."""

    def __iter__(self) -> Iterator[Made_co]:
        """Make one after the other."""


class Crew:
    """As many processes as there are cores, spawned and never forked; with ``alone`` this process does all the work.

    Args:
        alone: worth it for little work: a new process first imports everything.
        report: told how many tasks of a step are done.
    """

    def __init__(self, *, alone: bool, report: Report) -> None:
        self._report = report
        self._ending: threading.Thread | None = None
        cores = len(os.sched_getaffinity(0))
        self._pool = (
            None
            if alone or cores < 2
            else ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ending is not None:
            self._ending.join()
        elif self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def dismiss(self) -> None:
        """Let the workers end while this process goes on: giving back their memory takes them a second or two."""
        if self._pool is not None:
            self._ending = threading.Thread(target=self._pool.shutdown)
            self._ending.start()

    def map(self, step: str, work: Callable[[Task], Result], tasks: Tasks[Task]) -> Iterator[Result]:
        """Do tasks side by side; results come in the order of the tasks.

        Raises:
            HubError: a process was killed, most likely because memory ran out; or what ``work`` raises.
        """
        attempt = partial(_attempt, work)
        attempts = map(attempt, tasks) if self._pool is None else self._pool.map(attempt, tasks)
        self._report(step, 0, len(tasks))
        try:
            for done, (result, refusal) in enumerate(attempts, start=1):
                if refusal is not None:
                    kind, what, remedy = refusal
                    raise kind(what, remedy)
                self._report(step, done, len(tasks))
                yield from result
        except BrokenProcessPool:
            raise HubError(
                "A process of the survey was killed, most likely because memory ran out",
                "Survey fewer files at a time, or on a machine with more memory",
            ) from None


_Refusal = tuple[type[HubError], str, str]


def _attempt(work: Callable[[Task], Result], task: Task) -> tuple[list[Result], _Refusal | None]:
    """Do a task; an expected error comes back as its parts, since only those pass between processes."""
    try:
        return [work(task)], None
    except HubError as error:
        return [], (type(error), error.what, error.remedy)


def _begin() -> None:
    collect_rarely()
    _end_with_parent()


def _end_with_parent() -> None:
    """Let a worker end when the survey is killed; it would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
