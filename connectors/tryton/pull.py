"""Reading parties: at first all of them by id, later those in which any row changed.

Changing an address, an identifier or a contact mechanism does not touch the party's own time, so the children are
polled, too, and lead back to their party.

Cursors: ``{"full": {"after": id, "until": time}, "seen": …}`` within the first read, ``{"until": time, "seen": …}``
from its end on; see :mod:`connectors.tryton.watermark`.
"""

from collections.abc import Iterator, Sequence

from connectors.base import Batch, Cursor, RawRecord, to_table
from connectors.tryton.config import Config
from connectors.tryton.rpc import Rpc
from connectors.tryton.streams import CHILDREN, PARTY, Codes, PartyRows, fetch, type_of_party
from connectors.tryton.watermark import Versions, before, moment, pack, record, unpack

MODELS = (PARTY, *CHILDREN.values())
POLL_ROWS = 10_000


class PartyReader:
    """Reads the stream ``party``.

    Args:
        rpc: session.
        codes: country and subdivision codes.
        config: batch size and look-back.
    """

    def __init__(self, rpc: Rpc, codes: Codes, config: Config) -> None:
        self._rpc = rpc
        self._codes = codes
        self._config = config

    def read(self, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the parties that came or changed after ``cursor``."""
        if cursor is None or "full" in cursor:
            return self._read_all(cursor)
        return self._read_changes(cursor)

    def _read_all(self, cursor: Cursor | None) -> Iterator[Batch]:
        after, until = (cursor["full"]["after"], cursor["full"]["until"]) if cursor else (0, self._newest())
        versions = unpack(cursor["seen"]) if cursor else {}
        size = self._config.batch_rows
        while True:
            parties = fetch(self._rpc, self._codes, [["id", ">", after]], size)
            if not parties:
                return
            after = parties[-1].id
            more = len(parties) == size and bool(self._ids_after(after))
            _remember(versions, parties)
            seen = pack(versions, self._since(until))
            yield _batch(
                parties, {"full": {"after": after, "until": until}, "seen": seen} if more else _cursor(until, seen)
            )
            if not more:
                return

    def _read_changes(self, cursor: Cursor) -> Iterator[Batch]:
        until, versions = cursor["until"], unpack(cursor["seen"])
        changed, newest = self._changed(until, versions)
        while changed:
            ids, changed = changed[: self._config.batch_rows], changed[self._config.batch_rows :]
            parties = fetch(self._rpc, self._codes, [["id", "in", ids]])
            _remember(versions, parties)
            if not changed:
                until = max(until, newest)
            if parties:
                yield _batch(parties, _cursor(until, pack(versions, self._since(until))))

    def _changed(self, until: str, versions: Versions) -> tuple[list[int], str]:
        """Find the parties with a row that is new in the window, and the newest time in it."""
        parties: set[int] = set()
        newest = until
        for model in MODELS:
            for row, party, time in self._poll(model, until):
                newest = max(newest, time)
                if versions.get(model, {}).get(row) != time:
                    parties.add(party)
        return sorted(parties), newest

    def _poll(self, model: str, until: str) -> Iterator[tuple[int, int, str]]:
        owner = "id" if model == PARTY else "party"
        window = ["last_modified_at", ">=", before(until, self._config.lookback_seconds)]
        after = 0
        while True:
            domain = [window, ["id", ">", after]]
            fields = ["last_modified_at", owner]
            rows = self._rpc.read(f"model.{model}.search_read", domain, 0, POLL_ROWS, [["id", "ASC"]], fields)
            for row in rows:
                yield row["id"], row[owner], moment(row["last_modified_at"])
            if len(rows) < POLL_ROWS:
                return
            after = rows[-1]["id"]

    def _newest(self) -> str:
        """Return the newest time of any row: the server's own clock, so that ours does not matter."""
        times = [""]
        for model in MODELS:
            order, fields = [["last_modified_at", "DESC"]], ["last_modified_at"]
            rows = self._rpc.read(f"model.{model}.search_read", [], 0, 1, order, fields)
            times += [moment(row["last_modified_at"]) for row in rows]
        return max(times)

    def _ids_after(self, after: int) -> Sequence[int]:
        ids: list[int] = self._rpc.read(f"model.{PARTY}.search", [["id", ">", after]], 0, 1, None)
        return ids

    def _since(self, until: str) -> str:
        return moment(before(until, self._config.lookback_seconds))


def _remember(versions: Versions, parties: Sequence[PartyRows]) -> None:
    for party in parties:
        record(versions, party.versions)


def _cursor(until: str, seen: object) -> Cursor:
    return {"until": until, "seen": seen}


def _batch(parties: Sequence[PartyRows], cursor: Cursor) -> Batch:
    records = [RawRecord(f"{PARTY},{party.id}", party.position, party.document) for party in parties]
    return Batch("party", to_table(records, type_of_party), cursor)
