"""Restores a backup into an empty installation.

First the sums are proven, then landed files are put into place, and last the database is restored in one transaction,
which is the instant at which the installation is restored: a file that the database does not name was never landed. A
killed restore is run again.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from hub.backup import manifest
from hub.backup.clients import SCHEMAS, Clients, server_major
from hub.backup.manifest import Manifest
from hub.errors import HubError
from hub.pipeline.work import Report, silent
from hub.settings import Settings
from hub.store import migrate
from hub.store.database import make_engine
from hub.store.lock import exclusive
from hub.store.postgres import ensure_running


def restore(settings: Settings, folder: Path, *, report: Report = silent) -> Manifest:
    """Restore database and landing zone, then bring the tables up to date.

    Args:
        settings: the installation; its database has none of the hub's tables.
        folder: the backup.
        report: where progress goes.

    Returns:
        What the backup holds.

    Raises:
        HubError: the backup is incomplete, damaged or of a newer program or server; or the installation is not empty.
        BusyError: another program is making the database's tables.
    """
    backup = manifest.read(folder)
    _verify(folder, backup, report)
    landing = settings.home / "landing"
    _refuse_foreign_files(landing, backup)
    address = ensure_running(settings)
    engine = make_engine(address.url)
    try:
        _refuse_newer(engine, backup)
        with exclusive(engine, "migration"):
            _refuse_tables(engine)
            major = server_major(engine)
            _place_landed(folder, landing, backup, report)
            report("database", 0, 1)
            Clients.of(settings, address, major).restore(folder / manifest.DUMP)
            report("database", 1, 1)
        migrate.upgrade(engine)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("analyze"))  # a dump holds no statistics, without which plans are bad
    finally:
        engine.dispose()
    return backup


def _verify(folder: Path, backup: Manifest, report: Report) -> None:
    """Prove every file of the backup before anything is touched."""
    for number, (name, part) in enumerate(backup.parts.items()):
        report("verify", number, len(backup.parts))
        try:
            found = manifest.measure(folder / name)
        except FileNotFoundError:
            raise HubError(f"{name} is missing in the backup {folder}", "Name another backup") from None
        if found != part:
            raise HubError(f"{name} in the backup {folder} is damaged", "Name another backup")
    report("verify", len(backup.parts), len(backup.parts))


def _refuse_foreign_files(landing: Path, backup: Manifest) -> None:
    """Files of this backup may be there: from a killed restore, or left in place when the database was lost."""
    there = {str(path.relative_to(landing)) for path in landing.rglob("*") if path.is_file()}
    foreign = there - backup.landed.keys()
    if foreign:
        raise HubError(
            f"{landing} holds {len(foreign)} files that are not in the backup",
            "Restore into an empty installation, or move that folder away first",
        )


def _refuse_newer(engine: Engine, backup: Manifest) -> None:
    head, major = migrate.current_and_head(engine)[1], server_major(engine)
    if backup.migration > head:
        raise HubError(
            f"The backup is at migration {backup.migration}, which this program does not know",
            "Install the newer program",
        )
    if backup.postgres > major:
        raise HubError(
            f"The backup is of PostgreSQL {backup.postgres}, the database server is PostgreSQL {major}",
            f"Use PostgreSQL {backup.postgres} or newer",
        )


def _refuse_tables(engine: Engine) -> None:
    there = sorted(set(inspect(engine).get_schema_names()) & set(SCHEMAS))
    if there:
        raise HubError(
            f"The database {engine.url.database} is not empty: it has the schema {there[0]}",
            "Restore into an empty installation: another HUB_HOME or an empty database",
        )


def _place_landed(folder: Path, landing: Path, backup: Manifest, report: Report) -> None:
    """Put landed files into place; those that are there and whole already stay."""
    landed = backup.landed
    for number, (path, part) in enumerate(landed.items()):
        report("landing", number, len(landed))
        target = landing / path
        if target.is_file() and manifest.measure(target) == part:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with (folder / manifest.LANDING / path).open("rb") as file:
            manifest.store(file, target)
    if landing.is_dir():
        manifest.sync_folders(landing)
    report("landing", len(landed), len(landed))
