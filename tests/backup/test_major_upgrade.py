"""The way from an older PostgreSQL to the one this program brings, with a real server of the older major version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from hub.backup.restore import restore
from hub.backup.write import backup
from hub.errors import HubError
from hub.references import store_secret
from hub.settings import Settings, load
from hub.store import postgres
from hub.store.database import open_database
from hub.store.postgres_programs import MAJOR, Programs
from tests.backup.conftest import fill
from tests.backup.contents import landed, tables

pytestmark = pytest.mark.postgres


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A hub's home whose own server stops after the test."""
    yield tmp_path / "home"
    postgres.stop(load({"HUB_HOME": str(tmp_path / "home")}))


@contextmanager
def older_server(home: Path) -> Iterator[Settings]:
    """A hub on a server of the older major version, whose data are where the hub's own are."""
    now = Programs.find()
    programs = replace(now, folder=now.folder.parents[1] / "pginstall" / "bin")
    if not (programs.folder / "postgres").is_file():
        pytest.skip("the wheel has no older server in it")
    data, sockets = home / "postgres" / "data", home / "postgres" / "s"
    data.parent.mkdir(parents=True)
    programs.make_private_folder(sockets)
    programs._run(
        ["initdb", f"--pgdata={data}", "--username=hub", "--auth=trust", "--encoding=UTF8", "--locale=C"], "initdb"
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"listen_addresses = ''\nunix_socket_directories = '{sockets}'\nfsync = off\n")
    programs.start(data)
    url = URL.create("postgresql", username="hub", database="postgres", query={"host": str(sockets)})
    settings = load(
        {"HUB_HOME": str(home), "HUB_DATABASE_URL": url.render_as_string(), "PATH": f"{programs.folder}:/usr/bin"}
    )
    store_secret(settings, "postgres_password", "made-by-the-older-program")
    try:
        yield settings
    finally:
        programs.stop(data)


def test_dump_and_restore_lead_to_the_newer_server(home: Path, tmp_path: Path) -> None:
    with older_server(home) as older:
        open_database(older).dispose()
        fill(older).engine.dispose()
        before = tables(older), landed(older)
        with pytest.raises(HubError, match=r"PostgreSQL 16, .*no pg_dump of that version.*Install the client programs"):
            backup(replace(older, environment={"PATH": "/nowhere"}), tmp_path / "backup")
        assert backup(older, tmp_path / "backup").postgres == 16

    own = load({"HUB_HOME": str(home)})
    with pytest.raises(HubError, match=rf"is of PostgreSQL 16, this program brings {MAJOR}\. .*restore"):
        restore(own, tmp_path / "backup")

    (home / "postgres").rename(home / "postgres.16")
    restore(own, tmp_path / "backup")
    upgraded = replace(own, database_url=postgres.ensure_running(own).url.render_as_string(hide_password=False))
    assert (tables(upgraded), landed(upgraded)) == before
