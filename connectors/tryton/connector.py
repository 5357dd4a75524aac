"""The Tryton connector: the contract of :mod:`connectors.base` on top of the session."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from connectors.base import Batch, Capabilities, Change, Cursor, Found, Stream, WriteResult
from connectors.errors import ConfigurationError, ConnectorError
from connectors.tryton import config as options
from connectors.tryton.pull import PartyReader
from connectors.tryton.push import PartyWriter
from connectors.tryton.rpc import Rpc
from connectors.tryton.streams import PARTY, STREAMS, Codes


class Tryton:
    """A Tryton database as source and sink.

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
        self._reader = PartyReader(self._rpc, codes, config)
        self._writer = PartyWriter(system, self._rpc, codes)

    def check(self) -> None:
        """Log in and look for the party module."""
        self._rpc.read(f"model.{PARTY}.search", [], 0, 1, None)

    def discover(self) -> Sequence[Stream]:
        """List the streams on offer."""
        return STREAMS

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the parties that came or changed after ``cursor``, all of them if it is ``None``."""
        self._known(stream)
        with _naming(stream):
            yield from self._reader.read(cursor)

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Do nothing: Tryton keeps no queue that wants an acknowledgement."""

    def close(self) -> None:
        """Give back the connections."""
        self._rpc.close()

    def write(self, stream: str, changes: Sequence[Change]) -> Iterator[WriteResult]:
        """Write parties; see README.md for the documents."""
        self._known(stream)
        with _naming(stream):
            yield from self._writer.write(changes)

    def probe(self, stream: str, correlations: Sequence[str]) -> Mapping[str, Found]:
        """Find parties by their code."""
        self._known(stream)
        with _naming(stream):
            return self._writer.probe(correlations)

    def _known(self, stream: str) -> None:
        names = [known.name for known in STREAMS]
        if stream not in names:
            remedy = f"Use one of: {', '.join(names)}."
            raise ConfigurationError("there is no such stream", system=self._system, stream=stream, remedy=remedy)


@contextmanager
def _naming(stream: str) -> Iterator[None]:
    try:
        yield
    except ConnectorError as error:
        error.stream = stream
        error.args = (str(error),)
        raise
