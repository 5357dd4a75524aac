"""``hub master claims``, ``approve``, ``refuse``, ``renumber``, ``erase``: what sources and persons take back."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hub.settings import load
from hub.store.database import open_database

_console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ClaimNumber = Annotated[int, typer.Argument(metavar="CLAIM", help="number of a held claim")]


def claims(
    state: Annotated[str | None, typer.Option(help="Only those in this state, e.g. held.")] = None,
    as_json: Json = False,
) -> None:
    """List the complete readings, newest first: how many records each names and how many are missing."""
    from hub.master.completeness import claims as listed

    with open_database(load()).begin() as db:
        found = listed(db, state=state)
    if as_json:
        typer.echo(json.dumps([asdict(claim) for claim in found], ensure_ascii=False, indent=2))
        return
    if not found:
        _console.print("No claim")
    for c in found:
        decided = f", decided by {c.decided_by}" if c.decided_by else ""
        letters = f", {c.dead_letters} dead letters" if c.dead_letters else ""
        _console.print(
            f"{c.id:>6}  {c.system}.{c.stream}  {c.state}: {c.listed} listed, {c.missing} missing{letters}{decided}",
            highlight=False,
        )


def approve(claim: ClaimNumber) -> None:
    """Let a held claim pass: the records that it does not name are gone."""
    from hub.master.completeness import approve as let_pass

    gone = let_pass(open_database(load()), claim, getpass.getuser())
    _console.print(f"{gone} records are gone; the next run draws the consequences", highlight=False)


def refuse(claim: ClaimNumber) -> None:
    """Refuse a held claim: the reading was not complete, nothing is gone."""
    from hub.master.completeness import refuse as turn_down

    turn_down(open_database(load()), claim, getpass.getuser())
    _console.print("Refused; nothing is gone")


def renumber(
    system: Annotated[str, typer.Argument(help="code of the system")],
    record_type: Annotated[str, typer.Argument(help="record type of the records")],
    key_map: Annotated[Path, typer.Argument(metavar="MAP", help="CSV file with the columns old and new")],
) -> None:
    """Follow a source that has renumbered its records: they stay the same ones and are found by both keys."""
    from customer_master.store.clock import Author
    from hub.master.lifecycle import read_map
    from hub.master.lifecycle import renumber as follow

    keys = read_map(key_map)
    follow(open_database(load()), system, record_type, keys, Author(getpass.getuser(), "user"))
    _console.print(f"{len(keys.pairs)} records have new keys", highlight=False)


def erase(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="customer number or system/record_type/key")],
    reason: Annotated[str, typer.Option(help="Why, for the certificate; name nobody in it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a customer or a record for ever and print the certificate."""
    from hub.master import erasure
    from hub.master.context import By

    settings = load()
    engine = open_database(settings)
    with engine.connect() as db:
        records = erasure.named(db, what)
    if not yes:
        typer.confirm(f"Erase {len(records)} records for ever?", abort=True, err=True)
    told = erasure.erase(settings, engine, records, By(getpass.getuser(), reason))
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def register(commands: typer.Typer) -> None:
    """Add the commands to ``hub master``."""
    for command in (claims, approve, refuse, renumber, erase):
        commands.command()(command)
