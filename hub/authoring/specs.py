"""The mapping documents of the project folder, as they stand there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hub.errors import UsageError
from hub.settings import Settings
from mappings.language import Mapping, MappingError, load_mapping
from mappings.language.errors import suggestion

_FOLDER = "mappings/specs"


def spec_files(settings: Settings) -> list[Path]:
    """List the mapping documents of the project, as seen from where one stands."""
    return sorted(Path(os.path.relpath(path)) for path in (settings.project / _FOLDER).rglob("*.yaml"))


def spec_file(settings: Settings, name: str) -> Path:
    """Find a mapping document.

    Args:
        settings: the installation.
        name: name of a mapping of the project, e.g. ``scm.ship_tos``, or a file.

    Raises:
        UsageError: there is no such document.
    """
    if name.endswith(".yaml"):
        return Path(name)
    files = {path.stem: path for path in spec_files(settings)}
    if name not in files:
        raise UsageError(f"There is no mapping {name!r} in {_FOLDER}", suggestion(name, files))
    return files[name]


def new_file(settings: Settings, name: str) -> Path:
    """Give the file for a new mapping document.

    Raises:
        UsageError: the name is none, or there is such a mapping.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", name):
        raise UsageError(f"{name!r} is no name of a mapping", "Write system.stream in small letters, e.g. crm.accounts")
    path = Path(os.path.relpath(settings.project / _FOLDER / f"{name}.yaml"))
    if path.exists():
        raise UsageError(f"There is a mapping {name!r} already", f"Edit {path}")
    return path


def read_spec(settings: Settings, name: str) -> Mapping:
    """Read and check a mapping document; its name as of :func:`spec_file`.

    Raises:
        UsageError: there is no such document.
        MappingError: it is wrong.
    """
    return load_mapping(spec_file(settings, name))


def all_errors(path: Path) -> list[MappingError]:
    """List everything a reading finds wrong with a document, in the order of the document."""
    try:
        load_mapping(path)
    except MappingError as first:
        return sorted([first, *first.others], key=lambda error: (error.line, error.column))
    return []
