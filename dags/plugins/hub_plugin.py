"""Shows the hub's screens inside Airflow, under Browse, to the users that Airflow knows."""

from __future__ import annotations

import threading
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI
from starlette.types import Receive, Scope, Send

PREFIX = "/hub"

ROLES = {
    "admin": frozenset({"admin"}),
    "op": frozenset({"operator", "steward"}),
    "user": frozenset({"steward"}),
    "viewer": frozenset({"viewer"}),
}
"""Airflow's roles, in lower case -> ours. Whoever has none of them may sign in and sees nothing."""


def roles_of(user: Any) -> frozenset[str]:
    """Give our roles of a user of Airflow: the simple auth manager names one role, others give several objects."""
    named = [getattr(user, "role", None), *(getattr(role, "name", None) for role in getattr(user, "roles", None) or ())]
    return frozenset().union(*(ROLES.get(str(name).lower(), frozenset()) for name in named))


class Screens:
    """The screens as an application that is made when somebody first opens one.

    All programs of Airflow load its plugins, but only the API server shows pages: the scheduler, which forks, should
    not carry them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: FastAPI | None = None

    @property
    def application(self) -> FastAPI:
        """The application behind the pages."""
        with self._lock:
            if self._made is None:
                self._made = _application()
            return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.application(scope, receive, send)


def _application() -> FastAPI:
    # imported here since all programs of Airflow load this file, see Screens
    from airflow.api_fastapi.core_api.security import get_user  # noqa: PLC0415

    from hub.settings import load  # noqa: PLC0415
    from hub.web.access import User  # noqa: PLC0415
    from hub.web.screens import mounted_application  # noqa: PLC0415

    from_airflow = Depends(get_user)  # answers 401 itself to whoever has not signed in

    def current_user(user: Any = from_airflow) -> User:
        return User(user.get_name(), roles_of(user))

    return mounted_application(load(), current_user)


class HubPlugin(AirflowPlugin):
    """Mounts the screens and puts them into Airflow's menu."""

    name = "customer_hub"
    fastapi_apps = [{"app": Screens(), "url_prefix": PREFIX, "name": "Customer hub"}]  # noqa: RUF012 - as Airflow has it
    external_views = [  # noqa: RUF012 - as Airflow has it
        {
            "name": "Customers",
            "href": f"{PREFIX.lstrip('/')}/",  # relative, for Airflow may itself be mounted under a path
            "destination": "nav",
            "url_route": "customers",
            "category": "browse",
        }
    ]
