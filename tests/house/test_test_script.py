"""The script behind ``make test`` says what it ran and what it left out, and fails if any of its parts does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sftp import ROOT

TOOLS = ("bash", "cat", "env", "id", "mktemp", "rm")
STUB = """#!/bin/bash
echo "given: $*"
case "$*" in
    *" tests --ignore="*) echo "1 of the others"; exit ${OTHERS:-0} ;;
    *tests/store*) echo "1 of the master"; exit ${MASTER:-0} ;;
    *) echo "1 of the schedule"; exit ${SCHEDULE:-0} ;;
esac
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """All the programs there are: no apt-get, no browser, no npm, but an OpenSSH server."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, content in {"python": STUB, "sshd": "#!/bin/bash\n"}.items():
        (folder / name).write_text(content, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def run(programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [programs / "bash", ROOT / "deploy/test.sh", programs / "python"],
        env={"PATH": str(programs), "TMPDIR": os.fspath(programs.parent), **variables},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_it_says_what_it_left_out_and_why(programs: Path) -> None:
    done = run(programs)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert "Went deeper: tests against OpenSSH's server" in said
    reason = "this machine has no apt-get to install it with"
    assert f"Left out: tests of the screens in a real browser: {reason} (Debian: apt-get" in done.stdout
    assert f"Left out: tests against node-soap: {reason} (Debian: apt-get install nodejs npm)" in said
    assert "Left out: tests marked slow: they take minutes; make test DEEP=1 runs them" in said
    assert done.stdout.count("-m not slow") == 3
    assert list(programs.parent.iterdir()) == [programs], "no temporary file stays"


def test_deep_leaves_no_test_out(programs: Path) -> None:
    done = run(programs, DEEP="1")
    assert "not slow" not in done.stdout
    assert "tests marked slow" not in done.stdout


@pytest.mark.parametrize("part", ["OTHERS", "MASTER", "SCHEDULE"])
def test_every_part_can_fail_it_and_all_are_heard(programs: Path, part: str) -> None:
    done = run(programs, **{part: "3"})
    assert done.returncode == 3
    assert {"1 of the others", "1 of the master", "1 of the schedule"} <= set(done.stdout.splitlines())


def test_every_folder_of_tests_is_in_one_part(programs: Path) -> None:
    given = [line.split() for line in run(programs).stdout.splitlines() if line.startswith("given: ")]
    *beside, others = sorted(given, key=lambda words: "tests" in words)
    folders = [path for words in beside for path in words if path.startswith("tests/")]
    assert len(folders) == len(set(folders))
    assert {f"--ignore={path}" for path in folders} == {w for w in others if w.startswith("--ignore=tests/")}
