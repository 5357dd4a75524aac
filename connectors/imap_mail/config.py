"""What a connection document says about a mailbox."""

import ipaddress
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.transport.imap_login import Security, tls_context


class Config(BaseModel):
    """Options of the connector.

    Attributes:
        host: name or address of the server.
        port: TCP port; without one 993 for ``tls``, else 143.
        username: login name.
        password: its password.
        security: ``tls``, ``starttls``, or ``none`` for a server on this very machine.
        ca: text of the certificates of the authorities to trust, instead of those the machine trusts.
        folders: folders to read, each from its beginning.
        own_domains: mail domains of the enterprise; who writes from one of them is no customer.
        timeout_seconds: for the connection and each answer.
        batch_rows: most mails in one batch.
        batch_megabytes: most bytes of mails in one batch; a larger mail makes a batch of its own.
        message_megabytes: larger mails are not read, they become defects.
        attachment_megabytes: larger attachments are listed without a hash.
        text_characters: longest text kept of a mail.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str
    port: int = Field(default=0, ge=0, le=65535)
    username: str
    password: SecretStr
    security: Security = "tls"
    ca: str = Field(default="", repr=False)
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    own_domains: frozenset[str] = Field(min_length=1)
    timeout_seconds: float = Field(default=30.0, gt=0)
    batch_rows: int = Field(default=500, ge=1, le=5000)
    batch_megabytes: float = Field(default=16, gt=0, le=256)
    message_megabytes: float = Field(default=25, gt=0, le=256)
    attachment_megabytes: float = Field(default=20, gt=0, le=256)
    text_characters: int = Field(default=20_000, ge=100, le=1_000_000)

    @field_validator("own_domains")
    @classmethod
    def _lower_case(cls, domains: frozenset[str]) -> frozenset[str]:
        return frozenset(domain.strip().lower().removeprefix("@") for domain in domains)

    @field_validator("ca")
    @classmethod
    def _certificates(cls, text: str) -> str:
        tls_context(text)
        return text

    @field_validator("folders")
    @classmethod
    def _each_once(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(folders)) < len(folders) or not all(folders):
            raise ValueError("name each folder once")
        return folders

    @model_validator(mode="after")
    def _encrypted_unless_local(self) -> Self:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError("security none is for a server on this machine (127.0.0.1, ::1, localhost) only")
        return self

    @property
    def tcp_port(self) -> int:
        """The port to connect to."""
        return self.port or (993 if self.security == "tls" else 143)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
