"""A served installation: the server process, its users, and clients of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from hub.web.users import add_user
from tests.loop.installation import Installation
from tests.support.sftp import ROOT, free_port

PASSWORD = "four words are better"
USERS = {
    "admin": ("admin",),
    "steward": ("steward",),
    "steward2": ("steward",),
    "viewer": ("viewer",),
    "operator": ("operator",),
}


@dataclass
class Site:
    """The screens of an installation, served by a process of their own."""

    hub: Installation
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.hub.engine.begin() as db:
            for name, roles in USERS.items():
                add_user(db, name, PASSWORD, roles)
        command = [sys.executable, "-m", "hub.web", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.hub.environment(), stdout=log, stderr=subprocess.STDOUT
            )
        while not self._up():
            try:
                code = self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"the server ended with {code}: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def client(self, user: str = "", language: str = "en") -> httpx.Client:
        """A caller like a browser, signed in."""
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url, "Accept-Language": language}, timeout=60)
        if user:
            answer = client.post("/login", data={"name": user, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    def number(self, record: str) -> str:
        """The customer number of the customer that a record like ``ship_to/S001`` belongs to."""
        kind, _, key = record.partition("/")
        rows = self.hub.rows(
            "select p.public_id from master.source_record r join master.membership m on m.record_id = r.id"
            " and m.to_cs = :open join master.party p on p.id = m.party_id"
            " where r.record_type = :kind and r.native_key = :key",
            kind=kind,
            key=key,
        )
        return str(rows[0]["public_id"])

    def _up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False
