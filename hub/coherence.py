"""Do the authored documents fit each other and the installed connectors? Asked before any of them becomes active."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pydantic import ValidationError

from connectors import registry
from connectors.errors import ConfigurationError
from hub.errors import HubError
from hub.project import Connection, Document, Subscription, parse_connection, parse_subscription
from hub.references import is_reference
from mappings.language import Mapping, parse_mapping
from mappings.language.crosswalks import Crosswalk, parse_crosswalk


def crosswalks_of(documents: Iterable[Document]) -> dict[str, Crosswalk]:
    """Read the crosswalks among some documents, by the references that mappings name them by."""
    return {d.name: parse_crosswalk(d.body, d.origin) for d in documents if d.kind == "crosswalk"}


def check_together(documents: Sequence[Document]) -> None:
    """Check what one document says about others; each of them has been read on its own already.

    Args:
        documents: all documents of a project.

    Raises:
        HubError: a document names something that does not exist.
    """
    connections = {d.name: parse_connection(d) for d in documents if d.kind == "connection"}
    crosswalks = crosswalks_of(documents)
    mappings = {d.name: parse_mapping(d.body, d.origin, crosswalks) for d in documents if d.kind == "mapping"}
    readers: dict[tuple[str, str], str] = {}
    for document in documents:
        match document.kind:
            case "connection":
                _check_connection(document, connections[document.name])
            case "mapping":
                mapping = mappings[document.name]
                _demand(mapping.system, connections, f"{document.origin}: source.system", "connection")
                for system in mapping.referred_systems:
                    _demand(system, connections, f"{document.origin}: references", "connection")
                first = readers.setdefault((mapping.system, mapping.stream), document.origin)
                if first != document.origin:
                    raise HubError(
                        f"{document.origin}: {mapping.system}.{mapping.stream} is mapped by {first} already",
                        "Keep one of them",
                    )
            case "subscription":
                _check_subscription(document, parse_subscription(document), connections, mappings)


def _check_connection(document: Document, connection: Connection) -> None:
    try:
        connector = registry.load(connection.connector)
    except ConfigurationError as error:
        raise HubError(f"{document.origin}: {error.what}", error.remedy) from None
    try:
        connector.Config.model_validate(connection.config)
    except ValidationError as error:
        # what a reference stands for is known to the installation only
        wrong = [e for e in error.errors(include_url=False) if not is_reference(e["input"])]
        if wrong:
            place = ".".join(str(part) for part in ("config", *wrong[0]["loc"]))
            raise HubError(f"{document.origin}: {place}: {wrong[0]['msg']}", "Mend the document") from None


def _check_subscription(
    document: Document,
    subscription: Subscription,
    connections: dict[str, Connection],
    mappings: dict[str, Mapping],
) -> None:
    _demand(subscription.target, connections, f"{document.origin}: target", "connection")
    _demand(subscription.mapping, mappings, f"{document.origin}: mapping", "mapping")
    connector = connections[subscription.target].connector
    if not registry.load(connector).capabilities.push:
        raise HubError(f"{document.origin}: target: connector {connector} cannot write", "Choose another target")
    for field in subscription.fields:
        writes = mappings[subscription.mapping].document.outbound
        _demand(field, writes, f"{document.origin}: fields", f"outbound section of {subscription.mapping} for")


def _demand(name: str, known: Collection[str], where: str, what: str) -> None:
    if name not in known:
        raise HubError(f"{where}: there is no {what} {name!r}", f"Known are: {', '.join(sorted(known)) or 'none'}")
