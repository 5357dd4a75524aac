"""Lets the parties follow decisions, behind the answers to the stewards: one thread, whatever many of them decide."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

log = logging.getLogger("hub.web")

Resolve = Callable[[Sequence[int], str], object]


class Follower:
    """Resolves the records of decisions in the background, those of a hurried steward together.

    What fails, or is lost when the process ends, stays queued in the database, and the next run does it.

    Args:
        resolve: brings the parties of records in line for a user.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._waiting: SimpleQueue[tuple[str, tuple[int, ...]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def follow(self, records: Sequence[int], user: str) -> None:
        """Have the parties of decided records follow soon; returns at once."""
        self._waiting.put((user, tuple(records)))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="follower", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            for user, records in self._gathered().items():
                try:
                    self._resolve(sorted(records), user)
                except Exception as error:  # noqa: BLE001 - the next run does it; the thread must go on
                    log.error("decisions are left to the next run: %s", type(error).__name__)  # noqa: TRY400 - no values

    def _gathered(self) -> dict[str, set[int]]:
        """Wait for a decision and take all that came meanwhile."""
        gathered: dict[str, set[int]] = defaultdict(set)
        user, records = self._waiting.get()
        gathered[user].update(records)
        try:
            while True:
                user, records = self._waiting.get_nowait()
                gathered[user].update(records)
        except Empty:
            return gathered
