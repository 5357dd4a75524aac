"""All pages as one router, for any application that knows its users."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from hub.settings import Settings
from hub.web import problems
from hub.web.access import User, identified
from hub.web.guard import Guard
from hub.web.installation import Installation
from hub.web.pages import customers, decisions, home, letters, review, runs, search, steering, tasks, users
from hub.web.rendering import Looks, static_folder

_PAGES = (home, search, customers, steering, review, tasks, decisions, runs, letters)


def screens(current_user: Callable[..., User], *, own_login: bool) -> APIRouter:
    """Make the router of all pages; each of its routes asks for the user first.

    Args:
        current_user: FastAPI dependency that gives the user, or raises 401.
        own_login: the hub keeps the users itself, so admins get pages about them.
    """
    router = APIRouter(dependencies=[identified(current_user)])
    for pages in (*_PAGES, users) if own_login else _PAGES:
        router.include_router(pages.router)
    return router


def bare_application(installation: Installation, *, own_login: bool, ancestors: str) -> FastAPI:
    """Make an application with style, scripts, security headers and readable errors, but no pages yet.

    Args:
        installation: what the pages show.
        own_login: the application has a login page.
        ancestors: who may show the pages in a frame: ``'none'`` or ``'self'``.
    """
    app = FastAPI(title="Customer hub", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.installation = installation
    app.state.looks = Looks(own_login=own_login)
    app.add_middleware(Guard, ancestors=ancestors, refuse=problems.answer, broken=problems.broken)
    problems.install(app, login=own_login)
    app.mount("/static", StaticFiles(directory=static_folder()), name="static")
    return app


def mounted_application(settings: Settings, current_user: Callable[..., User]) -> FastAPI:
    """Make the application that another program mounts under a path of its own and in a frame of its own."""
    app = bare_application(Installation(settings), own_login=False, ancestors="'self'")
    app.include_router(screens(current_user, own_login=False))
    return app
