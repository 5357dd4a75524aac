"""Rare garbage collection for work that makes many short-lived objects and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = (200_000, 20, 100)
"""Millions of small values come and go; looking through them at the usual thresholds is a tenth of a load's CPU."""


def collect_rarely() -> None:
    """Let this process collect rarely, and never look at what it holds already."""
    gc.freeze()
    gc.set_threshold(*_RARELY)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Collect rarely during the block."""
    usual = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
