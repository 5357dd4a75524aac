"""The hub's own users: names, roles, and passwords of which only an argon2id hash is kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from customer_master.store.clock import now_us
from hub.errors import UsageError
from hub.store.tables import app_user, web_session
from hub.web.access import ROLES, User
from hub.web.errors import InputError

SHORTEST_PASSWORD = 10
ALL_UNITS = "*"
"""Stands for every organisational unit, also those to come."""

_LONGEST_PASSWORD = 200
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_UNIT = re.compile(r"\w[\w.-]{0,63}|\*")
_MOST_UNITS = 100
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")
"""Checked when there is no such user, so that the time of the answer does not tell which names exist."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an admin sees it.

    Args:
        name: unique.
        roles: in the order of :data:`hub.web.access.ROLES`.
        units: organisational units whose records the user sees; :data:`ALL_UNITS` for all.
        disabled: the user cannot sign in.
        created_us: UTC microseconds.
    """

    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    disabled: bool
    created_us: int


def add_user(db: Connection, name: str, password: str, roles: Iterable[str]) -> None:
    """Add a user.

    Raises:
        InputError: the name is taken or unusable, the password too short or long, or a role unknown.
    """
    if not _NAME.fullmatch(name):
        remedy = "Begin with a letter or digit, go on with letters, digits and . _ - @, at most 64 in all"
        raise InputError(f"{name!r} is no user name", remedy)
    added = db.execute(
        insert(app_user)
        .values(name=name, password_hash=_hashed(password), roles=_checked(roles), created_us=now_us())
        .on_conflict_do_nothing()
        .returning(app_user.c.name)
    )
    if added.scalar() is None:
        raise InputError(f"There is a user {name!r} already", "Choose another name, or change that user")


def set_roles(db: Connection, name: str, roles: Iterable[str]) -> None:
    """Replace a user's roles; they hold from the next request.

    Raises:
        UsageError: no such user.
        InputError: no such role.
    """
    _change(db, name, roles=_checked(roles))


def set_units(db: Connection, name: str, units: Iterable[str]) -> None:
    """Replace the organisational units whose records a user sees; they hold from the next request.

    Raises:
        UsageError: no such user.
        InputError: one of them cannot be a unit, there are none, or too many.
    """
    wanted = sorted(set(units))
    wrong = next((unit for unit in wanted if not _UNIT.fullmatch(unit)), None)
    if wrong is not None:
        raise InputError(f"{wrong!r} is no organisational unit", "Write units as the connections do, or * for all")
    if not 0 < len(wanted) <= _MOST_UNITS:
        raise InputError(f"A user sees 1 to {_MOST_UNITS} units", "Name them, or write * for all")
    _change(db, name, org_units=[ALL_UNITS] if ALL_UNITS in wanted else wanted)


def units_of(stored: Collection[str]) -> frozenset[str] | None:
    """Read stored units: ``None`` for all.

    >>> units_of(["*"]), units_of(["north"])
    (None, frozenset({'north'}))
    """
    return None if ALL_UNITS in stored else frozenset(stored)


def set_password(db: Connection, name: str, password: str) -> None:
    """Replace a user's password and end all sessions of the user.

    Raises:
        UsageError: no such user.
        InputError: the password is too short or long.
    """
    _change(db, name, password_hash=_hashed(password))
    _end_sessions(db, name)


def set_disabled(db: Connection, name: str, *, disabled: bool) -> None:
    """Close a user's account and end all its sessions, or open it again.

    Raises:
        UsageError: no such user.
    """
    _change(db, name, disabled_us=now_us() if disabled else None)
    _end_sessions(db, name)


def set_language(db: Connection, name: str, language: str) -> None:
    """Keep the language a user chose; a user whom Airflow knows, not we, keeps it in the browser only."""
    db.execute(update(app_user).where(app_user.c.name == name).values(language=language))


def list_users(db: Connection) -> list[Account]:
    """List all users by name."""
    u = app_user.c
    rows = db.execute(select(u.name, u.roles, u.org_units, u.disabled_us.is_not(None), u.created_us).order_by(u.name))
    return [
        Account(name, tuple(role for role in ROLES if role in roles), tuple(units), disabled, created_us)
        for name, roles, units, disabled, created_us in rows
    ]


def there_are_users(db: Connection) -> bool:
    """Tell whether anybody can sign in at all."""
    return bool(db.execute(select(func.count()).select_from(app_user)).scalar_one())


def check_password(db: Connection, name: str, password: str) -> tuple[User, str] | None:
    """Give the user and its language if name and password fit and the account is open, else ``None``.

    It takes as long for an unknown name as for a wrong password.
    """
    u = app_user.c
    row = db.execute(
        select(u.password_hash, u.roles, u.org_units, u.disabled_us, u.language).where(u.name == name)
    ).one_or_none()
    fits = _verified(row.password_hash if row is not None else _NOBODY, password)
    if row is None or not fits or row.disabled_us is not None:
        return None
    if _hasher.check_needs_rehash(row.password_hash):
        _change(db, name, password_hash=_hasher.hash(password))
    return User(name, frozenset(row.roles), units_of(row.org_units)), row.language


def _verified(known: str, password: str) -> bool:
    try:
        return len(password) <= _LONGEST_PASSWORD and _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(
            f"The password has {len(password)} characters",
            f"Use {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters, for example four words",
        )
    return _hasher.hash(password)


def _checked(roles: Iterable[str]) -> list[str]:
    wanted = set(roles)
    unknown = sorted(wanted - set(ROLES))
    if unknown or not wanted:
        raise InputError(f"{unknown[0]!r} is no role" if unknown else "A user needs a role", f"Use {', '.join(ROLES)}")
    return [role for role in ROLES if role in wanted]


def _change(db: Connection, name: str, **values: object) -> None:
    changed = db.execute(update(app_user).where(app_user.c.name == name).values(**values).returning(app_user.c.name))
    if changed.scalar() is None:
        raise UsageError(f"There is no user {name!r}", "List the users with: hub user list")


def _end_sessions(db: Connection, name: str) -> None:
    db.execute(delete(web_session).where(web_session.c.user_name == name))
