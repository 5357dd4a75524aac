"""A damaged backup is refused and named before anything is touched; a kill leaves all or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.backup import manifest
from hub.backup.clients import _reason
from hub.backup.restore import restore
from hub.backup.write import backup
from hub.errors import BusyError, HubError
from hub.master.context import By
from hub.master.erasure import erase
from hub.settings import Settings
from hub.store.landing import read
from tests.backup.contents import connect, files, kill_at, landed, tables
from tests.store.workshop import Workshop

pytestmark = pytest.mark.postgres


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A whole backup of the test's own."""
    return shutil.copytree(whole, tmp_path / "backup")


def assert_untouched(settings: Settings) -> None:
    assert tables(settings) == {}
    assert not settings.home.exists()


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewrite_manifest(folder: Path, **changes: Any) -> None:
    """Say something else in the manifest, with a right sum."""
    path = folder / "manifest.json"
    body = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    del body["sha256"]
    body["sha256"] = manifest._sum(body)
    path.write_text(json.dumps(body), encoding="utf-8")


@pytest.mark.parametrize("damage", [flip_a_byte, Path.unlink])
def test_damage_in_each_part_is_named_and_nothing_is_touched(
    folder: Path, empty: Settings, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    parts = sorted(files(folder))
    assert [name.split("/")[0] for name in parts] == ["database.dump", "landing", "landing", "manifest.json"]
    for number, name in enumerate(parts):
        copy = shutil.copytree(folder, tmp_path / f"copy_{number}")
        damage(copy / name)
        with pytest.raises(HubError, match=name):
            restore(empty, copy)
    assert_untouched(empty)


def test_a_backup_of_a_newer_program_or_server_is_refused(folder: Path, empty: Settings) -> None:
    rewrite_manifest(folder, migration="9999")
    with pytest.raises(HubError, match=r"migration 9999, .*Install the newer program"):
        restore(empty, folder)
    rewrite_manifest(folder, migration="0003", postgres=99)
    with pytest.raises(HubError, match=r"PostgreSQL 99.* Use PostgreSQL 99 or newer"):
        restore(empty, folder)
    rewrite_manifest(folder, format=2)
    with pytest.raises(HubError, match=r"Install the newer program"):
        restore(empty, folder)
    assert_untouched(empty)


def test_an_installation_that_is_not_empty_is_left_alone(folder: Path, source: Settings, empty: Settings) -> None:
    before = tables(source), landed(source)
    with pytest.raises(HubError, match="not empty"):
        restore(source, folder)
    assert (tables(source), landed(source)) == before
    foreign = empty.home / "landing/erp/party/其他.parquet"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"PAR1")
    with pytest.raises(HubError, match="1 files that are not in the backup"):
        restore(empty, folder)
    assert tables(empty) == {}
    assert list(landed(empty)) == ["erp/party/其他.parquet"]


def test_a_restore_that_fails_in_the_database_leaves_it_empty_and_can_be_repeated(
    folder: Path, source: Settings, empty: Settings
) -> None:
    """Half a dump with a right sum: what pg_restore meets when its feeder is killed."""
    whole = (folder / "database.dump").read_bytes()
    parts = json.loads((folder / "manifest.json").read_text())["parts"]
    half = whole[: len(whole) * 9 // 10]
    (folder / "database.dump").write_bytes(half)
    sum_ = {"sha256": hashlib.sha256(half).hexdigest(), "bytes": len(half)}
    rewrite_manifest(folder, parts={**parts, "database.dump": sum_})
    with pytest.raises(HubError, match=r"could not be restored: .*end of file"):
        restore(empty, folder)
    assert tables(empty) == {}
    (folder / "database.dump").write_bytes(whole)
    rewrite_manifest(folder, parts=parts)
    restore(empty, folder)
    assert tables(empty) == tables(source)


def test_an_error_of_the_restore_repeats_no_value() -> None:
    said = b'pg_restore: error: COPY failed for table "party": ERROR:  invalid value: "13800138000"\nCONTEXT: 1380'
    assert _reason(io.BytesIO(said)) == 'COPY failed for table "party"'


@pytest.mark.parametrize(("step", "done"), [("database", 0), ("database", 1), ("landing", 1), ("landing", 2)])
def test_a_killed_backup_leaves_nothing_that_looks_like_one(
    source: Settings, tmp_path: Path, empty: Settings, step: str, done: int
) -> None:
    folder = tmp_path / "backup"
    kill_at("backup", source, folder, step, done)
    assert not folder.exists()
    [left] = tmp_path.glob(".backup*")
    with pytest.raises(HubError, match="no complete backup"):
        restore(empty, left)
    backup(source, folder)
    assert not left.exists()
    restore(empty, folder)
    assert tables(empty) == tables(source)


@pytest.mark.parametrize(("step", "done"), [("verify", 1), ("landing", 1), ("database", 0), ("database", 1)])
def test_a_killed_restore_has_done_all_or_nothing(
    folder: Path, source: Settings, empty: Settings, step: str, done: int
) -> None:
    kill_at("restore", empty, folder, step, done)
    if (step, done) == ("database", 1):
        with pytest.raises(HubError, match="not empty"):
            restore(empty, folder)
    else:
        assert tables(empty) == {}
        restore(empty, folder)
    assert (tables(empty), landed(empty)) == (tables(source), landed(source))


@pytest.mark.parametrize(("damage", "how"), [(Path.unlink, "is missing"), (flip_a_byte, "is not what was landed")])
def test_a_damaged_landed_file_is_not_backed_up_in_silence(
    filled: Workshop, tmp_path: Path, damage: Callable[[Path], None], how: str
) -> None:
    path = sorted(landed(filled.settings))[1]
    damage(filled.settings.home / "landing" / path)
    with pytest.raises(HubError, match=f"{path} {how}"):
        backup(filled.settings, tmp_path / "backup")
    assert list(tmp_path.glob("*backup*")) == []


def test_an_erasure_that_comes_between_asks_for_another_try(filled: Workshop, tmp_path: Path) -> None:
    def erase_one(step: str, done: int, total: int | None) -> None:
        if (step, done) == ("landing", 0):
            erase(filled.settings, filled.engine, [3], By("li", "本人要求"))

    with pytest.raises(BusyError, match="erasure has rewritten"):
        backup(filled.settings, tmp_path / "backup", report=erase_one)
    assert list(tmp_path.glob("*backup*")) == []
    assert len(backup(filled.settings, tmp_path / "backup").landed) == 2


def test_landed_files_of_the_restored_hub_are_proven_when_read(folder: Path, empty: Settings) -> None:
    restore(empty, folder)
    with connect(empty) as db:
        manifests = db.execute("select path, sha256, rows from hub.landing_batch order by id").fetchall()
    assert [read(empty.home / "landing", path, sha256).num_rows for path, sha256, _ in manifests] == [2, 1]
