"""Extracts on disk, and the command as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.extracts import DEALERS, ERP, SHIP_TO, write_extracts
from hub.demo.landscape.sources import Record

ROWS = 2000
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def extracts(tmp_path_factory) -> tuple[Path, dict[str, list[Record]]]:
    folder = tmp_path_factory.mktemp("extracts")
    return folder, write_extracts(folder, ROWS)


@pytest.fixture(scope="session")
def run() -> Run:
    """Run ``hub survey`` in a process of its own, with no installation anywhere near."""

    def call(*args: object, columns: int = 160) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", "survey", *map(str, args)]
        root = Path(__file__).parents[2]
        environment = {"PATH": "/usr/bin:/bin", "HUB_HOME": "/nonexistent", "COLUMNS": str(columns), "LANG": "C.UTF-8"}
        return subprocess.run(
            command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
        )

    return call


@pytest.fixture(scope="session")
def report(extracts, run) -> dict[str, Any]:
    """Give the JSON report over the three generated extracts."""
    folder, _ = extracts
    answer = run(folder / ERP, folder / SHIP_TO, folder / DEALERS, "--json", "--html", folder / "survey.html")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)
