"""The connector: the contract of :mod:`connectors.base` on top of a SOAP session."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar
from zoneinfo import ZoneInfo

from connectors.base import Batch, Capabilities, Cursor, RawRecord, Stream, to_table
from connectors.errors import ConfigurationError, ConnectorError
from connectors.soap_pdm import config as options
from connectors.soap_pdm.streams import SHAPES, NoChangeNumberError, Shape, read_row
from connectors.transport.soap import Service, SoapSession


class SoapPdm:
    """Pulls owners, items, customer parts and configurations from a PDM.

    Args:
        system: code of the connection, for errors.
        config: address, credentials and tuning.
    """

    Config = options.Config
    capabilities: ClassVar[Capabilities] = Capabilities(incremental=True)

    def __init__(self, system: str, config: options.Config) -> None:
        self._system = system
        self._config = config
        self._zone = ZoneInfo(config.time_zone)
        self._session = SoapSession(
            Service(
                system=system,
                url=config.url,
                username=config.username,
                password=config.password.get_secret_value(),
                digest=config.password_type == "digest",  # noqa: S105 - a type, no password
                timeout=config.timeout_seconds,
                ca_file=config.ca_file,
            )
        )

    def check(self) -> None:
        """Look for every stream's operation in the WSDL, and read one row to see whether we are let in."""
        missing = {shape.operation for shape in SHAPES.values()} - self._session.operations()
        if missing:
            raise ConfigurationError(
                f"its WSDL does not have {', '.join(sorted(missing))}",
                system=self._system,
                where=self._config.url,
                remedy="Check that the address is that of the PDM's read service.",
            )
        self._page(SHAPES["owner"], 0, 1)

    def discover(self) -> Sequence[Stream]:
        """List the streams on offer."""
        return [shape.stream for shape in SHAPES.values()]

    def read(self, stream: str, cursor: Cursor | None) -> Iterator[Batch]:
        """Yield the rows that came or changed after ``cursor``, page by page until one is empty.

        A short page is not taken for the last: a service may give fewer rows than it was asked for.
        """
        shape = self._shape(stream)
        after: int = cursor["after"] if cursor else 0
        with _naming(stream):
            while True:
                after, records = self._page(shape, after, self._config.batch_rows)
                if not records:
                    return
                yield Batch(stream, to_table(records, shape.document_type), {"after": after})

    def settle(self, stream: str, cursor: Cursor) -> None:
        """Do nothing: the service keeps no queue that wants an acknowledgement."""

    def close(self) -> None:
        """Give back the connections."""
        self._session.close()

    def _page(self, shape: Shape, after: int, limit: int) -> tuple[int, list[RawRecord]]:
        """Read one page; return the change number of its last row and its records."""
        records = []
        for element in self._session.rows(shape.operation, shape.row, after=after, limit=limit):
            try:
                number, record = read_row(element, shape, self._zone)
            except NoChangeNumberError:
                raise self._broken_contract(f"a row behind change {after} has no change number") from None
            if number <= after:
                raise self._broken_contract(f"change {number} comes behind change {after}")
            after = number
            records.append(record)
        return after, records

    def _shape(self, stream: str) -> Shape:
        if stream not in SHAPES:
            remedy = f"Use one of: {', '.join(SHAPES)}."
            raise ConfigurationError("there is no such stream", system=self._system, stream=stream, remedy=remedy)
        return SHAPES[stream]

    def _broken_contract(self, what: str) -> ConfigurationError:
        remedy = "The service must give ascending change numbers, see the connector's README."
        return ConfigurationError(what, system=self._system, where=self._config.url, remedy=remedy)


@contextmanager
def _naming(stream: str) -> Iterator[None]:
    try:
        yield
    except ConnectorError as error:
        error.stream = stream
        error.args = (str(error),)
        raise
