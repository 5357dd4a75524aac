"""The demo's ERP: a Tryton server in a Python environment of its own, for it is a program under another licence.

``install`` and ``initialise`` make environment and database, ``argv`` and ``environment`` are what a supervisor starts,
``load`` and ``load_orders`` fill the database over RPC. What takes long is made once in a cache folder that may be
shared.
"""

import fcntl
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.base import Change
from connectors.tryton.config import Config
from connectors.tryton.connector import Tryton
from connectors.tryton.rpc import Rpc
from hub.demo.systems.tryton_sales import load_orders
from hub.errors import HubError

__all__ = [
    "DATABASE", "USER", "add_countries", "argv", "database_file", "environment", "initialise", "install", "load",
    "load_orders", "password_file",
]  # fmt: skip

SERIES = "8.2"
MODULES = ["sale"]  # brings parties, products, currencies and whatever else it depends on
REQUIREMENTS = [f"{package}~={SERIES}.0" for package in ("trytond", *(f"trytond-{module}" for module in MODULES))]
DATABASE = "erp"
USER = "admin"
LOAD_ROWS = 100
# ISO 3166 alpha-2 code to name; a fresh Tryton knows no country
COUNTRIES = {
    "AE": "United Arab Emirates", "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CN": "China", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "ES": "Spain",
    "FI": "Finland", "FR": "France", "GB": "United Kingdom", "HK": "Hong Kong", "ID": "Indonesia", "IE": "Ireland",
    "IN": "India", "IT": "Italy", "JP": "Japan", "KR": "South Korea", "MO": "Macao", "MX": "Mexico", "MY": "Malaysia",
    "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PH": "Philippines", "PL": "Poland", "PT": "Portugal",
    "RU": "Russia", "SE": "Sweden", "SG": "Singapore", "TH": "Thailand", "TR": "Türkiye", "TW": "Taiwan",
    "US": "United States", "VN": "Vietnam", "ZA": "South Africa",
}  # fmt: skip


def install(cache: Path) -> None:
    """Make the server's environment in the cache folder, from the package index; at once if it is there.

    Raises:
        HubError: the packages cannot be had.
    """
    stamp = _home(cache) / "installed"
    content = "\n".join([*REQUIREMENTS, sys.version])
    with _locked(cache):
        if stamp.exists() and stamp.read_text() == content:
            return
        stamp.unlink(missing_ok=True)
        environment = _home(cache) / "venv"
        shutil.rmtree(environment, ignore_errors=True)
        for command in _install_commands(environment):
            _run(command, {}, "Tryton cannot be installed", "Check that this machine reaches the Python package index.")
        stamp.write_text(content)


def initialise(cache: Path, data: Path) -> None:
    """Put a fresh database and the file of its administrator's password into ``data``, unless they are there.

    The first time the database is made from nothing and kept in the cache as a snapshot; later it is copied.

    Args:
        cache: the folder given to :func:`install`.
        data: folder of this installation's ERP; made if missing.

    Raises:
        HubError: Tryton cannot make its database.
    """
    install(cache)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if database_file(data).exists():
        return
    draft = data / "draft.sqlite"
    draft.unlink(missing_ok=True)
    with _locked(cache):  # while copying, too: another version of this program may replace the snapshot
        snapshot = _snapshot(cache)
        shutil.copy(password_file(snapshot), password_file(data))
        with closing(sqlite3.connect(database_file(snapshot))) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
    draft.replace(database_file(data))


def argv(cache: Path) -> list[str]:
    """Return the command line of the server, a single process; it needs :func:`environment`."""
    return [str(_python(_home(cache) / "venv")), "-m", "trytond.cli", "-d", DATABASE]


def environment(data: Path, port: int) -> dict[str, str]:
    """Return what the server's environment must hold besides ``PATH``.

    Args:
        data: the folder given to :func:`initialise`.
        port: TCP port on the loopback interface.
    """
    return {
        "TRYTOND_DATABASE__URI": "sqlite://",
        "TRYTOND_DATABASE__PATH": str(data.resolve()),
        "TRYTOND_WEB__LISTEN": f"127.0.0.1:{port}",
        # tasks for a worker that nobody starts: else the server asks the EU about every European VAT number
        "TRYTOND_QUEUE__WORKER": "True",
        "PYTHONUTF8": "1",
    }


def password_file(data: Path) -> Path:
    """Return the file with the administrator's password, on one line."""
    return data / "password"


def database_file(data: Path) -> Path:
    """Return the server's SQLite file."""
    return data / f"{DATABASE}.sqlite"


def load(
    config: Config, documents: Sequence[Mapping[str, Any]], progress: Callable[[int], None] = lambda _: None
) -> list[int]:
    """Create parties, and the countries they need, on a running server. May be repeated.

    Args:
        config: address and credentials.
        documents: create documents (see the connector's README), each with its own ``code`` besides.
        progress: called with the number of parties done so far.

    Returns:
        The parties' ids, in the order of the documents.

    Raises:
        HubError: Tryton refuses one of them.
        connectors.errors.ConnectorError: the server does not answer.
    """
    add_countries(config)
    ids: list[int] = []
    with closing(Tryton("erp", config)) as erp:
        changes = (Change(d["code"], None, {k: v for k, v in d.items() if k != "code"}) for d in documents)
        while chunk := list(islice(changes, LOAD_ROWS)):
            for result in erp.write("party", chunk):
                if result.outcome != "written" or result.key is None:
                    raise HubError(result.message.rstrip("."), "Correct the document.")
                ids.append(int(result.key))
            progress(len(ids))
    return ids


def add_countries(config: Config) -> None:
    """Create the countries that Tryton does not know yet."""
    model = "model.country.country"
    with closing(Rpc("erp", config)) as rpc:
        known = {row["code"] for row in rpc.read(f"{model}.search_read", [], 0, None, None, ["code"])}
        rows = [{"code": code, "name": name} for code, name in COUNTRIES.items() if code not in known]
        if rows:
            rpc.write(f"{model}.create", rows)


def _snapshot(cache: Path) -> Path:
    """Make the database with its modules once, and anew when these are others; for who holds the lock."""
    snapshot = _home(cache) / "snapshot"
    stamp = snapshot / "modules"
    content = "\n".join(MODULES)
    if not stamp.exists() or stamp.read_text() != content:
        shutil.rmtree(snapshot, ignore_errors=True)
        draft = _home(cache) / "snapshot.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password_file(draft).touch(mode=0o600)
        password_file(draft).write_text(f"{secrets.token_urlsafe(18)}\n")
        database_file(draft).touch()
        command = [str(_python(_home(cache) / "venv")), "-m", "trytond.cli.admin", "-d", DATABASE, "-u", *MODULES]
        command += ["--activate-dependencies", "--email", "admin@example.com"]
        variables = {**environment(draft, 0), "TRYTONPASSFILE": str(password_file(draft).resolve())}
        _run(command, variables, "Tryton cannot make its database", "Delete the cache folder and try again.")
        (draft / stamp.name).write_text(content)
        draft.rename(snapshot)
    return snapshot


def _install_commands(environment: Path) -> list[list[str]]:
    python = str(_python(environment))
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return [
            [str(uv), "venv", "--quiet", "--python", sys.executable, str(environment)],
            [str(uv), "pip", "install", "--quiet", "--python", python, *REQUIREMENTS],
        ]
    return [
        [sys.executable, "-m", "venv", str(environment)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS],
    ]


def _run(command: list[str], variables: Mapping[str, str], what: str, remedy: str) -> None:
    process = subprocess.run(
        command, env={**os.environ, **variables}, check=False, text=True, capture_output=True, stdin=subprocess.DEVNULL
    )
    if process.returncode:
        last = next((line.strip() for line in reversed(process.stderr.splitlines()) if line.strip()), "no reason given")
        raise HubError(f"{what} ({last[:200].rstrip('.')})", remedy)


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Let one process at a time work in the cache."""
    _home(cache).mkdir(parents=True, exist_ok=True)
    with (_home(cache) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _home(cache: Path) -> Path:
    return cache / f"tryton-{SERIES}"


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"
