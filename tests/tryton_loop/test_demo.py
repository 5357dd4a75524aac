"""The demo as a newcomer starts it: ends by itself or at Ctrl-C, leaves no process behind, survives being killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from tests.support.tryton import TrytonServer

pytestmark = [pytest.mark.tryton, pytest.mark.slow]

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cache(new_tryton: Callable[[], TrytonServer]) -> Path:
    """The folder in which Tryton is installed; skips with the reason where it cannot be."""
    return new_tryton().cache


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that the tests of this module share; whatever of it is left in the end is ended."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    for process in processes_of(folder):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "hub", "demo", "--customers", "120", *options]


def environment(home: Path, cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_HOME": str(home), "HUB_CACHE": str(cache), "COLUMNS": "100"}


def run_once(home: Path, cache: Path) -> tuple[int, str, dict[str, Any]]:
    """Run the demo to its end; give exit code, what it printed, and the account it names."""
    ended = subprocess.run(
        command("--once"), cwd=REPOSITORY, env=environment(home, cache), check=False, capture_output=True, text=True,
        timeout=240,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    named = re.search(r"^Account: (.+)$", ended.stdout, re.MULTILINE)
    assert named, ended.stdout + ended.stderr
    return ended.returncode, ended.stdout, json.loads(Path(named[1]).read_text())


@contextmanager
def standing(home: Path, cache: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the demo and wait until everything is up."""
    process = subprocess.Popen(
        command(), cwd=REPOSITORY, env=environment(home, cache), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        _wait_for(process.stdout, "Ctrl-C ends everything")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_for(output: IO[str], words: str) -> None:
    said = []
    for line in output:
        said.append(line)
        if words in line:
            return
    pytest.fail(f"the demo ended early: {''.join(said)}")


def processes_of(home: Path) -> list[psutil.Process]:
    """Find every living process that has anything to do with a home: by command line, environment or open files."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            about = [*process.cmdline(), *process.environ().values(), process.cwd()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(home) in text for text in about):
                found.append(process)
    return [process for process in found if process.pid != os.getpid()]


@pytest.fixture(scope="module")
def first(home: Path, cache: Path) -> tuple[int, str, dict[str, Any]]:
    """The demo's first run in this home."""
    return run_once(home, cache)


def test_once_it_ends_by_itself_and_names_its_account(home: Path, first: tuple[int, str, dict[str, Any]]) -> None:
    code, said, account = first
    assert code == 0, said
    assert account.keys() >= {"sources", "targets", "precision", "recall", "x_merges", "seconds"}
    assert (account["state"], account["x_merges"]) == ("green", 0)
    assert "Second sync changed nothing and wrote nothing" in said
    assert processes_of(home) == []


def test_a_second_time_it_finds_nothing_to_do(home: Path, cache: Path, first: tuple[int, str, dict[str, Any]]) -> None:
    code, said, account = run_once(home, cache)
    assert code == 0, said
    assert account["targets"] == {}
    assert account["customers"] == first[2]["customers"]
    assert {stream["landed"] for system in account["sources"].values() for stream in system.values()} == {0}
    assert processes_of(home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_process_behind(home: Path, cache: Path, number: signal.Signals) -> None:
    with standing(home, cache) as demo:
        assert len(processes_of(home)) >= 4, "the demo, PostgreSQL, the ERP and the SFTP server"
        demo.send_signal(number)
        said, _ = demo.communicate(timeout=60)
        assert demo.returncode == 128 + number
        assert "Traceback" not in said
    assert processes_of(home) == []


def test_after_kill_9_the_next_one_takes_over_what_still_runs(home: Path, cache: Path) -> None:
    with standing(home, cache) as demo:
        demo.kill()
        demo.wait()
    orphans = {process.pid for process in processes_of(home)}
    assert len(orphans) >= 3
    with standing(home, cache) as demo:
        assert orphans <= {process.pid for process in processes_of(home)}, "they were adopted, not started anew"
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    assert processes_of(home) == []
