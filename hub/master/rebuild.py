"""Proves that the master can be rebuilt: an empty database, the landing zone and the log make the same master again.

What every record says is made anew from its landed row, then everything is resolved from nothing under the decisions in
force, and partition, numbers and golden values are compared with the present ones. The present master is only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from customer_master.stewardship import pins
from customer_master.store import matching
from customer_master.store.clock import now_us
from hub import documents
from hub.errors import BusyError, HubError, UsageError
from hub.master.rebuild_differences import Difference, differences
from hub.master.rebuild_log import carry_over
from hub.master.rebuild_records import rebuild_records
from hub.pipeline.resolve import resolve
from hub.pipeline.work import Report, Work, silent
from hub.settings import Settings
from hub.store import migrate, offsets
from hub.store.database import make_engine
from hub.store.lock import exclusive
from hub.store.postgres import DatabaseAddress

_SUFFIX = "_rebuild"


def verify(
    settings: Settings, engine: Engine, *, into_url: str | None = None, report: Report = silent
) -> list[Difference]:
    """Rebuild the master beside the present one and compare the two.

    Args:
        settings: the installation.
        engine: its database.
        into_url: empty database to rebuild in, which keeps the result; ``None``: one of our own, removed afterwards.
        report: where progress goes.

    Returns:
        Where the two differ; empty if they are the same.

    Raises:
        HubError: the master cannot be rebuilt: a landed file is missing, or there is no database to do it in.
        BusyError: something waits to be resolved, so there is nothing settled to compare with.
    """
    with exclusive(engine, "rebuild"), _scratch(engine, into_url) as scratch:
        migrate.upgrade(scratch)
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as present:
            _refuse_unsettled(present, engine)
            with scratch.begin() as db:
                carry_over(present, db)
                found = rebuild_records(present, db, settings.home / "landing", report)
            work = Work(settings, scratch, documents.load(scratch), 0, report)
            resolve(work)
            with scratch.connect() as rebuilt:
                return found + list(differences(present, rebuilt))


def _refuse_unsettled(present: Connection, engine: Engine) -> None:
    """The present master must be what the records and documents of now make of it."""
    active = documents.load(engine).policy_activations
    late = any(offsets.get(present, kind) != activation for kind, activation in active.items())
    if late or matching.queue_counts(present) or pins.expired(present, now_us()):
        raise BusyError("Something waits to be resolved", "Run hub run resolve, then try again")


@contextmanager
def _scratch(engine: Engine, into_url: str | None) -> Iterator[Engine]:
    if into_url is not None:
        yield from _given(into_url)
        return
    name = f"{engine.url.database}{_SUFFIX}"
    server = DatabaseAddress(engine.url)
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    create = sql.SQL("create database {}").format(sql.Identifier(name))
    with psycopg.connect(server.conninfo, autocommit=True) as admin:
        try:
            admin.execute(drop)  # a killed rebuild has left it
            admin.execute(create)
        except psycopg.errors.InsufficientPrivilege:
            raise HubError(
                f"The user {engine.url.username} may not make the database {name}",
                "Have an empty one made for it, and name that with --into-url",
            ) from None
    scratch = make_engine(server.database(name).url)
    try:
        yield scratch
    finally:
        scratch.dispose()
        with psycopg.connect(server.conninfo, autocommit=True) as admin:
            admin.execute(drop)


def _given(into_url: str) -> Iterator[Engine]:
    """Open the database somebody named; it must be empty."""
    try:
        url = make_url(into_url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):  # their text repeats the URL, and with it the password
        raise UsageError("The URL to rebuild into cannot be read", "Write postgresql://USER@HOST/DATABASE") from None
    scratch = make_engine(url)
    try:
        if {"hub", "master"} & set(inspect(scratch).get_schema_names()):
            raise UsageError(f"The database {url.database} is not empty", "Name an empty one")
        yield scratch
    finally:
        scratch.dispose()
