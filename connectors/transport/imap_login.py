"""Log in to an IMAP server over a connection that is encrypted and checked, and tell what a failure of it means."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Literal, NoReturn, cast

from connectors.errors import AuthenticationError, ConfigurationError, ConnectorError, RetryableError

LONGEST_LINE = 16 * 1024 * 1024

_CODE = re.compile(r"\[([A-Z-]+)")
_LATER = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"})

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to connect and as whom.

    Args:
        system: code of the connection, for error texts.
        host: name or address.
        port: TCP port.
        username: login name.
        password: its password.
        security: ``tls`` from the first byte, ``starttls``, or ``none``.
        ca: PEM text of the only certificate authorities to trust; empty for those the machine trusts.
        timeout: seconds for the connection and each answer.
        largest_literal: bytes a server may send in one piece; more is a broken server.
    """

    system: str
    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(repr=False)
    security: Security = "tls"
    ca: str = field(default="", repr=False)
    timeout: float = 30.0
    largest_literal: int = 32 * 1024 * 1024

    @property
    def address(self) -> str:
        """Host and port, for error texts."""
        return f"{self.host}:{self.port}"


class Connection(imaplib.IMAP4):
    """The standard library's client, over TLS or not, with a limit on what it takes into memory."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        super().__init__(server.host, server.port, server.timeout)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, encrypted from the first byte if so configured."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout=timeout)
        if self._server.security == "tls":
            self.sock = tls_context(self._server.ca).wrap_socket(self.sock, server_hostname=host)
        self.file = self.sock.makefile("rb")

    def read(self, size: int) -> bytes:
        """Read a literal, unless it is larger than anything asked for."""
        if size > self._server.largest_literal:
            raise self.abort("the server sends a larger piece than was asked for")
        return bytes(super().read(size))

    def readline(self) -> bytes:
        """Read a line; the standard library's limit is too small for the answer to a large search."""
        line = cast("IO[bytes]", self.file).readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise self.abort("the server sends an endless line")
        return line


def log_in(server: MailServer) -> Connection:
    """Connect, encrypt as configured, log in.

    Raises:
        AuthenticationError: the login was refused.
        ConfigurationError: the server wants another kind of security.
        RetryableError: the server cannot judge a login now.
        OSError: it cannot be reached, or no encryption can be agreed on.
        imaplib.IMAP4.error: it speaks no IMAP we understand.
    """
    connection = Connection(server)
    try:
        if server.security == "starttls":
            if "STARTTLS" not in connection.capabilities:
                reject(server, "the server offers no STARTTLS", "Set security to tls, with the port for it")
            connection.starttls(tls_context(server.ca))
        _authenticate(connection, server)
    except BaseException:
        with suppress(OSError):
            connection.shutdown()
        raise
    return connection


def _authenticate(connection: Connection, server: MailServer) -> None:
    if "AUTH=PLAIN" not in connection.capabilities and "LOGINDISABLED" in connection.capabilities:
        reject(server, "the server takes no password over an unencrypted connection", "Set security to starttls or tls")
    try:
        if "AUTH=PLAIN" in connection.capabilities:
            connection.authenticate("PLAIN", lambda _: f"\0{server.username}\0{server.password}".encode())
        else:
            connection.login(server.username, server.password)
    except imaplib.IMAP4.abort:
        raise
    except UnicodeEncodeError:
        reject(server, "the server takes user names and passwords in ASCII only", "Have the user be given another one")
    except imaplib.IMAP4.error as error:
        code = _CODE.search(str(error))
        if code and code[1] in _LATER:
            raise unreachable(server, f"the server cannot judge a login now ({code[1]})") from None
        raise AuthenticationError(
            "the server refused this user name and password",
            system=server.system,
            where=server.address,
            remedy="Renew the password in the secret the connection document refers to",
        ) from None


def translated(error: Exception, server: MailServer) -> ConnectorError:
    """Say what a failure of the connection means for the caller."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return AuthenticationError(
            f"the server's certificate is not trusted: {error.verify_message}",
            system=server.system,
            where=server.address,
            remedy="Ask the server's operator which authority signs it and give that one's certificate in ca",
        )
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ConfigurationError(
            f"no encrypted connection can be agreed on ({error.reason or 'TLS'})",
            system=server.system,
            where=server.address,
            remedy="Set security to what the server speaks on this port: tls (usually 993) or starttls (143)",
        )
    if isinstance(error, imaplib.IMAP4.error):
        return unreachable(server, "the server broke off or answered what is no IMAP")
    return unreachable(server, f"the server cannot be reached ({type(error).__name__})")


def unreachable(server: MailServer, what: str) -> RetryableError:
    """Build the error for a server that may answer later."""
    return RetryableError(
        what,
        system=server.system,
        where=server.address,
        remedy="It is tried again; if it lasts, check host, port and whether the server runs",
    )


def reject(server: MailServer, what: str, remedy: str = "Ask the server's operator, or use another server") -> NoReturn:
    """Raise the error for a server that cannot be used as it is configured.

    Raises:
        ConfigurationError: always.
    """
    raise ConfigurationError(what, system=server.system, where=server.address, remedy=remedy)


def tls_context(ca: str) -> ssl.SSLContext:
    """Make a context that checks certificates and host names.

    Args:
        ca: PEM text of the authorities to trust, empty for those of the machine.

    Raises:
        ValueError: the text holds no certificate.
    """
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError):
        raise ValueError("ca must be the text of one or more certificates, -----BEGIN CERTIFICATE----- …") from None
