"""Slows down whoever guesses passwords. Kept in the memory of the server process: a restart forgives."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_REMEMBERED = 10_000


class Throttle:
    """Counts failures by key within a window.

    Args:
        failures: how many are allowed.
        seconds: length of the window.
        clock: seconds that only grow.

    >>> throttle = Throttle(failures=1, seconds=60, clock=lambda: 5.0)
    >>> throttle.wait("li"), throttle.failed("li"), throttle.wait("li")
    (0, None, 60)
    """

    def __init__(self, *, failures: int, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures, self._seconds, self._clock = failures, seconds, clock
        self._known: OrderedDict[Hashable, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: Hashable) -> int:
        """Give the seconds until the next try may be made; 0: now."""
        with self._lock:
            recent = self._recent(key)
            if len(recent) < self._failures:
                return 0
            return max(1, round(recent[-self._failures] + self._seconds - self._clock()))

    def failed(self, key: Hashable) -> None:
        """Count a failure; what was not heard of for longest is forgotten first when there are too many keys."""
        with self._lock:
            self._known[key] = [*self._recent(key), self._clock()]
            self._known.move_to_end(key)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def succeeded(self, key: Hashable) -> None:
        """Forget the failures."""
        with self._lock:
            self._known.pop(key, None)

    def _recent(self, key: Hashable) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._known.get(key, ()) if at > since]
