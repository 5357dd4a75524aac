"""The Tryton connector: the contract of :mod:`connectors.base` on top of the session."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from connectors.base import Batch, Capabilities, Change, Cursor, Found, Stream, WriteResult
from connectors.errors import ConfigurationError, ConnectorError
from connectors.tryton import config as options
from connectors.tryton.documents import Codes
from connectors.tryton.parties import PARTIES
from connectors.tryton.pull import Reader
from connectors.tryton.push import PartyWriter
from connectors.tryton.rpc import Rpc
from connectors.tryton.sales import SALES
from connectors.tryton.streams import PARTY, SALE, STREAMS


class Tryton:
    """A Tryton database as source of parties and sales, and as sink of parties.

    Args:
        system: code of the connection, for errors.
        config: address, credentials and tuning.
    """

    Config = options.Config
    capabilities: ClassVar[Capabilities] = Capabilities(
        incremental=True, push=True, correlation=True, concurrency_token=True, deletes="flag"
    )

    def __init__(self, system: str, config: options.Config) -> None:
        self._system = system
        self._rpc = Rpc(system, config)
        codes = Codes(self._rpc)
        self._readers = {kind.stream: Reader(self._rpc, codes, config, kind) for kind in (PARTIES, SALES)}
        self._writer = PartyWriter(system, self._rpc, codes)

    def check(self) -> None:
        """Log in and look for the party module."""
        self._rpc.read(f"model.{PARTY}.search", [], 0, 1, None)

    def discover(self) -> Sequence[Stream]:
        """List the streams on offer: sales only where the module ``sale`` is active."""
        return [stream for model, stream in STREAMS.items() if model != SALE or self._has_sales()]

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the documents that came or changed after ``cursor``, all of them if it is ``None``."""
        self._known(stream)
        with _naming(stream):
            if stream == SALES.stream and not self._has_sales():
                remedy = "Activate the module sale in Tryton, or take the stream out of the connection."
                raise ConfigurationError("this Tryton has no module sale", system=self._system, remedy=remedy)
            yield from self._readers[stream].read(cursor)

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Do nothing: Tryton keeps no queue that wants an acknowledgement."""

    def close(self) -> None:
        """Give back the connections."""
        self._rpc.close()

    def write(self, stream: str, changes: Sequence[Change]) -> Iterator[WriteResult]:
        """Write parties; see README.md for the documents."""
        self._writable(stream)
        with _naming(stream):
            yield from self._writer.write(changes)

    def probe(self, stream: str, correlations: Sequence[str]) -> Mapping[str, Found]:
        """Find parties by their code."""
        self._writable(stream)
        with _naming(stream):
            return self._writer.probe(correlations)

    def _has_sales(self) -> bool:
        """Ask the server's own list of models, which every user may read."""
        return bool(self._rpc.read("model.ir.model.search_count", [["name", "=", SALE]]))

    def _known(self, stream: str) -> None:
        if stream not in self._readers:
            remedy = f"Use one of: {', '.join(self._readers)}."
            raise ConfigurationError("there is no such stream", system=self._system, stream=stream, remedy=remedy)

    def _writable(self, stream: str) -> None:
        self._known(stream)
        if stream != PARTIES.stream:
            remedy = f"Write to {PARTIES.stream} only."
            raise ConfigurationError("the stream is only read", system=self._system, stream=stream, remedy=remedy)


@contextmanager
def _naming(stream: str) -> Iterator[None]:
    try:
        yield
    except ConnectorError as error:
        error.stream = stream
        error.args = (str(error),)
        raise
