"""The stream ``service_request``: every request with a new step is given whole."""

from collections import OrderedDict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from connectors.asterisk import lines
from connectors.asterisk.config import Config
from connectors.asterisk.lines import UnreadableLineError
from connectors.asterisk.log_files import Line, Log
from connectors.asterisk.requests import DOCUMENT, Request, Step, read_step
from connectors.base import Batch, Cursor, Defect, RawRecord, to_table
from connectors.transport.sftp import SftpSession

KEPT_REQUESTS = 500
"""Unhandled requests kept in the cursor, those with the newest steps; the others are read again when they go on."""


class RequestReader:
    """One reading of the stream.

    Steps are gathered until there are enough requests with news for a batch. A request that goes on without being kept
    is read again from the journal; all such requests of a batch in one pass.

    Args:
        session: the connection.
        system: code of the connection.
        config: its options.
        cursor: where to go on, ``None`` for the beginning.
    """

    def __init__(self, session: SftpSession, system: str, config: Config, cursor: Cursor | None) -> None:
        state: Cursor = cursor or {}
        self._zone = ZoneInfo(config.time_zone)
        self._batch_rows = config.batch_rows
        self._journal = Log(session, system, config.folder, config.requests, state.get("journal", []))
        self._kept: OrderedDict[str, Request] = OrderedDict(
            (steps[0][0], Request([Step(*step) for step in steps], origin)) for origin, steps in state.get("kept", [])
        )
        self._news: dict[str, None] = {}
        self._unknown: dict[str, set[str]] = {}
        self._defects: list[RawRecord] = []
        self._time = 0.0

    def batches(self) -> Iterator[Batch]:
        """Yield what is new, in batches that each end where reading can go on."""
        for line in self._journal.unread():
            line.consume()
            if line.data.strip():
                self._take(line)
            if len(self._news) + len(self._unknown) + len(self._defects) >= self._batch_rows:
                yield from self._batch()
        yield from self._batch()

    def _take(self, line: Line) -> None:
        try:
            step = read_step(line.data, self._zone)
            if step is None:
                return
            self._time = step.time
            known = self._kept.get(step.request_no)
            if known is None and (step.state != "reported" or step.request_no in self._unknown):
                self._unknown.setdefault(step.request_no, set()).add(line.origin)
                return
            request = known or Request()
            request.take(step, line.origin)
            self._keep(step.request_no, request)
        except UnreadableLineError as error:
            self._defects.append(self._defective(line, error.defect))

    def _keep(self, number: str, request: Request) -> None:
        self._kept[number] = request
        self._kept.move_to_end(number)
        self._news[number] = None

    def _batch(self) -> Iterator[Batch]:
        """Yield one batch of everything new, if there is anything."""
        self._read_again()
        records = self._defects + [_record(self._kept[number]) for number in self._news]
        self._news, self._defects = {}, []
        for number in [number for number, request in self._kept.items() if request.handled]:
            del self._kept[number]
        while len(self._kept) > KEPT_REQUESTS:
            self._kept.popitem(last=False)
        if records:
            kept = [[request.origin, [list(step) for step in request.steps]] for request in self._kept.values()]
            cursor = {"journal": self._journal.places(), "kept": kept}
            yield Batch("service_request", to_table(records, DOCUMENT), cursor)

    def _read_again(self) -> None:
        """Read the requests that went on without being kept."""
        if not self._unknown:
            return
        requests = {number: Request() for number in self._unknown}
        for line in self._journal.consumed():
            number = line.data.partition(b",")[0].strip(b'"').decode(errors="replace")
            if number in requests:
                self._take_again(line, requests[number], self._unknown[number])
        self._unknown = {}

    def _take_again(self, line: Line, request: Request, new: set[str]) -> None:
        """Add a step of a request; what is wrong with it is told only if the line is new."""
        try:
            step = read_step(line.data, self._zone)
            if step is None:
                return
            request.take(step, line.origin)
        except UnreadableLineError as error:
            if line.origin in new:
                self._defects.append(self._defective(line, error.defect))
        else:
            if line.origin in new:
                self._keep(step.request_no, request)

    def _defective(self, line: Line, defect: Defect) -> RawRecord:
        """Make the record of a line that cannot be taken; its time is that of the line before it."""
        return RawRecord(line.origin, lines.iso(self._time), None, defect, lines.shown(line.data))


def _record(request: Request) -> RawRecord:
    return RawRecord(request.origin, lines.iso(request.steps[-1].time), request.document())
