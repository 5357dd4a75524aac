"""What a connector's tests hand to the kit: a real system and a few ways to touch it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from connectors.base import Source


class ConnectorCase(Protocol):
    """A running system with at least three records in one stream.

    Attributes:
        stream: name of the stream the kit reads, and writes if the connector is a sink.
        secrets: texts that must never be seen: passwords, private keys, tokens.
    """

    stream: str
    secrets: Sequence[str]

    def connect(self) -> Source:
        """Build a new connector with batches so small that the stream needs more than one."""

    def connect_with_wrong_credentials(self) -> Source:
        """Build a connector the system must turn away. Its secret, too, is one of ``secrets``."""

    def connect_to_nowhere(self) -> Source:
        """Build a connector to an address where nothing listens, e.g. a closed port of the loopback interface."""

    def change_one(self) -> str:
        """Change or add exactly one record in the system itself and return its ``origin``."""


class SinkCase(ConnectorCase, Protocol):
    """A case for a connector that can write, too. The connector promises ``correlation`` and may promise a token."""

    def create_document(self, text: str) -> Mapping[str, Any]:
        """Return a valid write that creates a record named ``text``."""

    def update_document(self, text: str) -> Mapping[str, Any]:
        """Return a valid write that renames a record to ``text``."""

    def refused_document(self) -> Mapping[str, Any]:
        """Return a write that creates a record which the system refuses by its own rules."""

    def text_of(self, document: Mapping[str, Any]) -> str:
        """Return the name in a document as read."""
