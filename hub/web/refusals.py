"""What stands in the way of a request -> HTTP status and the word by which programs know it; for pages and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError

from customer_master.stewardship.errors import (
    ContradictionError,
    InTheWayError,
    InvalidError,
    NotAllowedError,
    RetiredError,
    StaleError,
    StewardshipError,
    UnknownError,
)
from hub.errors import BusyError, HubError, UsageError
from hub.web.errors import InputError


class Refusal(NamedTuple):
    """How a request is refused.

    Args:
        status: HTTP status.
        kind: last word of the type of the problem document; empty: nothing but the status.
    """

    status: int
    kind: str


REFUSALS: Mapping[type[Exception], Refusal] = {
    RequestValidationError: Refusal(422, "invalid"),
    DataError: Refusal(422, "invalid"),
    OperationalError: Refusal(503, "busy"),
    HubError: Refusal(409, ""),
    UsageError: Refusal(404, "unknown"),
    InputError: Refusal(422, "invalid"),
    BusyError: Refusal(503, "busy"),
    StewardshipError: Refusal(409, "refused"),
    ContradictionError: Refusal(409, "contradiction"),
    InTheWayError: Refusal(409, "in-the-way"),
    StaleError: Refusal(412, "stale"),
    RetiredError: Refusal(410, "retired"),
    UnknownError: Refusal(404, "unknown"),
    InvalidError: Refusal(422, "invalid"),
    NotAllowedError: Refusal(403, "not-allowed"),
}


def refusal_of(error: Exception) -> Refusal:
    """Give how an error of a known class refuses a request; the nearest class counts."""
    return next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
