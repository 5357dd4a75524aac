"""Airflow's database beside the hub's: a role of its own that sees nothing of the hub."""

from __future__ import annotations

import stat
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from hub.errors import HubError
from hub.settings import Settings, load
from hub.store.databases import ensure_database, server_start
from hub.store.postgres import DatabaseAddress
from tests.support.postgres import administer

NAME = "beside"


@pytest.fixture
def dropped(postgres_server: DatabaseAddress) -> Iterator[None]:
    """Take the database and its role away after the test."""
    yield
    administer(postgres_server, sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(NAME)))
    administer(postgres_server, sql.SQL("drop role if exists {}").format(sql.Identifier(NAME)))


@pytest.mark.usefixtures("dropped")
def test_it_is_made_once_and_its_owner_cannot_read_the_hub(settings: Settings, database: DatabaseAddress) -> None:
    address = ensure_database(settings, NAME)
    with psycopg.connect(address.conninfo) as connection:
        connection.execute("create table kept (n int)")
    assert ensure_database(settings, NAME) == address
    with psycopg.connect(address.conninfo) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    secret = settings.secrets / f"{NAME}_postgres_password"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert secret.read_text() not in repr(address)
    with (
        psycopg.connect(address.database(database.url.database or "").conninfo) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select * from hub.run")


@pytest.mark.usefixtures("dropped")
def test_who_may_not_make_databases_is_told_what_an_administrator_does(
    settings: Settings, database: DatabaseAddress
) -> None:
    weak = ensure_database(settings, NAME)
    url = weak.url.render_as_string(hide_password=False)
    poor = load({"HUB_HOME": str(settings.home), "HUB_DATABASE_URL": url})
    with pytest.raises(HubError) as caught:
        ensure_database(poor, "airflow")
    assert caught.value.what == f"The user {NAME} may not make the role and the database airflow"
    assert "create database airflow owner airflow" in caught.value.remedy


def test_the_same_server_has_the_same_start(database: DatabaseAddress) -> None:
    assert server_start(database) == server_start(database) != ""
