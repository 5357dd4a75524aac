"""pg_dump and pg_restore of the server's own major version, fed and drained through pipes.

Through a pipe they end when the hub is killed: a dump cannot go on writing, a restore comes to its end early and is
rolled back. They get the password in their environment, where other users cannot see it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, text

from hub.backup.manifest import Part, store
from hub.errors import HubError
from hub.settings import Settings
from hub.store.postgres import DatabaseAddress
from hub.store.postgres_programs import MAJOR, Programs

SCHEMAS = ("hub", "master")
_COPIED_VALUE = re.compile(r'(COPY failed for table "[^"]*").*')  # what follows repeats a row


@dataclass(frozen=True, slots=True)
class Clients:
    """The two programs, for one database.

    Args:
        folder: folder of the executables.
        address: the database.
        environment: variables they get.
    """

    folder: Path
    address: DatabaseAddress
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, address: DatabaseAddress, major: int) -> Clients:
        """Find the programs for a server: the hub's own, or those on ``PATH``.

        Raises:
            HubError: there are none of that major version.
        """
        folder = Programs.find().folder if major == MAJOR else _on_path(settings.environment.get("PATH"), major)
        password = {"PGPASSWORD": str(address.url.password)} if address.url.password else {}
        return cls(folder, address, {**settings.environment, "LC_ALL": "C", **password})

    def dump(self, snapshot: str, target: Path) -> Part:
        """Dump the hub's schemas as an exported snapshot sees them."""
        command = ["pg_dump", "--format=custom", f"--snapshot={snapshot}", *(f"--schema={name}" for name in SCHEMAS)]
        with self._running(command, "The database could not be dumped") as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            return store(process.stdout, target)

    def restore(self, source: Path) -> None:
        """Restore a dump in one transaction: all of it or nothing."""
        command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        with self._running(command, "The database could not be restored") as process, source.open("rb") as file:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            with suppress(BrokenPipeError):  # it has ended with an error, which is told below
                shutil.copyfileobj(file, process.stdin)

    @contextmanager
    def _running(self, command: Sequence[str], failure: str) -> Iterator[subprocess.Popen[bytes]]:
        url = self.address.url.set(drivername="postgresql")._replace(password=None).render_as_string()
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen(
                [str(self.folder / command[0]), *command[1:], "--no-password", f"--dbname={url}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=self.environment,
            ) as process:
                yield process
            if process.returncode != 0:
                raise HubError(f"{failure}: {_reason(said)}", "Mend this and run the same command again")


def server_major(engine: Engine) -> int:
    """Tell the major version of a database server."""
    with engine.connect() as db:
        return int(db.execute(text("select current_setting('server_version_num')::int / 10000")).scalar_one())


def _on_path(path: str | None, major: int) -> Path:
    program = shutil.which("pg_dump", path=path)
    if program is not None:
        said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout
        if re.search(rf"\s{major}(\D|$)", said):
            return Path(program).parent
    raise HubError(
        f"The database server is PostgreSQL {major}, and there is no pg_dump of that version on PATH",
        f"Install the client programs of PostgreSQL {major}, or put their folder first on PATH",
    )


def _reason(said: IO[bytes]) -> str:
    """The first error a program told, without values of rows."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines() or ["it ended without a word"]
    first = next((line for line in lines if "error:" in line), lines[-1])
    return _COPIED_VALUE.sub(r"\1", first.split("error:", 1)[-1].strip())
