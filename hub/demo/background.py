"""The demo in the background: a process of its own, known to ``hub down`` by its pid file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hub.errors import BusyError, HubError
from hub.schedule.daemon import pid_file
from hub.schedule.environment import hub_environment
from hub.settings import Settings
from hub.supervisor.identity import Identity

UP = "Everything is up."
"""What the demo says when all is shown and it stays up."""
_POLL_SECONDS = 0.5


@contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Say in the pid file who runs the demo of this home, so that ``hub down`` can end it."""
    file = pid_file(settings)
    Identity.of(os.getpid(), "demo").write(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def launch(settings: Settings, *, customers: int, seed: int) -> str:
    """Start the demo in the background, and return when it has told its story.

    Args:
        settings: the installation.
        customers: how many customers the landscape has.
        seed: seed of the landscape.

    Returns:
        What it has printed.

    Raises:
        BusyError: a supervisor of this home is at work already.
        HubError: the demo ended before its time.
    """
    running = Identity.read(pid_file(settings))
    if running is not None and running.is_alive():
        raise BusyError(f"Process {running.pid} keeps this home up already", "End it with: hub down")
    settings.logs.mkdir(parents=True, exist_ok=True)
    log = settings.logs / "demo.log"
    with log.open("w", encoding="utf-8") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "hub", "demo", "--customers", str(customers), "--seed", str(seed)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=hub_environment(settings),
            cwd=settings.home, start_new_session=True,
        )  # fmt: skip
    while UP not in (said := log.read_text(encoding="utf-8", errors="replace")):
        if demo.poll() is not None:
            last = said.strip().splitlines()[-1:] or [""]
            raise HubError(f"The demo has ended: {last[0].rstrip('.')}", f"Its log is {log}")
        time.sleep(_POLL_SECONDS)
    return said
