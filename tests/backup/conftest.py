"""Installations to back up, and empty ones to restore into."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from hub.backup.write import backup
from hub.settings import Settings, load
from hub.store.postgres import DatabaseAddress
from tests.store.workshop import Row, Workshop, erp_row
from tests.support.postgres import administer, copy_database

_numbers = itertools.count(1)

PHONE = [{"type": "phone", "value": "0755-26988888"}]
ROWS: list[Row] = [
    erp_row(1, name="深圳市华强电子有限公司", contact_mechanisms=PHONE),
    erp_row(2, name="深圳华强电子有限公司", contact_mechanisms=PHONE),
    erp_row(3, name="上海远大机械有限公司"),
]


def fill(settings: Settings) -> Workshop:
    """Take three records of two customers in, landed in two batches."""
    workshop = Workshop.open(settings)
    workshop.take_in(ROWS[:2])
    workshop.take_in(ROWS[2:])
    return workshop


@pytest.fixture
def filled(settings: Settings) -> Iterator[Workshop]:
    """A hub with three records of two customers, landed in two batches."""
    workshop = fill(settings)
    yield workshop
    workshop.engine.dispose()


@pytest.fixture(scope="session")
def source(
    postgres_server: DatabaseAddress, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The same hub for all tests that change nothing in it."""
    name = sql.Identifier("backup_source")
    copy_database(postgres_server, "backup_source", migrated)
    url = postgres_server.database("backup_source").url.render_as_string(hide_password=False)
    home = tmp_path_factory.mktemp("source")
    settings = load({"HUB_HOME": str(home), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"})
    fill(settings).engine.dispose()
    yield settings
    administer(postgres_server, sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture(scope="session")
def whole(source: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, which no test changes."""
    folder = tmp_path_factory.mktemp("whole") / "backup"
    backup(source, folder)
    return folder


@pytest.fixture
def new_empty(postgres_server: DatabaseAddress, tmp_path: Path) -> Iterator[Callable[[], Settings]]:
    """Makes installations without home and without tables."""
    made: list[sql.Identifier] = []

    def make() -> Settings:
        text = f"empty_{next(_numbers)}"
        made.append(sql.Identifier(text))
        administer(postgres_server, sql.SQL("create database {}").format(made[-1]))
        url = postgres_server.database(text).url.render_as_string(hide_password=False)
        return load({"HUB_HOME": str(tmp_path / text), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"})

    yield make
    for name in made:
        administer(postgres_server, sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def empty(new_empty: Callable[[], Settings]) -> Settings:
    """An installation without home and without tables."""
    return new_empty()
