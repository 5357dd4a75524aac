"""``hub up``, ``hub down`` and ``hub status``: the hub on a schedule."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from hub.cli.progress import bars
from hub.schedule import control
from hub.schedule.airflow import COMPONENTS
from hub.settings import load

_console = Console()


def up(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of Airflow; default: as last time.")] = None,
) -> None:
    """Start PostgreSQL, Airflow and the screens in the background, and wait until all are healthy."""
    with bars() as report:
        status = control.up(load(), port=port, report=report)
    _print(f"Screens: {status.web_address}")
    _print(f"Airflow: {status.address}  (user admin; passwords: {status.passwords})")
    _print("Everything is healthy. Look with: hub status. End with: hub down")


def down() -> None:
    """End Airflow, the screens, their supervisor and the hub's own PostgreSQL."""
    control.down(load())
    _print("Everything is stopped")


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False) -> None:
    """Tell what runs and how the latest run of every DAG ended; exit code 1 unless all is healthy."""
    now = control.status(load())
    if as_json:
        import json

        typer.echo(json.dumps(now.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(now)
    if not now.is_healthy:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (up, down, status):
        app.command()(command)


def _show(now: control.Status) -> None:
    _print(f"{'supervisor':<24} {_process(now.supervisor)}")
    if now.database is not None:
        _print(f"{'postgresql':<24} {'answers' if now.database else 'does not answer'}")
    for name, pid in now.programs.items():
        says = now.health.get(COMPONENTS[name], "") if name in COMPONENTS else "healthy" if now.web else ""
        _print(f"{name:<24} {_process(pid)} {says}")
    for dag, state in now.dags.items():
        _print(f"{dag:<24} {state}")
    for file, sentence in now.import_errors.items():
        _print(f"{file}: {sentence}")
    if now.web_address:
        _print(f"Screens: {now.web_address}")
    if now.address:
        _print(f"Airflow: {now.address}  (passwords: {now.passwords})")


def _process(pid: int | None) -> str:
    return "does not run" if pid is None else f"process {pid}"


def _print(line: str) -> None:
    _console.print(line, highlight=False, soft_wrap=True)
