"""The DAGs as Airflow reads them: one for every good connection document, cheap to parse, always the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.sftp import ROOT

CONNECTIONS = "deploy/connections"


def demo_project(folder: Path) -> Path:
    """A project folder with the demo's connections."""
    shutil.copytree(ROOT / CONNECTIONS, folder / CONNECTIONS)
    return folder


def read_by_airflow(project: Path) -> dict[str, Any]:
    """What Airflow makes of the DAGs of the project."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HUB_PROJECT": str(project),
        "HUB_HOME": str(project.with_name("home")),
        "AIRFLOW_HOME": str(project.with_name("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, str(ROOT / "tests/airflow/inspection.py"), str(ROOT / "dags")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("JSON ")]
    found: dict[str, Any] = json.loads(line.removeprefix("JSON "))
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the test's own."""
    return demo_project(tmp_path / "project")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nobody changes."""
    return demo_project(tmp_path_factory.mktemp("untouched") / "project")


@pytest.fixture(scope="module")
def found(untouched: Path) -> dict[str, Any]:
    """What Airflow makes of the untouched project."""
    return read_by_airflow(untouched)


def systems(project: Path) -> set[str]:
    return {path.stem for path in (project / CONNECTIONS).glob("*.yaml")}


def tasks(dag: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["__var"]["task_id"]: task["__var"] for task in dag["dag"]["tasks"]}


def test_every_source_has_its_dag_and_the_master_its_three(found: dict[str, Any], untouched: Path) -> None:
    assert found["errors"] == {}
    assert set(found["dags"]) == {f"source__{s}" for s in systems(untouched)} | {"resolve", "publish", "quality"}
    scm = tasks(found["dags"]["source__scm"])
    assert {name: task["pool"] for name, task in scm.items()} == {
        "pull": "source__scm",
        "record": "customer_master",
        "account": "source__scm",
    }
    for name in ("resolve", "publish", "quality"):
        assert {task["pool"] for task in tasks(found["dags"][name]).values()} == {"customer_master"}


def test_two_readings_give_the_same_dags(found: dict[str, Any], untouched: Path) -> None:
    assert found["same_again"]
    assert found["dags"] == read_by_airflow(untouched)["dags"], (
        "nor does another process, with other hash seeds, see them change"
    )


def test_parsing_is_cheap(found: dict[str, Any]) -> None:
    assert found["heavy"] == []
    assert found["parse_cpu_seconds"] < 5


def test_what_passes_by_itself_is_tried_again_and_the_rest_fails_at_once(found: dict[str, Any]) -> None:
    assert found["decisions"] == {
        "unreachable system": ["retry", 30.0],
        "refused password": ["fail", None],
        "busy master": ["retry", 30.0],
        "missing document": ["fail", None],
        "Airflow does not answer": ["retry", 15.0],
        "defect": ["fail", None],
    }


def test_a_bad_document_shows_as_an_import_error_and_hides_no_other_dag(project: Path) -> None:
    (project / CONNECTIONS / "crm.yaml").write_text("connection: crm\nconnector: [\n", encoding="utf-8")
    bad = (project / CONNECTIONS / "scm.yaml").read_text(encoding="utf-8") + "schedule: every full moon\n"
    (project / CONNECTIONS / "scm.yaml").write_text(bad, encoding="utf-8")
    found = read_by_airflow(project)
    assert set(found["dags"]) == {f"source__{s}" for s in systems(project) - {"crm", "scm"}} | {
        "resolve", "publish", "quality",
    }  # fmt: skip
    assert list(found["errors"]) == ["documents.py"]
    for sentence in ("deploy/connections/crm.yaml:", "deploy/connections/scm.yaml: schedule: ", "'every full moon'"):
        assert sentence in found["errors"]["documents.py"]


@pytest.mark.parametrize(
    ("schedule", "kind", "value"),
    [("7 */2 * * 1-5", "CronTriggerTimetable", "7 */2 * * 1-5"), ("30m", "DeltaTriggerTimetable", 1800.0)],
)
def test_the_schedule_is_the_documents(project: Path, schedule: str, kind: str, value: str | float) -> None:
    path = project / CONNECTIONS / "scm.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f'schedule: "{schedule}"\n', encoding="utf-8")
    timetable = read_by_airflow(project)["dags"]["source__scm"]["dag"]["timetable"]
    assert timetable["__type"].endswith(kind)
    assert value in timetable["__var"].values()
