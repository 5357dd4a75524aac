"""The connector: files of a folder as a stream of rows."""

import posixpath
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath
from typing import ClassVar

from connectors.base import Batch, Capabilities, Cursor, Stream
from connectors.errors import ConfigurationError
from connectors.sftp_files.arrivals import Sightings, is_candidate
from connectors.sftp_files.batcher import Batcher
from connectors.sftp_files.config import Config as FilesConfig
from connectors.sftp_files.config import StreamConfig
from connectors.sftp_files.place import Place, version_of
from connectors.sftp_files.reading import open_file, position_of, read_file
from connectors.transport.sftp import RemoteFile, SftpSession
from connectors.transport.ssh import Server


class SftpFiles:
    """Pulls CSV, XLSX and EDIFACT files from an SFTP server.

    Args:
        system: code of the connection.
        config: options; secrets already resolved.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True, push=False, deletes="scan")
    Config: ClassVar[type[FilesConfig]] = FilesConfig

    def __init__(self, system: str, config: FilesConfig) -> None:
        self._system = system
        self._config = config
        self._sightings = Sightings(config.settle_seconds)
        self._session = SftpSession(
            Server(
                system=system,
                host=config.host,
                port=config.port,
                username=config.username,
                password=config.password.get_secret_value() if config.password else None,
                private_key=config.private_key.get_secret_value() if config.private_key else None,
                host_key=config.host_key,
                timeout=config.timeout_seconds,
                name_encoding=config.name_encoding,
            )
        )

    def check(self) -> None:
        """Log in and list every folder."""
        for folder in sorted({stream.folder for stream in self._config.streams.values()}):
            self._session.list_files(folder)

    def discover(self) -> Sequence[Stream]:
        """Return the streams of the connection document."""
        return [
            Stream(name, stream.description or f"{stream.pattern} in {stream.folder}")
            for name, stream in self._config.streams.items()
        ]

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the rows of complete files that are not done, in order of position and name.

        Small files with the same columns share a batch, but a complete list has its batches to itself and says where
        it begins and ends. If all new files have no rows, one batch without rows carries the cursor.
        """
        options = self._stream(stream)
        listing = self._session.list_files(options.folder)
        present = [file for file in listing if _is_readable(file.name)]
        place = Place.from_cursor(cursor).without_absent(file.name for file in present)
        batches = Batcher(stream, self._config.batch_rows)
        for file in self._complete_files(options, present, place):
            with tempfile.TemporaryFile() as copy:
                if self._session.download(_join(options.folder, file.name), copy) != file:
                    continue
                table, failed = open_file(file, copy, options)
                finished = place.finished(file, failed=failed)
                of_file = read_file(file, options, table, batches, place, finished)
                if options.complete:
                    yield from batches.rest()
                    yield from _claimed(chain(of_file, batches.rest()), begins=not place.row_reached(file), file=file)
                else:
                    yield from of_file
                place = finished
        yield from batches.rest()
        if len(present) < len(listing):
            raise ConfigurationError(
                f"{len(listing) - len(present)} files are not read, their names are not {self._config.name_encoding}",
                system=self._system,
                stream=stream,
                where=options.folder,
                remedy="Set name_encoding, e.g. to gb18030, or rename the files",
            )

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Move the files that are done to the archive, those that could not be read to the folder of failures."""
        folder = self._stream(stream).folder
        place = Place.from_cursor(cursor)
        leaving = [file for file in self._session.list_files(folder) if place.is_done(file)]
        targets = [self._config.failed if file.name in place.failed else self._config.archive for file in leaving]
        for target in sorted(set(targets)):
            self._session.make_folder(target)
        for file, target in zip(leaving, targets, strict=True):
            self._put_away(folder, file, target)

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    def __repr__(self) -> str:
        return f"SftpFiles({self._system!r}, {self._session!r})"

    def _stream(self, name: str) -> StreamConfig:
        options = self._config.streams.get(name)
        if options is None:
            raise ConfigurationError(
                "there is no such stream",
                system=self._system,
                stream=name,
                remedy=f"Use one of: {', '.join(self._config.streams)}",
            )
        return options

    def _complete_files(self, options: StreamConfig, present: list[RemoteFile], place: Place) -> list[RemoteFile]:
        """Choose the files to read now, the one in progress first; waits only if a file is new to us."""
        self._sightings.note(options.folder, present)
        candidates = [file for file in present if is_candidate(file.name, options.pattern) and not place.is_done(file)]
        started = [file for file in candidates if place.row_reached(file)]
        new = [file for file in candidates if not place.row_reached(file)]
        wait = max((self._sightings.seconds_until_complete(options.folder, file) for file in new), default=0.0)
        if wait > 0:
            time.sleep(wait)
            again = self._session.list_files(options.folder)
            self._sightings.note(options.folder, again)
            new = [
                file
                for file in new
                if file in again and not self._sightings.seconds_until_complete(options.folder, file)
            ]
        return started + sorted(new, key=lambda file: (position_of(file, options) or "", file.name))

    def _put_away(self, folder: str, file: RemoteFile, target: str) -> None:
        source, number = _join(folder, file.name), 0
        name = PurePosixPath(file.name)
        destination = _join(target, file.name)
        while self._session.find(destination):
            number += 1
            destination = _join(target, f"{name.stem}.{number}{name.suffix}")
        if self._session.move(source, destination):
            moved = self._session.find(destination)
            if moved and version_of(moved) != version_of(file):
                # a new version came between our look and our move: it has not been read
                self._session.move(destination, source)


def _join(folder: str, name: str) -> str:
    return posixpath.join(folder, name)


def _is_readable(name: str) -> bool:
    """Return whether the name could be decoded."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _claimed(batches: Iterator[Batch], *, begins: bool, file: RemoteFile) -> Iterator[Batch]:
    """Say of the batches of one file that they are the whole list; one that goes on with a file does not begin it."""
    for batch in batches:
        ends = Place.from_cursor(batch.cursor).is_done(file)
        yield replace(batch, begins_complete=begins, ends_complete=ends)
        begins = False
