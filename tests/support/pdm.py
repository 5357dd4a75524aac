"""Fixtures: two PDMs behind one WSDL: the demo's (spyne) and one on node-soap, and a server of canned answers."""

import fcntl
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.soap_pdm.connector import SoapPdm
from hub.demo.systems import pdm

PROJECT = Path(__file__).parents[2]
NODE_SERVER = PROJECT / "tests" / "connectors_pdm" / "node_pdm.js"
NODE_SOAP = "soap@1"
PASSWORD, WRONG_PASSWORD = "right-pässword", "wrong-pässword"
USER = "hub"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def owner(number: int, **fields: Any) -> dict[str, Any]:
    """Make an owner's document as the PDM keeps it."""
    known = {"name": f"上海宏达{number}有限公司", "address": "人民路1号", "city": "上海", "country": "CN"}
    contact = {"phone": "021-5269 8888", "email": f"info{number}@example.com", "tax_id": None, "erp_number": None}
    return {"id": f"OW{number:05d}", **known, **contact, "modified": "2026-11-20T10:30:00", **fields}


class PdmServer:
    """A PDM and its SQLite file as the tests see them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.database = folder / "pdm.sqlite"
        self.url = pdm.url(self.port)
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD, encoding="utf-8")
        pdm.prepare(self.database)

    def command(self) -> tuple[list[str], dict[str, str]]:
        return pdm.argv(self.database, self.port, USER, self.password_file), {}

    def start(self) -> None:
        command, variables = self.command()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pdm.wait(self.port)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)

    def load(self, stream: str, *documents: dict[str, Any]) -> None:
        pdm.load(self.database, stream, documents)

    def change(self, stream: str, key: str, **fields: Any) -> None:
        pdm.change(self.database, stream, key, **fields)

    def empty(self) -> None:
        with pdm.opened(self.database) as connection:
            connection.execute("DELETE FROM record")

    def connect(self, **options: Any) -> SoapPdm:
        known = {"url": self.url, "username": USER, "password": PASSWORD, "time_zone": "Asia/Shanghai"}
        return SoapPdm("pdm", SoapPdm.Config(**{**known, "timeout_seconds": 20, **options}))

    def read(self, stream: str, cursor: Any = None, **options: Any) -> list[dict[str, Any]]:
        with closing(self.connect(**options)) as connector:
            return [row for batch in connector.read(stream, cursor) for row in batch.table.to_pylist()]


class NodePdmServer(PdmServer):
    """The same file behind node-soap, which gets it as JSON."""

    def __init__(self, folder: Path, modules: Path, wsdl: str) -> None:
        super().__init__(folder)
        self._modules = modules
        (folder / "pdm.wsdl").write_text(wsdl, encoding="utf-8")
        self._dump()

    def command(self) -> tuple[list[str], dict[str, str]]:
        variables = {
            "NODE_PATH": str(self._modules),
            "PORT": str(self.port),
            "WSDL": str(self.folder / "pdm.wsdl"),
            "ROWS": str(self.folder / "rows.json"),
            "PDM_USER": USER,
            "PDM_PASSWORD": PASSWORD,
        }
        return ["node", str(NODE_SERVER)], variables

    def load(self, stream: str, *documents: dict[str, Any]) -> None:
        super().load(stream, *documents)
        self._dump()

    def change(self, stream: str, key: str, **fields: Any) -> None:
        super().change(stream, key, **fields)
        self._dump()

    def empty(self) -> None:
        super().empty()
        self._dump()

    def _dump(self) -> None:
        streams = {
            stream: [{"change": number, **document} for number, document in pdm.rows(self.database, stream, 0, 10**6)]
            for stream in pdm.KEYS
        }
        draft = self.folder / "rows.draft"
        draft.write_text(json.dumps(streams), encoding="utf-8")
        draft.replace(self.folder / "rows.json")


def node_modules() -> Path:
    """Install node-soap into the cache, once; skip if that cannot be done."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install nodejs npm)")
    home = Path(os.environ.get("HUB_CACHE") or PROJECT / "var" / "cache") / "node-soap"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "installed").exists():
            (home / "package.json").write_text('{"private": true}')
            command = [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--fetch-retries=1",
                NODE_SOAP,
            ]
            try:
                made = subprocess.run(command, cwd=home, check=False, capture_output=True, timeout=180)
            except subprocess.TimeoutExpired:
                pytest.skip("node-soap cannot be installed: npm did not end within three minutes")
            if made.returncode:
                pytest.skip("node-soap cannot be installed: does npm reach a package registry?")
            (home / "installed").touch()
    return home / "node_modules"


@pytest.fixture(scope="session")
def demo_pdm_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdmServer]:
    server = PdmServer(tmp_path_factory.mktemp("pdm"))
    server.start()
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="session")
def pdm_wsdl(demo_pdm_process: PdmServer) -> str:
    return httpx.get(f"{demo_pdm_process.url}?wsdl").text


@pytest.fixture(scope="session")
def node_pdm_process(tmp_path_factory: pytest.TempPathFactory, pdm_wsdl: str) -> Iterator[PdmServer]:
    server = NodePdmServer(tmp_path_factory.mktemp("node_pdm"), node_modules(), pdm_wsdl)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def pdm_server(demo_pdm_process: PdmServer) -> PdmServer:
    """The demo's PDM, empty."""
    demo_pdm_process.empty()
    return demo_pdm_process


@pytest.fixture(params=["demo_pdm_process", "node_pdm_process"], ids=["spyne", "node-soap"])
def any_pdm(request: pytest.FixtureRequest) -> PdmServer:
    """Each of the two, empty."""
    server: PdmServer = request.getfixturevalue(request.param)
    server.empty()
    return server


class CannedServer:
    """Serves a WSDL, and to every request the answer a test has laid out."""

    def __init__(self, wsdl: str, tls: ssl.SSLContext | None = None) -> None:
        self.wsdl, self.wsdl_status, self.wsdl_reads = wsdl.encode(), 200, 0
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda _: None
        self.requests: list[bytes] = []
        canned = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canned.wsdl_reads += 1
                canned.write(self, canned.wsdl, canned.wsdl_status)

            def do_POST(self) -> None:
                canned.requests.append(self.rfile.read(int(self.headers["Content-Length"])))
                canned.answer(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}/pdm"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @staticmethod
    def write(
        handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, kind: str = "text/xml", **headers: str
    ) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def answers(self, body: str | bytes, status: int = 200, kind: str = "text/xml", **headers: str) -> None:
        """Give every request this answer from now on."""
        content = body.encode() if isinstance(body, str) else body
        self.answer = lambda handler: self.write(handler, content, status, kind, **headers)

    def connect(self, **options: Any) -> SoapPdm:
        known = {"url": self.url, "username": USER, "password": PASSWORD, "time_zone": "Asia/Shanghai"}
        return SoapPdm("pdm", SoapPdm.Config(**{**known, "timeout_seconds": 5, **options}))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def canned(pdm_wsdl: str) -> Iterator[CannedServer]:
    server = CannedServer(pdm_wsdl)
    yield server
    server.close()
