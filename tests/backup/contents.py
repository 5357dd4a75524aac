"""What is compared: every table and every landed file of an installation."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from hub.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_TABLES = """
select table_schema || '.' || table_name from information_schema.tables
where table_schema in ('hub', 'master') and table_type = 'BASE TABLE' order by 1
"""
_SEQUENCES = """
select schemaname || '.' || sequencename, coalesce(last_value, 0) from pg_sequences
where schemaname in ('hub', 'master') order by 1
"""
_PRINT = "select count(*), md5(coalesce(string_agg(t::text, E'\\n' order by t::text), '')) from {} t"
_KILLED = """
import os, signal, sys
from pathlib import Path
from hub.backup.{module} import {module_function}
from hub.settings import load

def report(step, done, total):
    if (step, done) == ({step!r}, {done}):
        os.kill(os.getpid(), signal.SIGKILL)

{module_function}(load(), Path({folder!r}), report=report)
"""


def connect(settings: Settings) -> psycopg.Connection:
    assert settings.database_url is not None
    return psycopg.connect(settings.database_url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def tables(settings: Settings) -> dict[str, tuple[int, str]]:
    """Every table -> how many rows, and a fingerprint of them."""
    with connect(settings) as db:
        names = [name for (name,) in db.execute(_TABLES).fetchall()]
        return {name: db.execute(_PRINT.format(name).encode()).fetchall()[0] for name in names}


def sequences(settings: Settings) -> list[tuple[str, int]]:
    """Where every sequence of numbers stands."""
    with connect(settings) as db:
        return db.execute(_SEQUENCES).fetchall()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def landed(settings: Settings) -> dict[str, bytes]:
    return files(settings.home / "landing")


def kill_at(function: str, settings: Settings, folder: Path, step: str, done: int) -> None:
    """Back up or restore in a process that is killed when it reports this progress."""
    module = "write" if function == "backup" else "restore"
    script = _KILLED.format(module=module, module_function=function, step=step, done=done, folder=str(folder))
    environment = {"HUB_HOME": str(settings.home), "HUB_DATABASE_URL": settings.database_url or ""}
    ended = subprocess.run([sys.executable, "-c", script], cwd=_ROOT, env=environment, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
