"""The tables in the database are the tables the program knows, however it came to them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
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


def test_decisions_of_before_are_kept_with_what_they_took_back(empty: DatabaseAddress) -> None:
    """Migration 0003: a decision was about two records and undid a decision; now any number, and it undoes a change."""
    engine = create_engine(empty.url)
    with engine.begin() as db:
        config = migrate._config()
        config.attributes["connection"] = db
        command.upgrade(config, "0002")
        db.execute(text(_BEFORE))
    migrate.upgrade(engine)
    with engine.begin() as db:
        decisions = db.execute(
            text("select verdict, records, undoes_cs, source from master.decision order by id")
        ).all()
        constraints = db.execute(text("select decision_id, lo, hi, to_cs from master.pair_constraint")).all()
        last = db.execute(text("select last_at_us from master.clock")).scalar_one()
    engine.dispose()
    assert decisions == [("same", [1, 2], None, "steward"), ("undo", [1, 2], 1, "steward")]
    assert constraints == [(1, 1, 2, 2)]
    assert last == 20


_BEFORE = """
insert into master.change_set (cs, at_us, actor_kind, actor, kind)
  values (1, 10, 'user', 'li', 'decision'), (2, 20, 'user', 'li', 'decision');
update master.clock set last_cs = 2;
insert into master.source_system (code, kind, org_unit) values ('erp', 'erp', 'headquarters');
insert into master.source_record (system_id, record_type, native_key, org_unit, first_cs, position)
  select 1, 'party', n::text, 'headquarters', 0, 'p' from generate_series(1, 2) n;
insert into master.decision (cs, verdict, lo, hi, actor, at_us) values (1, 'same', 1, 2, 'li', 10);
insert into master.decision (cs, verdict, lo, hi, actor, at_us, undoes_id) values (2, 'undo', 1, 2, 'li', 20, 1);
insert into master.pair_constraint (decision_id, lo, hi, polarity, from_cs, to_cs) values (1, 1, 2, 1, 1, 2);
"""
