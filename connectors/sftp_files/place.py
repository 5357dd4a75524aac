"""The cursor of a stream of files: which files are done and how far the one in progress is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from connectors.base import Cursor
from connectors.transport.sftp import RemoteFile

Version = tuple[int, int]
"""Size in bytes and modification time: another version of a name is another file."""


def version_of(file: RemoteFile) -> Version:
    """Return what tells two files of the same name apart."""
    return file.size, file.mtime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a stream of files.

    Args:
        done: versions of the files read to the end, by name.
        failed: names in ``done`` that could not be read at all.
        partial: the file in progress and the number of its last row read.
    """

    done: dict[str, Version] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    partial: tuple[RemoteFile, int] | None = None

    @classmethod
    def from_cursor(cls, cursor: Cursor | None) -> Self:
        """Read a stored cursor; ``None`` is the beginning."""
        if not cursor:
            return cls()
        partial = cursor["partial"]
        return cls(
            {name: (size, mtime) for name, (size, mtime) in cursor["done"].items()},
            frozenset(cursor["failed"]),
            (RemoteFile(partial["name"], partial["size"], partial["mtime"]), partial["row"]) if partial else None,
        )

    def to_cursor(self) -> Cursor:
        """Return the place as plain data.

        Example:
            >>> Place().reading(RemoteFile("a.csv", 10, 1), 5000).to_cursor()["partial"]
            {'name': 'a.csv', 'size': 10, 'mtime': 1, 'row': 5000}
            >>> Place().finished(RemoteFile("b.csv", 20, 2), failed=True).to_cursor()
            {'done': {'b.csv': [20, 2]}, 'failed': ['b.csv'], 'partial': None}
        """
        partial = None
        if self.partial:
            file, row = self.partial
            partial = {"name": file.name, "size": file.size, "mtime": file.mtime, "row": row}
        return {
            "done": {name: list(version) for name, version in self.done.items()},
            "failed": sorted(self.failed),
            "partial": partial,
        }

    def is_done(self, file: RemoteFile) -> bool:
        """Return whether this version of the file has been read to the end."""
        return self.done.get(file.name) == version_of(file)

    def row_reached(self, file: RemoteFile) -> int:
        """Return the number of the last row read of this version of the file, 0 if none."""
        return self.partial[1] if self.partial and self.partial[0] == file else 0

    def reading(self, file: RemoteFile, row: int) -> Self:
        """Return the place after a row of a file."""
        return replace(self, partial=(file, row))

    def finished(self, file: RemoteFile, *, failed: bool = False) -> Self:
        """Return the place after a whole file."""
        others = self.failed - {file.name}
        done = {**self.done, file.name: version_of(file)}
        return replace(self, done=done, failed=others | {file.name} if failed else others, partial=None)

    def without_absent(self, present: Iterable[str]) -> Self:
        """Return the place without files that are no longer in the folder."""
        names = set(present)
        done = {name: version for name, version in self.done.items() if name in names}
        return replace(self, done=done, failed=self.failed & names)
