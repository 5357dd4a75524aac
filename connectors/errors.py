"""Connector errors, one class for each thing the caller does next.

======================  =====================================================================
class                   what the caller does next
======================  =====================================================================
``ConfigurationError``  stop this connection; an engineer mends the connection document
``AuthenticationError`` stop this connection; a person renews a password, key or host key
``RetryableError``      try again later, not before ``retry_after`` seconds
``StaleTokenError``     read the target record again, then decide the write anew
``RefusedError``        park the write; the target will refuse it again as it stands
``UnknownOutcomeError`` probe the target before any retry: the write may have happened
======================  =====================================================================

A single bad record inside a stream is no exception: it travels as data, see :class:`connectors.base.Defect`.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Any failure of a connector, told in one sentence.

    Args:
        what: what happened, without personal data or secrets.
        system: code of the connection, as in the project's connection documents.
        stream: stream concerned, if one is.
        where: file, row, field or address within the stream, as far as known.
        remedy: what a person can do about it.
    """

    def __init__(
        self, what: str, *, system: str, remedy: str, stream: str | None = None, where: str | None = None
    ) -> None:
        self.what = what
        self.system = system
        self.stream = stream
        self.where = where
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = " / ".join(part for part in (self.system, self.stream, self.where) if part)
        return f"{place}: {self.what}. {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__))


class ConfigurationError(ConnectorError):
    """The connection document asks for something impossible or unknown."""


class AuthenticationError(ConnectorError):
    """The system refused who we are, or is not who it should be (host key)."""


class RetryableError(ConnectorError):
    """The system is unreachable or busy; the same call may succeed later."""

    retry_after: float = 30.0


class StaleTokenError(ConnectorError):
    """Somebody changed the target record after we read it."""


class RefusedError(ConnectorError):
    """The target understood the write and refuses it."""


class UnknownOutcomeError(ConnectorError):
    """The connection broke after a write was sent and before its answer came."""


def _rebuild(kind: type[ConnectorError], attributes: dict[str, object]) -> ConnectorError:
    error = kind.__new__(kind)
    error.__dict__.update(attributes)
    Exception.__init__(error, str(error))
    return error
