"""What a step costs: wall and CPU seconds of this process and of PostgreSQL, and the peak of resident memory."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Step:
    """One measured step."""

    name: str
    wall_s: float = 0.0
    cpu_s: float = 0.0
    server_cpu_s: float = 0.0
    peak_mb: float = 0.0


@dataclass(slots=True)
class Meter:
    """Measures steps of this process, and of server processes whose command line holds ``server``."""

    server: str
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a block."""
        step = Step(name)
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(step, done), daemon=True)
        wall, cpu, server = time.monotonic(), time.process_time(), self._server_cpu()
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            step.wall_s = round(time.monotonic() - wall, 2)
            step.cpu_s = round(time.process_time() - cpu, 2)
            step.server_cpu_s = round(self._server_cpu() - server, 2)
            self.steps.append(step)

    def _server_cpu(self) -> float:
        """CPU seconds of the server, with those of its sessions that have ended."""
        total = 0.0
        for process in psutil.process_iter(["cmdline"]):
            if any(self.server in part for part in process.info["cmdline"] or ()):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
                for session in process.children():
                    own = session.cpu_times()
                    total += own.user + own.system
        return total


def _watch(step: Step, done: threading.Event) -> None:
    process = psutil.Process()
    while True:
        step.peak_mb = max(step.peak_mb, round(process.memory_info().rss / 2**20))
        if done.wait(0.05):
            return


def report(title: str, steps: list[Step], figures: dict[str, Any]) -> None:
    """Print a table, and with ``JSON=1`` one last line of JSON."""
    table = Table(title=f"{title} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)", title_justify="left")
    for column in ("step", "wall s", "CPU s", "PostgreSQL CPU s", "peak MB"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for s in steps:
        table.add_row(s.name, f"{s.wall_s:.1f}", f"{s.cpu_s:.1f}", f"{s.server_cpu_s:.1f}", f"{s.peak_mb:.0f}")
    Console().print(table)
    for name, value in figures.items():
        print(f"{name}: {value}")
    if os.environ.get("JSON"):
        print(json.dumps({**figures, "load": os.getloadavg()[0], "steps": [asdict(s) for s in steps]}))
