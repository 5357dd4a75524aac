"""Signing in and out; the only pages for somebody unknown."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from hub.web import sessions
from hub.web.i18n import COOKIE, LANGUAGES
from hub.web.installation import Hub
from hub.web.rendering import YEAR_SECONDS, page, root, see, set_cookie
from hub.web.throttle import Throttle
from hub.web.users import check_password, there_are_users

router = APIRouter()

Word = Annotated[str, Form(max_length=200)]


@router.get("/login")
def ask(request: Request, hub: Hub, next: str = "", language: str = "") -> Response:  # noqa: A002 - the name in the address
    """Ask for name and password, in the language of the link that was followed."""
    if language in LANGUAGES:
        answer: Response = see(request, "/login")
        set_cookie(request, answer, COOKIE, language, seconds=YEAR_SECONDS)
        return answer
    with hub.begin() as db:
        empty = not there_are_users(db)
    return page(request, "login.html", next=_own(next), wrong=False, wait=0, empty=empty)


@router.post("/login")
def sign_in(request: Request, hub: Hub, name: Word = "", password: Word = "", next: Word = "") -> Response:  # noqa: A002 - the name in the form
    """Begin a session."""
    throttles: tuple[tuple[Throttle, object], ...] = (
        (request.app.state.throttle_user, (name, _address(request))),
        (request.app.state.throttle_address, _address(request)),
    )
    wait = max(throttle.wait(key) for throttle, key in throttles)
    if wait:
        headers = {"retry-after": str(wait)}
        return page(
            request, "login.html", status=429, headers=headers, next=_own(next), wrong=False, wait=wait, empty=False
        )
    with hub.begin() as db:
        known = check_password(db, name, password)
        token = sessions.begin(db, known[0]) if known else ""
    if known is None:
        for throttle, key in throttles:
            throttle.failed(key)
        return page(request, "login.html", status=401, next=_own(next), wrong=True, wait=0, empty=False)
    request.app.state.throttle_user.succeeded((name, _address(request)))
    answer = see(request, _own(next))
    set_cookie(request, answer, sessions.COOKIE, token, seconds=sessions.HOURS * 3600)
    if known[1]:
        set_cookie(request, answer, COOKIE, known[1], seconds=YEAR_SECONDS)
    return answer


@router.post("/logout")
def sign_out(request: Request, hub: Hub) -> Response:
    """End the session."""
    with hub.begin() as db:
        sessions.end(db, request.cookies.get(sessions.COOKIE, ""))
    answer = see(request, "/login")
    answer.delete_cookie(sessions.COOKIE, path=f"{root(request)}/")
    return answer


def _own(path: str) -> str:
    """Keep where somebody wanted to go, if it is a page of ours.

    >>> _own("/review"), _own("//elsewhere.example"), _own("https://elsewhere.example"), _own("")
    ('/review', '/', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and "login" not in path else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
