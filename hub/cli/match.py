"""``hub match``: the matching engine tried on a labelled file of anybody's own."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.cli.progress import bars
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.matching.evaluation import Evaluation

app = typer.Typer(no_args_is_help=True, help="Try the matching engine on a file of your own.")


File = Annotated[Path, typer.Argument(metavar="FILE", help="Parquet or CSV with rec_id, truth and any fields.")]
Labels = Annotated[int, typer.Option(min=0, help="How many pairs the engine may ask the truth about.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of whatever the engine chooses by chance.")]
Told = Annotated[
    list[str] | None, typer.Option("--map", metavar="COLUMN=KIND", help="What a column is; may be given again.")
]
Policy = Annotated[bool, typer.Option("--policy", help="Keep the hub's merge policy: never by the name alone.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def evaluate(
    file: File,
    labels: Labels = 0,
    seed: Seed = 0,
    told: Told = None,
    policy: Policy = False,
    as_json: AsJson = False,
) -> None:
    """Find the entities of a file without its truth, then measure them by it: precision, recall, F1, B-cubed, cost."""
    from customer_master.resolution.engine import resolve
    from hub.matching import evaluation

    trial = evaluation.Trial(labels, seed, policy, _told(told or []))
    with bars() as report:
        result = evaluation.evaluate(file, trial, resolve, report)
    if as_json:
        typer.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
        return
    _show(Console(), result)


@app.command()
def explain(  # noqa: PLR0913, PLR0917 - the arguments and options of a command
    file: File,
    left: Annotated[str, typer.Argument(metavar="A", help="The rec_id of a record.")],
    right: Annotated[str, typer.Argument(metavar="B", help="The rec_id of another one.")],
    labels: Labels = 0,
    seed: Seed = 0,
    told: Told = None,
    policy: Policy = False,
    language: Annotated[Literal["zh", "en"], typer.Option(help="Language of the sentences.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Resolve a file as evaluate does, then say why two of its records are one or two: every step of their score."""
    from hub.cli.waterfall import say, show_explanation
    from hub.matching import evaluation, explaining

    trial = evaluation.Trial(labels, seed, policy, _told(told or []))
    with bars() as report:
        found = explaining.explain(file, (left, right), trial, report)
    if as_json:
        typer.echo(json.dumps(found.to_json(partial(say, language)), ensure_ascii=False, indent=2))
        return
    show_explanation(Console(), found, language)


def register(door: typer.Typer) -> None:
    """Add the commands."""
    door.add_typer(app, name="match")


def _told(words: list[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for word in words:
        column, equals, kind = (part.strip() for part in word.rpartition("="))
        if not (column and equals and kind):
            raise UsageError(f"--map {word}: it does not say what a column is", "Write it as --map dob=date")
        if column in told:
            raise UsageError(f"--map {word}: {column} is already said to be {told[column]}", "Say it once")
        told[column] = kind.lower().replace("e-mail", "email")
    return told


def _show(console: Console, result: Evaluation) -> None:
    console.print(_columns(result))
    for title, values in _numbers(result).items():
        table = Table(title=title, title_justify="left")
        for name in values:
            table.add_column(name, justify="right")
        table.add_row(*values.values())
        console.print(table)
    for warning in result.warnings:
        console.print(Text(f"  {warning}", style="yellow"), soft_wrap=True)


def _columns(result: Evaluation) -> Table:
    table = Table(title=Text(f"{result.file}: {result.records:,} records"), title_justify="left")
    for heading in ("column", "taken for", "attribute", "because of"):
        table.add_column(heading, overflow="fold")
    attributes = {column: attribute.name for attribute in result.attributes for column in attribute.columns}
    for guess in result.columns:
        style = "" if guess.column in attributes else "dim"
        name = attributes.get(guess.column, "")
        table.add_row(Text(guess.column), guess.kind, Text(name), Text(guess.why), style=style)
    return table


def _numbers(result: Evaluation) -> dict[str, dict[str, str]]:
    figures, cost = result.figures, result.cost
    return {
        "Found": {
            "entities": f"{result.entities:,}",
            "entities found": f"{result.entities_found:,}",
            "candidate pairs": f"{result.candidate_pairs:,}",
            "too large": f"{result.too_large:,}",
            "bridges": f"{result.bridges:,}",
            "labels used": f"{result.labels_used:,} of {result.labels:,}",
            "unlabelled": f"{result.unlabelled:,}",
        },
        "How good": {
            "precision": f"{figures.precision:.4f}",
            "recall": f"{figures.recall:.4f}",
            "F1": f"{figures.f1:.4f}",
            "B-cubed F1": f"{figures.bcubed_f1:.4f}",
        },
        "At what cost": {
            "CPU s": f"{cost.cpu_s:.2f}",
            "wall s": f"{cost.wall_s:.2f}",
            "peak MB": f"{cost.peak_mb:,.1f}",
        },
    }
