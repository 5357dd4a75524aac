"""Brings the database's tables to the state this program knows, and refuses a newer database."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from hub.errors import HubError
from hub.store.lock import exclusive

_FOLDER = Path(__file__).parent / "migrations"


def current_and_head(engine: Engine) -> tuple[str | None, str]:
    """Tell the database's migration (``None``: empty database) and the newest one this program knows."""
    with engine.connect() as connection:
        current = _current(connection)
    return current, _head()


def upgrade(engine: Engine) -> None:
    """Apply all missing migrations, in one transaction; of several programs that want to, one does it.

    Raises:
        HubError: the database was made by a newer program.
        BusyError: another program is migrating it for long.
    """
    current, head = current_and_head(engine)
    if current == head:
        return
    scripts = ScriptDirectory.from_config(_config())
    with exclusive(engine, "migration"), engine.begin() as connection:
        current = _current(connection)
        if current == head:
            return
        if current is not None and current not in {s.revision for s in scripts.walk_revisions()}:
            raise HubError(
                f"The database is at migration {current}, which this program does not know", "Install the newer program"
            )
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise HubError("The program has no migrations", "Install it anew")
    return head


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("schema_version", schema="hub"):
        return None
    context = MigrationContext.configure(
        connection, opts={"version_table": "schema_version", "version_table_schema": "hub"}
    )
    return context.get_current_revision()
