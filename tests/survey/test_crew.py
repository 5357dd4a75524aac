"""The worker processes of a survey."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil

from bench.extracts import ERP, SHIP_TO
from hub.survey import survey


def test_several_processes_find_what_one_finds(extracts, monkeypatch):
    folder, _ = extracts
    paths = [folder / name for name in (ERP, SHIP_TO)]
    alone = survey(paths)
    monkeypatch.setattr("hub.survey.run._BYTES_ALONE", 0)
    assert replace(survey(paths), seconds=alone.seconds) == alone


def test_no_process_outlives_a_killed_survey(extracts, tmp_path):
    folder, _ = extracts
    copies = [shutil.copy(folder / SHIP_TO, tmp_path / f"{n}.csv") for n in range(6)]  # large enough for workers
    command = [sys.executable, "-m", "hub", "survey", *map(str, copies)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL)
    parent = psutil.Process(process.pid)
    deadline = time.monotonic() + 120
    while len(workers := _workers(parent)) < 2 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert workers, "the extracts are large enough for workers"
    process.kill()
    process.wait(30)
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    return [child for child in parent.children() if any("spawn_main" in part for part in child.cmdline())]
