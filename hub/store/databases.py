"""Further databases on the hub's server, each with a role of its own: what lives beside the hub and sees none of it."""

from __future__ import annotations

import secrets
from contextlib import suppress

import psycopg
from psycopg import sql

from hub.errors import HubError
from hub.references import resolve, store_secret
from hub.settings import Settings
from hub.store.postgres import DatabaseAddress, ensure_running


def ensure_database(settings: Settings, name: str) -> DatabaseAddress:
    """Give the address of a database of that name and of its owner, a role of the same name; made if need be.

    The role's password is the secret ``file:<name>_postgres_password``.

    Raises:
        HubError: there is no server, or the hub's user may not make databases on it.
    """
    server = ensure_running(settings)
    secret = f"{name}_postgres_password"
    if not (settings.secrets / secret).exists():
        store_secret(settings, secret, secrets.token_urlsafe(32))
    password = str(resolve(f"file:{secret}", settings))
    try:
        with psycopg.connect(server.conninfo, connect_timeout=10, autocommit=True) as connection:
            _make(connection, name, password)
    except psycopg.errors.InsufficientPrivilege:
        raise HubError(
            f"The user {server.url.username} may not make the role and the database {name}",
            f"Let an administrator run: create role {name} login password '…'; create database {name} owner {name}; "
            f"and write the password to {settings.secrets / secret} with mode 0600",
        ) from None
    return DatabaseAddress(server.url.set(username=name, password=password, database=name))


def _make(connection: psycopg.Connection, name: str, password: str) -> None:
    """Make what is missing; what another process makes at the same time is as good."""
    parts = {"name": sql.Identifier(name), "password": sql.Literal(password)}
    if connection.execute("select from pg_roles where rolname = %s", [name]).fetchone() is None:
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("create role {name} login password {password}").format(**parts))
    if connection.execute("select from pg_database where datname = %s", [name]).fetchone() is None:
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("create database {name} owner {name}").format(**parts))


def server_start(address: DatabaseAddress) -> str:
    """Tell when the server was started: another answer means another server process.

    Raises:
        psycopg.OperationalError: the server does not answer.
    """
    with psycopg.connect(address.conninfo, connect_timeout=5) as connection:
        row = connection.execute("select pg_postmaster_start_time()::text").fetchone()
    return str(row[0]) if row else ""
