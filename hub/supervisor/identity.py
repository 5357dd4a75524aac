"""Recognises a process again: by its number and the time it started, because numbers are given out anew."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

_CLOCK_TOLERANCE = 0.5  # seconds; the kernel counts start times in ticks since boot


@dataclass(frozen=True, slots=True)
class Identity:
    """Which process it is, in a pid file.

    Args:
        pid: process number, also number of its session and process group.
        started: start time in seconds since 1970.
        recipe: digest of what was run, to notice that it should now be something else.
    """

    pid: int
    started: float
    recipe: str

    @classmethod
    def of(cls, pid: int, recipe: str) -> Identity:
        """Identity of a running process.

        Raises:
            psutil.NoSuchProcess: there is none of this number.
        """
        return cls(pid, psutil.Process(pid).create_time(), recipe)

    @classmethod
    def read(cls, path: Path) -> Identity | None:
        """Read a pid file; ``None`` if there is none or it is damaged."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write the pid file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)

    def is_alive(self) -> bool:
        """Tell whether this very process still runs."""
        return is_alive(self.pid, self.started)


def is_alive(pid: int, started: float | None = None) -> bool:
    """Tell whether a process runs; a dead one its parent has not yet asked about (zombie) does not.

    Args:
        pid: process number.
        started: when it started, seconds since 1970; a process that started at another time is a different one.
    """
    try:
        process = psutil.Process(pid)
        if started is not None and abs(process.create_time() - started) > _CLOCK_TOLERANCE:
            return False
        return process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False
