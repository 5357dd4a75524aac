"""The options of a connection to a PDM over SOAP."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Config(BaseModel):
    """Where the service is and who we are there.

    Args:
        url: address of the service without ``?wsdl``, user or password, e.g. ``https://pdm.example.com/service``.
        username: name in the WS-Security UsernameToken; give the hub a user of its own.
        password: its password.
        password_type: ``digest`` never sends the password itself; ``text`` does, and so demands https.
        time_zone: zone of the service's times without an offset, e.g. ``Asia/Shanghai``.
        ca_file: PEM file of the authority that signed the service's certificate, if it is not a public one.
        timeout_seconds: longest silence; a whole answer may take ten times as long.
        batch_rows: rows asked for at once, which are one batch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, Field(pattern=r"^https?://[^/@\s?#]+(/[^\s?#]*)?$")]
    username: Annotated[str, Field(min_length=1)]
    password: SecretStr
    password_type: Literal["digest", "text"] = "digest"  # noqa: S105 - a type, no password
    time_zone: str
    ca_file: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 60.0
    batch_rows: Annotated[int, Field(ge=1, le=10_000)] = 1000

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone named '{name}'") from None
        return name

    @model_validator(mode="after")
    def _no_readable_password(self) -> Self:
        address = urlsplit(self.url)
        if self.password_type == "text" and address.scheme == "http" and address.hostname not in _LOOPBACK:  # noqa: S105
            raise ValueError("password_type text would send the password readable: use https or digest")
        return self
