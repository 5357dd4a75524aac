"""A session with a SOAP service: its WSDL read once a process, requests built and signed by zeep, answers streamed.

zeep would turn an answer into objects, at 0.3 to 0.5 ms a row; here it only builds and signs what is sent, and the rows
of the answer are read by :mod:`connectors.transport.soap_answer`, several times faster and in flat memory.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsdl.bindings import Soap11Binding, Soap12Binding
from zeep.wsse.username import UsernameToken

from connectors.errors import AuthenticationError, ConfigurationError, ConnectorError, RetryableError
from connectors.transport.soap_answer import BrokenAnswerError, FaultAnswerError, NoSoapAnswerError, read_rows

LARGEST_ANSWER = 256 * 1024 * 1024
LARGEST_WSDL = 16 * 1024 * 1024
# a whole answer may take so many times the longest silence: a service that drips for ever must not hold a run
SILENCES = 10
# of WS-Security 1.1 (section 12), and words that services of all kinds put into their codes
_CREDENTIAL_FAULTS = {
    "failedauthentication",
    "invalidsecuritytoken",
    "failedcheck",
    "invalidsecurity",
    "messageexpired",
}
_CREDENTIAL_WORDS = ("authenticat", "credential", "unauthori", "notauthori", "accessdenied")
_SENDER = {"client", "sender", "versionmismatch", "mustunderstand"}
_SETTINGS = {"forbid_dtd": True, "forbid_entities": True}


class _Contract(NamedTuple):
    """A WSDL as read, and its first binding that is SOAP; it may have others, over plain HTTP."""

    document: zeep.wsdl.Document
    binding: Soap11Binding | Soap12Binding


_contracts: dict[tuple[str, str | None], _Contract] = {}
_reading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is and who we are there.

    Args:
        system: code of the connection, for errors.
        url: address of the service; its WSDL stands at ``url?wsdl``. Requests go to this address, whatever the WSDL
            names: that is often an inner one, and a password goes nowhere else.
        username: of the WS-Security UsernameToken.
        password: its password.
        digest: send a digest of the password instead of the password.
        timeout: longest silence in seconds; a whole answer may take ten times as long.
        ca_file: certificates of the authorities that are trusted, in PEM; ``None`` for the usual ones.
    """

    system: str
    url: str
    username: str
    password: str = field(repr=False)
    digest: bool
    timeout: float
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    content: bytes = field(repr=False)
    headers: Mapping[str, str]


class _Wire:
    """What zeep takes for its transport: it loads through the session, and hands back what it should have sent."""

    def __init__(self, session: SoapSession) -> None:
        self._session = session

    def load(self, url: str) -> bytes:
        return self._session.load(url)

    def post_xml(self, _: str, envelope: etree._Element, headers: Mapping[str, str]) -> _Request:
        return _Request(etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), headers)


class SoapSession:
    """Calls a service's operations. Connects with the first call, and again after :meth:`close`.

    Args:
        service: address and credentials.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._http: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"SoapSession({self._service!r})"

    def operations(self) -> frozenset[str]:
        """Return the names of the operations that the WSDL declares.

        Raises:
            ConfigurationError: there is no usable WSDL.
            RetryableError: no answer.
        """
        return frozenset(name for name, _ in self._proxy)

    def rows(self, operation: str, row: str, **arguments: object) -> Iterator[etree._Element]:
        """Call an operation and yield the rows of its answer; each is only valid until the next is asked for.

        Args:
            operation: name in the WSDL.
            row: local name of the rows' elements.
            arguments: the operation's arguments.

        Raises:
            AuthenticationError: the service does not know us, or its certificate is not to be trusted.
            RetryableError: no answer, not a whole one, or a fault on the side of the service.
            ConfigurationError: the service does not know such a request, or is no SOAP service at all.
        """
        request = self._request(operation, arguments)
        deadline = time.monotonic() + SILENCES * self._service.timeout
        with self._answer("POST", self._service.url, content=request.content, headers=request.headers) as response:
            try:
                yield from read_rows(self._chunks(response, LARGEST_ANSWER, deadline), row)
            except FaultAnswerError as fault:
                raise self._fault(fault.codes) from None
            except NoSoapAnswerError as error:
                raise self._refusal(response) or self._config(str(error), "Check the address.") from None
            except BrokenAnswerError:
                what, remedy = "the answer is not well-formed to its end", "If it stays so, the service must be mended."
                raise self._error(RetryableError, what, remedy) from None
            if refusal := self._refusal(response):
                raise refusal

    def load(self, url: str) -> bytes:
        """Get the WSDL or a schema it refers to, from the service's own host only."""
        ours, theirs = urlsplit(self._service.url), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise self._config(
                "the WSDL refers to a schema on another host", "Have the service offer it under its own address."
            )
        deadline = time.monotonic() + SILENCES * self._service.timeout
        with self._answer("GET", url) as response:
            if refusal := self._refusal(response):
                raise refusal
            return b"".join(self._chunks(response, LARGEST_WSDL, deadline))

    def close(self) -> None:
        """Give back the connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    @cached_property
    def _proxy(self) -> zeep.proxy.ServiceProxy:
        service, (document, binding) = self._service, self._contract()
        token = UsernameToken(  # type: ignore[no-untyped-call] # zeep's
            service.username, service.password, use_digest=service.digest, zulu_timestamp=True
        )
        settings = zeep.Settings(raw_response=True, **_SETTINGS)
        client = zeep.Client(  # type: ignore[no-untyped-call] # zeep's
            document, wsse=token, transport=_Wire(self), settings=settings
        )
        return zeep.proxy.ServiceProxy(  # type: ignore[no-untyped-call] # zeep's
            client, binding, address=service.url
        )

    def _contract(self) -> _Contract:
        key = (self._service.url, self._service.ca_file)
        with _reading:
            if key not in _contracts:
                try:
                    document = zeep.wsdl.Document(
                        f"{key[0]}?wsdl",
                        _Wire(self),  # type: ignore[arg-type] # zeep says it wants the class
                        settings=zeep.Settings(**_SETTINGS),
                    )
                except (ZeepError, LookupError, AttributeError, TypeError, ValueError) as error:
                    what = f"its WSDL cannot be read ({type(error).__name__})"
                    raise self._config(what, "Check that the address is that of a SOAP service.") from None
                bindings = [b for b in document.bindings.values() if isinstance(b, Soap11Binding | Soap12Binding)]
                if not bindings:
                    raise self._config("its WSDL has no SOAP binding", "Check the address.")
                _contracts[key] = _Contract(document, bindings[0])
            return _contracts[key]

    def _request(self, operation: str, arguments: Mapping[str, object]) -> _Request:
        proxy = self._proxy
        try:
            request = proxy[operation](**arguments)
        except (AttributeError, TypeError, ZeepError) as error:
            what = f"its WSDL has no operation {operation} with the arguments {', '.join(arguments)}"
            raise self._config(f"{what} ({type(error).__name__})", "Check the address and the release.") from None
        assert isinstance(request, _Request)  # noqa: S101 - zeep returns what the transport returned
        return request

    @contextmanager
    def _answer(self, method: str, url: str, **options: Any) -> Iterator[httpx.Response]:
        try:
            with self._connected().stream(method, url, **options) as response:
                if response.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
                    raise self._unknown_to_it(f"HTTP {response.status_code}")
                yield response
        except httpx.HTTPError as error:
            raise self._no_answer(error) from None

    def _connected(self) -> httpx.Client:
        if self._http is None:
            verify = self._trusted()
            self._http = httpx.Client(timeout=self._service.timeout, verify=verify, follow_redirects=False)
        return self._http

    def _trusted(self) -> ssl.SSLContext | bool:
        if self._service.ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=self._service.ca_file)
        except OSError as error:  # an unreadable certificate is one, too
            what = f"the certificates of ca_file cannot be read ({type(error).__name__})"
            raise self._config(what, "Give the path of a PEM file that the hub may read.") from None

    def _chunks(self, response: httpx.Response, largest: int, deadline: float) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > largest:
                raise self._config(f"an answer is larger than {largest // 1024**2} MiB", "Ask for fewer rows at once.")
            if time.monotonic() > deadline:
                what = f"an answer was not complete after {SILENCES * self._service.timeout:g} seconds"
                raise self._error(RetryableError, what, "Try again later, or ask for fewer rows at once.")
            yield chunk

    def _fault(self, codes: tuple[str, ...]) -> ConnectorError:
        told = ".".join(codes) or "without a code"
        lowered = [code.lower() for code in codes]
        if any(code in _CREDENTIAL_FAULTS or any(word in code for word in _CREDENTIAL_WORDS) for code in lowered):
            return self._unknown_to_it(told)
        if lowered and lowered[0] in _SENDER:
            return self._config(f"it refuses the request (fault {told})", "Check that it is of the expected release.")
        return self._error(RetryableError, f"it cannot answer now (fault {told})", "Its own log tells why.")

    def _refusal(self, response: httpx.Response) -> ConnectorError | None:
        status = response.status_code
        if status == httpx.codes.OK:
            return None
        if status in {408, 425, 429} or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return self._error(RetryableError, f"it does not answer now (HTTP {status})", "Try again later.")
        return self._config(f"it does not answer like a SOAP service (HTTP {status})", "Check the address.")

    def _no_answer(self, error: httpx.HTTPError) -> ConnectorError:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            remedy = "Renew its certificate, or give its authority's in ca_file."
            return self._error(AuthenticationError, "its certificate is not to be trusted", remedy)
        what = f"it cannot be reached or does not answer ({type(error).__name__})"
        return self._error(RetryableError, what, "Check that it runs and that the address is right.")

    def _unknown_to_it(self, told: str) -> ConnectorError:
        remedy = "Renew user and password in the connection."
        return self._error(AuthenticationError, f"user or password is wrong ({told})", remedy)

    def _config(self, what: str, remedy: str) -> ConnectorError:
        return self._error(ConfigurationError, what, remedy)

    def _error(self, kind: type[ConnectorError], what: str, remedy: str) -> ConnectorError:
        return kind(what, system=self._service.system, where=self._service.url, remedy=remedy)
