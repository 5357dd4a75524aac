"""A letter as raw bytes, as different mailers write it: right, and wrong in the ways Chinese mailers are known for."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from random import Random


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, before it is encoded.

    Args:
        message_id: without angle brackets.
        sender: display name and address.
        recipient: display name and address.
        sent: with the sender's offset.
        subject: one line.
        lines: the text.
        attachments: file names and contents.
        answers: Message-ID of the mail it answers, empty if none.
    """

    message_id: str
    sender: tuple[str, str]
    recipient: tuple[str, str]
    sent: datetime
    subject: str
    lines: tuple[str, ...]
    attachments: tuple[tuple[str, bytes], ...] = ()
    answers: str = ""

    @property
    def text(self) -> str:
        """The text with the line ends of a mail."""
        return "".join(f"{line}\r\n" for line in self.lines)


Format = Callable[[Letter, Random], bytes]


def utf8(letter: Letter, rng: Random) -> bytes:
    """Write it as today's mailers do: UTF-8 in base64, headers as encoded words."""
    part = _base64_part("text/plain; charset=utf-8", letter.text.encode())
    return _assemble(letter, rng, _words("utf-8", "utf-8"), part)


def html_only(letter: Letter, rng: Random) -> bytes:
    """Write it as a web mailer does that knows no plain text."""
    rows = "".join(f"<div>{line or '<br>'}</div>\n" for line in letter.lines)
    page = f"<html><head><style>div {{ margin: 0 }}</style></head><body>{rows}</body></html>"
    return _assemble(letter, rng, _words("utf-8", "utf-8"), _base64_part("text/html; charset=utf-8", page.encode()))


def declared_gb2312(letter: Letter, rng: Random) -> bytes:
    """Declare GB2312 and write GB18030."""
    part = b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return _assemble(letter, rng, _words("gb2312", "gb18030"), part + letter.text.encode("gb18030"))


def raw_header(letter: Letter, rng: Random) -> bytes:
    """Write the headers in GBK without encoding them at all."""
    part = _base64_part("text/plain; charset=GBK", letter.text.encode("gb18030"))
    return _assemble(letter, rng, lambda text: text.encode("gb18030"), part)


def split_characters(letter: Letter, rng: Random) -> bytes:
    """Cut encoded words where the bytes are full, in the middle of a character."""
    part = _base64_part('text/plain; charset="gb18030"', letter.text.encode("gb18030"))
    return _assemble(letter, rng, _words("gb2312", "gb18030", width=15), part)


def odd_charset(letter: Letter, rng: Random) -> bytes:
    """Call the charset by a name that no standard knows."""
    part = _base64_part("text/plain; charset=x-gbk", letter.text.encode("gb18030"))
    return _assemble(letter, rng, _words("x-gbk", "gb18030"), part)


CHINESE: tuple[tuple[Format, float], ...] = (
    (utf8, 0.58), (html_only, 0.12), (declared_gb2312, 0.10), (raw_header, 0.06), (split_characters, 0.08),
    (odd_charset, 0.06),
)  # fmt: skip
"""How Chinese mails are written, with shares."""
WESTERN: tuple[tuple[Format, float], ...] = ((utf8, 0.8), (html_only, 0.2))
"""The same for all others."""


def _assemble(letter: Letter, rng: Random, header: Callable[[str], bytes], body: bytes) -> bytes:
    lines = [
        b"From: " + _mailbox(letter.sender, header),
        b"To: " + _mailbox(letter.recipient, header),
        b"Subject: " + header(letter.subject),
        f"Date: {format_datetime(letter.sent)}".encode(),
        f"Message-ID: <{letter.message_id}>".encode(),
        b"MIME-Version: 1.0",
    ]
    if letter.answers:
        lines += [f"{name}: <{letter.answers}>".encode() for name in ("In-Reply-To", "References")]
    if not letter.attachments:
        return b"\r\n".join([*lines, body])
    boundary = f"----=_Part_{rng.randrange(10**12):012d}".encode()
    lines += [b'Content-Type: multipart/mixed; boundary="' + boundary + b'"', b""]
    parts = [body, *(_attachment(name, content, header) for name, content in letter.attachments)]
    lines += [b"--" + boundary + b"\r\n" + part for part in parts]
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


def _mailbox(person: tuple[str, str], header: Callable[[str], bytes]) -> bytes:
    name, address = person
    if not name:
        return address.encode()
    shown = f'"{name}"'.encode() if name.isascii() else header(name)
    return shown + f" <{address}>".encode()


def _attachment(name: str, content: bytes, header: Callable[[str], bytes]) -> bytes:
    shown = name.encode() if name.isascii() else header(name).replace(b"\r\n", b"")
    head = b'Content-Type: application/octet-stream; name="' + shown + b'"\r\n'
    head += b'Content-Disposition: attachment; filename="' + shown + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _base64_part(kind: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _words(declared: str, encoding: str, width: int = 45) -> Callable[[str], bytes]:
    """Return a writer of encoded words of at most ``width`` bytes each; a character may be cut in two."""

    def write(text: str) -> bytes:
        if text.isascii():
            return text.encode()
        raw = text.encode(encoding)
        pieces = [raw[start : start + width] for start in range(0, len(raw), width)]
        return b"\r\n ".join(b"=?" + declared.encode() + b"?B?" + base64.b64encode(piece) + b"?=" for piece in pieces)

    return write
