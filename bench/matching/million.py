"""A million made records: ours beside the peer's whole run, at ``SIZE`` base records (1,000,000)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.matching.labelled import Line, known, peer, run
from bench.matching.made import KINDS, make


def measure(folder: Path, size: int) -> Iterable[Line]:
    """Make persons and companies and run both engines over them.

    Args:
        folder: where the records are kept; with their features and keys they take some hundred MB.
        size: base records of each kind.
    """
    for kind in KINDS:
        path = make(kind, size, folder)
        yield peer(kind, path)
        yield from _ours(path)


def _ours(path: Path) -> Iterable[Line]:
    """Give two lines: reading features and keys, and all the rest from them, which alone is held against the peer."""
    found = run(["bench.matching.stages", str(path)])
    yield Line(path.stem, found["engine"], known(found))
    yield Line(path.stem, "  features and keys", known(found | {"cpu_s": found["features_cpu_s"]}))
