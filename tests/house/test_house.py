"""The house is in order: fixed rooms that say what they may import, short modules, nothing of anybody's machine."""

import ast
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROOMS = {"bench", "connectors", "customer_master", "dags", "deploy", "docs", "dq_rules", "hub", "mappings", "tests"}
PAPERS = {"CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.lock"}
MADE = {"var", "build", "dist"}
"""What running the project makes beside it; no part of it."""

PACKAGES = ("bench", "connectors", "customer_master", "dags", "dq_rules", "hub", "mappings")
LONGEST_MODULE = 400
LISTS = {"hub/store/migrations/versions"}
"""Folders of modules that are one long list and read well so."""

FOREIGN = re.compile(
    r"(?<![\w./$}-])/(?:work|root|home|mnt|Users)/\w"  # a path of somebody's machine
    r"|py(?:thon)?(?:pi|hosted)\.(?:org|python)|artifact[o]ry"  # a package registry
)


def project_files() -> list[Path]:
    """List the files that belong to the project: what git knows or would add."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is no git checkout, so its own files cannot be told from others")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_the_top_level_holds_the_agreed_entries_and_nothing_else():
    visible = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert visible - MADE - {"__pycache__"} == ROOMS | PAPERS


def test_every_package_says_what_it_is_for_and_what_it_may_import():
    silent = []
    for folder in sorted({path.parent for path in modules()}):
        if "migrations" in folder.parts:
            continue  # alembic runs them as scripts
        init = folder / "__init__.py"
        words = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) if init.exists() else None
        if not words or "May import" not in words:
            silent.append(str(init.relative_to(ROOT)))
    assert silent == []


def test_no_module_is_too_long_to_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if str(path.parent.relative_to(ROOT)) not in LISTS
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_no_file_names_a_machine_or_a_package_registry():
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := FOREIGN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


def test_text_files_are_utf_8_in_nfc_with_unix_line_ends():
    wrong = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(f"{path.relative_to(ROOT)}: not UTF-8")
            continue
        if "\r" in text:
            wrong.append(f"{path.relative_to(ROOT)}: carriage return")
        if path.suffix == ".md" and not unicodedata.is_normalized("NFC", text):
            wrong.append(f"{path.relative_to(ROOT)}: not NFC")
    assert wrong == []
