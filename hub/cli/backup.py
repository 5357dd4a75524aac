"""``hub backup`` and ``hub restore``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hub.backup.manifest import Manifest
from hub.cli.progress import bars
from hub.settings import load

_console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="where it will be; must not exist yet")],
    as_json: Json = False,
) -> None:
    """Write database and landing zone to a folder, while the hub works; secrets are not in it."""
    from hub.backup.write import backup as write

    with bars() as report:
        made = write(load(), folder, report=report)
    _tell(f"{folder} holds", made, as_json)


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="a backup made by hub backup")],
    as_json: Json = False,
) -> None:
    """Restore a backup into an empty installation."""
    from hub.backup.restore import restore as put_back

    with bars() as report:
        restored = put_back(load(), folder, report=report)
    _tell("Restored:", restored, as_json)


def register(app: typer.Typer) -> None:
    """Add the commands to ``hub``."""
    app.command()(backup)
    app.command()(restore)


def _tell(how: str, manifest: Manifest, as_json: bool) -> None:
    if as_json:
        told = {
            "made": manifest.made,
            "migration": manifest.migration,
            "last_cs": manifest.last_cs,
            "last_hash": manifest.last_hash,
            "landed_files": len(manifest.landed),
            "bytes": manifest.bytes,
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _console.print(
        f"{how} the database as of commit {manifest.last_cs} and {len(manifest.landed)} landed files,"
        f" {manifest.bytes / 1e6:.1f} MB, made {manifest.made}",
        highlight=False,
        soft_wrap=True,
    )
