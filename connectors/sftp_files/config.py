"""What a connection document says about an SFTP server and its files."""

import codecs
import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.transport.ssh import parse_host_key


class StreamConfig(BaseModel):
    """One kind of file.

    Attributes:
        folder: folder on the server, relative to where the user lands.
        pattern: shell pattern of the file names.
        format: how to read them.
        encoding: of text files. CSV without one is UTF-8; EDIFACT without one says it itself.
        delimiter: between the cells of a CSV file.
        sheet: of a workbook; the first without one.
        header_row: row with the column names.
        position: regular expression on the file name with one group that gives its date or time, in a form that sorts
            (20261101 and 20261101-0230 are taken as ISO 8601, UTC); without one the file's modification time (UTC)
            counts.
        complete: every file is the whole list; what it does not name is gone.
        description: one line for a person.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    folder: str = "."
    pattern: str
    format: Literal["csv", "xlsx", "edifact"]
    encoding: str | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    position: re.Pattern[str] | None = None
    complete: bool = False
    description: str = ""

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        return None if name is None else known_text_encoding(name)

    @field_validator("position")
    @classmethod
    def _one_group(cls, pattern: re.Pattern[str] | None) -> re.Pattern[str] | None:
        if pattern is not None and pattern.groups != 1:
            raise ValueError(f"position needs exactly one group (…), it has {pattern.groups}")
        return pattern


class Config(BaseModel):
    """Options of the connector.

    Attributes:
        host: name or address of the server.
        port: TCP port.
        username: login name.
        password: or ``private_key``, one of them.
        private_key: text of an OpenSSH or PEM private key without a passphrase.
        host_key: public key of the server, ``ssh-ed25519 AAAA…``. Without it the connection is refused with an error
            that shows the key the server has.
        archive: folder for files that are kept, beside the streams' folders.
        failed: folder for files that could not be read at all.
        settle_seconds: a file is complete when size and time have not changed for so long.
        timeout_seconds: for the connection and each answer.
        batch_rows: most rows in one batch.
        name_encoding: encoding of the file names on the server.
        streams: kinds of files by name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    username: str
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    host_key: str = ""
    archive: str = Field(default="archive", min_length=1)
    failed: str = Field(default="failed", min_length=1)
    settle_seconds: float = Field(default=2.0, ge=0)
    timeout_seconds: float = Field(default=30.0, gt=0)
    batch_rows: int = Field(default=5000, ge=1, le=20_000)
    name_encoding: str = "utf-8"
    streams: dict[str, StreamConfig] = Field(min_length=1)

    @field_validator("host_key")
    @classmethod
    def _readable_host_key(cls, line: str) -> str:
        if line:
            parse_host_key(line)
        return line

    @field_validator("name_encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        return known_text_encoding(name)

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.password is None) == (self.private_key is None):
            raise ValueError("give either password or private_key")
        return self

    @model_validator(mode="after")
    def _separate_folders(self) -> Self:
        taken = {stream.folder.strip("/") for stream in self.streams.values()}
        if self.archive == self.failed or {self.archive.strip("/"), self.failed.strip("/")} & taken:
            raise ValueError("archive, failed and the streams' folders must differ")
        return self


def known_text_encoding(name: str) -> str:
    """Return the name if Python has a text encoding of that name.

    Raises:
        ValueError: it has none.

    Example:
        >>> known_text_encoding("gb18030")
        'gb18030'
    """
    try:
        "".encode(name)
        codecs.getincrementaldecoder(name)
    except LookupError:
        raise ValueError(f"there is no encoding named '{name}'") from None
    return name
