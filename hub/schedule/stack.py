"""Everything that ``hub up`` keeps running, and how it stands by each other: PostgreSQL, Airflow and the screens."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg

from hub.errors import HubError
from hub.project import connections
from hub.schedule.airflow import COMPONENTS, Installation, install
from hub.schedule.names import MASTER_POOL, source_pool
from hub.schedule.pages import WEB, web_program
from hub.schedule.ports import address
from hub.settings import Settings
from hub.store.databases import server_start
from hub.store.postgres import ensure_running
from hub.supervisor.program import Program
from hub.supervisor.supervisor import Supervisor

PROGRAMS = (*COMPONENTS, WEB)
"""Names of all supervised programs, in the order of their start."""
_POOLS_SECONDS = 15.0


class Stack:
    """PostgreSQL, Airflow and the screens under a supervisor.

    Args:
        settings: the installation.
        supervisor: the supervisor that keeps the programs.
        port: port of Airflow; ``None``: the one it had last time, or a free one.

    Raises:
        HubError: there is no database server to be had.
    """

    def __init__(self, settings: Settings, supervisor: Supervisor, port: int | None = None) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self.airflow: Installation = install(settings, port)
        self._web = web_program(settings)
        self._server_start = server_start(self.airflow.database)
        self._pools_due = 0.0

    @property
    def programs(self) -> tuple[Program, ...]:
        """All supervised programs, as :data:`PROGRAMS` names them."""
        return (*self.airflow.programs(), self._web)

    @property
    def web_address(self) -> str:
        """Where the screens are."""
        return address(self._web.port or 0)

    def start(self) -> None:
        """Start what does not run yet, and return when all is ready.

        Raises:
            BusyError: a port is taken by somebody else.
            HubError: a program does not become ready; those that run are tended all the same.
        """
        self.airflow.migrate(f"{self._supervisor.folder}/airflow-migrate")
        self._supervisor.start(*self.programs)

    def tend(self) -> list[str]:
        """Bring back what has died since the last look, and give one sentence for each thing that was done.

        Raises:
            HubError: something does not come back; the next look tries again.
        """
        done = self._tend_database()
        done += [f"{name} had ended and was started again" for name in self._supervisor.tend()]
        return done + self._tend_pools()

    def _tend_database(self) -> list[str]:
        """Keep PostgreSQL running; Airflow's components do not all survive its restart, so all start anew."""
        try:
            started = server_start(self.airflow.database)
        except psycopg.OperationalError:
            ensure_running(self._settings)
            try:
                started = server_start(self.airflow.database)
            except psycopg.OperationalError as error:
                raise HubError(
                    f"PostgreSQL does not answer: {type(error).__name__}", "Look at its log, or at your server"
                ) from None
        if started == self._server_start:
            return []
        self._supervisor.restart(*COMPONENTS)
        self._server_start = started
        return ["PostgreSQL was restarted, and Airflow with it"]

    def _tend_pools(self) -> list[str]:
        """Give every source its pool: a connection may be authored at any time, and its tasks wait for the pool."""
        if time.monotonic() < self._pools_due:
            return []
        self._pools_due = time.monotonic() + _POOLS_SECONDS
        wanted = {source_pool(c.connection): f"reads {c.connection}" for c in connections(self._settings.project)[0]}
        wanted[MASTER_POOL] = "whatever changes the customer master"
        made = []
        with suppress(HubError):  # Airflow starts just now
            asked = self.airflow.client
            for name in sorted(wanted.keys() - asked.pools().keys()):
                asked.set_pool(name, 1, wanted[name])
                made.append(f"Airflow got the pool {name}")
        return made
