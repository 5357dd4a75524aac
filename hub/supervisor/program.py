"""What to run: a command with all that is needed to start it, know it is ready, and end it."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from hub.errors import BusyError


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs until it is stopped.

    Args:
        name: unique under one supervisor; names pid and log file.
        command: executable and arguments; the program must stay in the foreground.
        ready: tells whether it does its work; called often, must not raise or block for long.
        environment: all variables of the process; nothing is inherited.
        folder: working folder.
        port: port it will listen on, which must be free on ``host``; ``None`` if it listens on none.
        host: address of ``port``.
        stop_signal: what ends it in good order.
        stop_seconds: how long it may take for that, before it is killed.
        ready_seconds: how long it may take to become ready.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool] = field(compare=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path = Path("/")
    port: int | None = None
    host: str = "127.0.0.1"
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    ready_seconds: float = 60.0

    @property
    def recipe(self) -> str:
        """Digest of what is run: an orphan of another recipe is not what is wanted now."""
        whole = [self.command, sorted(self.environment.items()), str(self.folder), self.host, self.port]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()

    def check_port(self) -> None:
        """Raise :class:`BusyError` if somebody else listens on the port."""
        if self.port is None:
            return
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError:
                owner = _listener(self.port)
                raise BusyError(
                    f"Port {self.port}, which {self.name} needs, is in use{owner}",
                    "End that process or choose another port",
                ) from None


def _listener(port: int) -> str:
    """Name who listens on the port, as far as the kernel lets us see."""
    try:
        pids = {c.pid for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.pid}
        return "".join(f" by process {pid} ({psutil.Process(pid).name()})" for pid in sorted(pids))
    except psutil.Error:
        return ""
