"""What a backup says of itself: when and by what it was made, and the sha256 of every file in it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from hub.errors import HubError

FORMAT = 1
DUMP = "database.dump"
LANDING = "landing/"
"""How the names of landed files begin; what follows is their path in the landing zone."""
_NAME = "manifest.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: sha256 (hex) and length in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A complete backup.

    Args:
        made: when, UTC in ISO 8601.
        program: version of the hub that made it.
        postgres: major version of the database server.
        migration: state of the tables.
        last_cs: newest commit in it.
        last_hash: hash of that commit, the end of the audit chain.
        parts: path in the backup -> file.
    """

    made: str
    program: str
    postgres: int
    migration: str
    last_cs: int
    last_hash: str
    parts: Mapping[str, Part]

    @property
    def landed(self) -> dict[str, Part]:
        """The landed files, by their path in the landing zone."""
        return {name.removeprefix(LANDING): part for name, part in self.parts.items() if name.startswith(LANDING)}

    @property
    def bytes(self) -> int:
        """Length of all files together."""
        return sum(part.bytes for part in self.parts.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with a sum of its own."""
    body = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps({**body, "sha256": _sum(body)}, ensure_ascii=False, indent=1)
    with (folder / _NAME).open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """Read a backup's manifest.

    Raises:
        HubError: the folder is no complete backup, was damaged, or was made by a newer program.
    """
    try:
        text = (folder / _NAME).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise HubError(f"{folder} is no complete backup: it has no {_NAME}", "Name another backup") from None
    except UnicodeDecodeError:
        raise _damaged(folder) from None
    try:
        body = json.loads(text)
        written = body.pop("sha256")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise _damaged(folder) from None
    if written != _sum(body):
        raise _damaged(folder)
    if body.pop("format") != FORMAT:
        raise HubError(f"The backup {folder} has a format this program does not know", "Install the newer program")
    return Manifest(**{**body, "parts": {name: Part(**part) for name, part in body["parts"].items()}})


def measure(path: Path) -> Part:
    """Read a file and tell its sum and length."""
    with path.open("rb") as file:
        return _pour(file, None)


def store(source: IO[bytes], target: Path) -> Part:
    """Write a stream to a file, on disk when it returns, and tell its sum and length."""
    with target.open("wb") as file:
        part = _pour(source, file)
        file.flush()
        os.fsync(file.fileno())
    return part


def sync_folders(root: Path) -> None:
    """Bring the entries of a folder and of all folders in it to disk."""
    for folder, _, _ in os.walk(root):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _pour(source: IO[bytes], target: IO[bytes] | None) -> Part:
    digest, length = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        length += len(block)
        if target is not None:
            target.write(block)
    return Part(digest.hexdigest(), length)


def _sum(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged(folder: Path) -> HubError:
    return HubError(f"{_NAME} of the backup {folder} is damaged", "Name another backup")
