"""The demo's stage: PostgreSQL, an ERP (Tryton) and an SFTP server with a landscape of customers in them."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from connectors.tryton.config import Config
from hub.demo.landscape import Landscape, write_files
from hub.demo.systems import sftp, tryton
from hub.errors import HubError
from hub.references import store_secret
from hub.settings import Settings
from hub.store import postgres
from hub.supervisor.program import Program
from hub.supervisor.supervisor import Supervisor

_SFTP_USER = "hub"


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's systems, up and loaded.

    Args:
        folder: everything of the demo besides the hub's own.
        landscape: what is in the systems.
        erp: how to reach the ERP.
        codes: ERP party code -> id.
        supervisor: keeps the systems up.
    """

    folder: Path
    landscape: Landscape
    erp: Config
    codes: dict[str, str]
    supervisor: Supervisor

    @property
    def inbox(self) -> Path:
        """Folder behind the SFTP server in which new files are laid."""
        return self.folder / "scm" / "in"


Timed = Callable[[str, float], None]
"""Told how many seconds a step of the set-up took."""


@contextmanager
def raised(settings: Settings, landscape: Landscape, timed: Timed, loading: Callable[[int], None]) -> Iterator[Stage]:
    """Bring everything up, load it if it is not loaded, and leave no process behind.

    Args:
        settings: the installation; its home holds the demo.
        landscape: what to load.
        timed: told the seconds of each step.
        loading: told how many ERP parties are loaded.

    Raises:
        HubError: the home holds another landscape, or a system cannot be had.
    """
    folder = settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    _same_landscape(folder, landscape)
    with Supervisor(settings.home / "run", settings.logs) as supervisor:
        try:
            with ThreadPoolExecutor(max_workers=1) as helper:  # files are written while the ERP makes its database
                files = helper.submit(_lay_files, folder, landscape)
                started = time.monotonic()
                tryton.initialise(settings.cache, folder / "erp")
                timed("install ERP", time.monotonic() - started)
                started = time.monotonic()
                postgres.ensure_running(settings)
                erp = _start(settings, folder, supervisor)
                files.result()
                timed("start systems", time.monotonic() - started)
            started = time.monotonic()
            codes = _load_erp(folder, landscape, erp, loading)
            timed("load ERP", time.monotonic() - started)
            yield Stage(folder, landscape, erp, codes, supervisor)
        finally:
            postgres.stop(settings)


def _same_landscape(folder: Path, landscape: Landscape) -> None:
    """Refuse to mix two landscapes in one home: the truth would fit neither."""
    marker = folder / "landscape.json"
    wanted = {"customers": landscape.customers, "seed": landscape.seed}
    if not marker.exists():
        marker.write_text(json.dumps(wanted))
    elif json.loads(marker.read_text()) != wanted:
        raise HubError(
            f"{folder} holds another landscape: {marker.read_text()}",
            f"Use the same numbers again or another HUB_HOME, or delete {folder.parent} to start anew",
        )


def _lay_files(folder: Path, landscape: Landscape) -> None:
    """Lay the SCM's files into the inbox, each complete when it appears, once."""
    laid = folder / "scm.laid"
    if laid.exists():
        return
    inbox = folder / "scm" / "in"
    inbox.mkdir(parents=True, exist_ok=True)
    for path in write_files(landscape, folder / "scm.draft"):
        path.replace(inbox / path.name)
    laid.touch()


def _start(settings: Settings, folder: Path, supervisor: Supervisor) -> Config:
    scm_port, erp_port = _port(folder, "scm"), _port(folder, "erp")
    password = folder / "scm.password"
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(18))
    host_key = folder / "scm.host_key"
    path = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONUTF8": "1"}
    supervisor.start(
        Program(
            name="erp",
            command=tuple(tryton.argv(settings.cache)),
            ready=lambda: _listens(erp_port),
            environment={**path, **tryton.environment(folder / "erp", erp_port)},
            port=erp_port,
        ),
        Program(
            name="scm",
            command=tuple(sftp.argv(folder / "scm", scm_port, _SFTP_USER, password, host_key)),
            ready=lambda: _listens(scm_port),
            environment=path,
            port=scm_port,
        ),
    )
    erp = Config(
        url=f"http://127.0.0.1:{erp_port}",
        database=tryton.DATABASE,
        user=tryton.USER,
        password=SecretStr(tryton.password_file(folder / "erp").read_text().strip()),
    )
    for name, value in {
        "erp_url": erp.url,
        "erp_database": erp.database,
        "erp_password": erp.password.get_secret_value(),
        "scm_port": str(scm_port),
        "scm_password": password.read_text(),
        "scm_host_key": sftp.host_key_line(host_key),
    }.items():
        store_secret(settings, name, value)
    return erp


def _load_erp(folder: Path, landscape: Landscape, erp: Config, loading: Callable[[int], None]) -> dict[str, str]:
    stored = folder / "erp.codes.json"
    if not stored.exists():
        documents = list(landscape.erp())
        ids = tryton.load(erp, documents, loading)
        codes = {str(d["code"]): str(number) for d, number in zip(documents, ids, strict=True)}
        draft = stored.with_suffix(".draft")
        draft.write_text(json.dumps(codes))
        draft.replace(stored)
    loaded: dict[str, str] = json.loads(stored.read_text())
    return loaded


def _port(folder: Path, name: str) -> int:
    """Give the port this system had last time, or a free one."""
    stored = folder / f"{name}.port"
    if not stored.exists():
        with socket.create_server(("127.0.0.1", 0)) as probe:
            stored.write_text(str(probe.getsockname()[1]))
    return int(stored.read_text())


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
