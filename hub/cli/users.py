"""``hub user``: who may sign in to the screens."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from hub.errors import UsageError
from hub.settings import load
from hub.store.database import open_database

commands = typer.Typer(no_args_is_help=True, help="Add users of the screens, list them, close accounts, set passwords.")
console = Console()

Name = Annotated[str, typer.Argument(metavar="NAME")]


@commands.command()
def add(
    name: Name,
    role: Annotated[list[str], typer.Option(help="viewer, steward, operator or admin; may be given again.")],
) -> None:
    """Add a user; the password is asked for, or read from the first line of standard input."""
    from hub.web import users

    password = _password()
    with open_database(load()).begin() as db:
        users.add_user(db, name, password, role)
    console.print(f"{name} may sign in now", highlight=False)


@commands.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False) -> None:
    """List the users."""
    from hub.web import users

    with open_database(load()).begin() as db:
        found = users.list_users(db)
    if as_json:
        rows = [{"name": u.name, "roles": u.roles, "disabled": u.disabled} for u in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for user in found:
        closed = "  (closed)" if user.disabled else ""
        console.print(f"{user.name}  {', '.join(user.roles)}{closed}", highlight=False)
    if not found:
        console.print("No user yet. Begin with: hub user add NAME --role admin", highlight=False)


@commands.command()
def disable(name: Name) -> None:
    """Close a user's account and end its sessions; an admin can open it again in the screens."""
    from hub.web import users

    with open_database(load()).begin() as db:
        users.set_disabled(db, name, disabled=True)
    console.print(f"{name} may not sign in any more", highlight=False)


@commands.command()
def password(name: Name) -> None:
    """Set a user's password, open the account if it was closed, and end its sessions."""
    from hub.web import users

    new = _password()
    with open_database(load()).begin() as db:
        users.set_password(db, name, new)
        users.set_disabled(db, name, disabled=False)
    console.print(f"{name} has a new password", highlight=False)


@commands.command()
def units(
    name: Name,
    unit: Annotated[list[str], typer.Argument(metavar="UNIT", help="organisational unit as in connections; * for all")],
) -> None:
    """Set whose records a user sees: those of some organisational units, or all."""
    from hub.web import users

    with open_database(load()).begin() as db:
        users.set_units(db, name, unit)
    console.print(f"{name} sees the records of {', '.join(sorted(set(unit)))}", highlight=False, markup=False)


@commands.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="Which program it is for.")],
    days: Annotated[int, typer.Option(help="Days until it ends.")] = 90,
) -> None:
    """Make a token for a program that uses the REST API in this user's name; it is shown once."""
    from hub.web import tokens

    with open_database(load()).begin() as db:
        made = tokens.issue(db, name, label=label, days=days)
    typer.echo(made)


@commands.command("tokens")
def list_tokens(name: Name) -> None:
    """List a user's tokens by label, with the day each ends."""
    from hub.web import tokens

    with open_database(load()).begin() as db:
        found = tokens.tokens_of(db, name)
    for one in found:
        ends = datetime.fromtimestamp(one.expires_us // 1_000_000, UTC).date().isoformat()
        console.print(f"{one.label}  until {ends}", highlight=False, markup=False)


@commands.command()
def revoke(name: Name, label: Annotated[str, typer.Option(help="Label of the token.")]) -> None:
    """End a token at once."""
    from hub.web import tokens

    with open_database(load()).begin() as db:
        tokens.revoke(db, name, label)
    console.print(f"The token {label} of {name} is ended", highlight=False, markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands to ``hub``."""
    app.add_typer(commands, name="user")


def _password() -> str:
    """Ask a person twice, or read one line from a program; never an argument, which others could see."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise UsageError("There is no password on standard input", "Give it as the first line")
    return line
