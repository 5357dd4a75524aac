"""One call as Asterisk's three logs tell it: CDR rows for every leg, CEL events for every channel, the queue's log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""Zone of the call centre's local times."""

TRUNK = "PJSIP/trunk"
QUEUE = "service"
HOTLINE = "4008206688"
HOTLINE_CONTEXT = "from-trunk"

Outcome = Literal["answered", "abandoned", "no_answer", "busy"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at the desk: extension and name."""

    extension: str
    name: str


AGENTS = tuple(
    Agent(f"80{number:02d}", name)
    for number, name in enumerate(("陈静怡", "刘志远", "王晓燕", "李国栋", "赵雪梅", "孙文博", "周丽华", "吴建平"), 1)
)


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """What happens in a call.

    Args:
        serial: makes the ids of its channels; a call takes eight numbers.
        start: seconds since 1970 UTC.
        inbound: a customer calls the hotline; else an agent calls a customer.
        number: the customer's, as the network shows it or as the agent dials it.
        name: shown beside the number.
        agent: who takes the call or makes it.
        outcome: how it ends.
        wait: seconds until it is answered or given up.
        talk: seconds of talk.
        handed_to: the agent the call is handed on to, if any.
    """

    serial: int
    start: float
    inbound: bool
    number: str
    name: str
    agent: Agent
    outcome: Outcome
    wait: int
    talk: int = 0
    handed_to: Agent | None = None

    @property
    def linkedid(self) -> str:
        """What all its events have in common: the id of its first channel."""
        return self.uniqueid(0)

    @property
    def end(self) -> float:
        """When everybody has hung up; seconds since 1970 UTC."""
        return self.start + self.wait + self.talk

    def uniqueid(self, leg: int) -> str:
        """Return the id of one of its channels."""
        return f"{int(self.start)}.{self.serial * 8 + leg}"


@dataclass(slots=True)
class LogLines:
    """Lines with the seconds since 1970 at which they are written."""

    cdr: list[tuple[float, str]] = field(default_factory=list)
    cel: list[tuple[float, str]] = field(default_factory=list)
    queue: list[tuple[float, str]] = field(default_factory=list)


def write_call(call: PlannedCall) -> LogLines:
    """Write a call down as Asterisk does."""
    pen = _Pen(call)
    if call.inbound:
        _write_inbound(call, pen)
    else:
        _write_outbound(call, pen)
    return pen.lines


_Channel = tuple[str, str]
"""Name and uniqueid."""


class _Pen:
    """Writes the single lines of a call."""

    def __init__(self, call: PlannedCall) -> None:
        self.call = call
        self.lines = LogLines()
        self._party = (call.number, HOTLINE) if call.inbound else (call.agent.extension, call.number)

    def events(self, at: float, kinds: str, *channels: _Channel) -> None:
        """Write CEL events of some kinds for each of some channels."""
        for channel in channels:
            for kind in kinds.split():
                self.event(at, kind, channel, self._party)

    def event(self, at: float, kind: str, channel: _Channel, party: tuple[str, str]) -> None:
        """Write a CEL event; ``party`` is the caller's number and the extension."""
        cells = [kind, f"{at:.6f}", *party, *channel, self.call.linkedid]
        self.lines.cel.append((at, _csv(cells)))

    def queue(self, at: float, agent: str, event: str) -> None:
        """Write an event of the queue."""
        self.lines.queue.append((at, f"{int(at)}|{self.call.linkedid}|{QUEUE}|{agent}|{event}\n"))

    def row(self, channel: _Channel, other: str, app: str, start: float, answer: float | None) -> None:
        """Write a leg; ``answer`` is ``None`` if it was not answered."""
        call, (name, uniqueid) = self.call, channel
        source, dialled = self._party
        shown = call.name or source if call.inbound else call.agent.name
        unanswered = "BUSY" if call.outcome == "busy" else "NO ANSWER"
        recording = f"rec/{datetime.fromtimestamp(call.start, ZONE):%Y%m%d}/{call.linkedid}.wav"
        has_recording = call.outcome == "answered" and uniqueid == call.linkedid
        cells = [
            "", source, dialled, HOTLINE_CONTEXT if call.inbound else "from-desk", f'"{shown}" <{source}>', name, other,
            app, QUEUE if call.inbound else dialled,
            local_time(start), "" if answer is None else local_time(answer), local_time(call.end),
            int(call.end) - int(start), 0 if answer is None else int(call.end) - int(answer),
            unanswered if answer is None else "ANSWERED", "DOCUMENTATION", uniqueid, recording if has_recording else "",
        ]  # fmt: skip
        self.lines.cdr.append((call.end, _csv(cells)))


def _write_inbound(call: PlannedCall, pen: _Pen) -> None:
    """Write how the trunk's channel waits in the queue, which rings the agent through a pair of local channels."""
    number = f"{call.serial % 65536:08x}"
    trunk = (f"{TRUNK}-{number}", call.uniqueid(0))
    near, far = ((f"Local/{call.agent.extension}@agents-{number};{n}", call.uniqueid(n)) for n in (1, 2))
    agent = (f"PJSIP/{call.agent.extension}-{number}", call.uniqueid(3))
    answered, ring = call.start + call.wait, call.start + max(0.2, call.wait - 4)
    talked = call.outcome == "answered"
    pen.events(call.start, "CHAN_START", trunk)
    pen.events(call.start + 0.1, "ANSWER APP_START", trunk)
    pen.queue(call.start + 0.2, "NONE", f"ENTERQUEUE||{call.number}|1")
    for channel in (near, far, agent):
        pen.event(ring, "CHAN_START", channel, (call.agent.extension, "s"))
    if talked:
        pen.queue(answered, call.agent.name, f"CONNECT|{call.wait}|{agent[1]}|4")
        pen.events(answered, "ANSWER BRIDGE_ENTER", agent, far, near, trunk)
        if call.handed_to:
            party = (call.number, call.handed_to.extension)
            pen.event(answered + call.talk / 2, "BLINDTRANSFER", agent, party)
        pen.queue(call.end, call.agent.name, f"COMPLETECALLER|{call.wait}|{call.talk}|1")
    elif call.outcome == "abandoned":
        pen.queue(call.end, "NONE", f"ABANDON|1|1|{call.wait}")
    else:
        pen.queue(call.end, call.agent.name, "RINGNOANSWER|4000")
        pen.queue(call.end, "NONE", f"EXITWITHTIMEOUT|1|1|{call.wait}")
    # the voice menu has answered the caller's own leg in any case
    pen.row(trunk, near[0] if talked else "", "Queue", call.start, call.start)
    pen.row(far, agent[0], "Dial", ring, answered if talked else None)
    pen.row(agent, far[0] if talked else "", "AppDial", ring, answered if talked else None)
    pen.events(call.end + 0.1, "HANGUP CHAN_END", agent, far, near, trunk)
    pen.events(call.end + 0.15, "LINKEDID_END", trunk)


def _write_outbound(call: PlannedCall, pen: _Pen) -> None:
    """Write how the agent's channel dials through the trunk: one row."""
    number = f"{call.serial % 65536:08x}"
    agent = (f"PJSIP/{call.agent.extension}-{number}", call.uniqueid(0))
    trunk = (f"{TRUNK}-{number}", call.uniqueid(1))
    answered = call.start + call.wait if call.outcome == "answered" else None
    pen.events(call.start, "CHAN_START", agent)
    pen.event(call.start + 0.1, "CHAN_START", trunk, (call.number, ""))
    if answered is not None:
        pen.events(answered, "ANSWER BRIDGE_ENTER", trunk, agent)
    pen.row(agent, trunk[0], "Dial", call.start, answered)
    pen.events(call.end + 0.1, "HANGUP CHAN_END", trunk, agent)
    pen.events(call.end + 0.15, "LINKEDID_END", agent)


def local_time(at: float) -> str:
    """Write an instant as the call centre's local time without a zone.

    >>> local_time(1793409300)
    '2026-10-31 09:15:00'
    """
    return datetime.fromtimestamp(at, ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _csv(cells: Iterable[object]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow(cells)
    return text.getvalue()
