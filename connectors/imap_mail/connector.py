"""The connector: folders of a mailbox as a stream of mails."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar

from connectors.base import Batch, Capabilities, Cursor, Defect, RawRecord, Stream, to_table
from connectors.errors import ConfigurationError
from connectors.imap_mail.config import Config as MailConfig
from connectors.transport.imap import ImapSession
from connectors.transport.imap_login import MailServer
from connectors.transport.imap_syntax import Envelope
from connectors.transport.mail import Reading, document_type, read_mail
from connectors.transport.mail_charsets import guess
from connectors.transport.mail_mime import UnreadableMailError

STREAM = "message"
MEGABYTE = 1024 * 1024
RAW_BYTES = 2000
"""How much of a mail that cannot be read is shown in its dead letter."""
PROTOCOL_BYTES = MEGABYTE
"""What one answer of the server may be larger than the mail in it."""

Place = dict[str, dict[str, int]]
"""For each folder its UIDVALIDITY and the last UID read: ``{"INBOX": {"uidvalidity": 7, "uid": 42}}``."""


class ImapMail:
    """Pulls mails from IMAP folders; the mailbox stays as it is, unread mails stay unread.

    Args:
        system: code of the connection.
        config: options; secrets already resolved.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True, push=False, deletes="none")
    Config: ClassVar[type[MailConfig]] = MailConfig

    def __init__(self, system: str, config: MailConfig) -> None:
        self._system = system
        self._config = config
        self._largest = int(config.message_megabytes * MEGABYTE)
        self._reading = Reading(
            own_domains=config.own_domains,
            text_characters=config.text_characters,
            attachment_bytes=int(config.attachment_megabytes * MEGABYTE),
        )
        self._session = ImapSession(
            MailServer(
                system=system,
                host=config.host,
                port=config.tcp_port,
                username=config.username,
                password=config.password.get_secret_value(),
                security=config.security,
                ca=config.ca,
                timeout=config.timeout_seconds,
                largest_literal=self._largest + PROTOCOL_BYTES,
            )
        )

    def check(self) -> None:
        """Log in and open every folder."""
        for folder in self._config.folders:
            self._session.open_folder(folder)

    def discover(self) -> Sequence[Stream]:
        """Return the one stream."""
        return [Stream(STREAM, f"mails in {', '.join(self._config.folders)}")]

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the mails after the cursor, folder by folder, in the order in which the server numbered them.

        A folder whose UIDVALIDITY changed is read from its beginning: its old numbers mean nothing any more. Mails
        already known are recognised by their key.
        """
        self._check_stream(stream)
        place = _place_from(cursor, self._config.folders)
        for folder in self._config.folders:
            uidvalidity = self._session.open_folder(folder)
            before = place.get(folder, {})
            last = before.get("uid", 0) if before.get("uidvalidity") == uidvalidity else 0
            for envelopes in self._groups(folder, uidvalidity, last):
                records = list(self._records(folder, uidvalidity, envelopes))
                place = place | {folder: {"uidvalidity": uidvalidity, "uid": envelopes[-1].uid}}
                if records:
                    yield Batch(STREAM, to_table(records, document_type), place)

    def settle(self, stream: str, cursor: Cursor) -> None:  # noqa: ARG002 - the contract's signature
        """Do nothing: a mailbox that is only read needs no tidying."""
        self._check_stream(stream)

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    def __repr__(self) -> str:
        return f"ImapMail({self._system!r}, {self._session!r})"

    def _check_stream(self, stream: str) -> None:
        if stream != STREAM:
            raise ConfigurationError(
                "there is no such stream", system=self._system, stream=stream, remedy=f"Use one of: {STREAM}"
            )

    def _groups(self, folder: str, uidvalidity: int, last: int) -> Iterator[list[Envelope]]:
        """Yield the mails of one batch each: bounded in number and in bytes."""
        most = int(self._config.batch_megabytes * MEGABYTE)
        group: list[Envelope] = []
        size = 0
        uids = self._session.uids_after(folder, uidvalidity, last)
        while some := list(islice(uids, self._config.batch_rows)):
            for envelope in self._session.envelopes(folder, uidvalidity, some):
                weight = min(envelope.size, self._largest)
                if group and (len(group) == self._config.batch_rows or size + weight > most):
                    yield group
                    group, size = [], 0
                group.append(envelope)
                size += weight
        if group:
            yield group

    def _records(self, folder: str, uidvalidity: int, envelopes: Sequence[Envelope]) -> Iterator[RawRecord]:
        """Yield the mails of a batch, each a document or a defect; those deleted meanwhile are no records."""
        fitting = [envelope.uid for envelope in envelopes if envelope.size <= self._largest]
        bodies = self._bodies(folder, uidvalidity, fitting)
        for envelope in envelopes:
            origin = f"{folder}/{uidvalidity}/{envelope.uid}"
            if envelope.size > self._largest:
                yield self._oversized(folder, uidvalidity, envelope, origin)
            elif envelope.uid in bodies:
                yield self._record(bodies[envelope.uid], envelope, origin)

    def _bodies(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Mapping[int, bytes | None]:
        """Fetch mails together; if the server refuses, in halves until the one it cannot give is alone (``None``)."""
        if not uids:
            return {}
        # one byte more than allowed shows a mail whose size the server understated
        found = self._session.mails(folder, uidvalidity, uids, self._largest + 1)
        if found is not None:
            return found
        if len(uids) == 1:
            return {uids[0]: None}
        half = len(uids) // 2
        parts = (self._bodies(folder, uidvalidity, some) for some in (uids[:half], uids[half:]))
        return {uid: body for part in parts for uid, body in part.items()}

    def _record(self, raw: bytes | None, envelope: Envelope, origin: str) -> RawRecord:
        received = envelope.received
        if raw is None:
            defect = Defect(
                "refused_by_server", "the server cannot give out this mail", "", "Have its operator repair the mailbox"
            )
            return _defective(origin, envelope, defect, b"")
        if len(raw) > self._largest:
            return _defective(origin, envelope, self._too_large(len(raw)), raw)
        try:
            document = read_mail(raw, received, self._reading)
        except UnreadableMailError as error:
            return _defective(origin, envelope, error.defect, raw)
        return RawRecord(origin, document["date"], document)

    def _oversized(self, folder: str, uidvalidity: int, envelope: Envelope, origin: str) -> RawRecord:
        beginning = self._session.mails(folder, uidvalidity, [envelope.uid], RAW_BYTES) or {}
        return _defective(origin, envelope, self._too_large(envelope.size), beginning.get(envelope.uid, b""))

    def _too_large(self, size: int) -> Defect:
        return Defect(
            "message_too_large",
            f"the mail has at least {size:,} bytes, more than the {self._largest:,} allowed",
            "",
            "Raise message_megabytes in the connection document and replay, or deal with it in the mailbox",
        )


def _place_from(cursor: Cursor | None, folders: Sequence[str]) -> Place:
    """Take the folders of the connection document out of a cursor; a folder no longer read is forgotten."""
    known: Mapping[str, Any] = cursor or {}
    return {folder: dict(known[folder]) for folder in folders if folder in known}


def _defective(origin: str, envelope: Envelope, defect: Defect, raw: bytes) -> RawRecord:
    position = envelope.received.isoformat(timespec="seconds") if envelope.received else "unknown"
    shown = guess(raw[:RAW_BYTES]).replace("\0", "") if raw else None
    return RawRecord(origin, position, None, defect, shown)
