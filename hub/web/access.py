"""Who somebody is and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from customer_master.store.visibility import Viewer

ROLES = ("viewer", "steward", "operator", "admin")
"""A viewer sees customers, a steward also decides, an operator sees runs and replays, an admin may everything."""

_IMPLIED = {"admin": frozenset(ROLES), "steward": frozenset({"steward", "viewer"})}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has signed in.

    Args:
        name: how the user is called in decisions and logs.
        roles: some of :data:`ROLES`.
        units: organisational units whose records the user sees; ``None``: all.
    """

    name: str
    roles: frozenset[str]
    units: frozenset[str] | None = None

    @property
    def viewer(self) -> Viewer:
        """Give whose eyes the master is read with."""
        return Viewer(self.name, self.units)

    def may(self, role: str) -> bool:
        """Tell whether the user may do what a role does.

        >>> User("li", frozenset({"steward"})).may("viewer"), User("li", frozenset({"steward"})).may("admin")
        (True, False)
        """
        return any(role in _IMPLIED.get(own, {own}) for own in self.roles)


def remember(request: Request, user: User) -> None:
    """Note on the request who sends it; under a name of our own, since Airflow keeps its user beside it."""
    request.state.hub_user = user


def user_of(request: Request) -> User | None:
    """Give the user noted on the request, if there is one."""
    return getattr(request.state, "hub_user", None)


def signed_in(request: Request) -> User:
    """Give the user, as a dependency.

    Raises:
        HTTPException: 401, nobody has signed in.
    """
    user = user_of(request)
    if user is None:
        raise HTTPException(401, "Sign in first")
    return user


SignedIn = Annotated[User, Depends(signed_in)]


def needs(role: str) -> Any:
    """Make the dependency that refuses with 403 whoever may not do what a role does."""

    def check(user: SignedIn) -> None:
        if not user.may(role):
            raise HTTPException(403, f"This needs the role {role}; an admin can give it")

    return Depends(check)


def identified(current_user: Callable[..., User]) -> Any:
    """Make the dependency that notes on every request who ``current_user`` says sends it."""
    asked = Depends(current_user)

    def note(request: Request, user: User = asked) -> None:
        remember(request, user)

    return Depends(note)
