"""Reading a stream: at first all documents by id, later those in which any row changed.

Changing a child - an address of a party, a line of a sale - does not touch its parent's own time, so the children are
polled, too, and lead back to their parent. Whatever a document is made of, this is the one way it is read.

Cursors: ``{"full": {"after": id, "until": time}, "seen": …}`` within the first read, ``{"until": time, "seen": …}``
from its end on; see :mod:`connectors.tryton.watermark`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.base import Batch, Cursor, RawRecord, to_table
from connectors.tryton.config import Config
from connectors.tryton.documents import Codes, Document, Kind
from connectors.tryton.rpc import Rpc
from connectors.tryton.watermark import Versions, before, moment, pack, record, unpack

POLL_ROWS = 10_000
BEGINNING = "1970-01-01T00:00:00.000000Z"
"""Older than any row."""


class Reader:
    """Reads one stream.

    Args:
        rpc: session.
        codes: what ids stand for.
        config: batch size and look-back.
        kind: the stream's documents.
    """

    def __init__(self, rpc: Rpc, codes: Codes, config: Config, kind: Kind) -> None:
        self._rpc = rpc
        self._codes = codes
        self._config = config
        self._kind = kind

    def read(self, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the documents that came or changed after ``cursor``."""
        if cursor is None or "full" in cursor:
            return self._read_all(cursor)
        return self._read_changes(cursor)

    def _read_all(self, cursor: Cursor | None) -> Iterator[Batch]:
        after, until = (cursor["full"]["after"], cursor["full"]["until"]) if cursor else (0, self._newest())
        versions = unpack(cursor["seen"]) if cursor else {}
        size = self._config.batch_rows
        while True:
            documents = self._fetch([["id", ">", after]], size)
            if not documents:
                return
            after = documents[-1].id
            more = len(documents) == size and bool(self._ids_after(after))
            _remember(versions, documents)
            seen = pack(versions, self._since(until))
            yield self._batch(
                documents, {"full": {"after": after, "until": until}, "seen": seen} if more else _cursor(until, seen)
            )
            if not more:
                return

    def _read_changes(self, cursor: Cursor) -> Iterator[Batch]:
        until, versions = cursor["until"], unpack(cursor["seen"])
        changed, newest = self._changed(until, versions)
        while changed:
            ids, changed = changed[: self._config.batch_rows], changed[self._config.batch_rows :]
            documents = self._fetch([["id", "in", ids]])
            _remember(versions, documents)
            if not changed:
                until = max(until, newest)
            if documents:
                yield self._batch(documents, _cursor(until, pack(versions, self._since(until))))

    def _changed(self, until: str, versions: Versions) -> tuple[list[int], str]:
        """Find the documents with a row that is new in the window, and the newest time in it."""
        changed: set[int] = set()
        newest = until
        for model, owner in self._kind.models.items():
            for row in self._poll(model, owner, until):
                time = moment(row["last_modified_at"])
                newest = max(newest, time)
                if versions.get(model, {}).get(row["id"]) != time:
                    changed.add(row[owner])
        return sorted(changed), newest

    def _poll(self, model: str, owner: str, until: str) -> Iterator[dict[str, Any]]:
        window = ["last_modified_at", ">=", before(until, self._config.lookback_seconds)]
        after = 0
        while True:
            domain = [window, ["id", ">", after]]
            fields = ["last_modified_at", owner]
            rows = self._rpc.read(f"model.{model}.search_read", domain, 0, POLL_ROWS, [["id", "ASC"]], fields)
            yield from rows
            if len(rows) < POLL_ROWS:
                return
            after = rows[-1]["id"]

    def _newest(self) -> str:
        """Return the newest time of any row: the server's own clock, so that ours does not matter."""
        times = [BEGINNING]
        for model in self._kind.models:
            order, fields = [["last_modified_at", "DESC"]], ["last_modified_at"]
            rows = self._rpc.read(f"model.{model}.search_read", [], 0, 1, order, fields)
            times += [moment(row["last_modified_at"]) for row in rows]
        return max(times)

    def _fetch(self, domain: Sequence[Any], limit: int | None = None) -> list[Document]:
        return self._kind.fetch(self._rpc, self._codes, domain, limit)

    def _ids_after(self, after: int) -> Sequence[int]:
        ids: list[int] = self._rpc.read(f"model.{self._kind.root}.search", [["id", ">", after]], 0, 1, None)
        return ids

    def _since(self, until: str) -> str:
        return moment(before(until, self._config.lookback_seconds))

    def _batch(self, documents: Sequence[Document], cursor: Cursor) -> Batch:
        records = [RawRecord(f"{self._kind.root},{d.id}", d.position, d.content) for d in documents]
        return Batch(self._kind.stream, to_table(records, self._kind.type), cursor)


def _remember(versions: Versions, documents: Sequence[Document]) -> None:
    for document in documents:
        record(versions, document.versions)


def _cursor(until: str, seen: object) -> Cursor:
    return {"until": until, "seen": seen}
