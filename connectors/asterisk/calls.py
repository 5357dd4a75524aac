"""What is known of one call, whatever the order in which the logs told it, and the document made of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.asterisk import queue_log
from connectors.asterisk.cdr import CdrRow
from connectors.asterisk.cel import CelEvent
from connectors.asterisk.lines import iso
from connectors.asterisk.queue_log import QueueEvent

_text, _count = pa.string(), pa.int64()
DOCUMENT = pa.struct(
    [
        ("linkedid", _text),
        ("start", _text),
        ("answer", _text),
        ("end", _text),
        ("direction", _text),
        ("caller_number", _text),
        ("caller_name", _text),
        ("called", _text),
        ("queue", _text),
        ("agent", _text),
        ("wait_seconds", _count),
        ("talk_seconds", _count),
        ("duration", _count),
        ("disposition", _text),
        ("legs", _count),
        ("transfers", _count),
        ("recording", _text),
    ]
)

_TRANSFERS = frozenset({"BLINDTRANSFER", "ATTENDEDTRANSFER"})
_UNANSWERED = {"NO ANSWER": "no_answer", "BUSY": "busy"}
_CHANNEL_NUMBER = re.compile(r"-[0-9a-fA-F]+(;[12])?$")


@dataclass(frozen=True, slots=True)
class Directions:
    """How to tell which way a call went.

    Args:
        trunk: expression on the names of channels that lead outside, ``None`` if not known.
        inbound_context: expression on the contexts in which calls come in, ``None`` if not known.
        extension_digits: most digits of a number of the house.
    """

    trunk: re.Pattern[str] | None
    inbound_context: re.Pattern[str] | None
    extension_digits: int

    def of(self, first_channel: str, others: Iterable[str], context: str, number: str, called: str) -> str:
        """Tell whether a call was inbound, outbound or internal."""
        if self.inbound_context and self.inbound_context.search(context):
            return "inbound"
        if self.trunk:
            if self.trunk.search(first_channel):
                return "inbound"
            return "outbound" if any(self.trunk.search(name) for name in others) else "internal"
        if not self._is_extension(number):
            return "inbound"
        return "internal" if self._is_extension(called) else "outbound"

    def _is_extension(self, number: str) -> bool:
        return number.isascii() and number.isdigit() and len(number) <= self.extension_digits


@dataclass(slots=True)
class Call:
    """What is known of one call.

    Args:
        linkedid: what all its events have in common.
        channels: names of the channels born in it, by uniqueid.
        begun: its very first event is known.
        ended: its very last event is known.
        due: it has ended, and what is known has not been delivered.
        first: seconds since 1970 of its first event.
        last: of its last one so far.
        number: of the caller, as its first channel had it.
        exten: what the caller dialled.
        transfers: how often it was handed on.
        rows: its legs.
        steps: what happened in queues.
    """

    linkedid: str
    channels: dict[str, str] = field(default_factory=dict)
    begun: bool = False
    ended: bool = False
    due: bool = False
    first: float = 0.0
    last: float = 0.0
    number: str = ""
    exten: str = ""
    transfers: int = 0
    rows: list[CdrRow] = field(default_factory=list)
    steps: list[QueueEvent] = field(default_factory=list)

    def take(self, event: CelEvent | CdrRow | QueueEvent) -> None:
        """Add what a line tells."""
        if isinstance(event, CdrRow):
            self.rows.append(event)
        elif isinstance(event, QueueEvent):
            self.steps.append(event)
        else:
            self._take_cel(event)

    def _take_cel(self, event: CelEvent) -> None:
        if event.begins_channel:  # a transfer may move a channel to another call later: it stays where it was born
            self.channels[event.uniqueid] = event.channel
        self.first = min(self.first or event.time, event.time)
        self.last = max(self.last, event.time)
        self.transfers += event.kind in _TRANSFERS
        if event.begins_call:
            self.begun, self.number, self.exten = True, event.number, event.exten
        if event.kind == "LINKEDID_END":
            self.ended = True

    def to_json(self) -> list[Any]:
        """Return everything as plain data."""
        facts = [self.linkedid, self.channels, self.begun, self.ended, self.due, self.first, self.last]
        told = [self.number, self.exten, self.transfers, [list(row) for row in self.rows]]
        return [*facts, *told, [list(step) for step in self.steps]]

    @classmethod
    def from_json(cls, values: list[Any]) -> "Call":
        """Read what :meth:`to_json` returned."""
        names = [name for name in cls.__slots__ if name not in {"rows", "steps"}]
        *facts, rows, steps = values
        call = cls(**dict(zip(names, facts, strict=True)))
        call.rows = [CdrRow(*row) for row in rows]
        call.steps = [QueueEvent(*step) for step in steps]
        return call

    def document(self, directions: Directions) -> Mapping[str, Any]:
        """Write the call down as known now."""
        rows = sorted(self.rows, key=lambda row: (row.uniqueid != self.linkedid, row.time, row.uniqueid))
        main = rows[0] if rows and rows[0].uniqueid == self.linkedid else None
        called = self.exten if self.exten not in {"", "s"} else main.destination if main else ""
        number = self.number or (main.source if main else "")
        first_channel = self.channels.get(self.linkedid, "")
        others = [name for uniqueid, name in self.channels.items() if uniqueid != self.linkedid]
        direction = directions.of(first_channel, others, main.context if main else "", number, called)
        talk = _Talk.of(sorted(self.steps, key=lambda step: step.time), rows, self.first, self.last)
        return {
            "linkedid": self.linkedid,
            "start": iso(self.first),
            "answer": None if talk.answered_at is None else iso(talk.answered_at),
            "end": iso(self.last),
            "direction": direction,
            "caller_number": number,
            "caller_name": main.name if main else "",
            "called": called,
            "queue": talk.queue,
            "agent": talk.agent or _person(direction, first_channel, rows),
            "wait_seconds": talk.wait,
            "talk_seconds": talk.seconds,
            "duration": round(self.last - self.first),
            "disposition": talk.disposition or _disposition(direction, rows),
            "legs": len(rows),
            "transfers": self.transfers,
            "recording": next((row.recording for row in rows if row.recording), ""),
        }


@dataclass(frozen=True, slots=True)
class _Talk:
    """Whether and when a person answered, who, and for how long; the queue log knows it better than the legs."""

    disposition: str
    answered_at: float | None
    wait: int | None
    seconds: int | None
    queue: str
    agent: str

    @classmethod
    def of(cls, steps: list[QueueEvent], rows: list[CdrRow], start: float, end: float) -> "_Talk":
        connects = [step for step in steps if step.kind == queue_log.CONNECT]
        queue = steps[-1].queue if steps else ""
        if connects:
            talks = [step.talk or 0 for step in steps if step.kind in queue_log.COMPLETED]
            answered = connects[0].time
            whole = sum(talks) if len(talks) == len(connects) else max(0, round(end - answered))
            return cls("answered", answered, connects[0].wait, whole, connects[-1].queue, connects[-1].agent)
        # a channel alone "answered" is a voice menu or a queue's music, no person
        spoken = [row for row in rows if row.answered_at is not None and row.other_channel and not steps]
        if spoken:
            answered = min(row.answered_at or end for row in spoken)
            talk = max(row.talk for row in spoken)
            return cls("answered", answered, max(0, round(answered - start)), talk, queue, "")
        exits = [step for step in steps if step.kind in queue_log.GIVEN_UP | queue_log.SENT_AWAY]
        if not exits:
            return cls("", None, None, None, queue, "")
        disposition = "abandoned" if exits[-1].kind in queue_log.GIVEN_UP else "no_answer"
        return cls(disposition, None, exits[-1].wait, None, queue, "")


def _disposition(direction: str, rows: list[CdrRow]) -> str:
    """Tell why nobody talked, where no queue tells it."""
    seen = {row.disposition for row in rows}
    if direction == "inbound" and "ANSWERED" in seen:
        return "abandoned"  # the voice menu answered, nobody else did
    return next((word for told, word in _UNANSWERED.items() if told in seen), "failed" if seen else "no_answer")


def _person(direction: str, first_channel: str, rows: list[CdrRow]) -> str:
    """Name the device on our side of a call without a queue."""
    if direction != "inbound":
        return _CHANNEL_NUMBER.sub("", first_channel)
    spoken = [row.other_channel for row in rows if row.answered_at is not None and row.other_channel]
    devices = [name for name in spoken if not name.startswith("Local/")]  # local channels only lead to a device
    return _CHANNEL_NUMBER.sub("", (devices or spoken or [""])[0])
