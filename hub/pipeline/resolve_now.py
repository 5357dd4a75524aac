"""A steward's decision, brought into the master at once where no run is at work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from hub.documents import load
from hub.errors import BusyError
from hub.pipeline.resolve import resolve_records
from hub.pipeline.work import Work
from hub.settings import Settings
from hub.store.lock import exclusive

_WAIT_SECONDS = 0.5
_NO_RUN = 0


def resolve_now(settings: Settings, engine: Engine, records: Sequence[int], *, user: str) -> bool:
    """Bring the parties of decided records in line with the decision.

    Nobody waits for a run: if one is at work, it or the next one does what is queued.

    Args:
        settings: the installation.
        engine: the hub's database.
        records: the records that were decided about.
        user: the steward.

    Returns:
        Whether it was done; ``False``: a run will do it.
    """
    try:
        with exclusive(engine, "pipeline", wait_seconds=_WAIT_SECONDS):
            return resolve_records(Work(settings, engine, load(engine), _NO_RUN, user=user), records)
    except BusyError:
        return False
