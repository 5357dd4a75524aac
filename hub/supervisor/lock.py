"""A lock file: one holder at a time among all processes of a machine, given back by the kernel when the holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.errors import BusyError, HubError

_POLL_SECONDS = 0.02


@contextmanager
def exclusive(path: Path, *, what: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock file while the block runs.

    Args:
        path: lock file; made if missing, never removed (removing it would let two holders in).
        what: what the lock guards, as the beginning of the error's sentence.
        wait_seconds: how long to wait for another holder.

    Raises:
        BusyError: another process holds the lock.
        HubError: the lock file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HubError(
            f"{path} cannot be made: {error.strerror}", "Make its folder writable for the hub's user"
        ) from None
    try:
        _acquire(descriptor, time.monotonic() + wait_seconds, what)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float, what: str) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                continue
            holder = os.pread(descriptor, 32, 0).decode(errors="replace") or "unknown"
            raise BusyError(f"{what} is in use by process {holder}", "Wait until it ends, or end it") from None
        return
