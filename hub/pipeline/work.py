"""What every step of a run has in hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from customer_master.store.clock import Author
from hub.documents import ActiveDocuments
from hub.settings import Settings
from hub.store import runs

Report = Callable[[str, int, int | None], None]
"""Progress: step, how many are done, how many there are (``None``: unknown)."""


def silent(step: str, done: int, total: int | None) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """One run at work.

    Args:
        settings: the installation.
        engine: the hub's database.
        documents: the applied documents, as they were when the run began.
        run_id: number of the run.
        report: where progress goes.
    """

    settings: Settings
    engine: Engine
    documents: ActiveDocuments
    run_id: int
    report: Report = field(default=silent)

    @property
    def landing(self) -> Path:
        """Root of the landing zone."""
        return self.settings.home / "landing"

    @property
    def actor(self) -> str:
        """Name of the run in change sets."""
        return f"run {self.run_id}"

    @property
    def author(self) -> Author:
        """The run as the author of change sets."""
        return Author(self.actor)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step of the run."""
        started = time.monotonic()
        try:
            yield
        finally:
            with self.engine.begin() as db:
                runs.add_seconds(db, self.run_id, name, time.monotonic() - started)
