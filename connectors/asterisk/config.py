"""The options of a connection to a call centre's log files."""

import re
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.transport.ssh import parse_host_key


class Config(BaseModel):
    """Where the logs are, and how this exchange is set up.

    Args:
        host: name or address of the SFTP server.
        port: TCP port.
        username: login name; reading is all it needs to be allowed.
        password: or ``private_key``, one of them.
        private_key: text of an OpenSSH or PEM private key without a passphrase.
        host_key: public key of the server, ``ssh-ed25519 AAAA…``. Without it the connection is refused with an error
            that shows the key the server has.
        folder: folder of the logs, relative to where the user lands.
        cdr: call detail records in ``folder``.
        cel: channel event log in ``folder``.
        queue_log: queue log in ``folder``.
        requests: journal of service requests in ``folder``.
        time_zone: zone of the local times in CDR and requests, e.g. ``Asia/Shanghai``.
        trunk: regular expression on channel names that lead outside, e.g. ``^PJSIP/trunk-``.
        inbound_context: regular expression on the dialplan contexts in which calls come in.
        extension_digits: a number of at most so many digits is one of the house; decides the direction of a call where
            neither ``trunk`` nor ``inbound_context`` is given.
        open_hours: a call that has not ended and was silent for so long is delivered with what there is.
        timeout_seconds: for the connection and each answer.
        batch_rows: most records in one batch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    username: str
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    host_key: str = ""
    folder: str = "."
    cdr: str = "cdr-csv/Master.csv"
    cel: str = "cel-custom/Master.csv"
    queue_log: str = "queue_log"
    requests: str = "service/requests.csv"
    time_zone: str
    trunk: re.Pattern[str] | None = None
    inbound_context: re.Pattern[str] | None = None
    extension_digits: int = Field(default=5, ge=1, le=8)
    open_hours: float = Field(default=4.0, gt=0)
    timeout_seconds: float = Field(default=30.0, gt=0)
    batch_rows: int = Field(default=2000, ge=1, le=10_000)

    @field_validator("host_key")
    @classmethod
    def _readable_host_key(cls, line: str) -> str:
        if line:
            parse_host_key(line)
        return line

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone named '{name}'") from None
        return name

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.password is None) == (self.private_key is None):
            raise ValueError("give either password or private_key")
        return self
