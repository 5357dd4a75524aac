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

import httpx
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


def run_once(home: Path, cache: Path) -> tuple[int, str]:
    """Run the demo to its end; give exit code and what it printed."""
    ended = subprocess.run(
        command("--once"), cwd=REPOSITORY, env=environment(home, cache), check=False, capture_output=True, text=True,
        timeout=560,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def account_in(said: str) -> dict[str, Any]:
    """Read the account that the demo names."""
    named = re.search(r"^Account: (.+)$", said, re.MULTILINE)
    assert named, said
    account: dict[str, Any] = json.loads(Path(named[1]).read_text())
    return account


@contextmanager
def standing(home: Path, cache: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the demo and wait until everything is up; give it and what it has said."""
    process = subprocess.Popen(
        command(), cwd=REPOSITORY, env=environment(home, cache), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, _read_until(process.stdout, "Ctrl-C ends everything")
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _read_until(output: IO[str], words: str) -> str:
    said = ""
    for line in output:
        said += line
        if words in line:
            return said
    pytest.fail(f"the demo ended early: {said}")


def processes_of(home: Path) -> list[psutil.Process]:
    """Find every living process that has anything to do with a home: by command line, environment or open files."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            about = [*process.cmdline(), *process.environ().values(), process.cwd()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(home) in text for text in about):
                found.append(process)
    return [process for process in found if process.pid != os.getpid()]


def supervised(home: Path) -> dict[str, int]:
    """Process of every supervised program, by its pid file."""
    files = (home / "run").glob("*.pid")
    return {file.stem: json.loads(file.read_text())["pid"] for file in files if file.stem != "daemon"}


@pytest.fixture(scope="module")
def first(home: Path, cache: Path) -> tuple[int, str]:
    """The demo's first run in this home."""
    return run_once(home, cache)


def test_once_it_ends_by_itself_and_names_its_account(home: Path, first: tuple[int, str]) -> None:
    code, said = first
    assert code == 0, said
    account = account_in(said)
    assert account.keys() >= {"sources", "targets", "precision", "recall", "x_merges", "attribution", "seconds"}
    assert account["sources"].keys() == {"callcentre", "erp", "mail", "pdm", "scm"}
    assert (account["state"], account["x_merges"]) == ("green", 0)
    assert account["attribution"]["known"]["right"] > 50
    assert "Second round changed nothing and wrote nothing" in said
    assert processes_of(home) == []


def test_a_second_time_it_finds_nothing_to_do_and_ctrl_c_leaves_no_process_behind(
    home: Path, cache: Path, first: tuple[int, str]
) -> None:
    customers = account_in(first[1])["customers"]
    with standing(home, cache) as (demo, said):
        account = account_in(said)
        assert account["targets"] == {}
        assert account["customers"] == customers
        assert {stream["landed"] for system in account["sources"].values() for stream in system.values()} == {0}
        screens = re.search(r"screens +(http://\S+)", said)
        assert screens
        assert httpx.get(f"{screens[1]}/health", trust_env=False).json() == {"status": "ok"}
        assert supervised(home).keys() >= {"erp", "scm", "pdm", "mail", "callcentre", "airflow-scheduler", "web"}
        demo.send_signal(signal.SIGINT)
        last, _ = demo.communicate(timeout=90)
        assert demo.returncode == 128 + signal.SIGINT
        assert "Traceback" not in last
    assert processes_of(home) == []


def test_after_kill_9_one_in_the_background_takes_over_what_still_runs_until_hub_down(home: Path, cache: Path) -> None:
    with standing(home, cache) as (demo, _):
        demo.kill()
        demo.wait()
    orphans = supervised(home)
    assert {psutil.Process(pid).is_running() for pid in orphans.values()} == {True}
    background = subprocess.run(
        command("--background"), cwd=REPOSITORY, env=environment(home, cache), check=False, capture_output=True,
        text=True, timeout=400,
    )  # fmt: skip
    assert (background.returncode, "Everything is up." in background.stdout) == (0, True), background.stderr
    assert supervised(home) == orphans, "they were adopted, not started anew"
    down = subprocess.run(
        [sys.executable, "-m", "hub", "down"], cwd=REPOSITORY, env=environment(home, cache), check=False, timeout=200
    )
    assert down.returncode == 0
    assert processes_of(home) == []
