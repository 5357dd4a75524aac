"""The connector: the contract of :mod:`connectors.base` on top of log files over SFTP."""

import posixpath
import time
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from connectors.asterisk import config as options
from connectors.asterisk.call_stream import CallReader
from connectors.asterisk.request_stream import RequestReader
from connectors.base import Batch, Capabilities, Cursor, Stream
from connectors.errors import ConfigurationError, ConnectorError
from connectors.transport.sftp import SftpSession
from connectors.transport.ssh import Server

_STREAMS = (
    Stream("call", "whole calls, put together from CDR, CEL and queue log by linkedid"),
    Stream("service_request", "service requests of the desk with all their steps"),
)


class Asterisk:
    """Pulls calls and service requests from the log files of a call centre.

    Args:
        system: code of the connection, for errors.
        config: where the logs are; secrets already resolved.
        clock: seconds since 1970 now.
    """

    Config = options.Config
    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True)

    def __init__(self, system: str, config: options.Config, clock: Callable[[], float] = time.time) -> None:
        self._system = system
        self._config = config
        self._clock = clock
        self._session = SftpSession(
            Server(
                system=system,
                host=config.host,
                port=config.port,
                username=config.username,
                password=config.password.get_secret_value() if config.password else None,
                private_key=config.private_key.get_secret_value() if config.private_key else None,
                host_key=config.host_key,
                timeout=config.timeout_seconds,
            )
        )

    def check(self) -> None:
        """Log in and list every folder that holds a log."""
        names = (self._config.cdr, self._config.cel, self._config.queue_log, self._config.requests)
        for folder in sorted({posixpath.dirname(posixpath.join(self._config.folder, name)) for name in names}):
            self._session.list_files(folder or ".")

    def discover(self) -> Sequence[Stream]:
        """List the streams on offer."""
        return _STREAMS

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the calls or requests with news since ``cursor``, each whole."""
        try:
            if stream == "call":
                yield from CallReader(self._session, self._system, self._config, self._clock, cursor).batches()
            elif stream == "service_request":
                yield from RequestReader(self._session, self._system, self._config, cursor).batches()
            else:
                names = ", ".join(offered.name for offered in _STREAMS)
                raise ConfigurationError("there is no such stream", system=self._system, remedy=f"Use one of: {names}")
        except ConnectorError as error:
            error.stream = stream
            error.args = (str(error),)
            raise

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Do nothing: the logs belong to the call centre, which rotates and removes them."""

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    def __repr__(self) -> str:
        return f"Asterisk({self._system!r}, {self._session!r})"
