"""The options of a Tryton connection."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Config(BaseModel):
    """Where the Tryton server is and who we are there.

    Args:
        url: address of the server without user or password, e.g. ``https://erp.example.com``.
        database: name of the database.
        user: login name; give the hub a user of its own.
        password: its password.
        timeout_seconds: longest wait for a connection and for an answer.
        lookback_seconds: how long a transaction in Tryton may take to commit and still be found, see :mod:`watermark
            <connectors.tryton.watermark>`.
        batch_rows: documents in one batch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(pattern=r"^https?://[^/@\s]+/?$")]
    database: Annotated[str, Field(pattern=r"^[^/\s]+$")]
    user: Annotated[str, Field(min_length=1)]
    password: SecretStr
    timeout_seconds: Annotated[float, Field(gt=0)] = 60.0
    lookback_seconds: Annotated[int, Field(ge=0)] = 120
    batch_rows: Annotated[int, Field(ge=1, le=10_000)] = 1000
