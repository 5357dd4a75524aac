"""Up, down and status of everything that runs on a schedule; :mod:`hub.schedule.daemon` does the work."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from hub.errors import BusyError, HubError
from hub.schedule.airflow import API_SERVER, COMPONENTS, client, passwords_file
from hub.schedule.client import Airflow, Progress
from hub.schedule.daemon import pid_file, run_folder
from hub.schedule.environment import hub_environment
from hub.schedule.pages import WEB, is_healthy
from hub.schedule.ports import address, known_port
from hub.schedule.stack import PROGRAMS
from hub.settings import Settings
from hub.store import postgres
from hub.supervisor.identity import Identity
from hub.supervisor.processes import await_end
from hub.supervisor.supervisor import Supervisor

_UP_SECONDS = 420.0
_DOWN_SECONDS = 150.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Status:
    """How everything stands.

    Args:
        supervisor: process of the daemon, ``None``: it does not run.
        programs: supervised program -> process, ``None``: it does not run.
        database: whether the hub's own PostgreSQL answers; ``None``: a server of yours is used.
        health: Airflow component -> what Airflow says about it.
        dags: DAG -> state of its latest run, ``paused`` or ``no run yet``.
        import_errors: DAG file -> last line of what is wrong with it.
        web: whether the screens are up and reach their database.
        address: where Airflow is.
        web_address: where the screens are.
        passwords: file with the passwords of its users.
    """

    supervisor: int | None
    programs: dict[str, int | None]
    database: bool | None
    health: dict[str, str]
    dags: dict[str, str]
    import_errors: dict[str, str]
    web: bool
    address: str
    web_address: str
    passwords: str

    @property
    def is_healthy(self) -> bool:
        """Whether everything runs and says it is well."""
        return (
            self.supervisor is not None
            and all(self.programs.values())
            and self.database is not False
            and self.web
            and all(self.health.get(name) == "healthy" for name in COMPONENTS.values())
        )

    def to_json(self) -> dict[str, Any]:
        """Give the status for machines."""
        return {**asdict(self), "is_healthy": self.is_healthy}


def up(settings: Settings, *, port: int | None = None, report: Progress) -> Status:
    """Start the daemon, if it does not run, and wait until everything is healthy.

    Args:
        settings: the installation.
        port: port of Airflow; ``None``: the one it had last time, or a free one.
        report: told how many components are healthy.

    Raises:
        HubError: it does not come up; the sentence is the daemon's.
        BusyError: a port is taken, or another supervisor of this home is at work.
    """
    daemon = None if _daemon(settings) else _launch(settings, port)
    deadline = time.monotonic() + _UP_SECONDS
    while not (now := status(settings)).is_healthy:
        if daemon is not None and (code := daemon.poll()) is not None:
            raise _said_by_daemon(settings, code)
        if time.monotonic() > deadline:
            raise HubError(f"Not everything is healthy after {_UP_SECONDS:.0f} s", f"Logs are in {settings.logs}")
        report("start Airflow", sum(state == "healthy" for state in now.health.values()), len(COMPONENTS))
        time.sleep(_POLL_SECONDS)
    return now


def down(settings: Settings) -> None:
    """End the daemon, every program, also orphans of a daemon that was killed, and the hub's own PostgreSQL.

    Raises:
        BusyError: another supervisor of this home, such as the demo's, is at work.
    """
    daemon = _daemon(settings)
    if daemon is not None:
        daemon.send_signal(signal.SIGTERM)
        for stubborn in await_end([daemon], _DOWN_SECONDS):
            stubborn.kill()
            await_end([stubborn], _POLL_SECONDS)
    folder = run_folder(settings)
    if folder.is_dir():
        with Supervisor(folder, settings.logs):
            pass  # its end is the end of whatever bears its mark
        for name in (*PROGRAMS, "daemon"):
            (folder / f"{name}.pid").unlink(missing_ok=True)
    postgres.stop(settings)


def status(settings: Settings) -> Status:
    """Tell how everything stands; starts nothing."""
    daemon = _daemon(settings)
    port, web_port = known_port(settings, API_SERVER), known_port(settings, WEB)
    asked = client(settings, port) if port is not None and passwords_file(settings).exists() else None
    health = asked.health() if asked else {}
    answers = asked if health.get(COMPONENTS["airflow-api-server"]) == "healthy" else None
    return Status(
        supervisor=daemon.pid if daemon else None,
        programs={name: _pid(settings, name) for name in PROGRAMS},
        database=None if settings.database_url else postgres.address_if_up(settings) is not None,
        health={name: health[name] for name in COMPONENTS.values() if name in health},
        dags=_dags(answers) if answers else {},
        import_errors=_import_errors(answers) if answers else {},
        web=web_port is not None and is_healthy(web_port),
        address=address(port) if port is not None else "",
        web_address=address(web_port) if web_port is not None else "",
        passwords=str(passwords_file(settings)),
    )


def _dags(asked: Airflow) -> dict[str, str]:
    try:
        dags, runs = asked.dags(), asked.runs()
    except HubError:
        return {}
    latest = {run.dag: run.state for run in reversed(runs)}
    return {name: "paused" if dags[name] else latest.get(name, "no run yet") for name in sorted(dags)}


def _import_errors(asked: Airflow) -> dict[str, str]:
    try:
        return {name: trace.strip().splitlines()[-1] for name, trace in sorted(asked.import_errors().items())}
    except HubError:
        return {}


def _launch(settings: Settings, port: int | None) -> subprocess.Popen[bytes]:
    settings.logs.mkdir(parents=True, exist_ok=True)
    with (settings.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hub.schedule", *([str(port)] if port is not None else [])],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=hub_environment(settings),
            cwd=settings.home,
            start_new_session=True,
        )


def _said_by_daemon(settings: Settings, code: int) -> HubError:
    """The daemon's last words, as its log has them."""
    log = settings.logs / "supervisor.log"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""]
    words = lines[-1].partition(" ")[2]
    kind = BusyError if code == BusyError.exit_code else HubError
    return kind(f"The supervisor has ended: {words.rstrip('.')}", f"Its log is {log}")


def _daemon(settings: Settings) -> psutil.Process | None:
    identity = Identity.read(pid_file(settings))
    return psutil.Process(identity.pid) if identity is not None and identity.is_alive() else None


def _pid(settings: Settings, name: str) -> int | None:
    identity = Identity.read(run_folder(settings) / f"{name}.pid")
    return identity.pid if identity is not None and identity.is_alive() else None
