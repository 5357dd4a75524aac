"""Build a raw mail and read it."""

import datetime as dt
from typing import Any

from connectors.transport.mail import Reading, read_mail

READING = Reading(own_domains=frozenset({"own.example"}), text_characters=2000)
RECEIVED = dt.datetime(2026, 10, 5, 1, 0, tzinfo=dt.UTC)


def mail(
    body: bytes,
    *,
    subject: bytes = b"inquiry",
    kind: str = "text/plain; charset=utf-8",
    encoding: str = "8bit",
    headers: bytes = b"",
    sender: bytes = b"Li Wei <li@customer.example>",
) -> bytes:
    return (
        b"From: " + sender + b"\r\nTo: sales@own.example\r\nMessage-ID: <m1@customer.example>\r\n"
        b"Date: Fri, 2 Oct 2026 16:15:00 +0800\r\nSubject: " + subject + b"\r\n" + headers
        + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    )  # fmt: skip


def multipart(*parts: bytes, boundary: str = "b1") -> bytes:
    """Put parts, each with its own headers, into a body for :func:`mail` with :func:`divided`."""
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return inner + b"--" + boundary.encode() + b"--\r\n"


def part(kind: str, body: bytes, headers: str = "") -> bytes:
    return f"Content-Type: {kind}\r\n{headers}\r\n".encode() + body


def divided(*parts: bytes, kind: str = "mixed", boundary: str = "b1") -> bytes:
    return mail(multipart(*parts, boundary=boundary), kind=f'multipart/{kind}; boundary="{boundary}"')


def read(raw: bytes, received: dt.datetime | None = RECEIVED, reading: Reading = READING) -> dict[str, Any]:
    return read_mail(raw, received, reading)
