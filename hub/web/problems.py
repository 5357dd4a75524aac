"""Answers to what cannot be done: a readable page for people, ``application/problem+json`` (RFC 9457) for programs."""

from __future__ import annotations

import http
import logging
import secrets
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from customer_master.stewardship.errors import ContradictionError, InTheWayError, RetiredError, StewardshipError
from hub.errors import BusyError, HubError
from hub.web.refusals import refusal_of
from hub.web.rendering import own_path, page, root

log = logging.getLogger("hub.web")


def install(app: FastAPI, *, login: bool) -> None:
    """Answer errors of an application in this way.

    Args:
        app: the application.
        login: there is a page at ``/login`` where whoever opens a page unknown is sent.
    """

    def on_http_error(request: Request, error: Exception) -> Response:
        known = cast("HTTPException", error)
        if login and known.status_code == 401:
            return _to_login(request, known)
        return answer(request, known.status_code, str(known.detail), headers=dict(known.headers or {}))

    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HubError, _on_hub_error)
    app.add_exception_handler(StewardshipError, _on_refused_act)
    app.add_exception_handler(DataError, _on_impossible_value)
    app.add_exception_handler(OperationalError, _on_no_database)


def answer(
    request: Request,
    status: int,
    what: str,
    *,
    remedy: str = "",
    headers: dict[str, str] | None = None,
    refusal: StewardshipError | None = None,
) -> Response:
    """Make the answer to a request that cannot be fulfilled.

    Args:
        request: the request.
        status: HTTP status.
        what: one sentence, without personal data.
        remedy: what to do about it.
        headers: more headers.
        refusal: what stands in the way of an act, for a person to follow up.
    """
    title = http.HTTPStatus(status).phrase
    if "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers:
        template = "problem_line.html" if "hx-request" in request.headers else "problem.html"
        follow_up = {"back": _page_before(request), **_follow_up(refusal)}
        return page(
            request, template, status=status, headers=headers, title=title, what=what, remedy=remedy, **follow_up
        )
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": what}
    return JSONResponse(
        {**body, "remedy": remedy} if remedy else body, status, headers, media_type="application/problem+json"
    )


def broken(request: Request, error: Exception) -> Response:
    """Make the answer when the program failed, and log where; never what, for the text may hold personal data."""
    incident = secrets.token_hex(4)
    frame, place = error.__traceback__, ""
    while frame is not None:
        place = f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}"
        frame = frame.tb_next
    log.error("incident %s: %s at %s", incident, type(error).__name__, place)
    remedy = "Try again; if it stays, tell whoever runs the hub"
    return answer(request, 500, f"The hub failed (incident {incident})", remedy=remedy)


def _to_login(request: Request, error: HTTPException) -> Response:
    """Send a person who opens a page to the login; a program and a script of ours get 401."""
    target = f"{root(request)}/login"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": target})
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{target}?next={quote(own_path(request))}", 303)
    return answer(request, 401, str(error.detail))


def _on_invalid(request: Request, error: Exception) -> Response:
    """Name the fields, never what was in them."""
    fields = {".".join(str(part) for part in e["loc"][1:]) for e in cast("RequestValidationError", error).errors()}
    status = refusal_of(error).status
    return answer(request, status, f"These fields are missing or unusable: {', '.join(sorted(fields))}")


def _on_hub_error(request: Request, error: Exception) -> Response:
    known = cast("HubError", error)
    headers = {"retry-after": str(round(known.retry_after))} if isinstance(known, BusyError) else None
    return answer(request, refusal_of(known).status, known.what, remedy=known.remedy, headers=headers)


def _on_refused_act(request: Request, error: Exception) -> Response:
    known = cast("StewardshipError", error)
    return answer(request, refusal_of(known).status, known.what, remedy=known.remedy, refusal=known)


def _follow_up(refusal: StewardshipError | None) -> dict[str, Sequence[Any]]:
    """Give what leads on from a refusal: the decisions that contradict or come later, the numbers that follow."""
    return {
        "chain": refusal.chain if isinstance(refusal, ContradictionError) else (),
        "later": refusal.decisions if isinstance(refusal, InTheWayError) else (),
        "successors": refusal.successors if isinstance(refusal, RetiredError) else (),
    }


def _page_before(request: Request) -> str:
    """Give the page of ours from which a form was sent, empty if the request is no form."""
    before = urlsplit(request.headers.get("referer", ""))
    is_ours = request.method == "POST" and before.netloc == request.headers.get("host")
    return f"{before.path}?{before.query}".rstrip("?") if is_ours and before.path.startswith("/") else ""


def _on_impossible_value(request: Request, error: Exception) -> Response:
    """Answer to what no column can hold, such as a NUL character."""
    return answer(request, refusal_of(error).status, "The request holds a value that cannot be looked up")


def _on_no_database(request: Request, error: Exception) -> Response:
    log.error("the database does not answer: %s", type(cast("OperationalError", error).orig).__name__)
    status = refusal_of(error).status
    return answer(request, status, "The database does not answer", headers={"retry-after": "5"})
