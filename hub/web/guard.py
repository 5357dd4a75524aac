"""Stands before every request: who may send it to us, how large it may be, what the browser may do with the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LARGEST_BODY = 64 * 1024
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)

Refuse = Callable[[Request, int, str], Response]
Break = Callable[[Request, Exception], Response]


class Guard:
    """Refuses what another site sends in a user's name, and gives every answer its security headers.

    Args:
        app: what answers.
        ancestors: who may show the pages in a frame, in the words of a content security policy.
        refuse: makes the answer to a refused request.
        broken: makes the answer when the program failed; the error goes no further, since its text may hold
            personal data that a server would write to its log.
    """

    def __init__(self, app: ASGIApp, *, ancestors: str, refuse: Refuse, broken: Break) -> None:
        self._app, self._refuse, self._broken = app, refuse, broken
        self._headers = {
            "content-security-policy": _POLICY.format(ancestors=ancestors),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",  # with none at all a form would say nothing of its origin
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._headers)
        request = Request(scope, receive)
        if refusal := _refusal(scope["method"], request.headers):
            await self._refuse(request, *refusal)(scope, receive, answer)
            return
        try:
            await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last line of defence: nothing may reach the server's log
            if answer.started:
                raise ConnectionError("the answer broke off") from None
            await self._broken(request, error)(scope, receive, answer)


class _Answer:
    """Sends an answer with our headers, and knows whether it has begun."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send, self._headers, self.started = send, headers, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(self._headers)
            headers.setdefault("cache-control", "no-store")  # pages hold personal data
        sent: Awaitable[None] = self._send(message)
        await sent


def _refusal(method: str, headers: Headers) -> tuple[int, str] | None:
    if method in _SAFE:
        return None
    if not same_origin(headers) and not carries_token(headers):
        return 403, "This request does not come from a page of the hub; open the page anew and try again"
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return 411, "The request does not say how long it is"
    return (413, "The request is too large") if int(length) > _LARGEST_BODY else None


def carries_token(headers: Headers) -> bool:
    """Tell whether a program sent the request: no browser adds a token by itself, and a token never rides on a cookie.

    >>> carries_token(Headers({"authorization": "Bearer x"})), carries_token(Headers({"cookie": "s=1"}))
    (True, False)
    """
    return headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers


def same_origin(headers: Headers) -> bool:
    """Tell whether a page of this very server sent the request; what a browser does not say counts as no.

    >>> same_origin(Headers({"host": "hub:8080", "origin": "http://hub:8080"})), same_origin(Headers({"host": "hub"}))
    (True, False)
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return site is not None
    return bool(origin) and urlsplit(origin).netloc == headers.get("host", "")
