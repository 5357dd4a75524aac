"""From a connection document to a living connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from pydantic import ValidationError

from connectors import registry
from connectors.base import Source
from connectors.errors import ConfigurationError
from hub.errors import HubError
from hub.project import Connection, documents, parse_connection
from hub.references import resolve
from hub.settings import Settings


@contextmanager
def connect(settings: Settings, connection: Connection) -> Iterator[Source]:
    """Build the connector of a connection document, references resolved, and close it afterwards.

    Raises:
        ConfigurationError: the document's config does not fit the connector.
        HubError: a reference points to nothing.
    """
    try:
        connector = registry.load(connection.connector)
    except ConfigurationError as error:  # the registry knows no systems
        raise ConfigurationError(
            error.what, system=connection.connection, where="connector", remedy=error.remedy
        ) from None
    try:
        config = connector.Config.model_validate(resolve(connection.config, settings, connection.connection))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise ConfigurationError(
            first["msg"],
            system=connection.connection,
            where="config." + ".".join(str(part) for part in first["loc"]),
            remedy="Mend the connection document and apply it",
        ) from None
    source = connector(connection.connection, config)  # type: ignore[call-arg] # the contract fixes the constructor
    try:
        yield source
    finally:
        source.close()


def checks(settings: Settings) -> dict[str, Callable[[], None]]:
    """Map the systems of the project folder to a check of their connection; unreadable documents are left out."""
    found: dict[str, Callable[[], None]] = {}
    with suppress(HubError):  # the project folder has a finding of its own
        for document in documents(settings.project):
            if document.kind == "connection":
                found[document.name] = partial(_check, settings, parse_connection(document))
    return found


def _check(settings: Settings, connection: Connection) -> None:
    with connect(settings, connection) as source:
        source.check()
