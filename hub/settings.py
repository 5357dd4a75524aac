"""What this installation is: the only module that reads the environment.

=====================  =====================================================================  ==================
variable               meaning                                                                default
=====================  =====================================================================  ==================
``HUB_PROJECT``        folder of the authored documents (connections, mappings, rules)        the checkout
``HUB_HOME``           folder of everything the hub writes                                    ``<project>/var``
``HUB_DATABASE_URL``   a PostgreSQL server to use instead of the private one under the home   none
``HUB_STAGE``          ``dev``, ``test`` or ``prod``; only prod writes to prod connections    ``dev``
``HUB_CACHE``          folder of what can be made again                                       ``<home>/cache``
=====================  =====================================================================  ==================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hub.errors import HubError

Stage = Literal["dev", "test", "prod"]


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation.

    Args:
        project: folder of the authored documents.
        home: folder of everything the hub writes: database, landing zone, logs, secrets.
        cache: folder of what can be made again.
        database_url: PostgreSQL server to use; ``None``: the private server under ``home``.
        stage: what this installation is for.
        environment: the process environment when the settings were loaded, for ``env:`` references and child processes.
    """

    project: Path
    home: Path
    cache: Path
    database_url: str | None = field(default=None, repr=False)
    stage: Stage = "dev"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def secrets(self) -> Path:
        """Folder behind ``file:`` references."""
        return self.home / "secrets"

    @property
    def logs(self) -> Path:
        """Folder of the log files of child processes."""
        return self.home / "logs"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: variables to read instead of the process environment.

    Raises:
        HubError: a variable has a value that cannot be used.
    """
    variables = dict(os.environ if environment is None else environment)
    project = _folder(variables, "HUB_PROJECT") or _checkout()
    if not project.is_dir():
        raise HubError(f"HUB_PROJECT names {project}, which is no folder", "Name the folder of the project's documents")
    home = _folder(variables, "HUB_HOME") or project / "var"
    cache = _folder(variables, "HUB_CACHE") or home / "cache"
    return Settings(
        project=project,
        home=home,
        cache=cache,
        database_url=_database_url(variables),
        stage=_stage(variables),
        environment=variables,
    )


def _checkout() -> Path:
    parent = Path(__file__).resolve().parent.parent
    return parent if (parent / "pyproject.toml").is_file() else Path.cwd()


def _folder(variables: Mapping[str, str], name: str) -> Path | None:
    text = variables.get(name, "").strip()
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise HubError(f"{name} names {path}, which is a file", "Name a folder")
    return path


def _stage(variables: Mapping[str, str]) -> Stage:
    text = variables.get("HUB_STAGE", "").strip() or "dev"
    if text not in get_args(Stage):
        raise HubError(f"HUB_STAGE is {text!r}", f"Set it to one of {', '.join(get_args(Stage))}")
    return cast("Stage", text)


def _database_url(variables: Mapping[str, str]) -> str | None:
    text = variables.get("HUB_DATABASE_URL", "").strip()
    if not text:
        return None
    remedy = "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or unset it to use the hub's own server"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # the cause's text repeats the URL, and with it the password
        raise HubError("HUB_DATABASE_URL cannot be read as a URL", remedy) from None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise HubError(f"HUB_DATABASE_URL names a {url.get_backend_name()} database", remedy)
    if not url.database:
        raise HubError("HUB_DATABASE_URL names no database", remedy)
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
