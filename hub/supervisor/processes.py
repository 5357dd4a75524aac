"""Finds processes by a mark in their environment and ends them; children inherit the mark, so none escapes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

from hub.supervisor.identity import is_alive

MARK = "HUB_SUPERVISED"
_POLL_SECONDS = 0.05
_KILL_SECONDS = 5.0


def marked(mark: str) -> list[psutil.Process]:
    """All living processes we may look at whose mark is ``mark``, or begins with it if it ends in a slash."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # somebody else's, or gone meanwhile
            value = process.environ().get(MARK, "")
            if (value == mark or (mark.endswith("/") and value.startswith(mark))) and is_alive(process.pid):
                found.append(process)
    return found


def end(processes: Sequence[psutil.Process], stop_signal: signal.Signals, seconds: float) -> None:
    """End processes: the signal to their process groups, and after a while SIGKILL to each that is left.

    Args:
        processes: processes, children of ours or not.
        stop_signal: what ends them in good order.
        seconds: how long they may take for that.
    """
    for group in _groups(processes):
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(group, stop_signal)
    survivors = await_end(processes, seconds)
    for process in survivors:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    await_end(survivors, _KILL_SECONDS)


def await_end(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until processes have ended and return those that have not.

    Unlike :func:`psutil.wait_procs` it does not wait for zombies that their parent never asks about, as in containers.
    """
    deadline = time.monotonic() + seconds
    while True:
        # is_running tells a process from a later one of its number
        living = [process for process in processes if process.is_running() and is_alive(process.pid)]
        if not living or time.monotonic() > deadline:
            return living
        time.sleep(_POLL_SECONDS)


def _groups(processes: Sequence[psutil.Process]) -> set[int]:
    groups = set()
    for process in processes:
        with suppress(ProcessLookupError):
            groups.add(os.getpgid(process.pid))
    return groups - {os.getpgrp()}
