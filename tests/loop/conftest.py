"""Installations for the tests of the loop."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from hub.cli import main
from hub.settings import load
from hub.store.database import open_database
from hub.store.postgres import DatabaseAddress
from tests.loop.installation import Answer, Installation
from tests.support.postgres import administer, copy_database
from tests.support.sftp import SftpServer, emptied

_numbers = itertools.count(1)


@pytest.fixture
def new_hub(
    postgres_server: DatabaseAddress, migrated: str, sftp_server: SftpServer, tmp_path: Path
) -> Iterator[Callable[[], Installation]]:
    """Makes installations: documents applied, nothing delivered yet, the SFTP server's folders empty."""
    made: dict[str, Installation] = {}

    def make() -> Installation:
        name = f"loop_{next(_numbers)}"
        copy_database(postgres_server, name, migrated)
        home, project = tmp_path / name / "home", tmp_path / name / "project"
        project.mkdir(parents=True)
        url = postgres_server.database(name).url.render_as_string(hide_password=False)
        settings = load(
            {"HUB_HOME": str(home), "HUB_PROJECT": str(project), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"}
        )
        made[name] = installation = Installation(settings, open_database(settings), emptied(sftp_server))
        installation.set_up()
        return installation

    yield make
    for name, installation in made.items():
        installation.engine.dispose()
        administer(postgres_server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def hub(new_hub: Callable[[], Installation]) -> Installation:
    """One installation."""
    return new_hub()


@pytest.fixture
def two_systems(hub: Installation) -> Installation:
    """The SCM, and beside it a branch's system that delivers ship-tos of its own."""
    hub.add_branch()
    return hub


@pytest.fixture
def command(
    hub: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """``hub …`` without the start of a process, which costs seconds."""
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["hub", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def stopped_server(hub: Installation, restart: Callable[[SftpServer], None]) -> Iterator[Callable[[], None]]:
    """Stops the partner's server for the rest of the test."""

    def stop() -> None:
        hub.server.process.terminate()
        hub.server.process.wait(timeout=20)

    yield stop
    if hub.server.process.poll() is not None:
        restart(hub.server)
