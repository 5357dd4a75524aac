"""``hub master rebuild``."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from hub.cli.progress import bars
from hub.errors import UsageError
from hub.settings import load
from hub.store.database import open_database

_console = Console()


def rebuild(
    verify: Annotated[bool, typer.Option("--verify", help="Compare the rebuilt master with the present one.")] = False,
    into_url: Annotated[
        str | None, typer.Option("--into-url", help="Empty database to rebuild in; it keeps the result.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Rebuild the master from the landing zone and the log beside the present one; exit code 1 if they differ."""
    from hub.master.rebuild import verify as compare

    if not verify:
        raise UsageError(
            "The present master is never replaced by a rebuilt one",
            "Compare the two with hub master rebuild --verify; a damaged master comes back with hub restore",
        )
    settings = load()
    engine = open_database(settings)
    with bars() as report:
        found = compare(settings, engine, into_url=into_url, report=report)
    if as_json:
        rows = [{"kind": d.kind, "what": d.what, "how": d.how} for d in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for d in found:
            _console.print(f"{d.kind} {d.what}: {d.how}", highlight=False, soft_wrap=True, markup=False)
        _console.print("The rebuilt master is the same" if not found else f"{len(found)} differences")
    if found:
        raise typer.Exit(1)


def register(commands: typer.Typer) -> None:
    """Add the command to ``hub master``."""
    commands.command()(rebuild)
