"""Tryton's JSON-RPC: session, context, typed values, and what each failure means to the caller."""

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from connectors.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectorError,
    RefusedError,
    RetryableError,
    StaleTokenError,
    UnknownOutcomeError,
)
from connectors.tryton.config import Config

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
QUOTED = re.compile(r'((?:field| of) "[^"]*")|".*?"(?=[.,]| for | in | of | is | contains | that |$)', re.DOTALL)
HTTP_ERRORS: dict[int, tuple[type[ConnectorError], str, str]] = {
    401: (AuthenticationError, "user or password is wrong", "Renew the password in the connection."),
    403: (
        AuthenticationError,
        "the user may not do this",
        "Give the user the rights its README lists.",
    ),
    413: (RefusedError, "the request is too large", "Send less at once."),
    429: (RetryableError, "the server counts too many attempts", "Try again later."),
    503: (RetryableError, "the server is busy", "Try again later."),
}


class Rpc:
    """A session with one Tryton database. Logs in at the first call, and once more when the session has expired.

    Args:
        system: code of the connection, for errors.
        config: address and credentials.
    """

    def __init__(self, system: str, config: Config) -> None:
        self._system = system
        self._config = config
        self._http: httpx.Client | None = None
        self._context: dict[str, Any] = {}

    def read(self, method: str, *params: Any) -> Any:
        """Call a method that changes nothing.

        Raises:
            RetryableError: no answer.
            AuthenticationError: wrong password or missing rights.
            ConfigurationError: there is no such database or method.
        """
        return self._call(method, params, writes=False, context={})

    def write(self, method: str, *params: Any, timestamps: Mapping[str, str] | None = None) -> Any:
        """Call a method that writes, in one transaction of the server.

        Args:
            method: full name, e.g. ``model.party.party.create``.
            params: its arguments without the context.
            timestamps: the ``_timestamp`` of records (``party.party,42``) that must not have changed since.

        Raises:
            RefusedError: a rule of the server forbids it; nothing was written.
            StaleTokenError: a record of ``timestamps`` has changed; nothing was written.
            UnknownOutcomeError: it was sent, and no answer came.
            RetryableError: it was not sent, or the server says it is busy.
        """
        return self._call(method, params, writes=True, context={"_timestamp": dict(timestamps or {})})

    def close(self) -> None:
        """Give back the connections; the next call logs in again."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _call(self, method: str, params: tuple[Any, ...], *, writes: bool, context: Mapping[str, Any]) -> Any:
        fresh = self._http is None
        response = self._post(method, params, writes=writes, context=context)
        if response.status_code == httpx.codes.UNAUTHORIZED and not fresh:
            self.close()
            response = self._post(method, params, writes=writes, context=context)
        return self._result(method, response, writes=writes)

    def _post(
        self, method: str, params: tuple[Any, ...], *, writes: bool, context: Mapping[str, Any]
    ) -> httpx.Response:
        http = self._http or self._log_in()
        return self._exchange(http, method, [*params, {**self._context, **context}], writes=writes)

    def _log_in(self) -> httpx.Client:
        user, password = self._config.user, self._config.password.get_secret_value()
        http = httpx.Client(base_url=self._config.url, timeout=self._config.timeout_seconds)
        try:
            answer = self._exchange(http, "common.db.login", [user, {"password": password}], writes=False)
            user_id, session, *_ = self._result("common.db.login", answer, writes=False)
            credentials = base64.b64encode(f"{user}:{user_id}:{session}".encode()).decode()
            http.headers["Authorization"] = f"Session {credentials}"
            answer = self._exchange(http, "model.res.user.get_preferences", [True, {}], writes=False)
            preferences = self._result("model.res.user.get_preferences", answer, writes=False)
        except BaseException:
            http.close()
            raise
        # English, because the values in error texts are masked by their English frames; inactive records are records
        self._context = {**preferences, "language": "en", "active_test": False}
        self._http = http
        return http

    def _exchange(self, http: httpx.Client, method: str, params: list[Any], *, writes: bool) -> httpx.Response:
        body = json.dumps({"id": 1, "method": method, "params": params}, default=encode)
        try:
            return http.post(
                f"/{self._config.database}/rpc/", content=body, headers={"Content-Type": "application/json"}
            )
        except NOT_SENT as error:
            what = f"{self._config.url} cannot be reached ({type(error).__name__})"
            raise self._error(RetryableError, what, "Check that the server runs and the address is right.") from None
        except httpx.TransportError as error:
            raise self._no_answer(type(error).__name__, writes=writes) from None

    def _no_answer(self, reason: str, *, writes: bool) -> ConnectorError:
        if writes:
            what = f"the write was sent and no answer came ({reason})"
            return self._error(
                UnknownOutcomeError, what, "Look in the system whether it happened before sending again."
            )
        return self._error(RetryableError, f"no answer came ({reason})", "Try again later.")

    def _result(self, method: str, response: httpx.Response, *, writes: bool) -> Any:
        if response.status_code != httpx.codes.OK:
            raise self._http_error(response.status_code, writes=writes)
        try:
            answer = json.loads(response.content, object_hook=decode)
            error = answer.get("error")
        except (ValueError, AttributeError):
            if writes:
                raise self._no_answer("not JSON", writes=True) from None
            what = f"{self._config.url} does not answer like a Tryton server"
            raise self._error(ConfigurationError, what, "Check the address.") from None
        if error is not None:
            raise self._application_error(method, error, writes=writes)
        return answer["result"]

    def _http_error(self, status: int, *, writes: bool) -> ConnectorError:
        if status in HTTP_ERRORS:
            return self._error(*HTTP_ERRORS[status])
        if status == httpx.codes.NOT_FOUND:
            what = f"there is no database {self._config.database!r}"
            return self._error(ConfigurationError, what, "Check address and database in the connection.")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return self._no_answer(f"HTTP {status}", writes=writes)
        what = f"{self._config.url} does not answer like a Tryton server (HTTP {status})"
        return self._error(ConfigurationError, what, "Check the address.")

    def _application_error(self, method: str, error: list[Any], *, writes: bool) -> ConnectorError:
        kind, *details = error
        if kind == "ConcurrencyException":
            return self._error(StaleTokenError, "the record was changed meanwhile", "Read it again.")
        if kind in {"UserError", "UserWarning"}:
            # UserError carries [message, description, domain], UserWarning [name, message, description]
            message = details[0][0 if kind == "UserError" else 1]
            return self._error(RefusedError, mask(message).rstrip("."), "Correct the record or the rule in Tryton.")
        what = f"the server failed at {method}"
        if writes:
            return self._error(RefusedError, what, "The server's own log tells why; nothing was written.")
        return self._error(ConfigurationError, what, "Check that its module is active; the server's log tells more.")

    def _error(self, kind: type[ConnectorError], what: str, remedy: str) -> ConnectorError:
        return kind(what, system=self._system, remedy=remedy)


def mask(message: str) -> str:
    """Take the values out of one of Tryton's (English) messages; field and model names stay.

    >>> mask('The value "zz" for field "Type" in record "Wang Wei" of "Party Identifier" is not allowed.')
    'The value … for field "Type" in record … of "Party Identifier" is not allowed.'
    >>> mask('The value "a b" for field "Name" in record "a b" of "Party" contains some invalid chars "b".')
    'The value … for field "Name" in record … of "Party" contains some invalid chars ….'
    >>> mask('The European VAT Number "DE123" for party "O "& Sons" Ltd" is not valid.')
    'The European VAT Number … for party … is not valid.'
    """
    return " ".join(QUOTED.sub(lambda found: found[1] or "…", message).split())


def encode(value: object) -> dict[str, Any]:
    """Give the wire form of a value JSON has no form for (``trytond/protocols/jsonrpc.py``).

    >>> encode(Decimal("1.10"))
    {'__class__': 'Decimal', 'decimal': '1.10'}

    Raises:
        TypeError: the protocol has no form for it either.
    """
    match value:
        case dt.datetime():
            names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{name: getattr(value, name) for name in names}}
        case dt.date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case bytes():
            return {"__class__": "bytes", "base64": base64.b64encode(value).decode()}
        case _:
            raise TypeError(f"Tryton's protocol has no form for {type(value).__name__}")


def decode(value: dict[str, Any]) -> Any:
    """Read a wire form back; for :func:`json.loads` as ``object_hook``.

    >>> decode({"__class__": "date", "year": 2026, "month": 11, "day": 22})
    datetime.date(2026, 11, 22)
    """
    reader = READERS.get(value.get("__class__", ""))
    return reader({name: part for name, part in value.items() if name != "__class__"}) if reader else value


READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "datetime": lambda parts: dt.datetime(**parts),  # noqa: DTZ001 - the server's times are naive UTC
    "date": lambda parts: dt.date(**parts),
    "time": lambda parts: dt.time(**parts),
    "timedelta": lambda parts: dt.timedelta(**parts),
    "Decimal": lambda parts: Decimal(parts["decimal"]),
    "bytes": lambda parts: base64.b64decode(parts["base64"]),
}
