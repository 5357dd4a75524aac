"""The demo's five systems as supervised programs: where their data lie, how they are started, how they are reached."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from connectors.tryton.config import Config
from hub.demo.systems import mail, pdm, sftp, tryton
from hub.references import store_secret
from hub.settings import Settings
from hub.supervisor.program import Program

SYSTEMS = ("erp", "scm", "pdm", "mail", "callcentre")
USER = "hub"


@dataclass(frozen=True, slots=True)
class LineUp:
    """The systems of one demo home.

    Args:
        settings: the installation; its home holds the demo.
    """

    settings: Settings

    @property
    def folder(self) -> Path:
        """Everything of the demo besides the hub's own."""
        return self.settings.home / "demo"

    @property
    def inbox(self) -> Path:
        """Folder behind the SCM's SFTP server in which new files are laid."""
        return self.folder / "scm" / "in"

    @property
    def call_logs(self) -> Path:
        """Folder of the call centre's logs, behind its SFTP server."""
        return self.folder / "callcentre"

    @property
    def mail_root(self) -> Path:
        """Folder of the mail server."""
        return self.folder / "mail"

    @property
    def pdm_database(self) -> Path:
        """SQLite file of the PDM."""
        return self.folder / "pdm" / "pdm.sqlite"

    @property
    def erp(self) -> Config:
        """How to reach the ERP."""
        password = tryton.password_file(self.folder / "erp").read_text().strip()
        return Config(
            url=f"http://127.0.0.1:{self._port('erp')}",
            database=tryton.DATABASE,
            user=tryton.USER,
            password=SecretStr(password),
        )

    def programs(self) -> tuple[Program, ...]:
        """Give the five servers."""
        commands = {
            "erp": tryton.argv(self.settings.cache),
            "scm": self._sftp("scm"),
            "pdm": pdm.argv(self.pdm_database, self._port("pdm"), USER, self._password_file("pdm")),
            "mail": mail.argv(self.mail_root, self._port("mail"), USER, self._password_file("mail")),
            "callcentre": self._sftp("callcentre"),
        }
        return tuple(self._program(name, command) for name, command in commands.items())

    def store_secrets(self) -> None:
        """Store what the connection documents refer to."""
        values = {"erp_url": self.erp.url, "erp_database": self.erp.database}
        values["erp_password"] = self.erp.password.get_secret_value()
        values["pdm_url"] = pdm.url(self._port("pdm"))
        for name in ("scm", "callcentre", "mail"):
            values[f"{name}_port"] = str(self._port(name))
        for name in ("scm", "callcentre"):
            values[f"{name}_host_key"] = sftp.host_key_line(self._host_key(name))
        for name in ("scm", "callcentre", "mail", "pdm"):
            values[f"{name}_password"] = self._password_file(name).read_text()
        for name, value in values.items():
            store_secret(self.settings, name, value)

    def _sftp(self, name: str) -> list[str]:
        return sftp.argv(self.folder / name, self._port(name), USER, self._password_file(name), self._host_key(name))

    def _program(self, name: str, command: list[str]) -> Program:
        port = self._port(name)
        environment: Mapping[str, str] = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONUTF8": "1"}
        if name == "erp":
            environment = {**environment, **tryton.environment(self.folder / "erp", port)}
        return Program(
            name=name, command=tuple(command), ready=lambda: _listens(port), environment=environment, port=port
        )

    def _host_key(self, name: str) -> Path:
        return self.folder / f"{name}.host_key"

    def _password_file(self, name: str) -> Path:
        """Give the file with a system's password, made up the first time."""
        stored = self.folder / f"{name}.password"
        if not stored.exists():
            stored.touch(mode=0o600)
            stored.write_text(secrets.token_urlsafe(18))
        return stored

    def _port(self, name: str) -> int:
        """Give the port this system had last time, or a free one."""
        stored = self.folder / f"{name}.port"
        if not stored.exists():
            with socket.create_server(("127.0.0.1", 0)) as probe:
                stored.write_text(str(probe.getsockname()[1]))
        return int(stored.read_text())


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
