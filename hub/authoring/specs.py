"""The mapping documents of the project folder, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

from hub.errors import UsageError
from hub.settings import Settings
from mappings.language import Mapping, MappingError, load_mapping
from mappings.language.errors import suggestion

_FOLDER = "mappings/specs"


def spec_files(settings: Settings) -> list[Path]:
    """List the mapping documents of the project, as seen from where one stands.

    Raises:
        UsageError: there are none.
    """
    found = sorted(map(_seen_from_here, (settings.project / _FOLDER).rglob("*.yaml")))
    if not found:
        raise UsageError(
            f"{settings.project} holds no mapping documents in {_FOLDER}",
            "Begin with: hub mapping new SYSTEM.STREAM --file EXTRACT, or name the project folder with HUB_PROJECT",
        )
    return found


def spec_file(settings: Settings, name: str) -> Path:
    """Find a mapping document.

    Args:
        settings: the installation.
        name: name of a mapping of the project, e.g. ``scm.ship_tos``, or a file.

    Raises:
        UsageError: there is no such document.
    """
    if name.endswith(".yaml"):
        if not Path(name).is_file():
            raise UsageError(f"There is no file {name}", "Name a file, or a mapping of the project: scm.ship_tos")
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
    path = _seen_from_here(settings.project / _FOLDER / f"{name}.yaml")
    if path.exists():
        raise UsageError(f"There is a mapping {name!r} already", f"Edit {path}")
    return path


def _seen_from_here(path: Path) -> Path:
    """Shorten a path below the folder one stands in."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


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
