"""Fixtures: two SFTP servers of our own: the demo's (asyncssh) and Debian's OpenSSH."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connectors.sftp_files.connector import SftpFiles
from hub.demo.systems import sftp

ROOT = Path(__file__).parents[2]
PASSWORD = "right-pässword"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class SftpServer:
    """A running server and its folder as the tests see it."""

    root: Path
    port: int
    username: str
    host_key: str
    login: dict[str, str]
    wrong_login: dict[str, str]
    process: "subprocess.Popen[bytes]"
    command: list[str]
    owner: int | None = None
    secrets: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes, mtime: int | None = None) -> Path:
        """Put a whole file into a folder at once."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(content)
        if mtime is not None:
            os.utime(draft, (mtime, mtime))
        draft.replace(path)
        self.give_away()
        return path

    def give_away(self) -> None:
        if self.owner is not None:
            for path in [self.root, *self.root.rglob("*")]:
                os.chown(path, self.owner, -1)

    def options(self, **other: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": self.username,
            "host_key": self.host_key,
            "settle_seconds": 0.05,
            "timeout_seconds": 10,
            "streams": {"rows": {"folder": "in", "pattern": "*.csv", "format": "csv", "position": r"_(\d{8})"}},
            **self.login,
            **other,
        }

    def connect(self, **other: Any) -> SftpFiles:
        return SftpFiles("scm", SftpFiles.Config(**self.options(**other)))

    def files(self, folder: str) -> list[str]:
        path = self.root / folder
        return sorted(file.name for file in path.iterdir()) if path.exists() else []


def wait_for_banner(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.02)
    pytest.fail("the SFTP server did not start")


def start(command: list[str], port: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    wait_for_banner(port, process)
    return process


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) is not None


def run_asyncssh(folder: Path) -> Iterator[SftpServer]:
    password_file, host_key, port = folder / "password", folder / "host_key", free_port()
    password_file.write_text(PASSWORD, encoding="utf-8")
    command = sftp.argv(folder / "root", port, "hub", password_file, host_key)
    wrong = "wrong-pässword"
    process = start(command, port)
    server = SftpServer(
        root=folder / "root",
        port=port,
        username="hub",
        host_key=sftp.host_key_line(host_key),
        login={"password": PASSWORD},
        wrong_login={"password": wrong},
        process=process,
        command=command,
        secrets=[PASSWORD, wrong],
    )
    yield server
    stop(server.process)


def why_no_openssh() -> str:
    if shutil.which("sshd", path="/usr/sbin:/usr/bin") is None:
        return "OpenSSH is not installed (apt-get install openssh-server)"
    if os.geteuid() != 0:
        return "OpenSSH as a test server must be started by root"
    try:
        pwd.getpwnam("hubsftp")
    except KeyError:
        make = ["useradd", "--system", "--no-create-home", "--home-dir", "/", "--shell", "/usr/sbin/nologin"]
        made = subprocess.run([*make, "-p", "*", "hubsftp"], check=False, capture_output=True)
        return "" if made.returncode == 0 else "the user hubsftp for OpenSSH cannot be made"
    return ""


def run_openssh(_: Path) -> Iterator[SftpServer]:
    if reason := why_no_openssh():
        pytest.skip(reason)
    # the server's own user must get in, and pytest keeps its folders to itself
    with tempfile.TemporaryDirectory(prefix="hub-openssh-") as name:
        Path(name).chmod(0o755)
        yield from serve_openssh(Path(name))


def serve_openssh(folder: Path) -> Iterator[SftpServer]:
    for name in ("host_key", "user_key", "wrong_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port, root = free_port(), folder / "root"
    root.mkdir()
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/user_key.pub\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "UsePAM no\nStrictModes no\nAllowUsers hubsftp\nSubsystem sftp internal-sftp\n"
        f"ForceCommand internal-sftp -d {root}\nMaxStartups 100\nLogLevel QUIET\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    command = ["/usr/sbin/sshd", "-D", "-f", str(folder / "sshd_config"), "-E", str(folder / "sshd.log")]
    key, wrong_key = (folder / "user_key").read_text(), (folder / "wrong_key").read_text()
    server = SftpServer(
        root=root,
        port=port,
        username="hubsftp",
        host_key=(folder / "host_key.pub").read_text(),
        login={"private_key": key},
        wrong_login={"private_key": wrong_key},
        process=start(command, port),
        command=command,
        owner=pwd.getpwnam("hubsftp").pw_uid,
        secrets=[key.splitlines()[1], wrong_key.splitlines()[1]],
    )
    yield server
    stop(server.process)


RUNNERS: dict[str, Callable[[Path], Iterator[SftpServer]]] = {"asyncssh": run_asyncssh, "openssh": run_openssh}


@pytest.fixture(scope="session", params=["asyncssh", pytest.param("openssh", marks=pytest.mark.servers)])
def any_server_process(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SftpServer]:
    yield from RUNNERS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def demo_server_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    yield from run_asyncssh(tmp_path_factory.mktemp("demo"))


def emptied(server: SftpServer) -> SftpServer:
    for path in server.root.iterdir():
        shutil.rmtree(path)
    (server.root / "in").mkdir()
    server.give_away()
    return server


@pytest.fixture
def any_server(any_server_process: SftpServer) -> SftpServer:
    """Each of the two servers, its folders empty."""
    return emptied(any_server_process)


@pytest.fixture
def sftp_server(demo_server_process: SftpServer) -> SftpServer:
    """The demo's server, its folders empty."""
    return emptied(demo_server_process)


@pytest.fixture
def restart() -> Callable[[SftpServer], None]:
    def again(server: SftpServer) -> None:
        server.process = start(server.command, server.port)

    return again
