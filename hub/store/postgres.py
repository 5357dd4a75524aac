"""The hub's own PostgreSQL server: made, started and stopped under the hub's home; or the one of ``HUB_DATABASE_URL``.

The server's programs come in a wheel, whose Python code is never called. The server listens on a socket only, in a
folder nobody else can enter, and asks for a password (SCRAM). It is a process of nobody: whoever needs the database
first starts it, under a lock file, and it stays until :func:`stop`. A server that was killed is recovered by the next
:func:`ensure_running`.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from hub.errors import HubError
from hub.references import resolve, store_secret
from hub.settings import Settings
from hub.store.postgres_programs import Programs, pgdata_options
from hub.supervisor.identity import is_alive
from hub.supervisor.lock import exclusive
from hub.supervisor.processes import await_end

_USER = "hub"
_DATABASE = "hub"
_SECRET = "postgres_password"  # noqa: S105 - its name, not the secret
_OLDEST_MAJOR = 16
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107
_LOCK_SECONDS = 120.0
_ORPHAN_SECONDS = 5.0
_HALF_DONE_SECONDS = 300.0  # recovery after a crash reads the write-ahead log
_POLL_SECONDS = 0.05

# A machine of 2 cores, shared with the hub itself; what depends on its memory is in _sizes.
_CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # short statements: compiling them costs more than it saves
    "password_encryption": "scram-sha-256",
    # error texts of statements repeat values, that is personal data: clients get them, the log does not
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a database is.

    Args:
        url: address for SQLAlchemy with psycopg 3; shows no password when printed.
    """

    url: URL

    @property
    def conninfo(self) -> str:
        """The same address for :func:`psycopg.connect`; contains the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def database(self, name: str) -> DatabaseAddress:
        """Address of another database of the same server."""
        return DatabaseAddress(self.url.set(database=name))


def ensure_running(settings: Settings) -> DatabaseAddress:
    """Give the address of the running database; make and start the hub's own server if need be.

    Costs some 10 ms when the server is up, half a second for a start, about 1.5 s the first time. Any number of
    processes may call it at once. With ``HUB_DATABASE_URL`` the server is only checked.

    Raises:
        HubError: there is no server to be had; says why and what to do.
        BusyError: another process has been starting or stopping the server for two minutes.
    """
    if settings.database_url is not None:
        return _checked(DatabaseAddress(make_url(settings.database_url)))
    address = address_if_up(settings)
    if address is not None:
        return address
    server = _Server.of(settings)
    with server.locked():
        if not server.is_ready():
            server.start(_password(server, settings))
        address = _address(server, settings)
        _create_database(address)
    return _checked(address)


def address_if_up(settings: Settings) -> DatabaseAddress | None:
    """Give the address of the hub's own database if it answers, else ``None``; starts nothing, waits for nobody.

    Raises:
        HubError: the server's programs or its password are missing.
    """
    server = _Server.of(settings)
    if not server.is_up():
        return None
    address = _address(server, settings)
    try:
        psycopg.connect(address.conninfo, connect_timeout=5).close()
    except psycopg.OperationalError:
        return None
    return address


def stop(settings: Settings) -> None:
    """Stop the hub's own server, if it runs; every transaction that did not commit is rolled back.

    With ``HUB_DATABASE_URL`` nothing happens: that server is not ours.

    Raises:
        HubError: the server does not stop within a minute.
    """
    if settings.database_url is not None:
        return
    server = _Server.of(settings)
    if server.folder.is_dir():
        with server.locked():
            server.stop()


@dataclass(frozen=True, slots=True)
class _Server:
    """The server of one home; what waits or changes something is called under the lock."""

    folder: Path
    programs: Programs

    @classmethod
    def of(cls, settings: Settings) -> _Server:
        return cls(settings.home.resolve() / "postgres", Programs.find())

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def locked(self) -> Iterator[None]:
        with exclusive(self.folder / "lock", what="The hub's PostgreSQL server", wait_seconds=_LOCK_SECONDS):
            self.folder.chmod(0o700)
            yield

    def postmaster_lines(self) -> list[str]:
        """Lines of ``postmaster.pid``: pid, data folder, start time, port, socket folder, and more."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return []

    def is_up(self) -> bool:
        """Tell whether the process named in ``postmaster.pid`` lives and is our server: numbers are reused."""
        lines = self.postmaster_lines()
        if not lines or not lines[0].isdigit() or not is_alive(int(lines[0])):
            return False
        with suppress(psutil.Error):
            return str(self.data) in psutil.Process(int(lines[0])).cmdline()
        return False

    def is_ready(self) -> bool:
        """Tell whether the server takes connections, once what a killed caller left half done has come to its end.

        Raises:
            HubError: the server neither comes up nor goes down.
        """
        self.await_helpers()
        deadline = time.monotonic() + _HALF_DONE_SECONDS
        while self.is_up():
            lines = self.postmaster_lines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise HubError(f"PostgreSQL in {self.data} does not become ready", "Run hub stop, then try again")
            time.sleep(_POLL_SECONDS)
        return False

    def await_helpers(self) -> None:
        """Let programs end that a killed caller has started: they do not hold the lock, but write to our folder."""
        await_end(_processes_with(pgdata_options(self.data)), _HALF_DONE_SECONDS)

    def socket_folder(self) -> Path:
        """Where clients connect; the running server knows, because the temporary folder differs between processes."""
        lines = self.postmaster_lines()
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        name = "hub-" + hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()).resolve() / name
        fits = len(str(folder / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT
        return folder if fits else Path("/tmp") / name  # noqa: S108 - made 0700 and its owner checked

    def start(self, password: str) -> None:
        self.programs.check_major(self.data)
        self.clear_leftovers()
        if not self.data.exists():
            self.programs.initialise(self.data, _USER, password)
        folder = self.socket_folder()
        self.programs.make_private_folder(folder)
        values = {**_CONFIGURATION, **_sizes(psutil.virtual_memory().total), "unix_socket_directories": str(folder)}
        (self.data / "postgresql.conf").write_text(
            "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())
        )
        self.programs.start(self.data)

    def stop(self) -> None:
        self.await_helpers()
        if self.is_up():
            folder = self.socket_folder()
            self.programs.stop(self.data)
            shutil.rmtree(folder, ignore_errors=True)
        self.clear_leftovers()

    def clear_leftovers(self) -> None:
        """Remove what a killed server left, after its last process has gone: nobody may still write to the data.

        The server's own check of ``postmaster.pid`` takes any process that now has the old number for itself.
        """
        orphans = _processes_with({str(self.data)}, folder=self.data)
        stubborn = await_end(orphans, _ORPHAN_SECONDS)
        for process in stubborn:
            process.kill()
        await_end(stubborn, _ORPHAN_SECONDS)
        folder = self.socket_folder()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _sizes(memory: int) -> dict[str, str]:
    """Give the server a sixteenth of the memory (bytes), and expect the system to cache as much as half of it."""
    megabytes = memory >> 20
    return {
        "shared_buffers": f"{min(max(megabytes // 16, 128), 4096)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 512)}MB",
    }


def _processes_with(arguments: set[str], folder: Path | None = None) -> list[psutil.Process]:
    """Living processes that have one of the arguments, or work in the folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # somebody else's, or gone meanwhile
            if (not arguments.isdisjoint(process.cmdline()) or process.cwd() == str(folder)) and is_alive(process.pid):
                found.append(process)
    return found


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _password(server: _Server, settings: Settings) -> str:
    """The server's password, made up together with its data."""
    if not (settings.secrets / _SECRET).exists():
        if server.data.exists():
            raise HubError(
                f"The database in {server.data} is there, but its password {settings.secrets / _SECRET} is not",
                "Put the password file back from your backup, with mode 0600",
            )
        store_secret(settings, _SECRET, secrets.token_urlsafe(32))
    return str(resolve(f"file:{_SECRET}", settings))


def _address(server: _Server, settings: Settings) -> DatabaseAddress:
    url = URL.create(
        "postgresql+psycopg",
        username=_USER,
        password=_password(server, settings),
        database=_DATABASE,
        query={"host": str(server.socket_folder())},
    )
    return DatabaseAddress(url)


def _create_database(address: DatabaseAddress) -> None:
    with _connected(address.database("postgres")) as connection:
        known = connection.execute("select from pg_database where datname = %s", [_DATABASE]).fetchone()
        if known is None:
            # a caller that was killed here left its statement running in the server: that one may come first
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(_DATABASE)))


def _checked(address: DatabaseAddress) -> DatabaseAddress:
    with _connected(address) as connection:
        if connection.info.server_version // 10_000 < _OLDEST_MAJOR:
            raise HubError(
                f"The database server is PostgreSQL {connection.info.server_version // 10_000}",
                f"Use PostgreSQL {_OLDEST_MAJOR} or newer",
            )
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise HubError(
                f"The database {address.url.database} is not encoded in UTF-8", "Create it with ENCODING UTF8"
            )
    return address


@contextmanager
def _connected(address: DatabaseAddress) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(address.conninfo, connect_timeout=10, autocommit=True)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise HubError(
            f"The database {address.url.database} at {address.url.host or 'the hub'} refuses the connection: {reason}",
            "Check that the server runs and that user, password and database are right",
        ) from None
    with connection:
        yield connection
