"""How Airflow is set up: its folder, port, secrets and database, and its four components as supervised programs."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import hub
from hub.errors import HubError
from hub.references import resolve, store_secret
from hub.schedule.client import Airflow
from hub.schedule.environment import hub_environment
from hub.schedule.ports import HOST, address, chosen_port
from hub.settings import Settings
from hub.store.databases import ensure_database
from hub.store.postgres import DatabaseAddress
from hub.supervisor.processes import MARK
from hub.supervisor.program import Program

API_SERVER = "airflow-api-server"
COMPONENTS = {  # program -> its name in Airflow's health
    API_SERVER: "metadatabase",
    "airflow-scheduler": "scheduler",
    "airflow-dag-processor": "dag_processor",
    "airflow-triggerer": "triggerer",
}
_USERS = {"admin": "admin", "steward": "user", "viewer": "viewer"}
_PASSWORDS = "airflow_passwords.json"
_PREFERRED_PORT = 8081  # 8080 is the pages'
_PARALLELISM = 4
_READY_SECONDS = 300.0  # importing Airflow four times at once on a busy machine
_STOP_SECONDS = 20.0
_MIGRATE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Installation:
    """Airflow of one hub.

    Args:
        settings: the hub's installation.
        database: Airflow's own database.
        port: port of the API server.
    """

    settings: Settings
    database: DatabaseAddress
    port: int

    @property
    def folder(self) -> Path:
        """Airflow's own folder: logs and what it makes for itself."""
        return self.settings.home / "airflow"

    @property
    def client(self) -> Airflow:
        """Its REST API, as the administrator."""
        return client(self.settings, self.port)

    def migrate(self, mark: str) -> None:
        """Bring the tables of Airflow's database up to date; costs seconds, so only once for each version.

        Args:
            mark: mark of the process, by which it is found if its caller is killed.

        Raises:
            HubError: it cannot be done.
        """
        done = self.folder / "migrated"
        wanted = f"{version('apache-airflow-core')} {self.database.url.host} {self.database.url.database}"
        if done.exists() and done.read_text() == wanted:
            return
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        log = self.settings.logs / "airflow-migrate.log"
        with log.open("ab") as output:
            code = subprocess.run(
                [sys.executable, "-m", "airflow", "db", "migrate"], check=False, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, env={**self.environment(), MARK: mark}, cwd=self.folder,
                timeout=_MIGRATE_SECONDS,
            ).returncode  # fmt: skip
        if code != 0:
            raise HubError("Airflow's tables could not be made or brought up to date", f"Its log says why: {log}")
        done.write_text(wanted)

    def programs(self) -> tuple[Program, ...]:
        """The four components; the API server is the first."""
        environment = self.environment()
        return tuple(
            Program(
                name=name,
                command=(sys.executable, "-m", "airflow", name.removeprefix("airflow-"), *options),
                ready=self._ready(COMPONENTS[name]),
                environment=environment,
                folder=self.folder,
                port=self.port if name == API_SERVER else None,
                host=HOST,
                stop_seconds=_STOP_SECONDS,
                ready_seconds=_READY_SECONDS,
            )
            for name, options in (
                (API_SERVER, ()),
                # logs are read from the common folder: servers for them would need two more fixed ports
                ("airflow-scheduler", ("--skip-serve-logs",)),
                ("airflow-dag-processor", ()),
                ("airflow-triggerer", ("--skip-serve-logs",)),
            )
        )

    def environment(self) -> dict[str, str]:
        """All variables of Airflow's processes and of the tasks they run."""
        url = self.database.url.render_as_string(hide_password=False)
        home = self.settings
        return {
            **hub_environment(home),
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder()),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(dags_folder() / "plugins"),
            "AIRFLOW__CORE__LAZY_LOAD_PLUGINS": "False",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAG_DISCOVERY_SAFE_MODE": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": str(_PARALLELISM),
            "AIRFLOW__CORE__FERNET_KEY": _secret(home, "airflow_fernet_key", _fernet_key),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in _USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.secrets / _PASSWORDS),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address(self.port)}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE": "3",
            # what changes are the documents, not the files of the DAGs: only reading these anew shows a new connection
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
            # a task whose processes were killed is noticed in a minute, not in five
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "AIRFLOW__API__HOST": HOST,
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": address(self.port),
            "AIRFLOW__API__SECRET_KEY": _secret(home, "airflow_secret_key", _long_secret),
            "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home, "airflow_jwt_secret", _long_secret),
            "GX_ANALYTICS_ENABLED": "false",
            "SPT_NOENV": "1",  # process titles leave the environment alone, by which the supervisor knows its own
        }

    def _ready(self, component: str) -> Callable[[], bool]:
        asked = self.client
        return lambda: asked.health().get(component) == "healthy"


def install(settings: Settings, port: int | None = None) -> Installation:
    """Set Airflow up as far as can be done without starting it: folder, passwords, database, port.

    Args:
        settings: the hub's installation.
        port: port of the API server; ``None``: the one it had last time, or a free one.

    Raises:
        HubError: there is no database server, or no folder of DAGs.
    """
    folder = settings.home / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    dags_folder()
    _secret(settings, _PASSWORDS, lambda: json.dumps({user: secrets.token_urlsafe(15) for user in _USERS}))
    return Installation(
        settings, ensure_database(settings, "airflow"), chosen_port(settings, API_SERVER, _PREFERRED_PORT, port)
    )


def client(settings: Settings, port: int) -> Airflow:
    """Give the REST API of an Airflow that was set up before.

    Raises:
        HubError: it was not.
    """
    return Airflow(address(port), "admin", passwords(settings)["admin"])


def passwords(settings: Settings) -> dict[str, str]:
    """Give the passwords of Airflow's users.

    Raises:
        HubError: Airflow was not set up.
    """
    found: dict[str, str] = json.loads(str(resolve(f"file:{_PASSWORDS}", settings)))
    return found


def passwords_file(settings: Settings) -> Path:
    """Where the passwords of Airflow's users are."""
    return settings.secrets / _PASSWORDS


def dags_folder() -> Path:
    """Where the DAGs are: beside the package ``hub``.

    Raises:
        HubError: they are not installed.
    """
    folder = Path(hub.__file__).resolve().parent.parent / "dags"
    if not folder.is_dir():
        raise HubError(f"{folder}, the folder of the DAGs, is not there", "Install the project anew")
    return folder


def _secret(settings: Settings, name: str, make: Callable[[], str]) -> str:
    if not (settings.secrets / name).exists():
        store_secret(settings, name, make())
    return str(resolve(f"file:{name}", settings))


def _long_secret() -> str:
    return secrets.token_urlsafe(64)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
