"""Make sure a text file is in the encoding it is declared to be in, before anybody reads a row of it."""

import codecs
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from connectors.transport.records import RAW_LENGTH, unreadable

CHUNK = 1 << 20
GUESSES = ("utf-8", "gb18030", "big5", "latin-1")
CERTAIN_LENGTH = 4
"""This many characters of three or more bytes, all valid UTF-8, are no coincidence in a Chinese text."""


@dataclass(frozen=True, slots=True)
class _Failure:
    byte: int
    row: int


def check_encoding(file: BinaryIO, encoding: str) -> bool:
    """Read the whole file once and leave it rewound.

    Args:
        file: local binary file.
        encoding: as declared, any name Python knows.

    Returns:
        Whether the file is cut off in the middle of its last character.

    Raises:
        UnreadableFileError: ``bad_encoding``, saying where and which encoding it looks like.
    """
    failure, cut = _scan(file, encoding)
    if failure is None and not _is_utf8_in_disguise(file, encoding):
        return cut
    looks_like = _guess(file, encoding)
    where = f"byte {failure.byte} in line {failure.row} is not" if failure else "its characters make no sense as such"
    raise unreadable(
        "bad_encoding",
        f"the file is declared {encoding}, but {where}; it looks like {looks_like}",
        f"If that is right, set encoding to {looks_like} in the connection document, else have it sent as {encoding}",
        raw=_start(file, looks_like),
    )


def _scan(file: BinaryIO, encoding: str) -> tuple[_Failure | None, bool]:
    """Return the first place that does not decode, and whether the last character is incomplete."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    offset, row = 0, 1
    try:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(chunk)
                at = max(error.start - pending, 0)
                return _Failure(offset + error.start - pending, row + chunk[:at].count(b"\n")), False
            except UnicodeError:  # UTF-16 without a byte order mark
                return _Failure(offset, row), False
            if "\0" in text:
                at = max(chunk.find(b"\0"), 0)
                return _Failure(offset + at, row + chunk[:at].count(b"\n")), False
            offset += len(chunk)
            row += chunk.count(b"\n")
        return None, bool(decoder.getstate()[0])
    finally:
        file.seek(0)


def _is_utf8_in_disguise(file: BinaryIO, encoding: str) -> bool:
    """Return whether UTF-8 is about to be read as something else that happens to decode, giving mojibake."""
    name = codecs.lookup(encoding).name
    if name.startswith("utf"):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    wide = 0
    file.seek(0)
    try:
        for chunk in chain(iter(lambda: file.read(CHUNK), b""), [b""]):
            text = decoder.decode(chunk, final=not chunk)
            if wide < CERTAIN_LENGTH and not text.isascii():
                wide += sum(character >= "\u0800" for character in text)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return wide >= CERTAIN_LENGTH


def _guess(file: BinaryIO, declared: str) -> str:
    """Return the name of the encoding the bytes look like."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head:
        return "utf-16"
    for guess in GUESSES:
        if codecs.lookup(guess) != codecs.lookup(declared) and _scan(file, guess)[0] is None:
            return guess
    return "no text at all"


def _start(file: BinaryIO, encoding: str) -> str | None:
    head = file.read(4 * RAW_LENGTH)
    file.seek(0)
    try:
        return head.decode(encoding, "replace").replace("\0", "")[:RAW_LENGTH]
    except LookupError:
        return None
