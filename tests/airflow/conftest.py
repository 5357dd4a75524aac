"""A hub that runs on its schedule: PostgreSQL and Airflow under the supervisor, two partners' files on SFTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from hub.pipeline.work import silent
from hub.schedule import control
from hub.schedule.airflow import API_SERVER, client
from hub.schedule.client import Airflow, DagRun
from hub.schedule.ports import known_port
from hub.settings import load
from hub.store.database import open_database
from hub.supervisor import processes
from tests.loop.installation import Installation
from tests.support.sftp import SftpServer, emptied, free_port

SOURCES = ("source__branch", "source__scm")


@dataclass
class Scheduled:
    """The running hub and its scheduler."""

    hub: Installation
    port: int

    @property
    def airflow(self) -> Airflow:
        port = known_port(self.hub.settings, API_SERVER)
        assert port == self.port
        return client(self.hub.settings, port)

    def up(self) -> control.Status:
        return control.up(self.hub.settings, port=self.port, report=silent)

    def sync(self) -> list[DagRun]:
        """Trigger every source, and wait until all that follows is through."""
        return self.airflow.run_through(SOURCES, within_seconds=400, report=silent)

    def processes(self) -> list[psutil.Process]:
        """Every living process of this hub, PostgreSQL and orphans included."""
        home = str(self.hub.settings.home)
        found = {p.pid: p for p in processes.marked(f"{home}/run/")}
        for process in psutil.process_iter():
            try:
                known = " ".join(process.cmdline()) + process.environ().get("HUB_HOME", "")
            except psutil.Error:
                continue
            if home in known:
                found[process.pid] = process
        return list(found.values())


@pytest.fixture(scope="module")
def scheduled(demo_server_process: SftpServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    """A hub with a server of its own, up and healthy; sources are due once a day, so only tests start them."""
    folder = tmp_path_factory.mktemp("scheduled")
    (folder / "project").mkdir()
    variables = {
        "HUB_HOME": str(folder / "home"),
        "HUB_PROJECT": str(folder / "project"),
        "HUB_STAGE": "test",
        "PATH": "/usr/bin:/bin",
    }
    settings = load(variables)
    hub = Installation(settings, open_database(settings), emptied(demo_server_process))
    hub.set_up()
    hub.edit("deploy/connections/scm.yaml", "stage: dev", 'stage: dev\nschedule: "0 0 1 1 *"')
    hub.add_branch()
    hub.engine.dispose()
    running = Scheduled(hub, free_port())
    try:
        running.up()
        yield running
    finally:
        control.down(settings)
