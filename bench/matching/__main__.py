"""``make bench-matching``: who is who, ours beside its peer in one run.

``PARTS=labelled,million,landscape`` chooses parts, ``DATA=folder`` says where labelled Parquet files are (columns
rec_id, truth, fields), ``SIZE=n`` takes another size of the made records (1,000,000), ``RECORDS=n`` another of the
landscapes (100,000), ``WORK=folder`` keeps what is made. Every run is a process of its own; CPU seconds are those of
all its threads and children. ``make bench-matching.standing`` has the increment and the lookup.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.matching import labelled, landscape, million
from bench.matching.labelled import Line

_HEADINGS = ("precision", "recall", "F1", "B-cubed F1", "CPU s", "wall s", "peak MB", "CPU × peer")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        work = Path(os.environ.get("WORK", name))
        work.mkdir(parents=True, exist_ok=True)
        parts: dict[str, Callable[[], Iterable[Line]]] = {
            "labelled": lambda: labelled.measure(Path(os.environ.get("DATA", work))),
            "million": lambda: million.measure(work, int(os.environ.get("SIZE", "1000000"))),
            "landscape": lambda: landscape.measure(work, int(os.environ.get("RECORDS", "100000"))),
        }
        found = {part: list(parts[part]()) for part in os.environ.get("PARTS", ",".join(parts)).split(",")}
    for part, lines in found.items():
        _print(part, lines)
    if os.environ.get("JSON"):
        figures = {part: [asdict(line) for line in lines] for part, lines in found.items()}
        print(json.dumps({**figures, "load": os.getloadavg()[0]}))


def _print(part: str, lines: Iterable[Line]) -> None:
    title = f"{part} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    table = Table(title=title, title_justify="left")
    for heading in ("set", "engine"):
        table.add_column(heading, no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    peers: dict[str, float] = {}
    for line in lines:
        f = line.figures
        peers.setdefault(line.name, f["cpu_s"])  # the peer comes first
        quality = [f"{f[name]:.4f}" for name in ("precision", "recall", "f1", "bcubed_f1")]
        cost = [f"{f['cpu_s']:.1f}", f"{f['wall_s']:.1f}", f"{f['peak_mb']:.0f}"]
        table.add_row(line.name, line.engine, *quality, *cost, f"{f['cpu_s'] / peers[line.name]:.2f}")
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
