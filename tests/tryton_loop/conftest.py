"""Installations of the tests' own, each with an ERP, an SFTP server, a home and a database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.settings import load
from hub.store.postgres import DatabaseAddress
from tests.support.postgres import copy_database
from tests.support.sftp import SftpServer, run_asyncssh
from tests.support.tryton import TrytonServer
from tests.tryton_loop.installation import Installation, lay_project


@pytest.fixture(scope="session")
def new_installation(
    postgres_server: DatabaseAddress,
    migrated: str,
    new_tryton: Callable[[], TrytonServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], Installation]]:
    """Make installations whose documents are applied and whose systems are empty."""
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def new() -> Installation:
            erp = new_tryton()
            folder = tmp_path_factory.mktemp("loop")
            scm = stack.enter_context(_sftp(folder / "scm"))
            (scm.root / "in").mkdir(parents=True, exist_ok=True)
            name = f"loop_{next(numbers)}"
            copy_database(postgres_server, name, migrated)
            settings = load(
                {
                    "HUB_PROJECT": str(lay_project(folder / "project")),
                    "HUB_HOME": str(folder / "home"),
                    "HUB_DATABASE_URL": postgres_server.database(name).url.render_as_string(hide_password=False),
                    "HUB_STAGE": "test",
                }
            )
            made = Installation(settings, erp, scm)
            stack.callback(made.engine.dispose)
            return made

        yield new


@contextmanager
def _sftp(folder: Path) -> Iterator[SftpServer]:
    folder.mkdir()
    yield from run_asyncssh(folder)
