"""What was backed up comes back, to the last row and byte, also from an older program's tables and older servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from alembic import command
from sqlalchemy import text
from typer.testing import CliRunner

from hub.backup.restore import restore
from hub.backup.write import backup
from hub.cli import backup as commands
from hub.errors import BusyError, HubError
from hub.settings import Settings
from hub.store import migrate
from hub.store.database import make_engine
from hub.store.lock import exclusive
from hub.store.postgres import ensure_running
from tests.backup.conftest import ROWS
from tests.backup.contents import connect, files, landed, sequences, tables
from tests.store.workshop import Workshop, erp_row

pytestmark = pytest.mark.postgres


def test_a_backup_comes_back_to_the_last_row_and_byte(source: Settings, empty: Settings, tmp_path: Path) -> None:
    before = tables(source), landed(source)
    made = backup(source, tmp_path / "backup")
    assert restore(empty, tmp_path / "backup") == made
    assert (tables(empty), landed(empty)) == before
    assert sequences(empty) == sequences(source)
    assert len(made.landed) == 2
    with connect(source) as db:
        [(last_cs, last_hash)] = db.execute("select last_cs, last_hash from master.clock").fetchall()
    assert (made.last_cs, made.last_hash) == (last_cs, last_hash)
    assert last_hash


def test_the_restored_hub_goes_on_where_it_was(filled: Workshop, empty: Settings, tmp_path: Path) -> None:
    backup(filled.settings, tmp_path / "backup")
    restore(empty, tmp_path / "backup")
    restored = Workshop.open(empty)
    try:
        assert restored.partition() == filled.partition()
        for workshop in (filled, restored):
            workshop.take_in([erp_row(4, name="广州白云药业有限公司"), ROWS[0]])
        assert restored.partition() == filled.partition()
        assert len(restored.partition()) == len(ROWS)
    finally:
        restored.engine.dispose()


def test_a_backup_holds_no_secret_and_nobody_else_may_read_it(filled: Workshop, tmp_path: Path) -> None:
    filled.settings.secrets.mkdir(parents=True)
    (filled.settings.secrets / "erp_password").write_text("geheim-密码")
    backup(filled.settings, tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    whole = b"".join(files(tmp_path / "backup").values())
    assert "geheim-密码".encode() not in whole
    assert str(filled.engine.url.password).encode() not in whole


def test_what_lands_while_the_backup_is_written_is_in_none_of_it(
    filled: Workshop, empty: Settings, tmp_path: Path
) -> None:
    before = tables(filled.settings), landed(filled.settings)

    def land_more(step: str, done: int, total: int | None) -> None:
        if (step, done) == ("database", 0):
            filled.take_in([erp_row(5, name="北京天坛家具有限公司")])

    backup(filled.settings, tmp_path / "backup", report=land_more)
    restore(empty, tmp_path / "backup")
    assert (tables(empty), landed(empty)) == before
    assert len(landed(filled.settings)) == 3


def test_an_older_programs_tables_are_backed_up_as_they_are_and_brought_up_to_date_on_restore(
    new_empty: Callable[[], Settings], tmp_path: Path
) -> None:
    older, newer = new_empty(), new_empty()
    engine = make_engine(ensure_running(older).url)
    with engine.begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with engine.begin() as db:
        db.execute(text("insert into hub.app_user values ('李', 'x', '{steward}', 'zh', 1)"))
    made = backup(older, tmp_path / "backup")
    assert (made.migration, made.last_cs, made.last_hash) == ("0002", 0, "")
    assert migrate.current_and_head(engine)[0] == "0002"
    engine.dispose()
    restore(newer, tmp_path / "backup")
    engine = make_engine(ensure_running(newer).url)
    current, head = migrate.current_and_head(engine)
    assert current == head != "0002"
    with engine.begin() as db:
        assert db.execute(text("select name, org_units from hub.app_user")).all() == [("李", ["*"])]
    engine.dispose()


def test_two_backups_at_once_do_not_mix(source: Settings, tmp_path: Path) -> None:
    engine = make_engine(ensure_running(source).url)
    with exclusive(engine, "backup"), pytest.raises(BusyError, match="backup lock"):
        backup(source, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []
    engine.dispose()


def test_the_commands_say_what_they_did(
    source: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typer.Typer()
    commands.register(app)

    def hub(settings: Settings, *arguments: str) -> str:
        monkeypatch.setenv("HUB_HOME", str(settings.home))
        monkeypatch.setenv("HUB_DATABASE_URL", settings.database_url or "")
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    with connect(source) as db:
        [(last_cs,)] = db.execute("select last_cs from master.clock").fetchall()
    said = hub(source, "backup", str(tmp_path / "backup"))
    assert f"as of commit {last_cs} and 2 landed files" in said
    told = json.loads(hub(empty, "restore", str(tmp_path / "backup"), "--json"))
    assert (told["last_cs"], told["landed_files"]) == (last_cs, 2)
    assert tables(empty) == tables(source)


def test_there_must_be_something_to_back_up_and_a_free_place_for_it(
    source: Settings, empty: Settings, tmp_path: Path
) -> None:
    with pytest.raises(HubError, match="nothing to back up"):
        backup(empty, tmp_path / "backup")
    backup(source, tmp_path / "backup")
    before = files(tmp_path / "backup")
    with pytest.raises(HubError, match="there already"):
        backup(source, tmp_path / "backup")
    assert files(tmp_path / "backup") == before
