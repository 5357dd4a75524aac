"""Says what is wrong with an installation and how to mend it; looks at everything, changes and starts nothing."""

from __future__ import annotations

import importlib.metadata
import locale
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import ConnectorError
from hub import project
from hub.errors import HubError
from hub.settings import Settings
from hub.store import migrate, postgres

_OLDEST_PYTHON, _NEWEST_PYTHON = (3, 11), (3, 13)
_FREE_BYTES = 2 * 1024**3
_CLOCK_SECONDS = 300.0
_DISTRIBUTION = "customer-hub"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Args:
        ok: whether it is as it should be.
        what: what was looked at.
        detail: what was found.
        remedy: what to do about it; empty if ``ok``.
    """

    ok: bool
    what: str
    detail: str
    remedy: str = ""


def diagnose(settings: Settings, connections: Mapping[str, Callable[[], None]] | None = None) -> list[Finding]:
    """Look at an installation.

    Args:
        settings: the installation.
        connections: code of a system -> its connector's ``check``, which raises if the system does not answer.

    Returns:
        One finding for each thing looked at; none is left out because another is wrong.
    """
    findings = [
        _finding("Python", _python),
        _finding("packages", lambda: _packages(settings)),
        _finding("text encoding", _encoding),
        _finding("clock", lambda: _clock(settings)),
        _finding("hub home", lambda: _home(settings)),
        _finding("secrets", lambda: _secrets(settings)),
        _finding("disk", lambda: _disk(settings)),
        _finding("project folder", lambda: _project(settings)),
        _finding("database", lambda: _database(settings)),
    ]
    for system, check in (connections or {}).items():
        findings.append(_finding(f"connection {system}", partial(_connection, check)))
    return findings


def _finding(what: str, look: Callable[[], str]) -> Finding:
    """A look returns what it saw, and raises if it is not as it should be."""
    try:
        return Finding(True, what, look())
    except (HubError, ConnectorError) as error:
        return Finding(False, what, error.what, error.remedy)
    except OSError as error:
        return Finding(False, what, f"{error.strerror}: {error.filename}", "Make it accessible for the hub's user")


def _python() -> str:
    version = sys.version.split()[0]
    if not _OLDEST_PYTHON <= sys.version_info[:2] <= _NEWEST_PYTHON:
        raise HubError(f"Python is {version}", "Make the environment anew with Python 3.11, 3.12 or 3.13")
    return version


def _packages(settings: Settings) -> str:
    """Compare what is installed with the lock; only what the hub itself asks for, not what that asks for in turn."""
    lock = settings.project / "requirements.lock"
    pins: dict[str, list[str]] = {}  # several where the lock pins another version for another Python
    for name, pin in _PIN.findall(lock.read_text(encoding="utf-8")) if lock.is_file() else ():
        pins.setdefault(name, []).append(pin)
    required = list(_required())
    wrong = []
    for name in required:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if version not in pins.get(name, [version]):
            wrong.append(f"{name} is {version}, locked is {' or '.join(pins[name])}")
    if wrong:
        raise HubError(
            "; ".join(wrong), "Install what is locked: make test, or delete the environment and make it anew"
        )
    return f"{len(required)} as required"


def _required() -> Iterator[str]:
    try:
        requirements = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        raise HubError(f"{_DISTRIBUTION} itself is not installed", "Install it: pip install --no-deps -e .") from None
    for requirement in requirements:
        if "extra ==" not in requirement:
            yield re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def _encoding() -> str:
    names = {locale.getpreferredencoding(do_setlocale=False), sys.getfilesystemencoding(), sys.stdout.encoding}
    foreign = sorted(name for name in names if name.lower().replace("-", "") != "utf8")
    if foreign:
        raise HubError(f"Text is written as {', '.join(foreign)}", "Set LC_ALL=C.UTF-8, or PYTHONUTF8=1")
    return "UTF-8"


def _clock(settings: Settings) -> str:
    """A clock behind our own files has been set back; rules that prefer the newest value would go wrong."""
    now = datetime.now(UTC)
    written = [path.stat().st_mtime for path in (Path(__file__), settings.home) if path.exists()]
    behind = max(written) - now.timestamp()
    if behind > _CLOCK_SECONDS:
        raise HubError(f"The clock is {behind:.0f} s behind our own files", "Set the machine's clock, best by NTP")
    return now.isoformat(timespec="seconds")


def _home(settings: Settings) -> str:
    place = _existing(settings.home)
    if not os.access(place, os.W_OK | os.X_OK):
        raise HubError(f"{place} is not writable", "Make it writable for the hub's user, or set HUB_HOME")
    with tempfile.TemporaryFile(dir=place) as probe:  # a full or read-only file system shows only now
        probe.write(b"hub")
    return str(settings.home) if place == settings.home else f"{settings.home} will be made"


def _secrets(settings: Settings) -> str:
    if not settings.secrets.is_dir():
        return "none yet"
    paths = [settings.secrets, *sorted(settings.secrets.rglob("*"))]
    open_to_others = [path.name for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        raise HubError(f"Others may read {', '.join(open_to_others)}", f"chmod -R go= {settings.secrets}")
    return f"{len(paths) - 1}, private"


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(_existing(settings.home)).free
    if free < _FREE_BYTES:
        raise HubError(f"{free / 1024**3:.1f} GB are free", f"Make room under {settings.home}: at least 2 GB")
    return f"{free / 1024**3:.0f} GB free"


def _project(settings: Settings) -> str:
    return f"{len(project.documents(settings.project))} documents in {settings.project}"


def _database(settings: Settings) -> str:
    if settings.database_url is None:
        address = postgres.address_if_up(settings)
        if address is None:
            return "the hub's own server is not running; the next command that needs it starts it"
    else:
        address = postgres.ensure_running(settings)
    engine = create_engine(address.url)
    try:
        with engine.connect() as connection:
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
        current, head = migrate.current_and_head(engine)
    except SQLAlchemyError as error:
        raise HubError(f"The database refuses us: {_first_line(error)}", "Check the database user's rights") from None
    finally:
        engine.dispose()
    if current is None:
        return f"PostgreSQL {version}, empty; the next command makes the tables"
    if current != head:
        remedy = "The next command brings an older database up to date; for a newer one install the newer program"
        raise HubError(f"The database is at migration {current}, the program at {head}", remedy)
    return f"PostgreSQL {version}, migration {current}"


def _connection(check: Callable[[], None]) -> str:
    check()
    return "answers"


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
