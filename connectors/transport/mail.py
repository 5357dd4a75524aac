"""A raw mail as a document: who to whom, when, what, which contact points in the signature, which attachments.

``mail_mime`` walks the parts, ``mail_charsets`` makes text of bytes, ``mail_text`` finds what a person wrote,
``mail_signature`` reads the signature. Nothing here talks to a server.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses, parsedate_tz
from typing import Any

import pyarrow as pa

from connectors.base import Defect
from connectors.transport.mail_charsets import charset_of, clean, decode, decode_header
from connectors.transport.mail_mime import Headers, Part, UnreadableMailError, walk
from connectors.transport.mail_signature import Signature, read_signature
from connectors.transport.mail_text import body_text, language, own_words

MOST_ADDRESSES = 500
MOST_REFERENCES = 100
LONGEST_SUBJECT = 1000
LATEST_AHEAD = timedelta(days=2)
"""A mail cannot be written later than the server got it; clocks and time zones may be wrong by so much."""

_address = pa.struct([("name", pa.string()), ("address", pa.string())])
document_type = pa.struct(
    [
        ("key", pa.string()),
        ("message_id", pa.string()),
        ("raw_sha256", pa.string()),
        ("date", pa.string()),
        ("direction", pa.string()),
        ("from", pa.list_(_address)),
        ("to", pa.list_(_address)),
        ("cc", pa.list_(_address)),
        ("subject", pa.string()),
        ("text", pa.string()),
        ("language", pa.string()),
        ("in_reply_to", pa.string()),
        ("references", pa.list_(pa.string())),
        ("signature", pa.struct([("name", pa.string()), ("company", pa.string())])),
        (
            "mentions",
            pa.list_(pa.struct([(field, pa.string()) for field in ("kind", "value", "label", "name", "line")])),
        ),
        (
            "attachments",
            pa.list_(
                pa.struct([("name", pa.string()), ("type", pa.string()), ("size", pa.int64()), ("sha256", pa.string())])
            ),
        ),
        ("remarks", pa.list_(pa.string())),
    ]
)
"""Arrow type of the documents :func:`read_mail` makes."""

_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_OFFSET = re.compile(r"[+-]\d{4}\b|\b(?:GMT|UTC?|Z)\b\s*(?:\(.*\))?\s*$", re.IGNORECASE)
_PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reading:
    """How mails are read.

    Args:
        own_domains: mail domains of the enterprise, lower case; their subdomains are ours, too.
        text_characters: longest text kept.
        attachment_bytes: attachments larger than this, as encoded, are listed without a hash.
    """

    own_domains: frozenset[str]
    text_characters: int = 20_000
    attachment_bytes: int = 20 * 1024 * 1024


def read_mail(raw: bytes, received: datetime | None, reading: Reading) -> dict[str, Any]:
    """Read a raw mail.

    Args:
        raw: the mail as the server gives it.
        received: when the server got it, with time zone; stands in for a Date header that says no instant.
        reading: how to read it.

    Returns:
        A document of :data:`document_type`. ``key`` is the Message-ID without its brackets, or the hash of the mail if
        it has none or several. ``date`` is ISO 8601 in UTC.

    Raises:
        UnreadableMailError: it is no mail, or none that could be read safely.
    """
    try:
        return _read(raw, received, reading)
    except _PARSER_FAULTS as error:  # the standard library's header parser on input it was not made for
        raise UnreadableMailError(
            Defect(
                "malformed_message",
                f"the mail cannot be parsed ({type(error).__name__})",
                "",
                "Look at it in the mailbox and have it sent again if it matters",
            )
        ) from None


def _read(raw: bytes, received: datetime | None, reading: Reading) -> dict[str, Any]:
    headers, parts = walk(raw)
    _refuse_what_is_no_mail(raw, headers)
    remarks: list[str] = []
    date = _date(headers, received, remarks)
    text = _text(parts, reading, remarks)
    subject = headers.text("subject")[:LONGEST_SUBJECT]
    senders, recipients, copies = (_addresses(headers, name) for name in ("from", "to", "cc"))
    signature = _signature(text, senders)
    digest = hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()  # servers differ in the line ends they give
    message_id = _message_id(headers, remarks)
    return {
        "key": message_id or f"sha256:{digest}",
        "message_id": message_id,
        "raw_sha256": digest,
        "date": date.astimezone(UTC).isoformat(timespec="seconds"),
        "direction": _direction(senders, [*recipients, *copies], reading.own_domains),
        "from": senders,
        "to": recipients,
        "cc": copies,
        "subject": subject,
        "text": text,
        "language": language(f"{subject}\n{own_words(text)}"),
        "in_reply_to": next(iter(_ids(headers.all("in-reply-to"))), ""),
        "references": _ids(headers.all("references"))[-MOST_REFERENCES:],
        "signature": {"name": signature.name, "company": signature.company},
        "mentions": [
            {"kind": m.kind, "value": m.value, "label": m.label, "name": m.name, "line": m.line}
            for m in signature.mentions
        ],
        "attachments": [_attachment(part, reading, remarks) for part in parts if part.attached],
        "remarks": sorted(set(remarks)),
    }


def _refuse_what_is_no_mail(raw: bytes, headers: Headers) -> None:
    if not raw.strip():
        raise UnreadableMailError(
            Defect("empty_message", "the mail is empty", "", "Ask the sender to send it again, or delete it")
        )
    if not any(headers.first(name) for name in ("from", "date", "message-id", "subject", "to", "received")):
        raise UnreadableMailError(
            Defect(
                "not_a_mail",
                "it has none of the headers that every mail has",
                "",
                "Look at it in the mailbox; a mail that a program put there needs at least From and Date",
            )
        )


def _date(headers: Headers, received: datetime | None, remarks: list[str]) -> datetime:
    """Return the instant of the Date header, else when the server got the mail."""
    written = _instant(headers.text("date"))
    if written and (received is None or written <= received + LATEST_AHEAD):
        return written
    remarks.append("date_from_server")
    if received is None:
        raise UnreadableMailError(
            Defect(
                "no_date",
                "neither the mail nor the server says when it was written",
                "date",
                "Have the server's operator mend the INTERNALDATE of this mail",
            )
        )
    return received


def _instant(text: str) -> datetime | None:
    """Read a Date header; ``None`` without a numeric offset: CST is at home in Chicago and in Shanghai.

    >>> _instant("Fri, 2 Oct 2026 16:15:00 +0800 (CST)"), _instant("Fri, 2 Oct 2026 16:15:00 CST")
    (datetime.datetime(2026, 10, 2, 8, 15, tzinfo=datetime.timezone.utc), None)
    """
    fields = parsedate_tz(text) if _OFFSET.search(text) else None
    if fields is None or fields[9] is None:
        return None
    try:
        return datetime(*fields[:5], min(fields[5], 59), tzinfo=UTC) - timedelta(seconds=fields[9])
    except (ValueError, OverflowError):  # 31 February, the year 0
        return None


def _message_id(headers: Headers, remarks: list[str]) -> str:
    found = {clean(decode(value, "")).strip().strip("<>").strip() for value in headers.all("message-id")} - {""}
    if len(found) == 1:
        return found.pop()[:900]
    remarks.append("message_id_repeated" if found else "message_id_missing")
    return ""


def _ids(values: Sequence[bytes]) -> list[str]:
    return [found for value in values for found in _MESSAGE_ID.findall(decode(value, ""))]


def _addresses(headers: Headers, name: str) -> list[dict[str, str]]:
    """Read address lists; commas count before encoded words are decoded, for these may hold commas of their own."""
    values = [value.decode("ascii") if value.isascii() else decode(value, "") for value in headers.all(name)]
    found = getaddresses([value[:100_000] for value in values])
    return [
        {"name": decode_header(person.encode("utf-8", "replace")).strip("\"' "), "address": address.strip("<> ")}
        for person, address in found[:MOST_ADDRESSES]
        if "@" in address
    ]


def _direction(senders: Sequence[dict[str, str]], recipients: Sequence[dict[str, str]], own: frozenset[str]) -> str:
    if not any(_is_own(person["address"], own) for person in senders):
        return "inbound"
    ours = [_is_own(person["address"], own) for person in recipients]
    return "internal" if ours and all(ours) else "outbound"


def _is_own(address: str, own: frozenset[str]) -> bool:
    domain = address.rpartition("@")[2].lower()
    return any(domain == known or domain.endswith(f".{known}") for known in own)


def _text(parts: Sequence[Part], reading: Reading, remarks: list[str]) -> str:
    text = body_text(parts)
    if not text:
        remarks.append("no_text")
    if len(text) > reading.text_characters:
        remarks.append("text_cut")
    if any(not part.attached and part.charset and not charset_of(part.charset) for part in parts):
        remarks.append("unknown_charset")
    return text[: reading.text_characters]


def _signature(text: str, senders: Sequence[dict[str, str]]) -> Signature:
    return read_signature(own_words(text), senders[0]["name"] if senders else "")


def _attachment(part: Part, reading: Reading, remarks: list[str]) -> dict[str, Any]:
    if part.type == "application/ms-tnef":
        remarks.append("winmail")
    entry: dict[str, Any] = {"name": part.name, "type": part.type, "size": len(part.body), "sha256": ""}
    if len(part.body) > reading.attachment_bytes:
        remarks.append("attachment_not_hashed")
        return entry
    content = part.content()
    return entry | {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
