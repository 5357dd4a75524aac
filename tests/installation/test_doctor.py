"""The doctor finds what is wrong, one by one, and says how to mend it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.errors import AuthenticationError
from hub.doctor import Finding, diagnose
from hub.references import store_secret
from hub.settings import Settings, load

pytestmark = pytest.mark.postgres


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_a_sound_installation_has_only_good_findings(settings: Settings) -> None:
    findings = diagnose(settings, {"erp": lambda: None})
    assert [finding for finding in findings if not finding.ok] == []
    assert by_name(findings)["database"].detail.startswith("PostgreSQL 18")
    assert by_name(findings)["connection erp"].detail == "answers"


def test_looking_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = by_name(diagnose(load({"HUB_HOME": str(home)})))
    assert not home.exists()
    assert found["database"].ok
    assert "not running" in found["database"].detail


def test_each_defect_has_its_finding_and_remedy(settings: Settings, tmp_path: Path) -> None:
    store_secret(settings, "erp", "s3cret").chmod(0o644)
    empty = tmp_path / "empty"
    empty.mkdir()

    def refused() -> None:
        raise AuthenticationError("The password is refused", system="erp", remedy="Renew file:erp")

    nowhere = "postgresql+psycopg://hub:s3cret@/hub?host=/nowhere"
    findings = diagnose(replace(settings, project=empty, database_url=nowhere), {"erp": refused})
    bad = {finding.what: finding for finding in findings if not finding.ok}
    assert set(bad) == {"secrets", "project folder", "database", "connection erp"}
    assert all(finding.remedy for finding in bad.values())
    assert "erp" in bad["secrets"].detail
    assert bad["connection erp"].remedy == "Renew file:erp"
    assert "s3cret" not in repr(findings)


def test_a_clock_set_back_is_noticed(settings: Settings) -> None:
    settings.home.mkdir()
    hours_ahead = time.time() + 7200
    os.utime(settings.home, (hours_ahead, hours_ahead))
    assert "clock" in {finding.what for finding in diagnose(settings) if not finding.ok}


def test_a_package_of_another_version_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("psutil==0.0.1 \\\n    --hash=sha256:00\n")
    found = by_name(diagnose(replace(settings, project=tmp_path)))["packages"]
    assert not found.ok
    assert "locked is 0.0.1" in found.detail
