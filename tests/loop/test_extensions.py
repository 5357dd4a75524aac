"""Another version of an installed function is another version of the mappings that call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import SHIP_TOS, Installation

MODULE = '''\
def grade(value: str, strict: bool = False) -> str:
    """Grade a customer."""
    return f"{grade_of} {value}"

grade_of = "VERSION"
'''
DECLARED = "ext_grade(value: text, [strict: bool]) -> text, acme-functions"


def install(folder: Path, version: str) -> None:
    """Put one version of a package acme-functions onto the search path; the one that is there goes."""
    for old in folder.glob("*.dist-info/*"):
        old.unlink()
    info = folder / f"acme_functions-{version}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-functions\nVersion: {version}\n", "utf-8")
    (info / "entry_points.txt").write_text("[customer_hub.functions]\ngrade = acme_grades:grade\n", "utf-8")
    (folder / "acme_grades.py").write_text(MODULE.replace("VERSION", version), "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the search path of the commands, with version 1.2."""
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder, "1.2")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return folder


def told(hub: Installation, *arguments: str) -> Any:
    done = hub.cli(*arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def contacts(hub: Installation) -> dict[str, str]:
    return {name: payload["contacts"][0] for name, payload in hub.live().items()}


def test_another_version_is_applied_and_maps_everything_again(hub: Installation, site: Path) -> None:
    hub.edit(SHIP_TOS, 'contact(row["客户名称"] if swapped else row["联系人"])', 'contact(ext_grade(row["客户编码"]))')
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8").partition("tests:\n")[0]
    hub.write(SHIP_TOS, body)
    assert "scm.ship_tos" in hub.cli("apply").out
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    assert hub.cli("sync").code == 0
    assert contacts(hub) == {"ship_to/S001": "1.2 S001", "ship_to/S003": "1.2 S003"}
    assert "scm.ship_tos" not in hub.cli("apply").out, "nothing is new"

    install(site, "1.3")
    refused = hub.cli("sync")
    assert refused.code == 1
    assert f"Mapping scm.ship_tos has another function now: applied is {DECLARED} 1.2" in refused.err
    (document,) = [d for d in told(hub, "plan")["documents"] if d["state"] == "changed"]
    assert document["diff"][-2:] == [f"-# function: {DECLARED} 1.2", f"+# function: {DECLARED} 1.3"]
    assert f"and installed is {DECLARED} 1.3" in hub.cli("mapping", "diff", "scm.ship_tos").out
    assert "scm.ship_tos" in hub.cli("apply").out
    assert hub.cli("sync").code == 0
    assert contacts(hub) == {"ship_to/S001": "1.3 S001", "ship_to/S003": "1.3 S003"}

    (trace,) = told(hub, "trace", "scm/ship_to/S001")
    assert [version["opaque"] for version in trace["versions"]] == [[f"{DECLARED} 1.3"], [f"{DECLARED} 1.2"]]
    explained = hub.cli("master", "explain", "scm/ship_to/S001").out
    assert f"which calls {DECLARED} 1.3 (opaque)" in " ".join(explained.split())
    (step,) = told(hub, "mapping", "explain", "scm.ship_tos", "--value", "contacts.0")["steps"]
    assert "ext_grade[opaque: acme-functions 1.3](" in step["expression"]
    assert hub.cli("master", "rebuild", "--verify").code == 0


def test_a_rebuild_tells_which_function_of_then_is_gone(hub: Installation, site: Path) -> None:
    """Records keep the mapping that made them while a newer one says the same, also one that calls no function."""
    (site / "acme_grades.py").write_text("def grade(value: str) -> str:\n    return value\n", "utf-8")
    own = 'row["客户名称"] if swapped else row["联系人"]'
    hub.edit(SHIP_TOS, f"contact({own})", f"contact(ext_grade({own}))")
    assert hub.cli("apply").code == 0
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    assert hub.cli("sync").code == 0
    hub.edit(SHIP_TOS, f"contact(ext_grade({own}))", f"contact({own})")
    assert hub.cli("apply").code == 0
    for file in site.glob("*.dist-info/*"):
        file.unlink()
    assert hub.cli("sync").code == 0
    refused = hub.cli("master", "rebuild", "--verify")
    assert refused.code == 1
    assert 'an earlier mapping scm.ship_tos, which cannot be run any more: unknown function "ext_grade"' in refused.err
    install(site, "1.2")
    (site / "acme_grades.py").write_text("def grade(value: str) -> str:\n    return value\n", "utf-8")
    assert hub.cli("master", "rebuild", "--verify").code == 0
