"""Sessions: the browser holds a random token, the database only its hash, so that a stolen backup opens no door."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Connection, delete, insert, select

from customer_master.store.clock import now_us
from hub.store.tables import app_user, web_session
from hub.web.access import User
from hub.web.users import units_of

COOKIE = "hub_session"
HOURS = 12
"""How long somebody stays signed in: a working day, not a night."""


def begin(db: Connection, user: User) -> str:
    """Begin a session and give its token; sessions that are over are swept away on the way."""
    now = now_us()
    db.execute(delete(web_session).where(web_session.c.expires_us <= now))
    token = secrets.token_urlsafe(32)
    expires = now + HOURS * 3_600_000_000
    db.execute(
        insert(web_session).values(token_hash=_hash(token), user_name=user.name, created_us=now, expires_us=expires)
    )
    return token


def find(db: Connection, token: str) -> User | None:
    """Give the user of a session that is not over and whose account is open, with its roles and units of now."""
    s, u = web_session.c, app_user.c
    statement = (
        select(u.name, u.roles, u.org_units)
        .join_from(web_session, app_user, s.user_name == u.name)
        .where(s.token_hash == _hash(token), s.expires_us > now_us(), u.disabled_us.is_(None))
    )
    row = db.execute(statement).one_or_none()
    return None if row is None else User(row.name, frozenset(row.roles), units_of(row.org_units))


def end(db: Connection, token: str) -> None:
    """End a session."""
    db.execute(delete(web_session).where(web_session.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
