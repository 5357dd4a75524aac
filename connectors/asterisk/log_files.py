"""Follow a log that grows by appending and is rotated, and forget nothing of it.

A log is a chain of files: the current one and those it was renamed or copied to, ``Master.csv.1``,
``Master.csv-20261101``. A file is recognised by its first bytes, for names move from file to file and inodes cannot be
seen over SFTP. What was known under one name is so found again under another, and what has the old name but other bytes
is a new file.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from connectors.errors import RetryableError
from connectors.transport.sftp import RemoteFile, SftpSession

HEAD = 1024
"""Bytes a file is recognised by; fewer while less of it has been read."""

BLOCK = 1 << 20
"""Bytes read at once."""


@dataclass(slots=True)
class LogFile:
    """One file of a log's chain.

    Args:
        path: where it is on the server.
        label: how errors and origins name it.
        size: bytes it had when we looked.
        mtime: when it was changed last, in whole seconds.
        head: its first bytes, or what a cursor keeps of them.
        offset: bytes read, up to the end of a line.
        line: lines read.
    """

    path: str
    label: str
    size: int
    mtime: int
    head: "bytes | Mark"
    offset: int = 0
    line: int = 0

    def mark(self) -> "Mark":
        """Return what the file can be recognised by as far as it has been read."""
        return self.head if isinstance(self.head, Mark) else Mark.of(self.head[: min(HEAD, self.offset)])

    def begins_with(self, head: bytes) -> bool:
        """Return whether this is the file that begins with these bytes."""
        return self.head.fits(head) if isinstance(self.head, Mark) else head.startswith(self.head)


class Mark(NamedTuple):
    """A digest of a file's first bytes, and of how many."""

    length: int
    digest: str

    @classmethod
    def of(cls, head: bytes) -> "Mark":
        """Make the mark of these bytes."""
        return cls(len(head), hashlib.sha256(head).hexdigest()[:32])

    def fits(self, head: bytes) -> bool:
        r"""Return whether a file that begins with ``head`` may be the one.

        Example:
            >>> mark = Mark.of(b"first line\n")
            >>> mark.fits(b"first line\nsecond line\n"), mark.fits(b"other line\n"), mark.fits(b"first")
            (True, False, False)
        """
        return len(head) >= self.length and Mark.of(head[: self.length]) == self


class Line(NamedTuple):
    """A whole line without its end; ``end`` is the offset behind it."""

    file: LogFile
    number: int
    end: int
    data: bytes

    @property
    def origin(self) -> str:
        """Where it stands, as a person counts."""
        return f"{self.file.label}:{self.number}"

    def consume(self) -> None:
        """Note that everything up to here has been read."""
        self.file.offset, self.file.line = self.end, self.number


class Log:
    """A log on an SFTP server as it is now, and how far it has been read.

    Args:
        session: the connection.
        system: code of the connection, for errors.
        folder: folder of all logs.
        name: path of the current file in ``folder``.
        places: what :meth:`places` returned earlier.
    """

    def __init__(
        self, session: SftpSession, system: str, folder: str, name: str, places: Sequence[Sequence[Any]]
    ) -> None:
        self._session = session
        self._system = system
        self._folder, self._name = folder, name
        self.files = self._recognise(places)

    def places(self) -> list[list[Any]]:
        """Return how far each file has been read, as plain data."""
        return [[f.label, f.mtime, *f.mark(), f.offset, f.line] for f in self.files if f.offset]

    def unread(self) -> Iterator[Line]:
        """Yield the complete lines that have not been consumed, oldest file first."""
        for file in self.files:
            yield from self._lines(file, file.offset, file.size, file.line)

    def consumed(self) -> Iterator[Line]:
        """Yield the lines again that have been consumed."""
        for file in self.files:
            yield from self._lines(file, 0, file.offset, 0)

    def consumed_since(self, time: float, time_of: Callable[[bytes], float | None]) -> Iterator[bytes]:
        """Yield the lines again that have been consumed, those long before a time left out.

        Args:
            time: seconds since 1970.
            time_of: reads a line's time, ``None`` if it tells none; the log is in the order of time.
        """
        for file in self.files:
            start = self._place_of(file, time, time_of)
            yield from (line.data for line in self._lines(file, start, file.offset, 0))

    def _recognise(self, places: Sequence[Sequence[Any]]) -> list[LogFile]:
        known = [(label, mtime, Mark(length, digest), reached) for label, mtime, length, digest, *reached in places]
        files = []
        for found in self._chain():
            label = posixpath.join(posixpath.dirname(self._name), found.name)
            file = LogFile(posixpath.join(self._folder, label), label, found.size, found.mtime, b"")
            for seen_label, seen_mtime, mark, (offset, line) in known:
                same = (label, found.mtime, found.size) == (seen_label, seen_mtime, offset)
                if same and label != self._name:  # a rotated file that has not changed is not opened at all
                    file.head, file.offset, file.line = mark, offset, line
            if not file.offset:
                file.head = self._head(file.path, min(HEAD, found.size))
                for _, _, mark, (offset, line) in known:
                    if mark.fits(file.head) and offset <= file.size:
                        file.offset, file.line = offset, line
            files.append(file)
        return files

    def _chain(self) -> list[RemoteFile]:
        """List the files, oldest first: dated ones, then numbered ones from the highest down, then the current."""
        folder, name = posixpath.split(posixpath.join(self._folder, self._name))
        rotated = re.compile(re.escape(name) + r"(?:-(?P<date>\d{8,14})|\.(?P<number>\d{1,6}))")
        chain = []
        for file in self._session.list_files(folder or "."):
            if file.name == name:
                chain.append(((2, 0), file))
            elif found := rotated.fullmatch(file.name):
                place = (0, int(found["date"])) if found["date"] else (1, -int(found["number"]))
                chain.append((place, file))
        return [file for _, file in sorted(chain, key=lambda pair: pair[0])]

    def _head(self, path: str, length: int) -> bytes:
        with self._session.opened(path) as reader:
            if reader is None or reader.size() < length:
                raise self._moved(path)
            return reader.read(0, length)

    def _lines(self, file: LogFile, start: int, stop: int, number: int) -> Iterator[Line]:
        if start >= stop:
            return
        with self._session.opened(file.path) as reader:
            size = reader.size() if reader else 0
            if reader is None or size < stop or not file.begins_with(reader.read(0, min(HEAD, size))):
                raise self._moved(file.label)
            rest, end = b"", start
            for at in range(start, stop, BLOCK):
                *lines, rest = (rest + reader.read(at, min(BLOCK, stop - at))).split(b"\n")
                for data in lines:
                    number += 1
                    end += len(data) + 1
                    yield Line(file, number, end, data.removesuffix(b"\r"))

    def _place_of(self, file: LogFile, time: float, time_of: Callable[[bytes], float | None]) -> int:
        """Halve a file until the beginning of the lines since a time is less than a block away."""
        low, high = 0, file.offset
        if high <= BLOCK:
            return 0
        with self._session.opened(file.path) as reader:
            while reader is not None and high - low > BLOCK:
                middle = (low + high) // 2
                at, seen = _first_time(reader.read(middle, min(BLOCK // 16, high - middle)), time_of)
                if seen is None:
                    break
                low, high = (middle + at, high) if seen < time else (low, middle)
        return low

    def _moved(self, where: str) -> RetryableError:
        return RetryableError(
            "the log was rotated while it was read",
            system=self._system,
            where=where,
            remedy="The next run finds it under its new name",
        )


def _first_time(piece: bytes, time_of: Callable[[bytes], float | None]) -> tuple[int, float | None]:
    """Find the first whole line of a piece that tells a time; return where it begins, and the time."""
    cut, *lines = piece.split(b"\n")
    at = len(cut) + 1
    for line in lines[:-1]:
        if (time := time_of(line)) is not None:
            return at, time
        at += len(line) + 1
    return 0, None
