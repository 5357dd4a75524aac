"""Labelled files of others: ours with no, few and many labels, the peer beside it in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
SETS = ("chicago_orgs", "hist50k", "fake1000", "febrl3")
LABELS = (0, 60, 200, 300)
SEEDS = (1, 2, 3, 4, 5)
_FIGURES = ("precision", "recall", "f1", "bcubed_f1", "cpu_s", "wall_s", "peak_mb")


@dataclass(frozen=True, slots=True)
class Line:
    """What one engine reached on one set.

    Args:
        name: the set.
        engine: who, with how many labels.
        figures: precision, recall, f1, bcubed_f1, cpu_s, wall_s, peak_mb; medians where there are several seeds.
    """

    name: str
    engine: str
    figures: dict[str, float]


def measure(folder: Path) -> Iterable[Line]:
    """Run both engines over every set that the folder has, each run in a process of its own."""
    for name in SETS:
        path = folder / f"{name}.parquet"
        if path.exists():
            yield peer(name, path)
            for labels in LABELS:
                yield ours(name, path, labels)


def peer(name: str, path: Path) -> Line:
    """Run the peer."""
    found = run(["bench.matching.splink_run", name, str(path)])
    return Line(path.stem, found["engine"], known(found))


def ours(name: str, path: Path, labels: int, *options: str, seeds: Iterable[int] = SEEDS) -> Line:
    """Run ours once for each seed; without labels there is nothing for a seed to decide, so once."""
    runs = [_evaluate(path, labels, seed, *options) for seed in (seeds if labels else (1,))]
    return Line(name, f"hub, {labels} labels", {f: median(one[f] for one in runs) for f in _FIGURES})


def _evaluate(path: Path, labels: int, seed: int, *options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "hub", "match", "evaluate", str(path), "--json", *options]
    return known(json.loads(_output([*command, "--labels", str(labels), "--seed", str(seed)])))


def run(module: list[str]) -> dict[str, Any]:
    """Run a module of Python, which ends with one line of JSON, in a process of its own."""
    found: dict[str, Any] = json.loads(_output([sys.executable, "-m", *module]).splitlines()[-1])
    return found


def known(found: dict[str, Any]) -> dict[str, float]:
    """Keep the figures that every engine gives."""
    return {name: found[name] for name in _FIGURES}


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
