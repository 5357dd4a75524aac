"""What went wrong, as ``application/problem+json`` (RFC 9457): the class of an error decides what the caller reads."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from customer_master.stewardship.errors import (
    ContradictionError,
    InTheWayError,
    Link,
    RetiredError,
    StaleError,
    StewardshipError,
)
from customer_master.store import public_id
from hub.errors import BusyError, HubError
from hub.web.api.times import iso
from hub.web.refusals import refusal_of

log = logging.getLogger("hub.web")

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:customer-hub:problem:"


class ChainLink(BaseModel):
    """One earlier decision that contradicts; ``decision`` 0: the hub itself made the one record for the other."""

    decision: int
    verdict: str
    who: str
    when: str | None
    records: list[int]


class Problem(BaseModel):
    """A problem; ``type`` names its kind, ``detail`` says what is wrong, ``remedy`` what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:customer-hub:problem:contradiction",
                    "title": "Conflict",
                    "status": 409,
                    "detail": "Other decisions keep these customers apart",
                    "remedy": "Undo one of them first",
                    "chain": [
                        {
                            "decision": 7,
                            "verdict": "different",
                            "who": "li",
                            "when": "2026-11-20T02:15:00.000000Z",
                            "records": [12, 34],
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    remedy: str | None = None
    chain: list[ChainLink] | None = Field(None, description="of a contradiction: the decisions that say the opposite")
    decisions: list[int] | None = Field(None, description="later decisions that build on what was to be undone")
    successors: list[str] | None = Field(None, description="of a former customer number: those that follow it")
    current: dict[str, str] | None = Field(None, description="of a stale request: customer number -> its ETag now")


class ApiError(Exception):
    """Something only the API refuses.

    Args:
        status: HTTP status.
        kind: last word of the problem's type.
        what: one sentence, without personal data.
        remedy: what to do about it.
        headers: more headers.
    """

    def __init__(
        self, status: int, kind: str, what: str, remedy: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.kind, self.what, self.remedy, self.headers = status, kind, what, remedy, dict(headers or {})
        super().__init__(f"{what}. {remedy}")


@singledispatch
def problem(error: Exception) -> JSONResponse | None:  # noqa: ARG001 - its class decides, and this is none of ours
    """Make the answer to an error, ``None`` if it is none that a caller can understand."""
    return None


@problem.register
def _(error: ApiError) -> JSONResponse:
    return _answer(error.status, error.kind, error.what, error.remedy, headers=error.headers)


@problem.register
def _(error: HTTPException) -> JSONResponse:
    return _answer(error.status_code, "", str(error.detail), "", headers=error.headers)


@problem.register
def _(error: RequestValidationError) -> JSONResponse:
    return _answer(*refusal_of(error), _invalid(error), "See the OpenAPI document")


@problem.register
def _(error: DataError) -> JSONResponse:
    return _answer(*refusal_of(error), "The request holds a value that cannot be looked up", "Correct the value")


@problem.register
def _(error: OperationalError) -> JSONResponse:
    log.error("the database does not answer: %s", type(error.orig).__name__)
    return _answer(*refusal_of(error), "The database does not answer", "Try again", headers={"retry-after": "5"})


@problem.register
def _(error: HubError) -> JSONResponse:
    headers = {"retry-after": str(round(error.retry_after))} if isinstance(error, BusyError) else None
    return _answer(*refusal_of(error), error.what, error.remedy, headers=headers)


@problem.register
def _(error: StewardshipError) -> JSONResponse:
    return _answer(*refusal_of(error), error.what, error.remedy, **_follow_up(error))


def _follow_up(error: StewardshipError) -> dict[str, Any]:
    """Give what leads on from a refusal."""
    match error:
        case ContradictionError():
            return {"chain": [_link(link) for link in error.chain]}
        case InTheWayError():
            return {"decisions": list(error.decisions)}
        case StaleError():
            return {"current": {public_id.encode(party): etag(cs) for party, cs in error.current.items()}}
        case RetiredError():
            return {"successors": list(error.successors)}
    return {}


def etag(touched_cs: int) -> str:
    """Give a customer's ETag: the last commit that was about it."""
    return f'"{touched_cs}"'


def _link(link: Link) -> dict[str, Any]:
    when = iso(link.at_us) if link.at_us else None
    return {
        "decision": link.decision_id, "verdict": link.verdict, "who": link.actor, "when": when,
        "records": [link.lo, link.hi],
    }  # fmt: skip


def _invalid(error: RequestValidationError) -> str:
    """Name the fields and the rule each broke, never what was in them."""
    found = {_field(e): _rule(e) for e in error.errors()}
    return "These fields are missing or unusable: " + "; ".join(f"{name} ({rule})" for name, rule in found.items())


def _field(error: Mapping[str, Any]) -> str:
    """Name a field; a body that cannot be read at all has none."""
    path = error["loc"][1:] if error["type"] != "json_invalid" else ()
    return ".".join(str(part) for part in path) or "body"


def _rule(error: Mapping[str, Any]) -> str:
    """Say which rule was broken, with the limit if it has one."""
    limits = ("max_length", "min_length", "le", "ge", "lt", "gt", "pattern")
    given = error.get("ctx") or {}
    limit = next((f" {given[name]}" for name in limits if name in given), "")
    return f"{str(error['type']).replace('_', ' ')}{limit}"


def _answer(
    status: int, kind: str, what: str, remedy: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    body = {
        "type": f"{_TYPE}{kind}" if kind else "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": what,
        **({"remedy": remedy} if remedy else {}),
        **more,
    }
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)
