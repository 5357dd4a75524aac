"""Ports that a home keeps: chosen once, so that addresses last, and refused when somebody else has taken them."""

from __future__ import annotations

import socket
from pathlib import Path

from hub.errors import HubError
from hub.settings import Settings

HOST = "127.0.0.1"


def address(port: int) -> str:
    """Where people and programs of this machine find what listens on a port."""
    return f"http://localhost:{port}"


def known_port(settings: Settings, name: str) -> int | None:
    """Give the port a program had last time, ``None`` before its first start."""
    try:
        return int(_file(settings, name).read_text())
    except (FileNotFoundError, ValueError):
        return None


def chosen_port(settings: Settings, name: str, preferred: int, wanted: int | None = None) -> int:
    """Choose the port of a program, and keep it.

    Args:
        settings: the installation.
        name: the program.
        preferred: taken at the first start if it is free.
        wanted: taken in any case; ``None``: the one it had last time, or the preferred, or any free one.

    Raises:
        HubError: this machine has no free port.
    """
    port = wanted or known_port(settings, name) or _free(preferred)
    _file(settings, name).parent.mkdir(parents=True, exist_ok=True)
    _file(settings, name).write_text(str(port))
    return port


def _file(settings: Settings, name: str) -> Path:
    return settings.home / "run" / f"{name}.port"


def _free(preferred: int) -> int:
    for candidate in (preferred, 0):
        try:
            with socket.create_server((HOST, candidate)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            continue
    raise HubError("This machine has no free port", "End a program that listens on one")
