"""``hub letters`` and ``hub replay``: what waits for somebody, and trying it again."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import text

from hub.cli.progress import bars
from hub.cli.render import show_account
from hub.settings import load
from hub.store.database import open_database

_console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

_WAITING = """
select id, kind, system, stream, origin, field, message, remedy from hub.dead_letter
where settled_us is null order by id
"""


def letters(as_json: Json = False) -> None:
    """List the dead letters that wait for somebody; shows no content of theirs."""
    with open_database(load()).begin() as db:
        rows = [dict(row) for row in db.execute(text(_WAITING)).mappings()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        _console.print("No dead letter waits")
    for row in rows:
        where = ", ".join(part for part in (row["origin"], row["field"]) if part)
        sentence = f"{row['system']}.{row['stream']} {row['kind']}: {row['message']} ({where}). {row['remedy']}"
        _console.print(f"{row['id']:>6}  {sentence}", highlight=False, soft_wrap=True, markup=False)


def replay(
    numbers: Annotated[list[int], typer.Argument(metavar="LETTER…", help="numbers of dead letters, see hub letters")],
    as_json: Json = False,
) -> None:
    """Try dead letters again, by the documents of now; exit code 1 unless the account is green."""
    from hub.pipeline.replay import replay as try_again

    settings = load()
    engine = open_database(settings)
    with bars() as report:
        result = try_again(settings, engine, numbers, report=report)
    if as_json:
        typer.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
    else:
        show_account(_console, result)
    if result.state != "green":
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(letters)
    app.command()(replay)
