"""The demo's users: one for each kind of people who come to the screens."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Engine

from hub.settings import Settings
from hub.web.users import add_user, there_are_users

_ROLES = {"sales": ("viewer",), "steward": ("steward",), "operator": ("operator",), "admin": ("admin",)}


def file(settings: Settings) -> Path:
    """Where the users and their passwords stand."""
    return settings.home / "demo" / "users.txt"


def add(engine: Engine, settings: Settings) -> None:
    """Add the users, each with a password of its own, unless there are users already."""
    with engine.begin() as db:
        if there_are_users(db):
            return
        passwords = {name: secrets.token_urlsafe(9) for name in _ROLES}
        for name, roles in _ROLES.items():
            add_user(db, name, passwords[name], roles)
        written = file(settings)
        written.touch(mode=0o600)
        written.write_text("".join(f"{name} {password}\n" for name, password in passwords.items()))
