"""Tokens for programs: shown once when they are made, kept as a hash, so that a stolen backup opens no door."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from customer_master.store.clock import now_us
from hub.errors import UsageError
from hub.store.tables import api_token, app_user
from hub.web.access import User
from hub.web.errors import InputError
from hub.web.users import units_of

PREFIX = "hub_"
"""Begins every token, so that scanners for leaked secrets know it."""

LONGEST_DAYS = 730
_LONGEST_LABEL = 100
_DAY_US = 24 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it later; times are UTC microseconds."""

    label: str
    created_us: int
    expires_us: int


def issue(db: Connection, user: str, *, label: str, days: int) -> str:
    """Make a token for a user's programs and give it; nobody can show it again.

    Args:
        db: connection.
        user: whose roles it has, those of the moment it is used.
        label: which program it is for; unique among the user's tokens.
        days: days until it ends, at most :data:`LONGEST_DAYS`.

    Raises:
        UsageError: there is no such user.
        InputError: the label is taken or unusable, or the days are out of range.
    """
    _known(db, user)
    if not 0 < len(label) <= _LONGEST_LABEL or not label.isprintable():
        raise InputError("The label cannot be used", f"Name the program in 1 to {_LONGEST_LABEL} characters")
    if not 0 < days <= LONGEST_DAYS:
        raise InputError(f"A token cannot last {days} days", f"Choose 1 to {LONGEST_DAYS}")
    if label in {token.label for token in tokens_of(db, user)}:
        raise InputError(f"{user!r} has a token with this label", "Choose another label, or revoke that token first")
    token = PREFIX + secrets.token_urlsafe(32)
    now = now_us()
    db.execute(
        insert(api_token).values(
            token_hash=_hash(token), user_name=user, label=label, created_us=now, expires_us=now + days * _DAY_US
        )
    )
    return token


def find(db: Connection, token: str) -> User | None:
    """Give the user of a token that has not ended and whose account is open, with its roles and units of now."""
    t, u = api_token.c, app_user.c
    statement = (
        select(u.name, u.roles, u.org_units)
        .join_from(api_token, app_user, t.user_name == u.name)
        .where(t.token_hash == _hash(token), t.expires_us > now_us(), u.disabled_us.is_(None))
    )
    row = db.execute(statement).one_or_none()
    return None if row is None else User(row.name, frozenset(row.roles), units_of(row.org_units))


def tokens_of(db: Connection, user: str) -> list[Token]:
    """List a user's tokens, the newest first."""
    t = api_token.c
    statement = select(t.label, t.created_us, t.expires_us).where(t.user_name == user).order_by(t.created_us.desc())
    return [Token(*row) for row in db.execute(statement)]


def revoke(db: Connection, user: str, label: str) -> None:
    """End a token at once.

    Raises:
        UsageError: the user has no token with this label.
    """
    t = api_token.c
    gone = db.execute(delete(api_token).where(t.user_name == user, t.label == label).returning(t.label))
    if gone.scalar() is None:
        raise UsageError(f"{user!r} has no token with this label", "List the tokens with: hub user tokens NAME")


def _known(db: Connection, user: str) -> None:
    if db.execute(select(app_user.c.name).where(app_user.c.name == user)).scalar() is None:
        raise UsageError(f"There is no user {user!r}", "List the users with: hub user list")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
