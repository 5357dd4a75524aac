"""SFTP with a pinned host key, over paramiko. Every wait has an end; every failure is a connector error."""

import os
import posixpath
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

import paramiko
from paramiko.sftp import CMD_CLOSE, CMD_HANDLE, CMD_NAME, CMD_OPENDIR, CMD_READDIR

from connectors.errors import ConfigurationError, ConnectorError, RetryableError
from connectors.transport.ssh import Server, open_transport

PIECE = 1 << 15


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file in a listing: name, size in bytes, modification time in whole seconds since 1970 UTC."""

    name: str
    size: int
    mtime: int


class SftpSession:
    """One connection, made when first needed and made again when it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: paramiko.Transport | None = None
        self._client: _Client | None = None

    def __repr__(self) -> str:
        return f"SftpSession({self._server!r})"

    def list_files(self, folder: str) -> list[RemoteFile]:
        """List the ordinary files of a folder."""
        with self._translated(folder) as client:
            return [
                _remote_file(entry.filename, entry)
                for entry in client.listdir_attr(self._encoded(folder))
                if stat.S_ISREG(entry.st_mode or stat.S_IFREG)
            ]

    def find(self, path: str) -> RemoteFile | None:
        """Return what a path holds now, ``None`` if nothing."""
        with self._translated(path) as client:
            try:
                return _remote_file(posixpath.basename(path), client.stat(self._encoded(path)))
            except FileNotFoundError:
                return None

    def download(self, path: str, target: BinaryIO) -> RemoteFile | None:
        """Copy a file to the start of ``target`` in pieces.

        Returns:
            What the server says of the file after the copy; ``None`` if it is gone or the copy has another size.
        """
        with self._translated(path) as client:
            try:
                with client.open(self._encoded(path), "rb") as source:
                    # no limit on requests under way: with one of 64 paramiko is ten times slower
                    source.prefetch()
                    target.writelines(iter(lambda: source.read(PIECE), b""))
                after = _remote_file(posixpath.basename(path), client.stat(self._encoded(path)))
            except FileNotFoundError:
                return None
        size = target.tell()
        target.seek(0)
        return after if after.size == size else None

    @contextmanager
    def opened(self, path: str) -> "Iterator[RemoteReader | None]":
        """Open a file for reading pieces of it; ``None`` if there is none.

        What is open stays the same file even if another takes its name meanwhile.
        """
        with self._translated(path) as client:
            try:
                handle = client.open(self._encoded(path), "rb")
            except FileNotFoundError:
                handle = None
        try:
            yield RemoteReader(handle, lambda: self._translated(path)) if handle else None
        finally:
            if handle is not None:
                with suppress(OSError, EOFError, paramiko.SSHException):  # the connection may be gone already
                    handle.close()

    def move(self, source: str, target: str) -> bool:
        """Rename a file at once, replacing what is at ``target``; return whether there was one to rename."""
        with self._translated(source) as client:
            try:
                client.posix_rename(self._encoded(source), self._encoded(target))
            except FileNotFoundError:
                return False
        return True

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it, where they are missing."""
        with self._translated(folder) as client:
            path = ""
            for part in folder.split("/"):
                path = f"{path}{part}/"
                try:
                    client.stat(self._encoded(path))
                except FileNotFoundError:
                    client.mkdir(self._encoded(path))

    def close(self) -> None:
        """Give back the connection; the next call makes a new one."""
        if self._transport is not None:
            self._transport.close()
        self._transport = self._client = None

    def _encoded(self, path: str) -> bytes:
        return path.encode(self._server.name_encoding, "surrogateescape")

    def _connected(self) -> "_Client":
        if self._client is None or self._transport is None or not self._transport.is_active():
            self.close()
            self._transport = open_transport(self._server)
            client = _Client.from_transport(self._transport)
            if not isinstance(client, _Client):
                raise paramiko.SSHException("no SFTP channel")
            client.name_encoding = self._server.name_encoding
            channel = client.get_channel()
            if channel is not None:
                channel.settimeout(self._server.timeout)
            self._client = client
        return self._client

    @contextmanager
    def _translated(self, path: str) -> Iterator["_Client"]:
        """Give the connection and turn what goes wrong into connector errors."""
        server = self._server
        try:
            yield self._connected()
        except ConnectorError:
            self.close()
            raise
        except FileNotFoundError:
            raise ConfigurationError(
                "there is no such folder on the server",
                system=server.system,
                where=path,
                remedy="Make the folder on the server or correct its name in the connection document",
            ) from None
        except PermissionError:
            raise ConfigurationError(
                f"the user {server.username} may not do this on the server",
                system=server.system,
                where=path,
                remedy="Grant the user read and write rights on the folder and the archive",
            ) from None
        except (EOFError, OSError, UnicodeError, paramiko.SSHException, paramiko.SFTPError) as error:
            self.close()
            raise _unreachable(server, _reason(error), path) from error


class RemoteReader:
    """A file open for reading anywhere in it, see :meth:`SftpSession.opened`."""

    def __init__(self, handle: paramiko.SFTPFile, translated: "Callable[[], AbstractContextManager[_Client]]") -> None:
        self._handle = handle
        self._translated = translated

    def size(self) -> int:
        """Return the size in bytes now."""
        with self._translated():
            return self._handle.stat().st_size or 0

    def read(self, start: int, length: int) -> bytes:
        """Return the bytes from ``start`` on, fewer than ``length`` only at the end of the file."""
        pieces = [(at, min(PIECE, start + length - at)) for at in range(start, start + length, PIECE)]
        with self._translated():
            return b"".join(self._handle.readv(pieces))  # all pieces are asked for at once


class _Client(paramiko.SFTPClient):
    """paramiko's client, but names that do not decode are listed and can be addressed all the same."""

    name_encoding = "utf-8"

    def listdir_attr(self, path: bytes | str = ".") -> list[paramiko.SFTPAttributes]:
        kind, message = self._request(CMD_OPENDIR, path)  # type: ignore[attr-defined]
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError("expected a handle")
        handle = message.get_binary()
        entries: list[paramiko.SFTPAttributes] = []
        with suppress(EOFError):
            while True:
                kind, message = self._request(CMD_READDIR, handle)  # type: ignore[attr-defined]
                if kind != CMD_NAME:
                    raise paramiko.SFTPError("expected names")
                for _ in range(message.get_int()):
                    name = message.get_string().decode(self.name_encoding, "surrogateescape")
                    message.get_string()
                    entry = paramiko.SFTPAttributes._from_msg(message, name)  # type: ignore[attr-defined]  # noqa: SLF001
                    entries.append(entry)
        self._request(CMD_CLOSE, handle)  # type: ignore[attr-defined]
        return entries


def _remote_file(name: str, attributes: paramiko.SFTPAttributes) -> RemoteFile:
    return RemoteFile(name, attributes.st_size or 0, int(attributes.st_mtime or 0))


def _unreachable(server: Server, reason: str, path: str) -> RetryableError:
    return RetryableError(
        f"the exchange with the SFTP server failed ({reason})",
        system=server.system,
        where=f"{server.host}:{server.port} {path}".strip(),
        remedy="The next run tries again; if it lasts, check host, port, network and the server",
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, socket.gaierror):
        return "the host name is not known"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
