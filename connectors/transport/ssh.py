"""Log in to an SSH server whose host key is pinned."""

import base64
import binascii
import io
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import paramiko

from connectors.errors import AuthenticationError, ConfigurationError

# paramiko reports on its own what it also raises
logging.getLogger("paramiko").addHandler(logging.NullHandler())

KEEPALIVE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect and as whom.

    Args:
        system: code of the connection, for error texts.
        host: name or address.
        port: TCP port.
        username: login name.
        password: password, or ``None`` to use the key.
        private_key: text of an OpenSSH or PEM private key, or ``None``.
        host_key: the server's public key, ``ssh-ed25519 AAAA…``.
        timeout: seconds for the connection, each answer and each piece of data.
        name_encoding: encoding of file names on the server.
    """

    system: str
    host: str
    port: int
    username: str
    password: str | None = None
    private_key: str | None = None
    host_key: str = ""
    timeout: float = 30.0
    name_encoding: str = "utf-8"

    def __repr__(self) -> str:
        return f"Server({self.username}@{self.host}:{self.port})"


def parse_host_key(line: str) -> paramiko.PKey:
    """Read a public key as ``ssh-keyscan`` or a ``known_hosts`` file has it, with or without the host name.

    Raises:
        ValueError: it is none.

    Example:
        >>> parse_host_key("ssh-ed25519 oops")
        Traceback (most recent call last):
        ValueError: the host key must look like 'ssh-ed25519 AAAA…'
    """
    for kind, data in pairwise(line.split()):
        with suppress(paramiko.SSHException, binascii.Error, ValueError):
            return paramiko.PKey.from_type_string(kind, base64.b64decode(data, validate=True))
    raise ValueError("the host key must look like 'ssh-ed25519 AAAA…'")


def open_transport(server: Server) -> paramiko.Transport:
    """Connect, check the host key, log in.

    Raises:
        AuthenticationError: another host key, or the login was refused.
        ConfigurationError: the private key cannot be read.
        OSError: the server cannot be reached in time.
        paramiko.SSHException: it speaks no SSH we understand.
    """
    connection = socket.create_connection((server.host, server.port), timeout=server.timeout)
    transport = paramiko.Transport(connection)
    transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = server.timeout
    try:
        _prefer_pinned_kind(transport, server)
        transport.start_client(timeout=server.timeout)
        _check_host_key(transport, server)
        _log_in(transport, server)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(KEEPALIVE_SECONDS)
    return transport


def _prefer_pinned_kind(transport: paramiko.Transport, server: Server) -> None:
    """Ask for the pinned kind of key first: a server with several shows the one we prefer."""
    if not server.host_key:
        return
    kind = parse_host_key(server.host_key).get_name()
    wanted = ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)
    options = transport.get_security_options()
    options.key_types = tuple(sorted(options.key_types, key=lambda known: known not in wanted))


def _check_host_key(transport: paramiko.Transport, server: Server) -> None:
    seen = transport.get_remote_server_key()
    expected = parse_host_key(server.host_key) if server.host_key else None
    if seen == expected:
        return
    known = f"expected is {expected.get_name()} {expected.fingerprint}" if expected else "none is pinned"
    raise AuthenticationError(
        f"the server shows the host key {seen.get_name()} {seen.fingerprint}, {known}",
        system=server.system,
        where=f"{server.host}:{server.port}",
        remedy="Ask the server's operator for the fingerprint; only if it is the one shown, set host_key to "
        f"'{seen.get_name()} {seen.get_base64()}'",
    )


def _log_in(transport: paramiko.Transport, server: Server) -> None:
    try:
        if server.private_key is not None:
            transport.auth_publickey(server.username, _private_key(server))
        else:
            transport.auth_password(server.username, server.password or "")
    except paramiko.AuthenticationException as error:
        if not transport.is_active():  # it broke: nobody judged our password
            raise paramiko.SSHException("the connection broke during the login") from None
        allowed = getattr(error, "allowed_types", None)
        means = "private key" if server.private_key is not None else "password"
        offers = f", it accepts: {', '.join(allowed)}" if allowed else ""
        raise AuthenticationError(
            f"the server refused user {server.username} with this {means}{offers}",
            system=server.system,
            where=f"{server.host}:{server.port}",
            remedy=f"Renew the {means} in the secret the connection document refers to",
        ) from None


def _private_key(server: Server) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, ValueError, IndexError):
            return kind.from_private_key(io.StringIO((server.private_key or "").strip() + "\n"))
    raise ConfigurationError(
        "the private key cannot be read",
        system=server.system,
        where="private_key",
        remedy="Give the whole text of an Ed25519, ECDSA or RSA key without a passphrase",
    )
