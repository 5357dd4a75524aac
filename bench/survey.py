"""Three extracts of 100,000 rows through ``hub survey``: time, memory, and agreement with the truth.

``ROWS=n make bench-survey`` takes another size. Files with different columns, encodings and formats, as an ERP, a
supply chain system and a dealer list would give them.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.extracts import DEALERS, ERP, SHIP_TO, assess, write_extracts
from hub.survey.page import render
from hub.survey.run import survey_with_groups


def main() -> None:
    """Measure and print."""
    rows = int(os.environ.get("ROWS", "100000"))
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        known = write_extracts(folder, rows)
        files = [ERP, SHIP_TO, DEALERS]
        steps = _Steps()
        cpu = _cpu()
        result, matches, _ = survey_with_groups([folder / file for file in files], report=steps)
        figures: dict[str, Any] = {
            "rows": result.rows,
            "wall_s": result.seconds,
            "cpu_s": round(_cpu() - cpu, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            "peak_mb_of_a_worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
            "load": round(os.getloadavg()[0], 1),
            "page_kb": len(render(result).encode()) >> 10,
            "customers_found": result.customers,
            **asdict(assess([record for file in files for record in known[file]], matches.groups)),
        }
    table = Table(title=f"hub survey, {len(files)} extracts of {rows:,} rows", title_justify="left")
    table.add_column("step")
    table.add_column("wall s", justify="right")
    for step, seconds in steps.seconds.items():
        table.add_row(step, f"{seconds:.1f}")
    Console().print(table)
    for name, value in figures.items():
        print(f"{name}: {value}")
    if os.environ.get("JSON"):
        print(json.dumps({**figures, "steps": steps.seconds}))


class _Steps:
    """Notes how long each step of the survey takes, by its reports of progress."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._begun: dict[str, float] = {}

    def __call__(self, step: str, _done: int, _total: int | None) -> None:
        begun = self._begun.setdefault(step, time.monotonic())
        self.seconds[step] = round(time.monotonic() - begun, 1)


def _cpu() -> float:
    """CPU seconds of this process and of its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
