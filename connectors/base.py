"""The connector contract, version 1.

A connector is a class with a pydantic ``Config`` model, built as ``Connector(system, config)``. It implements
:class:`Source`, and :class:`Sink` if it can write. What it can do is data (:class:`Capabilities`), so that the hub
picks the safest way and the conformance kit in :mod:`connectors.testing` knows what to demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa
from pydantic import BaseModel

CONTRACT_VERSION = 1

type_of_defect = pa.struct(
    [("code", pa.string()), ("message", pa.string()), ("field", pa.string()), ("remedy", pa.string())]
)

Cursor = Mapping[str, Any]
"""JSON-able place in a stream, opaque to the hub, which stores it together with the batch that led to it."""


@dataclass(frozen=True, slots=True)
class Defect:
    """Why one raw record cannot be read; it travels with the record and becomes its dead letter.

    Args:
        code: stable snake_case word, e.g. ``truncated_row``, ``bad_encoding``, ``merged_header``.
        message: one sentence for a person; says what is wrong, never repeats personal data.
        field: column or path, empty if the whole record is concerned.
        remedy: what to do about it.
    """

    code: str
    message: str
    field: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One raw whole document as the source has it.

    Args:
        origin: where it stood: ``dealers_20261101.csv:17`` or ``party.party,42``.
        position: sortable text that orders versions of the same record; an older position never replaces a newer one.
            ISO 8601 in UTC wherever it is a time, for which of two systems spoke last is read from it too.
        document: the document, nested as the source nests it; ``None`` if it could not be read.
        defect: why it could not be read, else ``None``.
        raw: as much of the unreadable original as can be shown, else ``None``.
    """

    origin: str
    position: str
    document: Mapping[str, Any] | None
    defect: Defect | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some raw records of one stream and the cursor after them.

    A connector that reads *everything* there is may claim so: the first batch of such a reading begins the claim, the
    last one ends it, and what no batch between them names is gone from the source. All records of the reading have the
    same position. A reading that stopped half-way has no end, so nothing follows from it.

    Args:
        stream: name of the stream.
        table: columns origin, position, document (struct), defect (struct), raw; see :func:`to_table`.
        cursor: place in the stream after the batch.
        begins_complete: a reading of all there is begins with this batch.
        ends_complete: it ends with this batch, which may be the same one.
    """

    stream: str
    table: pa.Table
    cursor: Cursor
    begins_complete: bool = False
    ends_complete: bool = False


def to_table(records: Sequence[RawRecord], document_type: pa.DataType | None = None) -> pa.Table:
    """Put raw records into the Arrow shape of the landing zone.

    Args:
        records: raw records of one stream.
        document_type: Arrow struct type of the documents; inferred from the records when not given.

    Raises:
        pyarrow.ArrowInvalid: a document does not fit ``document_type``.
    """
    documents = [None if r.document is None else dict(r.document) for r in records]
    defects = [
        None
        if r.defect is None
        else {"code": r.defect.code, "message": r.defect.message, "field": r.defect.field, "remedy": r.defect.remedy}
        for r in records
    ]
    return pa.table(
        {
            "origin": pa.array([r.origin for r in records], pa.string()),
            "position": pa.array([r.position for r in records], pa.string()),
            "document": pa.array(documents, type=document_type),
            "defect": pa.array(defects, type_of_defect),
            "raw": pa.array([r.raw for r in records], pa.string()),
        }
    )


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of document a system offers.

    Args:
        name: snake_case name used in mappings and cursors.
        description: one line for a person.
        writable: whether :meth:`Sink.write` takes it.
    """

    name: str
    description: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connector can promise, as data.

    Args:
        incremental: a second read from the returned cursor yields only what changed.
        push: implements :class:`Sink`.
        correlation: the target keeps our correlation value and refuses a second record with it (upsert key).
        concurrency_token: a write with an outdated token is refused.
        deletes: how deletions become visible: ``none``, ``flag`` (a document says so) or ``scan`` (completeness claim).
    """

    incremental: bool = True
    push: bool = False
    correlation: bool = False
    concurrency_token: bool = False
    deletes: Literal["none", "flag", "scan"] = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """One write to a target record.

    Args:
        correlation: our value that the target stores with the record; identifies a create.
        key: native key of the record to update; ``None`` creates.
        document: the write in the target's own shape, see the connector's README.
        token: concurrency token seen at the last read, ``None`` if unknown.
    """

    correlation: str
    key: str | None
    document: Mapping[str, Any]
    token: str | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of one :class:`Change`.

    ``written``: durable in the target, ``key`` and ``token`` are set. ``refused``: will be refused again. ``stale``:
    the token is outdated. ``unknown``: probe before any retry.
    """

    correlation: str
    outcome: Literal["written", "refused", "stale", "unknown"]
    key: str | None = None
    token: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A target record found by its correlation value."""

    key: str
    token: str | None


@runtime_checkable
class Source(Protocol):
    """Reads a system. All methods raise :class:`connectors.errors.ConnectorError` only."""

    capabilities: ClassVar[Capabilities]
    Config: ClassVar[type[BaseModel]]

    def check(self) -> None:
        """Return if the system is reachable with these credentials, else raise the error that says why not."""

    def discover(self) -> Sequence[Stream]:
        """List the streams on offer."""

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield what came after ``cursor`` (everything if ``None``), at most some 10,000 records a batch.

        Yields nothing when nothing changed. One bad record never holds the good ones: it travels as a defect.
        """

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Tidy up behind a committed cursor (archive files, acknowledge messages). Safe to call again."""

    def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class Sink(Protocol):
    """Writes to a system."""

    def write(self, stream: str, changes: Sequence[Change]) -> Iterator[WriteResult]:
        """Write the changes and yield one result each, in order, each as soon as it is known."""

    def probe(self, stream: str, correlations: Sequence[str]) -> Mapping[str, Found]:
        """Find which of our correlation values exist in the target."""
