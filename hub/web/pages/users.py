"""Users: who may sign in, and what they may do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from hub.web import users as store
from hub.web.access import ROLES, SignedIn, needs
from hub.web.errors import InputError
from hub.web.installation import Hub
from hub.web.rendering import page, see

router = APIRouter(dependencies=[needs("admin")])

Word = Annotated[str, Form(max_length=200)]
Roles = Annotated[list[str], Form()]


@router.get("/users")
def show(request: Request, hub: Hub) -> Response:
    """List the users."""
    with hub.begin() as db:
        found = store.list_users(db)
    return page(request, "users.html", users=found, roles=ROLES, shortest=store.SHORTEST_PASSWORD)


@router.post("/users")
def add(request: Request, hub: Hub, name: Word, password: Word, roles: Roles) -> Response:
    """Add a user."""
    with hub.begin() as db:
        store.add_user(db, name.strip(), password, roles)
    return see(request, "/users")


@router.post("/users/{name}/roles")
def change_roles(request: Request, user: SignedIn, hub: Hub, name: str, roles: Roles) -> Response:
    """Replace a user's roles."""
    _not_oneself(user.name == name and "admin" not in roles)
    with hub.begin() as db:
        store.set_roles(db, name, roles)
    return see(request, "/users")


@router.post("/users/{name}/units")
def change_units(request: Request, hub: Hub, name: str, units: Annotated[str, Form(max_length=8000)] = "") -> Response:
    """Replace the organisational units whose records a user sees."""
    with hub.begin() as db:
        store.set_units(db, name, units.replace(",", " ").split())
    return see(request, "/users")


@router.post("/users/{name}/password")
def change_password(request: Request, hub: Hub, name: str, password: Word) -> Response:
    """Replace a user's password; its sessions end."""
    with hub.begin() as db:
        store.set_password(db, name, password)
    return see(request, "/users")


@router.post("/users/{name}/disable")
def disable(request: Request, user: SignedIn, hub: Hub, name: str) -> Response:
    """Close a user's account; its sessions end."""
    _not_oneself(user.name == name)
    with hub.begin() as db:
        store.set_disabled(db, name, disabled=True)
    return see(request, "/users")


@router.post("/users/{name}/enable")
def enable(request: Request, hub: Hub, name: str) -> Response:
    """Open a user's account again."""
    with hub.begin() as db:
        store.set_disabled(db, name, disabled=False)
    return see(request, "/users")


def _not_oneself(it_is: bool) -> None:
    if it_is:
        raise InputError("Nobody can shut themselves out", "Ask another admin, or use: hub user disable")
