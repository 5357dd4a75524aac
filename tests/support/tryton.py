"""Fixtures: real Tryton servers, and a relay that loses answers."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.errors import RetryableError
from connectors.tryton.config import Config
from connectors.tryton.connector import Tryton
from connectors.tryton.rpc import Rpc
from hub.demo.systems import tryton
from hub.errors import HubError

PROJECT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class TrytonServer:
    """A Tryton server of this test run, with its own database."""

    def __init__(self, cache: Path, data: Path) -> None:
        self.cache, self.data, self.port = cache, data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = tryton.password_file(data).read_text().strip()
        self._rpc = Rpc("erp", self.config())

    def config(self, **options: Any) -> Config:
        known = {"url": self.url, "database": tryton.DATABASE, "user": tryton.USER, "password": self.password}
        return Config(**{**known, **options})

    def connect(self, **options: Any) -> Tryton:
        return Tryton("erp", self.config(**options))

    def rpc(self, method: str, *params: Any) -> Any:
        """Do what a user of the ERP does behind the connector's back."""
        return self._rpc.write(f"model.{method}", *params)

    def sql(self, statement: str, *params: Any) -> list[Any]:
        with closing(sqlite3.connect(tryton.database_file(self.data), timeout=30)) as database, database:
            return database.execute(statement, params).fetchall()

    def start(self) -> None:
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                tryton.argv(self.cache),
                env={**os.environ, **tryton.environment(self.data, self.port)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self._up():
            try:
                code = self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"Tryton ended with {code}: {(self.data / 'server.log').read_text()[-2000:]}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        self._rpc.close()
        self.process.send_signal(number)
        self.process.wait(30)

    def _up(self) -> bool:
        with closing(self.connect()) as connector:
            try:
                connector.check()
            except RetryableError:
                return False
        return True


@pytest.fixture(scope="session")
def new_tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], TrytonServer]]:
    """Start Tryton servers, each with a fresh database that knows its countries."""
    cache = Path(os.environ.get("HUB_CACHE") or PROJECT / "var" / "cache")
    started: list[TrytonServer] = []

    def new() -> TrytonServer:
        data = tmp_path_factory.mktemp("tryton")
        try:
            tryton.initialise(cache, data)
        except HubError as error:
            pytest.skip(str(error))
        server = TrytonServer(cache, data)
        server.start()
        started.append(server)
        tryton.add_countries(server.config())
        return server

    yield new
    for server in started:
        server.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def tryton_server(new_tryton: Callable[[], TrytonServer]) -> TrytonServer:
    """One server for all tests that do not mind each other's parties."""
    return new_tryton()


class Relay:
    """Stands between connector and server and can lose the answer to one kind of call.

    ``before`` and ``after`` are called with the body of a request, before it is passed on and when the server has
    answered. If they return true, the connection is cut without an answer.
    """

    def __init__(self, target: str) -> None:
        self.before: Callable[[bytes], bool] = lambda _: False
        self.after: Callable[[bytes], bool] = lambda _: False
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not relay.before(body):
                    try:
                        answer = httpx.post(f"{target}{self.path}", content=body, headers=self._headers(), timeout=60)
                    except httpx.TransportError:
                        return
                    if not relay.after(body):
                        self.send_response(answer.status_code)
                        self.send_header("Content-Type", answer.headers["Content-Type"])
                        self.end_headers()
                        self.wfile.write(answer.content)

            def _headers(self) -> dict[str, str]:
                return {name: self.headers[name] for name in ("Content-Type", "Authorization") if name in self.headers}

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def relay(tryton_server: TrytonServer) -> Iterator[Relay]:
    relay = Relay(tryton_server.url)
    yield relay
    relay.close()
