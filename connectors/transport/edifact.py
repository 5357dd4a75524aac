"""EDIFACT syntax: from bytes to segments to whole messages.

The "row" of a record is the number of its segment in the file, the interchange header UNB being 1. A message is taken
whole or not at all: if its segments do not add up to what its trailer says, it becomes one defect. Source: ISO 9735.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydifact import Characters, Parser, Tokenizer
from pydifact.exceptions import EDISyntaxError

from connectors.base import Defect
from connectors.transport.encodings import check_encoding
from connectors.transport.records import Record, defective, unreadable

CHUNK = 1 << 16
DEFAULT_CHARACTERS = "UNA:+.? '"
RESEND = "Have the whole interchange sent again"

ENCODINGS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
"""Python's encoding for each syntax identifier of UNB."""


CUT_OFF = "cut off"
"""Tag of what follows the last segment terminator of a file."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; the tag is empty if it cannot be read.

    Args:
        number: place in the file, from 1.
        tag: e.g. ``NAD``.
        elements: data elements after the tag, each a list of components.
        source: the segment as it stands in the file.
    """

    number: int
    tag: str
    elements: list[list[str]]
    source: str

    def get(self, element: int, component: int = 0) -> str:
        """Return a component, the empty string if it is not there; both counted from 0 after the tag."""
        return next(iter(self.components(element)[component : component + 1]), "")

    def components(self, element: int) -> list[str]:
        """Return all components of an element."""
        return self.elements[element] if element < len(self.elements) else []


@dataclass(frozen=True, slots=True)
class Message:
    """A complete message: the control reference of its interchange and its segments from UNH to UNT."""

    interchange: str
    segments: list[Segment]

    @property
    def kind(self) -> str:
        """Message type, e.g. ``PARTIN``."""
        return self.segments[0].get(1)

    @property
    def reference(self) -> str:
        """Message reference number."""
        return self.segments[0].get(0)


def read_messages(file: BinaryIO, encoding: str | None = None) -> Iterator[Message | Record]:
    """Open an EDIFACT file: complete messages, and defects in place of the broken ones.

    Args:
        file: local binary file; stays open while the messages are iterated.
        encoding: overrides what the interchange header says.

    Raises:
        UnreadableFileError: ``not_edifact``, ``bad_encoding``.
    """
    segments = read_segments(file, encoding)
    return _messages(segments)


def read_segments(file: BinaryIO, encoding: str | None = None) -> Iterator[Segment]:
    """Open an EDIFACT file as segments, without looking at the envelope; arguments as :func:`read_messages`."""
    declared = _declared_encoding(file)
    cut = check_encoding(file, encoding or declared)
    text = io.TextIOWrapper(file, encoding=encoding or declared, errors="replace" if cut else "strict", newline="")
    return _segments(text)


def _declared_encoding(file: BinaryIO) -> str:
    head = file.read(200)
    file.seek(0)
    header = re.match(rb"(?:\xef\xbb\xbf)?\s*(?:UNA.{6}\s*)?UNB.(UNO[A-Z])", head, re.DOTALL)
    syntax = header[1].decode() if header else ""
    if syntax not in ENCODINGS:
        what = f"the syntax identifier {syntax} is not known" if syntax else "the file does not begin with UNA or UNB"
        raise unreadable(
            "not_edifact", what, "Have the file sent as EDIFACT, or correct format in the connection document"
        )
    return ENCODINGS[syntax]


def _segments(text: io.TextIOWrapper) -> Iterator[Segment]:
    buffer = text.read(CHUNK).lstrip("\ufeff \r\n")
    characters = Characters.from_str(DEFAULT_CHARACTERS)
    if buffer.startswith("UNA"):
        characters = Characters.from_str(buffer[:9])
        buffer = buffer[9:]
    if characters.escape_character == " ":  # the sender uses none
        characters.escape_character = "\0"
    escape, end = (re.escape(c) for c in (characters.escape_character, characters.segment_terminator))
    whole = re.compile(f"[^{escape}{end}]*(?:{escape}.[^{escape}{end}]*)*{end}", re.DOTALL)
    number = 0
    while buffer:
        position = 0
        while found := whole.match(buffer, position):
            number += 1
            yield _parse(number, found[0].lstrip(" \r\n"), characters)
            position = found.end()
        rest, chunk = buffer[position:], text.read(CHUNK)
        if not chunk:
            break
        buffer = rest + chunk
    if rest := buffer[position:].strip(" \r\n\x1a") if buffer else "":
        yield Segment(number + 1, CUT_OFF, [], rest)


def _parse(number: int, source: str, characters: Characters) -> Segment:
    """Parse one segment alone, so that a broken one spoils only its message."""
    try:
        tokens = Tokenizer().get_tokens(source, characters)
        tag, *elements = next(iter(Parser().convert_tokens_to_raw_segments(tokens)), [""])
    except EDISyntaxError:
        return Segment(number, "", [], source)
    if not isinstance(tag, str) or not re.fullmatch("[A-Z]{3}", tag):
        return Segment(number, "", [], source)
    return Segment(number, tag, [element if isinstance(element, list) else [element] for element in elements], source)


def _messages(segments: Iterator[Segment]) -> Iterator[Message | Record]:
    envelope = _Envelope()
    for segment in segments:
        yield from envelope.take(segment)
    yield from envelope.end()


class _Envelope:
    """Follows UNB … UNH … UNT … UNZ and checks the counts and references of the trailers."""

    def __init__(self) -> None:
        self._interchange: Segment | None = None
        self._message: list[Segment] = []
        self._messages = self._groups = 0
        self._last: Segment | None = None

    def take(self, segment: Segment) -> Iterator[Message | Record]:
        """Take the next segment; yield what it completes."""
        previous, self._last = self._last, segment
        match segment.tag:
            case "UNB":
                yield from self.end()
                self._interchange, self._messages, self._groups = segment, 0, 0
            case "UNH":
                yield from self._abandon_message()
                self._message = [segment]
                self._messages += 1
            case "UNT" if self._message:
                yield self._complete_message(segment)
            case "UNZ" if self._interchange:
                yield from self._abandon_message()
                yield from self._complete_interchange(self._interchange, segment)
            case "UNG":
                self._groups += 1
            case "UNE":
                yield from self._abandon_message()
            case _ if segment.tag == CUT_OFF and self._interchange:
                pass  # end() tells it
            case _ if self._message:
                self._message.append(segment)
            case _ if previous is None or previous.tag in {"UNB", "UNT", "UNZ", "UNG", "UNE"}:
                message = f"segment {segment.number} stands outside any message"
                yield defective(segment.number, Defect("stray_segment", message, "", RESEND), segment.source)

    def end(self) -> Iterator[Record]:
        """Close what is open at the end of the file or before another interchange."""
        if self._message:
            yield from self._abandon_message()
        elif self._interchange and self._last:
            message = f"the file ends before the trailer UNZ of interchange {self._interchange.get(4)}"
            yield defective(self._last.number, Defect("truncated_message", message, "UNZ", RESEND), self._last.source)
        self._interchange = None

    def _abandon_message(self) -> Iterator[Record]:
        if self._message:
            yield self._broken("ends before its trailer UNT", "UNT")

    def _complete_message(self, trailer: Segment) -> Message | Record:
        self._message.append(trailer)
        unreadable_one = next((segment for segment in self._message if not segment.tag), None)
        if unreadable_one:
            return self._broken(f"has segment {unreadable_one.number} that cannot be read", "", "bad_segment")
        if trailer.get(0) != str(len(self._message)):
            return self._broken(
                f"has {len(self._message)} segments, its trailer says {trailer.get(0) or 'nothing'}", "UNT"
            )
        if trailer.get(1) != self._message[0].get(0):
            return self._broken(f"has a trailer with another reference, {trailer.get(1)}", "UNT")
        message = Message(self._interchange.get(4) if self._interchange else "", self._message)
        self._message = []
        return message

    def _complete_interchange(self, header: Segment, trailer: Segment) -> Iterator[Record]:
        found = self._groups or self._messages
        self._interchange = None
        problem = ""
        if trailer.get(0) != str(found):
            problem = f"has {found} messages, its trailer says {trailer.get(0) or 'nothing'}"
        elif trailer.get(1) != header.get(4):
            problem = f"has a trailer with another reference, {trailer.get(1)}"
        if problem:
            message = f"interchange {header.get(4)} {problem}"
            yield defective(trailer.number, Defect("truncated_message", message, "UNZ", RESEND), trailer.source)

    def _broken(self, problem: str, where: str, code: str = "truncated_message") -> Record:
        first = self._message[0]
        raw = "".join(segment.source for segment in self._message)
        self._message = []
        return defective(first.number, Defect(code, f"message {first.get(0)} {problem}", where, RESEND), raw)
