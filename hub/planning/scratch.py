"""A scratch copy of the installation: a database beside the real one, and a home whose landing zone is links.

Nothing that works on the copy can change the real database or the landing zone: a landed file that an erasure rewrites
in the copy replaces its link there. One plan at a time makes the copy, under a lock, so what is there already was left
by a killed one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text

from hub.backup.clients import Clients, server_major
from hub.errors import HubError
from hub.pipeline.work import Report
from hub.settings import Settings
from hub.store import migrate
from hub.store.database import make_engine
from hub.store.lock import exclusive
from hub.store.postgres import DatabaseAddress, ensure_running

_SUFFIX = "~plan"
_LONGEST_NAME = 63  # what PostgreSQL keeps of a name
_STEP = "copy"


@contextmanager
def scratch_copy(settings: Settings, report: Report) -> Iterator[tuple[Settings, Engine]]:
    """Give the settings and the database of a scratch copy, which goes at the end of the block, whatever happens.

    Args:
        settings: the installation.
        report: where progress goes.

    Raises:
        HubError: the hub's user may not make databases, or there is no pg_dump for the server.
        BusyError: another plan is being made.
    """
    address = ensure_running(settings)
    copy = address.database(f"{str(address.url.database)[: _LONGEST_NAME - len(_SUFFIX)]}{_SUFFIX}")
    home = settings.home / "plan"
    source = make_engine(address.url)
    try:
        with exclusive(source, "plan", wait_seconds=2.0), _empty(address, copy, home):
            engine = make_engine(copy.url)
            try:
                _fill(settings, source, address, copy, home, report)
                migrate.upgrade(engine)
                _link(settings, engine, home)
                report(_STEP, 3, 3)
                url = copy.url.render_as_string(hide_password=False)
                yield replace(settings, home=home, cache=home / "cache", database_url=url), engine
            finally:
                engine.dispose()
    finally:
        source.dispose()


@contextmanager
def _empty(address: DatabaseAddress, copy: DatabaseAddress, home: Path) -> Iterator[None]:
    """Hold an empty database and an empty folder for the block."""
    _drop(address, copy, home)
    try:
        home.mkdir(mode=0o700, parents=True)
        _create(address, copy)
        yield
    finally:
        _drop(address, copy, home)


def _create(address: DatabaseAddress, copy: DatabaseAddress) -> None:
    name = sql.Identifier(str(copy.url.database))
    try:
        with psycopg.connect(address.conninfo, connect_timeout=10, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(name))
            # what is thrown away need not be waited for
            connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))
    except psycopg.errors.InsufficientPrivilege:
        user = address.url.username
        raise HubError(
            f"The user {user} may not make databases, and a plan is worked out on a scratch copy of the hub's",
            f"Let an administrator run: alter role {user} createdb",
        ) from None


def _drop(address: DatabaseAddress, copy: DatabaseAddress, home: Path) -> None:
    name = sql.Identifier(str(copy.url.database))
    with psycopg.connect(address.conninfo, connect_timeout=10, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
    shutil.rmtree(home, ignore_errors=True)


def _fill(
    settings: Settings, source: Engine, address: DatabaseAddress, copy: DatabaseAddress, home: Path, report: Report
) -> None:
    """Copy what one snapshot sees: a template would need that nobody is connected to the database."""
    report(_STEP, 0, 3)
    if migrate.current_and_head(source)[0] is None:
        return
    major, dump = server_major(source), home / "database.dump"
    with source.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        snapshot = str(db.execute(text("select pg_export_snapshot()")).scalar_one())
        Clients.of(settings, address, major).dump(snapshot, dump)
    report(_STEP, 1, 3)
    Clients.of(settings, copy, major).restore(dump)
    dump.unlink()
    report(_STEP, 2, 3)


def _link(settings: Settings, engine: Engine, home: Path) -> None:
    """Let the copy read what the installation has landed, and its secrets."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        paths = list(db.execute(text("select path from hub.landing_batch")).scalars())
        db.execute(text("analyze"))  # a dump holds no statistics, without which plans are bad
    for path in paths:
        link = home / "landing" / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((settings.home / "landing" / path).absolute())
    (home / "secrets").symlink_to(settings.secrets.absolute())
