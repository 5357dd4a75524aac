"""Who acts and reads at the command line, and what this person sees of the master."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection

from customer_master.stewardship.errors import NotAllowedError, UnknownError
from customer_master.store.numbers import resolve_number
from customer_master.store.visibility import Viewer
from hub.errors import UsageError
from hub.pipeline.trace import records_called

if TYPE_CHECKING:
    from collections.abc import Collection

UserName = Annotated[
    str | None,
    typer.Option("--user", metavar="NAME", help="User of the hub; none: the login name, who sees everything."),
]


def acting(db: Connection, name: str | None, role: str) -> Viewer:
    """Give whose eyes the master is read with.

    Args:
        db: connection.
        name: a user of the hub; ``None``: whoever is logged in to this machine, who could read the database as well.
        role: what the user must be.

    Raises:
        UsageError: there is no such user.
        NotAllowedError: its account is closed, or it has not the role.
    """
    from hub.web.access import User
    from hub.web.users import list_users, units_of

    if name is None:
        return Viewer(getpass.getuser(), None)
    account = next((a for a in list_users(db) if a.name == name), None)
    if account is None:
        raise UsageError(f"There is no user {name!r}", "List the users with: hub user list")
    if account.disabled:
        raise NotAllowedError(f"The account of {name} is closed", "Open it with: hub user password NAME")
    user = User(account.name, frozenset(account.roles), units_of(account.units))
    if not user.may(role):
        raise NotAllowedError(f"{name} has not the role {role}", "An admin can give it on the page of users")
    return user.viewer


def customer_called(db: Connection, viewer: Viewer, number: str, cs: int | None = None) -> int:
    """Give the internal number of a customer that the viewer sees, living or not.

    Args:
        db: connection.
        viewer: who reads.
        number: customer number, however it is written.
        cs: as of this commit; ``None``: now.

    Raises:
        UnknownError: nobody has it, or nobody whom the viewer sees.
    """
    from hub.web.queries import visible_customers

    party_id = resolve_number(db, number, cs).party_id
    if not visible_customers(db, viewer, [party_id]):
        raise UnknownError("There is no such customer", "Search for the customer")
    return party_id


def records_seen(db: Connection, viewer: Viewer, what: str) -> list[int]:
    """Find the records of a name or a customer number, as far as the viewer sees them.

    Raises:
        UsageError: there is none.
    """
    found = visible(db, viewer, records_called(db, what))
    if not found:
        raise UsageError(f"Nothing known is called {what!r}", "Give system/record_type/key or a customer number")
    return found


def customers_of(db: Connection, viewer: Viewer, what: str) -> dict[str, int]:
    """Find the customers of a name or a customer number, their numbers with the internal ones.

    Raises:
        UsageError: nothing is called so, or it belongs to no customer.
    """
    from customer_master.store.parties import parties_of
    from customer_master.store.public_id import encode

    found = sorted(set(parties_of(db, records_seen(db, viewer, what)).values()))
    if not found:
        raise UsageError(
            f"{what!r} belongs to no customer", "Name a customer or one of its records; for a new one: hub run resolve"
        )
    return {encode(party_id): party_id for party_id in found}


def visible(db: Connection, viewer: Viewer, records: Collection[int]) -> list[int]:
    """List those of some records that the viewer sees; who sees everything sees also what is not there."""
    from hub.web.queries import LARGEST_ID, record_names

    if viewer.units is None:
        return list(records)
    return sorted(record_names(db, viewer, [r for r in records if r < LARGEST_ID]))
