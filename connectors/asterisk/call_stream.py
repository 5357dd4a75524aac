"""The stream ``call``: three logs are read side by side in the order of time, so that few calls are open at once."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors.asterisk import lines
from connectors.asterisk.assembly import Assembly
from connectors.asterisk.calls import DOCUMENT, Call, Directions
from connectors.asterisk.cdr import CdrRow, read_cdr
from connectors.asterisk.cel import CelEvent, ids_of, read_cel
from connectors.asterisk.config import Config
from connectors.asterisk.lines import UnreadableLineError
from connectors.asterisk.log_files import Line, Log
from connectors.asterisk.queue_log import QueueEvent, read_queue_log
from connectors.base import Batch, Cursor, Defect, RawRecord, to_table
from connectors.transport.sftp import SftpSession

Event = CelEvent | CdrRow | QueueEvent
SPARE_SECONDS = 3600
"""So much out of order lines may be."""

SEEK_GROUP = 5000
"""So many late calls are gathered in one pass over the logs."""


class _Read(NamedTuple):
    """A line and what it tells; ``time`` is where it belongs among the lines of the other logs."""

    time: float
    line: Line
    event: Event | None
    defect: Defect | None


class CallReader:
    """One reading of the stream.

    Args:
        session: the connection.
        system: code of the connection.
        config: its options.
        clock: seconds since 1970 now.
        cursor: where to go on, ``None`` for the beginning.
    """

    def __init__(
        self, session: SftpSession, system: str, config: Config, clock: Callable[[], float], cursor: Cursor | None
    ) -> None:
        state: Cursor = cursor or {}
        self._zone = ZoneInfo(config.time_zone)
        self._clock = clock
        self._batch_rows = config.batch_rows
        self._directions = Directions(config.trunk, config.inbound_context, config.extension_digits)
        self._assembly = Assembly(config.open_hours * 3600, state.get("assembly"))
        # CEL is looked at last: what the others tell of a channel, it has then told before
        self._cdr, self._queue, self._cel = (
            Log(session, system, config.folder, name, state.get(key, []))
            for key, name in (("cdr", config.cdr), ("queue_log", config.queue_log), ("cel", config.cel))
        )

    def batches(self) -> Iterator[Batch]:
        """Yield what is new, in batches that each end where reading can go on."""
        records: list[RawRecord] = []
        for record in self._records():
            records.append(record)
            if len(records) == self._batch_rows:
                yield self._batch(records)
                records = []
        if records:
            yield self._batch(records)

    def _batch(self, records: list[RawRecord]) -> Batch:
        logs = {"cdr": self._cdr, "queue_log": self._queue, "cel": self._cel}
        places = {name: log.places() for name, log in logs.items()}
        return Batch("call", to_table(records, DOCUMENT), {**places, "assembly": self._assembly.to_json()})

    def _records(self) -> Iterator[RawRecord]:
        """Yield calls and defects; whatever has been yielded is no longer in the assembly's debt."""
        second = 0
        for time, line, event, defect in heapq.merge(*self._logs(), key=lambda read: read.time):
            line.consume()
            if defect is not None:
                yield RawRecord(line.origin, lines.iso(time), None, defect, lines.shown(line.data))
            if event is not None:
                self._assembly.take(event, line.origin)
            if int(time) != second:
                second = int(time)
                yield from self._settled(time, at_end=False)
        yield from self._settled(self._clock(), at_end=True)

    def _settled(self, now: float, *, at_end: bool) -> Iterator[RawRecord]:
        strays = self._assembly.unsought(now, at_end=at_end)
        waiting = len(strays) + len(self._assembly.late)
        if waiting >= SEEK_GROUP or (at_end and waiting):
            yield from self._gather({stray.uniqueid for stray in strays})
        for stray in self._assembly.hopeless(now):
            yield RawRecord(stray.origin, lines.iso(stray.time), None, _NO_CALL)
        for call in self._assembly.settled(now, at_end=at_end):
            yield RawRecord(f"linkedid,{call.linkedid}", lines.iso(call.last), call.document(self._directions))

    def _logs(self) -> list[Iterator[_Read]]:
        return [self._read(log) for log in (self._cel, self._cdr, self._queue)]

    def _read(self, log: Log) -> Iterator[_Read]:
        """Read a log's new lines; what cannot be read takes the time of the line before it."""
        time = 0.0
        for line in log.unread():
            if not line.data.strip():
                continue
            try:
                event = self._event(log, line.data)
            except UnreadableLineError as error:
                yield _Read(time, line, None, error.defect)
            else:
                time = event.time if event else time
                yield _Read(time, line, event, None)

    def _event(self, log: Log, data: bytes) -> Event | None:
        if log is self._cel:
            return read_cel(data)
        return read_cdr(data, self._zone) if log is self._cdr else read_queue_log(data)

    def _gather(self, sought: set[str]) -> Iterator[RawRecord]:
        """Read the consumed lines again for calls that have late lines.

        Args:
            sought: channels whose call is not known.
        """
        late = self._assembly.late
        for uniqueid, linkedid in self._owners(sought):
            late[linkedid] = None
            sought.discard(uniqueid)
        for uniqueid in sought:
            self._assembly.strays[uniqueid].sought = True
        calls = self._gathered(late)
        for linkedid in list(late):
            del late[linkedid]
            call = calls[linkedid]
            if call.begun:
                self._assembly.restore(call)
            else:
                yield RawRecord(f"linkedid,{linkedid}", lines.iso(call.last), None, _CUT_CALL)

    def _owners(self, sought: set[str]) -> Iterator[tuple[str, str]]:
        """Find which calls channels were born in."""
        if sought:
            for data in self._again(self._cel, _earliest(sought)):
                uniqueid, linkedid = ids_of(data)
                if uniqueid in sought and b"CHAN_START" in data:
                    yield uniqueid, linkedid

    def _gathered(self, wanted: dict[str, None]) -> dict[str, Call]:
        calls = {linkedid: Call(linkedid) for linkedid in wanted}
        if not calls:
            return calls
        since = _earliest(calls)
        for data in self._again(self._cel, since):
            if ids_of(data)[1] in calls:
                event = self._known_event(self._cel, data)
                if isinstance(event, CelEvent) and event.linkedid in calls:
                    calls[event.linkedid].take(event)
        owners = {uniqueid: call for call in calls.values() for uniqueid in call.channels}
        for log in (self._cdr, self._queue):
            for data in self._again(log, since):
                event = self._known_event(log, data)
                if event is not None and event.uniqueid in owners:
                    owners[event.uniqueid].take(event)
        return calls

    def _again(self, log: Log, since: float) -> Iterator[bytes]:
        def time_of(data: bytes) -> float | None:
            event = self._known_event(log, data)
            return event.time if event else None

        return log.consumed_since(since, time_of)

    def _known_event(self, log: Log, data: bytes) -> Event | None:
        """Read a line that was read before: if it cannot be read, that has been told."""
        try:
            return self._event(log, data) if data.strip() else None
        except UnreadableLineError:
            return None


def _earliest(ids: Iterable[str]) -> float:
    """Tell when the oldest of these channels was made, with time to spare; 0 if one does not tell."""
    return min(lines.created_at(uniqueid) or 0.0 for uniqueid in ids) - SPARE_SECONDS


_NO_CALL = Defect(
    "no_linkedid",
    "the channel event log does not tell which call this channel belongs to",
    "Switch on CEL with CHAN_START and LINKEDID_END for all channels, see the connector's README; calls from before "
    "that cannot be counted",
    "uniqueid",
)
_CUT_CALL = Defect(
    "cut_call",
    "the beginning of this call is not in the logs",
    "Keep rotated logs beside the current ones for as long as a call may last; what was delivered of it before stays",
    "linkedid",
)
