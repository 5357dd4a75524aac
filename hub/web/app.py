"""The hub's own web application: its login, its pages, and a route for whoever watches over the process."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import text

from hub.web import sessions
from hub.web.access import User
from hub.web.api.rest import rest
from hub.web.installation import Hub, Installation
from hub.web.pages import login
from hub.web.screens import bare_application, screens
from hub.web.throttle import Throttle

_WINDOW_SECONDS = 15 * 60
_FAILURES_OF_A_USER = 5  # from one address
_FAILURES_OF_AN_ADDRESS = 50


def make_app(installation: Installation) -> FastAPI:
    """Make the application.

    Args:
        installation: settings and database.
    """
    app = bare_application(installation, own_login=True, ancestors="'none'")
    app.state.throttle_user = Throttle(failures=_FAILURES_OF_A_USER, seconds=_WINDOW_SECONDS)
    app.state.throttle_address = Throttle(failures=_FAILURES_OF_AN_ADDRESS, seconds=_WINDOW_SECONDS)
    app.include_router(login.router)
    app.include_router(screens(current_user, own_login=True))
    app.include_router(rest(current_user))
    app.add_api_route("/health", health)
    return app


def current_user(request: Request, hub: Hub) -> User:
    """Give the user of the session that the cookie names.

    Raises:
        HTTPException: 401, there is no such session, or it is over.
    """
    token = request.cookies.get(sessions.COOKIE, "")
    if token:
        with hub.begin() as db:
            user = sessions.find(db, token)
        if user is not None:
            return user
    raise HTTPException(401, "Sign in first")


def health(hub: Hub) -> dict[str, str]:
    """Say that the server is up and reaches its database."""
    with hub.begin() as db:
        db.execute(text("select 1"))
    return {"status": "ok"}
