"""Two mail servers: the demo's (pymap) and Debian's Dovecot with TLS, both on a Maildir that the tests write into."""

import datetime as dt
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.imap_mail.connector import ImapMail
from hub.demo.systems import mail

ROOT = Path(__file__).parents[2]
USER, PASSWORD, WRONG = "hub", "right-pässword", "wrong-pässword"
OWNER = "nobody"
"""Dovecot never reads mail as root."""
RECEIVED = dt.datetime(2026, 10, 5, 1, 0, tzinfo=dt.UTC)
_numbers = count(1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def simple_mail(number: int | str, text: str = "请报价。", sender: str = "li@customer.example") -> bytes:
    return (
        f"From: {sender}\r\nTo: sales@own.example\r\nSubject: mail {number}\r\n"
        f"Message-ID: <{number}@customer.example>\r\n"
        "Date: Fri, 2 Oct 2026 16:15:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{text}\r\n"
    ).encode()


@dataclass
class MailServer:
    """A running server and its mailbox as the tests see it."""

    root: Path
    port: int
    command: list[str]
    process: "subprocess.Popen[bytes]"
    options: dict[str, Any] = field(default_factory=dict)
    owner: int | None = None
    secrets: tuple[str, ...] = (PASSWORD, WRONG)

    def put(self, *raws: bytes) -> None:
        """Deliver mails; the server numbers them in this order."""
        for raw in raws:
            number = next(_numbers)
            received = RECEIVED + dt.timedelta(minutes=number)
            mail.deliver(self.root, USER, [(f"t{number:06d}", raw, received)])
        self.give_away()

    def give_away(self) -> None:
        if self.owner is not None:
            for path in [self.root, *self.root.rglob("*")]:
                os.chown(path, self.owner, -1)

    def config(self, **other: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": USER,
            "password": PASSWORD,
            "security": "none",
            "own_domains": ["own.example"],
            "timeout_seconds": 10,
            **self.options,
            **other,
        }

    def connect(self, **other: Any) -> ImapMail:
        return ImapMail("mail", ImapMail.Config(**self.config(**other)))

    def kill(self) -> None:
        """Kill the server and all its workers, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def start(self) -> None:
        self.process = start(self.command, self.port)

    def file_names(self) -> list[str]:
        """Name the files of the mailbox; a Maildir keeps the flags of a mail in them."""
        return sorted(f"{path.parent.name}/{path.name}" for path in self.root.rglob("*.hub*"))

    def empty(self) -> None:
        """Throw the mailbox away; the next one gets another UIDVALIDITY."""
        shutil.rmtree(self.root / USER, ignore_errors=True)
        mail.mailbox(self.root, USER)
        self.give_away()


def start(command: list[str], port: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                if connection.recv(4) == b"* OK":
                    return process
        except OSError:
            time.sleep(0.02)
    pytest.fail("the mail server did not start")


def stop(server: MailServer) -> None:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) is not None


def run_pymap(folder: Path) -> Iterator[MailServer]:
    password_file, port = folder / "password", free_port()
    password_file.write_text(PASSWORD, encoding="utf-8")
    command = mail.argv(folder / "root", port, USER, password_file)
    server = MailServer(folder / "root", port, command, start(command, port))
    try:
        yield server
    finally:
        stop(server)


def why_no_dovecot() -> str:
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
        return "Dovecot is not installed (apt-get install dovecot-imapd)"
    if os.geteuid() != 0:
        return "Dovecot as a test server must be started by root"
    return ""


def run_dovecot(_: Path) -> Iterator[MailServer]:
    if reason := why_no_dovecot():
        pytest.skip(reason)
    # Dovecot's workers run as another user, and pytest keeps its folders to itself
    with tempfile.TemporaryDirectory(prefix="hub-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        port, tls_port = free_port(), free_port()
        ca, _ = make_certificates(folder)
        configuration = folder / "dovecot.conf"
        configuration.write_text(dovecot_configuration(folder, port, tls_port), encoding="utf-8")
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
        (folder / "root").mkdir()
        command = ["/usr/sbin/dovecot", "-F", "-c", str(configuration)]
        server = MailServer(
            folder / "root",
            port,
            command,
            start(command, port),
            {"security": "tls", "port": tls_port, "ca": ca, "host": "localhost"},
            pwd.getpwnam(OWNER).pw_uid,
        )
        try:
            yield server
        finally:
            stop(server)


def dovecot_configuration(folder: Path, port: int, tls_port: int) -> str:
    return f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/root/%n
mail_fsync = never
mail_max_userip_connections = 100
default_internal_user = {OWNER}
default_internal_group = nogroup
default_login_user = {OWNER}
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = username_format=%n {folder}/users
}}
userdb {{
  driver = static
  args = uid={OWNER} gid=nogroup home={folder}/root/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


def make_certificates(folder: Path) -> tuple[str, str]:
    """Make an authority and a server certificate it signs; return the PEM texts of both."""
    now = dt.datetime.now(dt.UTC)

    def certificate(name: str, issuer: str, key: Any, signer: Any, *, ca: bool) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
                ),
                critical=False,
            )
        )
        return builder.sign(signer, hashes.SHA256())

    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = certificate("Test Authority", "Test Authority", authority_key, authority_key, ca=True)
    server = certificate("localhost", "Test Authority", server_key, authority_key, ca=False)
    authority_pem, server_pem = (made.public_bytes(serialization.Encoding.PEM).decode() for made in (authority, server))
    (folder / "server.pem").write_text(server_pem)
    (folder / "server.key").write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return authority_pem, server_pem
