"""``hub master``: the customer master as it is, as it was, how it came about, and whether it is sound."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Connection

from customer_master.store.visibility import Viewer
from hub.cli import acts, lifecycle, rebuild
from hub.cli.acting import UserName, acting, customer_called, customers_of
from hub.cli.progress import bars
from hub.errors import UsageError
from hub.settings import load
from hub.store.database import open_database

if TYPE_CHECKING:
    from hub.pipeline.explain import Explained

commands = typer.Typer(
    no_args_is_help=True, help="The customer master: as it was, how it came about, whether it is sound."
)
console = Console()

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="customer number, present or former")]


@commands.command()
def fsck(
    deep: Annotated[bool, typer.Option("--deep", help="Read everything back, not only the newest.")] = False,
    as_json: Json = False,
) -> None:
    """Prove the laws of the master; exit code 1 if one is broken."""
    from customer_master.store.fsck import check
    from hub.cli.master_tables import show_damages
    from hub.master.electing import elect_again

    engine = open_database(load())
    with bars() as report:
        found = check(engine, deep=deep, report=report)
        if deep:
            found += elect_again(engine, report)
    if as_json:
        _print_json([asdict(damage) for damage in found])
    else:
        show_damages(console, found)
    if found:
        raise typer.Exit(1)


@commands.command()
def history(
    number: Number,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many changes at most.")] = 50,
    before: Annotated[int | None, typer.Option(min=1, max=2**62, help="Only changes before this commit.")] = None,
    user: UserName = None,
    as_json: Json = False,
) -> None:
    """Tell what happened to a customer: every change with who, when, why and what, newest first."""
    from customer_master.store import history as changes
    from customer_master.store.numbers import NOW
    from hub.cli.master_tables import show_change

    with open_database(load()).begin() as db:
        viewer = acting(db, user, "viewer")
        party_id = customer_called(db, viewer, number)
        found = changes.history(db, party_id, viewer, before_cs=NOW if before is None else before, limit=limit)
    if as_json:
        _print_json([asdict(change) for change in found])
        return
    for change in found:
        show_change(console, change)


@commands.command("as-of")
def as_of(
    number: Number,
    when: Annotated[str, typer.Argument(metavar="TIME|COMMIT", help="2026-11-28T12:00:00Z, or the number of a commit")],
    user: UserName = None,
    as_json: Json = False,
) -> None:
    """Show a customer as it was at a time or after a commit."""
    from customer_master.store.as_of import commit_at, customer_as_of
    from customer_master.store.numbers import NOW, resolve_number
    from hub.cli.master_tables import show_customer

    with open_database(load()).begin() as db:
        cs = min(int(when), NOW) if when.isdecimal() else commit_at(db, _microseconds(when))
        party_id = resolve_number(db, number, cs).party_id
        customer = customer_as_of(db, party_id, cs, acting(db, user, "viewer"))
    if as_json:
        _print_json(asdict(customer))
    else:
        show_customer(console, customer)


@commands.command()
def consents(
    what: Annotated[str, typer.Argument(metavar="NUMBER|RECORD", help="customer number or system/record_type/key")],
    user: UserName = None,
    as_json: Json = False,
) -> None:
    """Show what a customer allows and forbids today: of each purpose, channel and contact point the latest word."""
    from hub.cli.master_tables import show_permissions
    from hub.web.permissions import permissions

    with open_database(load()).begin() as db:
        viewer = acting(db, user, "viewer")
        found = {
            number: permissions(db, viewer, party_id, masked=viewer.units is not None)
            for number, party_id in customers_of(db, viewer, what).items()
        }
    if as_json:
        _print_json([{"customer": number, **asdict(own)} for number, own in found.items()])
        return
    for number, own in found.items():
        show_permissions(console, number, own)


@commands.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="NUMBER|RECORD", help="customer number or system/record_type/key")],
    user: UserName = None,
    as_json: Json = False,
) -> None:
    """Explain every golden value of a customer: rule, record, mapping, landed row, and what would change it."""
    from hub.cli.master_tables import show_explained
    from hub.pipeline.explain import explain_values

    with open_database(load()).begin() as db:
        viewer = acting(db, user, "viewer")
        found = {
            number: _as_seen(db, viewer, party_id, explain_values(db, party_id))
            for number, party_id in customers_of(db, viewer, what).items()
        }
    if as_json:
        _print_json([{"customer": number, "values": [asdict(v) for v in values]} for number, values in found.items()])
        return
    for number, values in found.items():
        show_explained(console, number, values)


acts.register(commands)
lifecycle.register(commands)
rebuild.register(commands)


def register(app: typer.Typer) -> None:
    """Add the commands to ``hub``."""
    app.add_typer(commands, name="master")


def _as_seen(db: Connection, viewer: Viewer, party_id: int, values: list[Explained]) -> list[Explained]:
    """Leave out where records of other units say something, and what they would say instead."""
    from customer_master.store.parties import members_of
    from hub.web.queries import record_names

    if viewer.units is None:
        return values
    names = {n.name for n in record_names(db, viewer, members_of(db, [party_id])[party_id]).values()}
    return [
        replace(
            v,
            said=v.said if v.said is not None and v.said.source in names else None,
            losers=[one for one in v.losers if one.said is not None and one.said.source in names],
        )
        for v in values
    ]


def _microseconds(when: str) -> int:
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        raise UsageError(f"{when!r} is no time and no commit", "Write it like 2026-11-28T12:00:00Z") from None
    if at.tzinfo is None:
        raise UsageError(f"{when!r} does not say its time zone", f"Write {when}Z for UTC, or an offset like +08:00")
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
