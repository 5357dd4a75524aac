"""Fixtures: a throw-away PostgreSQL for the whole test session, and a fresh migrated database in it for every test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine

from hub.settings import Settings, load
from hub.store import migrate, postgres
from hub.store.postgres import DatabaseAddress

_TEMPLATE = "migrated"
_numbers = itertools.count(1)


def administer(address: DatabaseAddress, *statements: sql.Composed | sql.SQL) -> None:
    """Run statements that cannot run in a transaction."""
    with psycopg.connect(address.database("postgres").conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def copy_database(address: DatabaseAddress, name: str, template: str) -> None:
    """Make a database of a template; copying its files takes a tenth of the time of logging every page."""
    parts = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    administer(address, sql.SQL("create database {name} template {template} strategy file_copy").format(**parts))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseAddress]:
    """The hub's own server on a home of its own; does not wait for the disk, for the tests' data may be lost."""
    settings = load({"HUB_HOME": str(tmp_path_factory.mktemp("home")), "PATH": os.environ["PATH"]})
    address = postgres.ensure_running(settings)
    administer(address, sql.SQL("alter system set fsync = off"), sql.SQL("select pg_reload_conf()"))
    yield address
    postgres.stop(settings)


@pytest.fixture(scope="session")
def migrated(postgres_server: DatabaseAddress) -> str:
    """Name of a database with all tables and no rows, to copy from."""
    administer(postgres_server, sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
    engine = create_engine(postgres_server.database(_TEMPLATE).url)
    migrate.upgrade(engine)
    engine.dispose()  # a database somebody is connected to cannot be copied
    return _TEMPLATE


@pytest.fixture
def database(postgres_server: DatabaseAddress, migrated: str) -> Iterator[DatabaseAddress]:
    """A database of the test's own, with all tables and no rows."""
    name = f"test_{next(_numbers)}"
    copy_database(postgres_server, name, migrated)
    yield postgres_server.database(name)
    administer(postgres_server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def settings(database: DatabaseAddress, tmp_path: Path) -> Settings:
    """An installation of the test's own, with an empty home and its own database."""
    url = database.url.render_as_string(hide_password=False)
    return load({"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"})
