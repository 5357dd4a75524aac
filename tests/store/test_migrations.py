"""The tables in the database are the tables the program knows, however it came to them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Engine, create_engine, inspect, text

from customer_master.store.schema import metadata as master
from hub.errors import HubError
from hub.store import migrate
from hub.store.postgres import DatabaseAddress
from hub.store.tables import metadata as hub
from tests.support.postgres import administer


@pytest.fixture
def migrated_engine(database: DatabaseAddress) -> Iterator[Engine]:
    # the user is called as one of the schemas, which would be the default one
    engine = create_engine(database.url, connect_args={"options": "-c search_path=public"})
    yield engine
    engine.dispose()


@pytest.fixture
def empty(postgres_server: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """A database without any table."""
    name = sql.Identifier("empty")
    administer(postgres_server, sql.SQL("create database {}").format(name))
    yield postgres_server.database("empty")
    administer(postgres_server, sql.SQL("drop database {} with (force)").format(name))


def test_migrated_tables_are_the_tables_of_the_program(migrated_engine: Engine) -> None:
    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and name == "schema_version")

    with migrated_engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "compare_server_default": True, "include_object": ours}
        )
        assert compare_metadata(context, [hub, master]) == []


def test_constraints_of_the_program_hold_in_the_database(migrated_engine: Engine) -> None:
    """Alembic does not compare checks, so their number is compared here."""
    inspector = inspect(migrated_engine)
    for table in (*hub.sorted_tables, *master.sorted_tables):
        checks = [c for c in table.constraints if type(c).__name__ == "CheckConstraint"]
        found = inspector.get_check_constraints(table.name, schema=table.schema)
        assert len(found) == len(checks), table.fullname


def test_upgrading_again_changes_nothing(migrated_engine: Engine) -> None:
    before = migrate.current_and_head(migrated_engine)
    migrate.upgrade(migrated_engine)
    assert migrate.current_and_head(migrated_engine) == before
    assert before[0] == before[1]


def test_a_database_of_a_newer_program_is_refused_in_one_sentence(migrated_engine: Engine) -> None:
    with migrated_engine.begin() as connection:
        connection.execute(text("update hub.schema_version set version_num = '9999'"))
    with pytest.raises(HubError, match="9999") as refused:
        migrate.upgrade(migrated_engine)
    assert "Install the newer program" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert migrate.current_and_head(migrated_engine)[0] == "9999"


def test_programs_that_upgrade_at_the_same_time_do_not_disturb_each_other(empty: DatabaseAddress) -> None:
    url = empty.url.render_as_string(hide_password=False)
    program = (
        "import sys; from sqlalchemy import create_engine; from hub.store import migrate;"
        "migrate.upgrade(create_engine(sys.stdin.readline().strip()))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:  # all have begun before the first learns which database it is about
        assert process.stdin is not None
        process.stdin.write(f"{url}\n")
        process.stdin.flush()
    outcomes = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert outcomes == [("", 0)] * 3
    engine = create_engine(empty.url)
    current, head = migrate.current_and_head(engine)
    assert current == head
    assert inspect(engine).has_table("party", schema="master")
    engine.dispose()


def test_an_upgrade_that_is_killed_leaves_the_database_as_it_was(
    empty: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(empty.url)
    original = migrate.command.upgrade

    def killed(*arguments: object) -> None:
        original(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrate.command, "upgrade", killed)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(engine)
    assert migrate.current_and_head(engine)[0] is None
    assert not inspect(engine).has_table("party", schema="master")
    migrate.upgrade(engine)
    current, head = migrate.current_and_head(engine)
    assert current == head
    engine.dispose()
