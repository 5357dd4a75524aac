"""The hub's screens (:mod:`hub.web`) as a supervised program."""

from __future__ import annotations

import sys

import httpx

from hub.schedule.environment import hub_environment
from hub.schedule.ports import HOST, address, chosen_port
from hub.settings import Settings
from hub.supervisor.program import Program

WEB = "web"
_PREFERRED_PORT = 8080
_HEALTH_SECONDS = 5.0
_READY_SECONDS = 180.0


def web_program(settings: Settings) -> Program:
    """The screens; their port is the one they had last time, or a free one.

    Raises:
        HubError: this machine has no free port.
    """
    port = chosen_port(settings, WEB, _PREFERRED_PORT)
    return Program(
        name=WEB,
        command=(sys.executable, "-m", "hub.web", "--host", HOST, "--port", str(port)),
        ready=lambda: is_healthy(port),
        environment=hub_environment(settings),
        folder=settings.home,
        port=port,
        host=HOST,
        ready_seconds=_READY_SECONDS,
    )


def is_healthy(port: int) -> bool:
    """Tell whether the screens are up and reach their database."""
    try:
        answer = httpx.get(f"{address(port)}/health", timeout=_HEALTH_SECONDS, trust_env=False)
        return bool(answer.status_code == httpx.codes.OK and answer.json() == {"status": "ok"})
    except (httpx.HTTPError, ValueError):
        return False
