"""Progress bars on a terminal for whatever takes longer than two seconds; silence elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hub.pipeline.work import Report

_PATIENCE_SECONDS = 2.0


@contextmanager
def bars() -> Iterator[Report]:
    """Give a reporter that draws one bar a step, on standard error."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    first_seen: dict[str, float] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def report(step: str, done: int, total: int | None) -> None:
            started = first_seen.setdefault(step, time.monotonic())
            if step not in tasks:
                if time.monotonic() - started < _PATIENCE_SECONDS:
                    return
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield report
