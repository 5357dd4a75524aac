"""The parts of a raw mail, walked within limits.

The standard library's parser has no limits: some megabytes of delimiter lines cost it gigabytes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser

from connectors.base import Defect
from connectors.transport.mail_charsets import decode, decode_header, from_base64

MOST_PARTS = 200
MOST_DEPTH = 20
HEADER_BYTES = 256 * 1024
"""Headers beyond this are not looked at; the largest seen in good mails are some 20 kB."""

_HEADERS = BytesHeaderParser(policy=policy.compat32)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_UUENCODED = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


class UnreadableMailError(Exception):
    """Nothing in this mail can be trusted.

    Args:
        defect: what is wrong with it.
    """

    def __init__(self, defect: Defect) -> None:
        super().__init__(defect.message)
        self.defect = defect


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a mail or of a part, as bytes, unfolded."""

    fields: tuple[tuple[str, bytes], ...]

    def all(self, name: str) -> list[bytes]:
        """Return the values of a header, as often as it stands there."""
        return [value for field, value in self.fields if field == name]

    def first(self, name: str) -> bytes:
        """Return the first value of a header, empty if there is none."""
        return next(iter(self.all(name)), b"")

    def text(self, name: str) -> str:
        """Return the first value of a header as text."""
        return decode_header(self.first(name))


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail's tree, or the whole of a mail without parts.

    Args:
        type: media type in lower case, ``text/plain`` if none or nonsense is declared.
        charset: as declared, empty if it is not.
        name: file name, decoded, empty if it has none.
        attached: whether the sender meant it as an attachment and not as text to be read.
        encoding: transfer encoding in lower case.
        body: the encoded bytes.
    """

    type: str
    charset: str
    name: str
    attached: bool
    encoding: str
    body: bytes

    def content(self) -> bytes:
        """Undo the transfer encoding; what is damaged is read as far as it goes."""
        match self.encoding:
            case "base64":
                return from_base64(self.body)
            case "quoted-printable":
                return binascii.a2b_qp(self.body)
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _from_uuencode(self.body)
            case _:
                return self.body

    def text(self) -> str:
        """Return the content as text, its line ends single line feeds."""
        return decode(self.content(), self.charset).replace("\r\n", "\n").replace("\r", "\n")


def split_headers(raw: bytes) -> tuple[Headers, bytes]:
    """Divide a mail or a part into headers and body."""
    if found := _END_OF_HEADERS.search(raw):
        head, body = raw[: found.start()], raw[found.end() :]
    else:
        head, body = raw, b""
    parsed = _HEADERS.parsebytes(head[:HEADER_BYTES] + b"\r\n\r\n")
    fields = tuple(
        (name.lower(), re.sub(rb"\r?\n[ \t]*|\r", b" ", value.encode("ascii", "surrogateescape")).strip())
        for name, value in parsed.raw_items()
    )
    return Headers(fields), body


def walk(raw: bytes) -> tuple[Headers, list[Part]]:
    """Read the headers of a mail and list its leaves, attached mails as one leaf each.

    Raises:
        UnreadableMailError: ``too_many_parts`` or ``too_deeply_nested``.
    """
    headers, body = split_headers(raw)
    parts: list[Part] = []
    for part in _leaves(headers, body, 0):
        parts.append(part)
        if len(parts) > MOST_PARTS:
            raise UnreadableMailError(
                Defect(
                    "too_many_parts",
                    f"the mail has more than {MOST_PARTS} parts",
                    "",
                    "Look at it in the mailbox; no usual mail has so many, delete it there if it is an attack",
                )
            )
    return headers, parts


def _leaves(headers: Headers, body: bytes, depth: int) -> Iterator[Part]:
    if depth > MOST_DEPTH:
        raise UnreadableMailError(
            Defect(
                "too_deeply_nested",
                f"the mail's parts are nested more than {MOST_DEPTH} deep",
                "",
                "Look at it in the mailbox; no usual mail is nested so deep, delete it there if it is an attack",
            )
        )
    declared = _parameters(headers)
    kind = declared.get_content_type()
    boundary = _boundary(declared) if kind.startswith("multipart/") else b""
    if boundary:
        for segment in _segments(body, boundary):
            yield from _leaves(*split_headers(segment), depth + 1)
        return
    name = _file_name(declared)
    if kind.startswith("multipart/"):  # it says how it is divided nowhere: read it as the text it is
        kind = "text/plain"
    disposition = declared.get_content_disposition() or ""
    yield Part(
        type=kind,
        charset=str(declared.get_param("charset", "") or "") if kind.startswith("text/") else "",
        name=name,
        attached=disposition == "attachment" or bool(name) or not kind.startswith("text/"),
        encoding=headers.text("content-transfer-encoding").lower(),
        body=body,
    )


def _parameters(headers: Headers) -> Message:
    """Let the standard library read the parameters, after their raw 8-bit characters have become text."""
    message = Message(policy.compat32)
    for name in ("content-type", "content-disposition"):
        if value := headers.first(name):
            message[name] = value.decode("ascii") if value.isascii() else decode(value, "")
    return message


def _boundary(declared: Message) -> bytes:
    return (declared.get_boundary() or "").encode("utf-8", "replace")


def _segments(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Cut a multipart body at its delimiter lines; a missing last delimiter ends with the body."""
    delimiter = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    start = -1
    for found in delimiter.finditer(body):
        if start >= 0:
            yield body[start : found.start()].removesuffix(b"\n").removesuffix(b"\r")
        start = found.end() + 1
        if found[1]:
            return
    if 0 <= start < len(body):
        yield body[start:]


def _file_name(declared: Message) -> str:
    """Return the file name, whether it came as RFC 2231 wants it, as encoded words, or raw."""
    name = declared.get_filename("") or ""
    return decode_header(name.encode("utf-8", "surrogateescape"))[:255]


def _from_uuencode(body: bytes) -> bytes:
    found = _UUENCODED.search(body)
    lines = body[found.end() :].splitlines() if found else []
    out = bytearray()
    for line in lines:
        if line.strip() in {b"end", b"`", b""}:
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:  # trailing garbage, which old mailers add
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            out += binascii.a2b_uu(line[:wanted])
    return bytes(out)
