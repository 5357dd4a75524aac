"""Writing parties: creates that can be repeated, updates that respect what others changed, batches without hostages.

A batch goes to the server as one call, which is one transaction. When it is refused it is halved until the culprit is
alone. When its answer is lost, the outcome of the whole batch is unknown, and the caller probes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connectors.base import Change, Found, WriteResult
from connectors.errors import RefusedError, RetryableError, StaleTokenError, UnknownOutcomeError
from connectors.tryton.documents import Codes, Document
from connectors.tryton.parties import fetch, token
from connectors.tryton.rpc import Rpc
from connectors.tryton.shapes import ShapeError, creation, modification
from connectors.tryton.streams import PARTY

BATCH = 100


@dataclass(frozen=True, slots=True)
class Write:
    """A change that is ready to be sent.

    Args:
        change: what was asked for.
        values: Tryton's values for the party.
        guard: ``_timestamp`` by record that must still hold.
    """

    change: Change
    values: dict[str, Any]
    guard: Mapping[str, str]


Send = Callable[[Sequence[Write]], list[WriteResult]]


class PartyWriter:
    """Writes the stream ``party``. A party's code is the correlation value, for Tryton keeps it unique.

    Args:
        system: code of the connection, for results.
        rpc: session.
        codes: country and subdivision codes.
    """

    def __init__(self, system: str, rpc: Rpc, codes: Codes) -> None:
        self._system = system
        self._rpc = rpc
        self._codes = codes

    def write(self, changes: Sequence[Change]) -> Iterator[WriteResult]:
        """Yield one result for each change, in order, batch by batch."""
        for batch in _batches(changes):
            results = self._create(batch) if batch[0].key is None else self._update(batch)
            yield from (results[change.correlation] for change in batch)

    def probe(self, correlations: Sequence[str]) -> dict[str, Found]:
        """Find the parties that have one of our correlation values as their code."""
        found = {}
        for start in range(0, len(correlations), BATCH):
            codes = list(correlations[start : start + BATCH])
            for party in fetch(self._rpc, self._codes, [["code", "in", codes]]):
                found[party.content["code"]] = Found(str(party.id), token(party.timestamps))
        return found

    def _create(self, batch: Sequence[Change]) -> dict[str, WriteResult]:
        results = self._found(batch)
        writes = []
        for change in batch:
            if change.correlation not in results:
                try:
                    values = creation(change.correlation, change.document, self._codes.country_id)
                    writes.append(Write(change, values, {}))
                except ShapeError as error:
                    results[change.correlation] = self._refused(change, str(error))
        sent = {result.correlation: result for result in self._in_halves(writes, self._send_creates)}
        # somebody else may have created one of them since we looked
        refused = [write.change for write in writes if sent[write.change.correlation].outcome == "refused"]
        return {**results, **sent, **self._found(refused)}

    def _found(self, changes: Iterable[Change]) -> dict[str, WriteResult]:
        found = self.probe([change.correlation for change in changes])
        return {code: WriteResult(code, "written", hit.key, hit.token) for code, hit in found.items()}

    def _update(self, batch: Sequence[Change]) -> dict[str, WriteResult]:
        ids = [int(change.key) for change in batch if change.key and change.key.isdecimal()]
        current = {str(party.id): party for party in fetch(self._rpc, self._codes, [["id", "in", ids]])}
        results, writes = {}, []
        for change in batch:
            plan = self._plan(change, current.get(change.key or ""))
            if isinstance(plan, Write):
                writes.append(plan)
            else:
                results[change.correlation] = plan
        sent = self._in_halves(writes, self._send_updates)
        return {**results, **{result.correlation: result for result in sent}}

    def _plan(self, change: Change, party: Document | None) -> Write | WriteResult:
        if party is None:
            return self._refused(change, "the party does not exist any more")
        try:
            commands = modification(change.document, party.content, self._codes.country_id)
        except ShapeError as error:
            return self._refused(change, str(error))
        if not commands.values:
            return WriteResult(change.correlation, "written", change.key, token(party.timestamps))
        guard = {record: party.timestamps[record] for record in (f"{PARTY},{party.id}", *commands.touched)}
        if change.token is not None and _differs(change.token, guard):
            return self._result(change, "stale", "the party was changed after it was read")
        return Write(change, commands.values, guard)

    def _in_halves(self, writes: Sequence[Write], send: Send) -> list[WriteResult]:
        if not writes:
            return []
        try:
            return send(writes)
        except UnknownOutcomeError as error:
            return [self._result(write.change, "unknown", error.what) for write in writes]
        except (RefusedError, StaleTokenError) as error:
            if len(writes) == 1:
                outcome: Literal["stale", "refused"] = "stale" if isinstance(error, StaleTokenError) else "refused"
                return [self._result(writes[0].change, outcome, error.what)]
        middle = len(writes) // 2
        return [result for half in (writes[:middle], writes[middle:]) for result in self._half(half, send)]

    def _half(self, writes: Sequence[Write], send: Send) -> list[WriteResult]:
        try:
            return self._in_halves(writes, send)
        except RetryableError as error:
            # the other half may be written: its results must not be lost with this error
            return [self._result(write.change, "unknown", error.what) for write in writes]

    def _send_creates(self, writes: Sequence[Write]) -> list[WriteResult]:
        ids = self._rpc.write(f"model.{PARTY}.create", [write.values for write in writes])
        return self._written(writes, ids)

    def _send_updates(self, writes: Sequence[Write]) -> list[WriteResult]:
        ids = [int(write.change.key or 0) for write in writes]
        params: list[Any] = []
        for party, write in zip(ids, writes, strict=True):
            params += [[party], write.values]
        guard = {record: time for write in writes for record, time in write.guard.items()}
        self._rpc.write(f"model.{PARTY}.write", *params, timestamps=guard)
        return self._written(writes, ids)

    def _written(self, writes: Sequence[Write], ids: Sequence[int]) -> list[WriteResult]:
        """Read the new tokens, so that our next write is not refused because of this one."""
        try:
            tokens = {party.id: token(party.timestamps) for party in fetch(self._rpc, self._codes, [["id", "in", ids]])}
        except RetryableError as error:
            what = "it was written, but the new token could not be read"
            raise UnknownOutcomeError(what, system=self._system, stream="party", remedy=error.remedy) from None
        return [
            WriteResult(write.change.correlation, "written", str(party), tokens.get(party))
            for party, write in zip(ids, writes, strict=True)
        ]

    def _refused(self, change: Change, what: str) -> WriteResult:
        return self._result(change, "refused", what)

    def _result(self, change: Change, outcome: Literal["refused", "stale", "unknown"], what: str) -> WriteResult:
        place = f"{self._system} / party / {change.key or change.correlation}"
        return WriteResult(change.correlation, outcome, message=f"{place}: {what}.")


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Cut changes into runs of creates or of updates in which no record occurs twice."""
    batch: list[Change] = []
    for change in changes:
        if batch and (len(batch) == BATCH or not _fits(change, batch)):
            yield batch
            batch = []
        batch.append(change)
    if batch:
        yield batch


def _fits(change: Change, batch: Sequence[Change]) -> bool:
    if (change.key is None) != (batch[0].key is None):
        return False
    return all(
        change.correlation != other.correlation and (change.key is None or change.key != other.key) for other in batch
    )


def _differs(told: str, guard: Mapping[str, str]) -> bool:
    """Tell whether a token tells other times than hold now; a record it does not know is no difference."""
    times = json.loads(told)
    return any(times.get(record, now) != now for record, now in guard.items())
