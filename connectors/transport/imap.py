"""An IMAP session that only reads: folders are opened with EXAMINE, bodies fetched with PEEK, no flag ever changes."""

from __future__ import annotations

import imaplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from connectors.errors import ConfigurationError, RetryableError
from connectors.transport.imap_login import Connection, MailServer, log_in, reject, translated, unreachable
from connectors.transport.imap_syntax import Envelope, bodies, envelopes, quoted, set_of, uids

IDLE_SECONDS = 120.0
"""A connection unused for so long is made anew: servers and firewalls close it without saying so."""
UID_WINDOW = 1_000_000
"""UIDs asked for in one search, so that its answer fits into one line; folders of any size are read."""


class ImapSession:
    """Logs in at the first call and after every failure.

    Args:
        server: where and as whom.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: Connection | None = None
        self._folder: str | None = None
        self._uidvalidity = 0
        self._used = 0.0

    def open_folder(self, folder: str) -> int:
        """Open a folder for reading, anew each time so that new mails are seen, and return its UIDVALIDITY.

        Raises:
            AuthenticationError: another certificate, or the login was refused.
            ConfigurationError: there is no such folder, or the server wants another kind of security.
            RetryableError: the server cannot be reached or breaks off.
        """
        self._drop_if_idle()
        with self._speaking() as connection:
            self._folder = None
            kind, _ = connection.select(quoted(folder), readonly=True)
            if kind != "OK":
                raise ConfigurationError(
                    "the folder cannot be opened",
                    system=self._server.system,
                    where=folder,
                    remedy="Mend folders in the connection document, or have the user be given the right to read it",
                )
            found = connection.response("UIDVALIDITY")[1][0]
            if found is None:
                reject(
                    self._server, "the server gives no UIDVALIDITY for the folder, so that a place in it cannot be kept"
                )
            self._folder, self._uidvalidity = folder, int(found)
            return self._uidvalidity

    def uids_after(self, folder: str, uidvalidity: int, uid: int) -> Iterator[int]:
        """Yield the UIDs greater than one, rising; in windows, so that memory does not grow with the folder.

        Raises:
            ConnectorError: as :meth:`open_folder` does; RetryableError also if UIDVALIDITY changed meanwhile.
        """
        last = self._last_uid(folder, uidvalidity)
        for start in range(uid + 1, last + 1, UID_WINDOW):
            with self._reading(folder, uidvalidity) as connection:
                kind, data = connection.uid("SEARCH", f"UID {start}:{min(start + UID_WINDOW - 1, last)}")
                self._expect_ok(kind, "the server refuses to search the folder")
                found = sorted(int(number) for line in data if line for number in line.split())
            # a range that lies past the last mail is answered with the last mail
            yield from (number for number in found if start <= number <= last)

    def envelopes(self, folder: str, uidvalidity: int, numbers: Sequence[int]) -> list[Envelope]:
        """Return what the server knows of the mails with some UIDs, rising; those deleted meanwhile are left out."""
        with self._reading(folder, uidvalidity) as connection:
            kind, data = connection.uid("FETCH", set_of(numbers), "(UID RFC822.SIZE INTERNALDATE)")
            self._expect_ok(kind, "the server refuses to list the folder")
        return envelopes(data, set(numbers))

    def mails(self, folder: str, uidvalidity: int, numbers: Sequence[int], most_bytes: int) -> dict[int, bytes] | None:
        """Fetch mails without marking them as seen.

        Args:
            folder: its name.
            uidvalidity: as :meth:`open_folder` returned it.
            numbers: UIDs.
            most_bytes: how much of each is fetched.

        Returns:
            The beginning of each by UID; mails deleted meanwhile are left out. ``None`` if the server refuses, which it
            does for all if it cannot give one of them.
        """
        with self._reading(folder, uidvalidity) as connection:
            kind, data = connection.uid("FETCH", set_of(numbers), f"(UID BODY.PEEK[]<0.{most_bytes}>)")
        return bodies(data, set(numbers)) if kind == "OK" else None

    def close(self) -> None:
        """Log out; the next call logs in again."""
        connection, self._connection, self._folder = self._connection, None, None
        if connection is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()

    def __repr__(self) -> str:
        return f"ImapSession({self._server!r})"

    def _last_uid(self, folder: str, uidvalidity: int) -> int:
        """Return the highest UID in the folder, 0 if it is empty."""
        with self._reading(folder, uidvalidity) as connection:
            kind, data = connection.uid("FETCH", "*", "(UID)")
        return max(uids(data), default=0) if kind == "OK" else 0

    @contextmanager
    def _reading(self, folder: str, uidvalidity: int) -> Iterator[Connection]:
        """Give a connection that has the folder open, the same folder as before."""
        self._drop_if_idle()
        if self._folder != folder:
            self.open_folder(folder)
        if self._uidvalidity != uidvalidity:
            raise RetryableError(
                "the server numbered the mails anew while they were read",
                system=self._server.system,
                where=folder,
                remedy="Nothing to do, the next run reads the folder from its beginning",
            )
        with self._speaking() as connection:
            yield connection

    @contextmanager
    def _speaking(self) -> Iterator[Connection]:
        """Turn whatever goes wrong into our errors, and log out then: what a broken session says next is unknown."""
        try:
            if self._connection is None:
                self._connection = log_in(self._server)
            yield self._connection
            self._used = time.monotonic()
        except BaseException as error:
            self._drop()
            if isinstance(error, OSError | imaplib.IMAP4.error):
                raise translated(error, self._server) from None
            raise

    def _drop_if_idle(self) -> None:
        if time.monotonic() - self._used >= IDLE_SECONDS:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection, self._folder = self._connection, None, None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown()

    def _expect_ok(self, kind: str, what: str) -> None:
        if kind != "OK":
            raise unreachable(self._server, what)
