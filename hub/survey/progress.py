"""How a survey reports its progress."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int | None], None]
"""Progress: step, how many are done, how many there are (``None``: unknown)."""


def silent(_step: str, _done: int, _total: int | None) -> None:
    """Report nothing."""
