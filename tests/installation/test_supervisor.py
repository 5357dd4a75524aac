"""The supervisor with real processes: whatever ends it, nothing is left behind and nothing runs twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import hub
from hub.errors import BusyError, HubError
from hub.supervisor import processes
from hub.supervisor.program import Program
from hub.supervisor.supervisor import Supervisor

CHECKOUT = Path(hub.__file__).parent.parent

# Listens on a port and has a child of its own, as web servers with workers have.
SERVER = """
import signal, socket, subprocess, sys
port, temper = int(sys.argv[1]), sys.argv[2]
if temper == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if temper == "broken":
    sys.exit(3)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
listener = socket.create_server(("127.0.0.1", port))
while True:
    listener.accept()[0].close()
"""


def program(port: int, temper: str = "polite", variant: str = "", stop_seconds: float = 10.0) -> Program:
    def ready() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return Program(
        name="server",
        command=(sys.executable, "-c", SERVER, str(port), temper),
        ready=ready,
        environment={"VARIANT": variant},
        port=port,
        stop_seconds=stop_seconds,
    )


def supervise(folder: str, port: str, variant: str) -> None:
    """What a supervisor in a process of its own does: start, say the number, wait to be ended."""
    with Supervisor(Path(folder), Path(folder, "logs")) as supervisor:
        supervisor.start(program(int(port), variant=variant))
        print(supervisor.pid("server"), flush=True)  # noqa: T201 - the test reads it
        supervisor.watch(threading.Event())


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def driver(tmp_path: Path, port: int) -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Starts supervisors in processes of their own; returns process and number of its server."""
    started: list[subprocess.Popen[str]] = []

    def start(variant: str = "") -> tuple[subprocess.Popen[str], int]:
        code = f"import runpy; runpy.run_path({__file__!r})['supervise']({str(tmp_path)!r}, '{port}', {variant!r})"
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        return process, int(process.stdout.readline() or "0")

    yield start
    for process in started:
        process.kill()
        process.communicate()
    processes.end(processes.marked(f"{tmp_path}/"), signal.SIGKILL, 5)


def left(tmp_path: Path) -> list[psutil.Process]:
    return processes.marked(f"{tmp_path}/")


def await_death(pid: int) -> None:
    """Wait until a child of ours is dead, without taking note of it in the supervisor's place."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_supervisor_ends_everything(
    driver: Callable[..., tuple[subprocess.Popen[str], int]], tmp_path: Path, number: signal.Signals
) -> None:
    supervisor, _ = driver()
    assert len(left(tmp_path)) == 2, "the server and its worker"
    supervisor.send_signal(number)
    supervisor.communicate(timeout=30)
    assert left(tmp_path) == []
    assert list(tmp_path.glob("*.pid")) == []


def test_a_killed_supervisors_program_is_adopted(
    driver: Callable[..., tuple[subprocess.Popen[str], int]], tmp_path: Path
) -> None:
    supervisor, pid = driver()
    supervisor.kill()
    supervisor.communicate()
    assert len(left(tmp_path)) == 2
    supervisor, again = driver()
    assert again == pid
    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate(timeout=30)
    assert left(tmp_path) == []


def test_an_orphan_that_is_wanted_differently_is_replaced(
    driver: Callable[..., tuple[subprocess.Popen[str], int]], tmp_path: Path
) -> None:
    supervisor, pid = driver()
    supervisor.kill()
    supervisor.communicate()
    _, other = driver(variant="new")
    assert other not in {0, pid}
    assert len(left(tmp_path)) == 2


def test_an_orphan_without_pid_file_is_replaced(
    driver: Callable[..., tuple[subprocess.Popen[str], int]], tmp_path: Path
) -> None:
    """The supervisor was killed between starting the program and writing its file."""
    supervisor, pid = driver()
    supervisor.kill()
    supervisor.communicate()
    (tmp_path / "server.pid").unlink()
    _, other = driver()
    assert other not in {0, pid}
    assert len(left(tmp_path)) == 2


def test_a_pid_file_naming_somebody_else_harms_nobody(tmp_path: Path, port: int) -> None:
    (tmp_path / "server.pid").write_text(f'{{"pid": {os.getpid()}, "started": 1.0, "recipe": ""}}')
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program(port))
        assert supervisor.pid("server") not in {None, os.getpid()}
    assert left(tmp_path) == []


def test_there_is_one_supervisor_of_a_folder(tmp_path: Path) -> None:
    with Supervisor(tmp_path, tmp_path), pytest.raises(BusyError, match=f"in use by process {os.getpid()}"):
        Supervisor(tmp_path, tmp_path).__enter__()
    with Supervisor(tmp_path, tmp_path):
        pass


def test_a_busy_port_is_named_with_its_owner(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Supervisor(tmp_path, tmp_path) as supervisor:
        taken = listener.getsockname()[1]
        with pytest.raises(BusyError, match=rf"Port {taken}, which server needs, is in use by process {os.getpid()} "):
            supervisor.start(program(taken))
    assert left(tmp_path) == []


def test_an_exception_ends_everything(tmp_path: Path, port: int) -> None:
    def work() -> None:
        with Supervisor(tmp_path, tmp_path) as supervisor:
            supervisor.start(program(port))
            raise LookupError

    with pytest.raises(LookupError):
        work()
    assert left(tmp_path) == []


def test_a_program_that_ignores_the_signal_is_killed(tmp_path: Path, port: int) -> None:
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program(port, "stubborn", stop_seconds=0.2))
    assert left(tmp_path) == []


def test_a_dead_program_is_started_again_and_its_worker_replaced(tmp_path: Path, port: int) -> None:
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program(port))
        first = supervisor.pid("server")
        assert first is not None
        assert supervisor.tend() == []
        os.kill(first, signal.SIGKILL)
        await_death(first)
        assert supervisor.tend() == ["server"]
        supervisor.start(program(port))  # adopts it, and waits until it is ready
        assert supervisor.pid("server") not in {None, first}
        assert len(left(tmp_path)) == 2


def test_watching_in_a_thread_starts_again(tmp_path: Path, port: int) -> None:
    enough = threading.Event()
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(program(port))
        first = supervisor.pid("server")
        watcher = threading.Thread(target=supervisor.watch, args=(enough, 0.05), daemon=True)
        watcher.start()
        assert first is not None
        listener_died = psutil.Process(first)
        listener_died.kill()
        psutil.wait_procs([listener_died], timeout=10)
        supervisor.start(program(port))
        assert supervisor.pid("server") not in {None, first}
        enough.set()
        watcher.join()
    assert left(tmp_path) == []


def test_a_program_that_ends_at_once_names_its_log(tmp_path: Path, port: int) -> None:
    with Supervisor(tmp_path, tmp_path / "logs") as supervisor:
        with pytest.raises(HubError, match="server has ended by itself") as caught:
            supervisor.start(program(port, "broken"))
        assert str(tmp_path / "logs" / "server.log") in caught.value.remedy
        with pytest.raises(HubError, match="again and again"):
            tend_for_ever("server", supervisor)


def tend_for_ever(name: str, supervisor: Supervisor) -> None:
    while True:
        pid = supervisor.pid(name)
        if pid is not None:
            await_death(pid)
        supervisor.tend()


def test_a_restart_gives_a_new_process_and_leaves_none_of_the_old(tmp_path: Path, port: int) -> None:
    with Supervisor(tmp_path, tmp_path / "logs") as supervisor:
        supervisor.start(program(port))
        old = {process.pid for process in left(tmp_path)}
        supervisor.restart("server")
        supervisor.start(program(port))
        assert supervisor.pid("server") not in old
        assert not old & {process.pid for process in left(tmp_path)}


def test_one_hopeless_program_does_not_keep_the_others_down(tmp_path: Path, port: int) -> None:
    hopeless = Program(name="hopeless", command=(sys.executable, "-c", "raise SystemExit(3)"), ready=lambda: True)
    with Supervisor(tmp_path, tmp_path / "logs") as supervisor:
        supervisor.start(hopeless, program(port))
        with pytest.raises(HubError, match=r"^hopeless ends again and again\. Its log says why: "):
            tend_for_ever("hopeless", supervisor)
        victim = supervisor.pid("server")
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
        await_death(victim)
        with suppress(HubError):
            supervisor.tend()
        assert supervisor.pid("server") not in {None, victim}


def test_a_missing_program_is_told_in_one_sentence(tmp_path: Path) -> None:
    missing = Program(name="server", command=("/no/such/program",), ready=lambda: True)
    with (
        Supervisor(tmp_path, tmp_path) as supervisor,
        pytest.raises(HubError, match=r"server cannot be started: .*/no/such/program"),
    ):
        supervisor.start(missing)
