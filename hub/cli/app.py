"""The commands of ``hub``."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import text

from hub import documents, project
from hub.cli import backup, letters, mapping, master, match, plan, schedule, survey, users
from hub.cli.progress import bars
from hub.cli.render import show_account, show_findings, show_trace
from hub.pipeline import sync as pipeline
from hub.pipeline.account import Account, account
from hub.pipeline.trace import trace
from hub.settings import load
from hub.store.database import open_database

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def apply(as_json: Json = False) -> None:
    """Load the project folder's documents as immutable versions and activate what changed; first see: hub plan."""
    settings = load()
    read = project.documents(settings.project)
    changed = documents.apply(open_database(settings), read)
    if as_json:
        _print_json([{"kind": d.kind, "name": d.name, "hash": d.hash} for d in changed])
        return
    for document in changed:
        name = "" if document.name == document.kind else f" {document.name}"
        console.print(f"active now: {document.kind}{name} ({document.hash[:12]})", highlight=False)
    console.print(f"{len(read)} documents, {len(changed)} changed", highlight=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.print(f"hub {importlib.metadata.version('customer-hub')}", highlight=False)
        raise typer.Exit


@app.callback()
def door(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """The customer hub: every system connected, one deduplicated customer master, agreed facts published back."""


@app.command()
def sync(
    system: Annotated[list[str] | None, typer.Option(help="Pull only this system; may be given again.")] = None,
    as_json: Json = False,
) -> None:
    """Pull every system, bring everything into the master, publish and read back; exit code 1 unless green."""
    settings = load()
    engine = open_database(settings)
    with bars() as report:
        result = pipeline.sync(settings, engine, systems=tuple(system) if system else None, report=report)
    _finish(result, as_json)


@app.command()
def run(step: Annotated[str, typer.Argument(help="pull, record, resolve or publish")], as_json: Json = False) -> None:
    """Run one step of a sync as a run of its own."""
    settings = load()
    engine = open_database(settings)
    with bars() as report:
        result = pipeline.run_step(settings, engine, step, report=report)
    _finish(result, as_json)


@app.command("account")
def show_one_account(run_id: Annotated[int, typer.Argument(metavar="RUN")], as_json: Json = False) -> None:
    """Draw up a run's account anew: one fate for every record, one outcome for every delivery."""
    with open_database(load()).begin() as db:
        result = account(db, run_id)
    _finish(result, as_json)


@app.command()
def runs(as_json: Json = False) -> None:
    """List the latest runs."""
    sql = (
        "select id, kind, state, to_char(to_timestamp(started_us / 1e6) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as"
        " started_utc, round((ended_us - started_us) / 1e6, 1)::float as seconds from hub.run order by id desc limit 20"
    )
    with open_database(load()).begin() as db:
        rows = [dict(row) for row in db.execute(text(sql)).mappings()]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        console.print("No run yet. Begin with: hub sync")
    for row in rows:
        console.print(
            f"{row['id']:>6}  {row['kind']:<8} {row['state']:<6} {row['started_utc']} UTC  {row['seconds'] or ''} s",
            highlight=False,
        )


@app.command("trace")
def show_one_trace(
    what: Annotated[str, typer.Argument(metavar="RECORD", help="system/record_type/key or a customer number")],
    as_json: Json = False,
) -> None:
    """Trace a record or a customer from the landed row to golden values and deliveries."""
    with open_database(load()).begin() as db:
        found = trace(db, what)
    if as_json:
        _print_json([t.to_json() for t in found])
        return
    for one in found:
        show_trace(console, one)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is wrong with this installation and how to mend it; exit code 1 if anything is."""
    from hub.connections import checks
    from hub.doctor import diagnose

    settings = load()
    findings = diagnose(settings, checks(settings))
    if as_json:
        _print_json([{"ok": f.ok, "what": f.what, "detail": f.detail, "remedy": f.remedy} for f in findings])
    else:
        show_findings(console, findings)
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


@app.command()
def stop() -> None:
    """Stop the hub's own PostgreSQL."""
    from hub.store.postgres import stop as stop_postgres

    stop_postgres(load())
    console.print("The hub's own PostgreSQL is stopped")


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="End by itself; exit code 0 only if the account is green.")] = False,
    background: Annotated[bool, typer.Option(help="Stay up in the background until hub down.")] = False,
    customers: Annotated[int, typer.Option(min=1, max=6_000_000, help="How many customers to make up.")] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of the made-up landscape.")] = 7,
) -> None:
    """Bring up five systems with the same customers in disguise, and take them there and back on a schedule."""
    from hub.demo.background import launch
    from hub.demo.run import run_demo

    if background:
        with bars() as report:
            report("demo", 0, None)
            said = launch(load(), customers=customers, seed=seed)
        typer.echo(said)
        return
    if not run_demo(load(), customers=customers, seed=seed, once=once):
        raise typer.Exit(1)


plan.register(app)
schedule.register(app)
survey.register(app)
match.register(app)
letters.register(app)
mapping.register(app)
users.register(app)
master.register(app)
backup.register(app)


def _finish(result: Account, as_json: bool) -> None:
    if as_json:
        _print_json(result.to_json())
    else:
        show_account(console, result)
    if result.state != "green":
        raise typer.Exit(1)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
