"""The calls in progress: lines come in from three logs, whole calls go out. No input or output of its own.

What is kept is bounded: calls that go on, calls that ended a short while ago (their last legs may still be written),
and lines of channels nobody has heard of. A line that comes later makes its call be gathered from the logs anew.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from connectors.asterisk.calls import Call
from connectors.asterisk.cdr import CdrRow
from connectors.asterisk.cel import CelEvent
from connectors.asterisk.queue_log import QueueEvent

SLACK_SECONDS = 5
"""An ended call waits so long (time of the logs) for its last lines before it is delivered, unless the logs end."""

KEPT_SECONDS = 600
"""A delivered call is kept so long: Asterisk may write legs in bundles, by default every five minutes."""

KEPT_CALLS = 1000
"""Most delivered calls kept."""


@dataclass(slots=True)
class Stray:
    """Lines of a channel that no known call has.

    Args:
        uniqueid: the channel.
        origin: where the first of them stands.
        time: seconds since 1970 of the first.
        sought: the channel event log was searched for the channel in vain.
        events: what they tell.
    """

    uniqueid: str
    origin: str
    time: float
    sought: bool = False
    events: list[CdrRow | QueueEvent] = field(default_factory=list)

    def to_json(self) -> list[Any]:
        """Return everything as plain data."""
        told = [["cdr" if isinstance(event, CdrRow) else "queue", *event] for event in self.events]
        return [self.uniqueid, self.origin, self.time, self.sought, told]

    @classmethod
    def from_json(cls, values: list[Any]) -> "Stray":
        """Read what :meth:`to_json` returned."""
        uniqueid, origin, time, sought, told = values
        events = [CdrRow(*event) if kind == "cdr" else QueueEvent(*event) for kind, *event in told]
        return cls(uniqueid, origin, time, sought, events)


class Assembly:
    """Puts lines together to calls.

    Args:
        open_seconds: a call silent for so long is delivered though it has not ended.
        state: what :meth:`to_json` returned earlier.
    """

    def __init__(self, open_seconds: float, state: Mapping[str, Any] | None = None) -> None:
        self._open_seconds = open_seconds
        self._open: OrderedDict[str, Call] = OrderedDict()  # the one silent for longest comes first
        self._closed: OrderedDict[str, Call] = OrderedDict()
        self._due: OrderedDict[str, float] = OrderedDict()
        self._owners: dict[str, str] = {}
        self.strays: OrderedDict[str, Stray] = OrderedDict()
        self.late: dict[str, None] = {}
        self.newest_cel = 0.0
        if state:
            self.newest_cel = state["newest_cel"]
            self.late = dict.fromkeys(state["late"])
            self.strays.update((values[0], Stray.from_json(values)) for values in state["strays"])
            for values in state["calls"]:
                self._keep(Call.from_json(values))

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "calls": [call.to_json() for calls in (self._open, self._closed) for call in calls.values()],
            "strays": [stray.to_json() for stray in self.strays.values()],
            "late": list(self.late),
            "newest_cel": self.newest_cel,
        }

    def take(self, event: CelEvent | CdrRow | QueueEvent, origin: str) -> None:
        """Add what a line tells to its call.

        Args:
            event: what it tells.
            origin: where it stands.
        """
        if isinstance(event, CelEvent):
            self._take_cel(event)
            return
        call = self._find(self._owners.get(event.uniqueid, ""))
        if call is None:
            stray = self.strays.setdefault(event.uniqueid, Stray(event.uniqueid, origin, event.time))
            stray.events.append(event)
        else:
            call.take(event)
            self._touch(call)

    def settled(self, now: float, *, at_end: bool) -> Iterator[Call]:
        """Give out the calls that are to be delivered, and forget what need not be kept.

        Args:
            now: how far the logs have come, or the time of day at their end; seconds since 1970.
            at_end: there are no more lines at present.
        """
        while self._due and (at_end or now - next(iter(self._due.values())) > SLACK_SECONDS):
            linkedid, _ = self._due.popitem(last=False)
            call = self._closed[linkedid]
            call.due = False
            yield call
        for call in self._silent(now, at_end=at_end):
            self._forget(call)
            yield call
        while (oldest := next(iter(self._closed.values()), None)) and not oldest.due and self._is_past(oldest, now):
            self._forget(oldest)

    def restore(self, call: Call) -> None:
        """Take back a call that was gathered anew from the logs."""
        if known := self._find(call.linkedid):
            self._forget(known)
        for uniqueid in call.channels:
            self.strays.pop(uniqueid, None)
        call.due = call.ended
        self._keep(call)
        # it is an old one: first among those that are forgotten
        (self._closed if call.ended else self._open).move_to_end(call.linkedid, last=False)

    def unsought(self, now: float, *, at_end: bool) -> list[Stray]:
        """Return the strays whose call should have come up by now and was not yet looked for."""
        waited = [stray for stray in self.strays.values() if at_end or now - stray.time > KEPT_SECONDS]
        return [stray for stray in waited if not stray.sought]

    def hopeless(self, now: float) -> list[Stray]:
        """Remove and return the strays whose channel will not come up: its log has passed their time."""
        lost = [
            stray
            for stray in self.strays.values()
            if stray.sought and (self.newest_cel - stray.time > SLACK_SECONDS or now - stray.time > self._open_seconds)
        ]
        for stray in lost:
            del self.strays[stray.uniqueid]
        return lost

    def _take_cel(self, event: CelEvent) -> None:
        self.newest_cel = max(self.newest_cel, event.time)
        call = self._find(event.linkedid)
        if call is None:
            if not event.begins_call:
                self.late[event.linkedid] = None
                return
            call = Call(event.linkedid)
        call.take(event)
        if event.begins_channel:
            self._owners[event.uniqueid] = event.linkedid
            for held in self.strays.pop(event.uniqueid, Stray("", "", 0.0)).events:
                call.take(held)
        self._touch(call)

    def _find(self, linkedid: str) -> Call | None:
        return self._open.get(linkedid) or self._closed.get(linkedid)

    def _touch(self, call: Call) -> None:
        """Put a call that has news where it belongs."""
        if call.ended:
            self._open.pop(call.linkedid, None)
            self._closed[call.linkedid] = call
            self._closed.move_to_end(call.linkedid)
            call.due = True
            self._due.setdefault(call.linkedid, call.last)
        else:
            self._open[call.linkedid] = call
            self._open.move_to_end(call.linkedid)

    def _keep(self, call: Call) -> None:
        for uniqueid in call.channels:
            self._owners.setdefault(uniqueid, call.linkedid)
        (self._closed if call.ended else self._open)[call.linkedid] = call
        if call.due:
            self._due[call.linkedid] = call.last

    def _silent(self, now: float, *, at_end: bool) -> list[Call]:
        """Choose the calls that do not end; on the way through the logs a look at the first ones is enough."""
        calls = self._open.values()
        if at_end:
            return [call for call in calls if now - call.last > self._open_seconds]
        return list(takewhile(lambda call: now - call.last > self._open_seconds, calls))

    def _is_past(self, call: Call, now: float) -> bool:
        return now - call.last > KEPT_SECONDS or len(self._closed) > KEPT_CALLS

    def _forget(self, call: Call) -> None:
        self._open.pop(call.linkedid, None)
        self._closed.pop(call.linkedid, None)
        self._due.pop(call.linkedid, None)
        for uniqueid in call.channels:
            if self._owners.get(uniqueid) == call.linkedid:
                del self._owners[uniqueid]
