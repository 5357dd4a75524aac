"""Writes a backup while the hub works: the dump and the list of landed files are of one snapshot.

No lock keeps anybody from working. A landed file is on disk before the database names it and is never changed, so every
file the snapshot names is there; only an erasure rewrites one, which is noticed by its sum.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from hub.backup import manifest
from hub.backup.clients import Clients, server_major
from hub.backup.manifest import Manifest, Part
from hub.errors import BusyError, HubError
from hub.pipeline.work import Report, silent
from hub.settings import Settings
from hub.store import migrate
from hub.store.database import make_engine
from hub.store.lock import exclusive
from hub.store.postgres import ensure_running


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The database at one instant: the snapshot's name, what the manifest says of it, path -> sha256 of what landed."""

    name: str
    migration: str
    last_cs: int
    last_hash: str
    landed: dict[str, str]


def backup(settings: Settings, folder: Path, *, report: Report = silent) -> Manifest:
    """Write database and landing zone to a folder; secrets are not in it.

    Args:
        settings: the installation.
        folder: where the backup will be; does not exist yet or is empty.
        report: where progress goes.

    Returns:
        What the backup holds.

    Raises:
        HubError: the folder is in use, there is nothing to back up, a landed file is missing or damaged, or there is no
            pg_dump for the server.
        BusyError: another backup is being written, or an erasure has come between.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HubError(f"{folder} is there already", "Name a folder that does not exist yet")
    address = ensure_running(settings)
    engine = make_engine(address.url)
    try:
        if migrate.current_and_head(engine)[0] is None:
            raise HubError("The database is empty: there is nothing to back up", "Begin with hub apply")
        with exclusive(engine, "backup", wait_seconds=2.0), _draft(folder) as draft:
            made = datetime.now(UTC).isoformat(timespec="seconds")
            major = server_major(engine)
            with _snapshot(engine) as seen:
                report("database", 0, 1)
                dump = Clients.of(settings, address, major).dump(seen.name, draft / manifest.DUMP)
                report("database", 1, 1)
            landed = _copy_landed(engine, settings.home / "landing", draft, seen.landed, report)
            program = importlib.metadata.version("customer-hub")
            parts = {manifest.DUMP: dump, **landed}
            whole = Manifest(made, program, major, seen.migration, seen.last_cs, seen.last_hash, parts)
            manifest.write(draft, whole)
    finally:
        engine.dispose()
    return whole


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Give a folder beside the wanted one, which takes its name when all is on disk; what a killed backup left goes."""
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise HubError(f"{draft} cannot be made: {error.strerror}", "Make its folder writable") from None
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    manifest.sync_folders(draft)
    draft.rename(folder)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[_Snapshot]:
    """Hold a snapshot that other sessions may read."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        name, migration, clock = db.execute(text(_STATE)).one()
        landed = {row.path: row.sha256 for row in db.execute(text("select path, sha256 from hub.landing_batch"))}
        yield _Snapshot(name, migration, clock["last_cs"], clock.get("last_hash", ""), landed)


# the clock as JSON: a database of an older program has no hashes in it
_STATE = """
select pg_export_snapshot(), (select version_num from hub.schema_version), (select to_jsonb(c) from master.clock c)
"""


def _copy_landed(engine: Engine, landing: Path, draft: Path, landed: dict[str, str], report: Report) -> dict[str, Part]:
    """Copy landed files, each proven to be what was landed."""
    parts: dict[str, Part] = {}
    for number, (path, sha256) in enumerate(sorted(landed.items())):
        report("landing", number, len(landed))
        target = draft / manifest.LANDING / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (landing / path).open("rb") as file:
                part = manifest.store(file, target)
        except FileNotFoundError:
            raise _unlike(engine, path, sha256, "is missing") from None
        if part.sha256 != sha256:
            raise _unlike(engine, path, sha256, "is not what was landed")
        parts[manifest.LANDING + path] = part
    report("landing", len(landed), len(landed))
    return parts


def _unlike(engine: Engine, path: str, sha256: str, how: str) -> HubError:
    """Tell damage from an erasure that has rewritten the file since the snapshot."""
    with engine.connect() as db:
        now = db.execute(text("select sha256 from hub.landing_batch where path = :path"), {"path": path}).scalar()
    if now != sha256:
        return BusyError(f"An erasure has rewritten landed file {path} meanwhile", "Run the same command again")
    return HubError(f"Landed file {path} {how}", "Put it back from an earlier backup, then back up again")
