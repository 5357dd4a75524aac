"""Who asks the API: a program with a token, or the hub's own pages with the session of whoever has signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from customer_master.store.visibility import Viewer
from hub.web import tokens
from hub.web.access import SignedIn, User, remember
from hub.web.api.problems import ApiError
from hub.web.installation import Hub, Installation


def api_user(session_user: Callable[[Request, Installation], User]) -> Any:
    """Make the dependency that notes who sends the request.

    A token counts alone: with one, the session is not looked at, so a token that has ended is never made good by a
    cookie. Requests by cookie are guarded like those of the pages.

    Args:
        session_user: gives the user of the session, or raises 401.
    """

    def note(request: Request, hub: Hub) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            remember(request, session_user(request, hub))
            return
        user = _owner(hub, token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise ApiError(
                401, "unauthorized", "The token is unknown, has ended, or its account is closed",
                "Make one with: hub user token NAME --label PROGRAM", {"www-authenticate": "Bearer"},
            )  # fmt: skip
        remember(request, user)

    return Depends(note)


def _owner(hub: Installation, token: str) -> User | None:
    if not token:
        return None
    with hub.begin() as db:
        return tokens.find(db, token)


def viewer(user: SignedIn) -> Viewer:
    """Give whose eyes the master is read with, as a dependency."""
    return user.viewer


Sees = Annotated[Viewer, Depends(viewer)]
