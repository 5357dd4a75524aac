"""``hub survey``: what extracts hold, double and contradict, before anything is set up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.cli.progress import bars
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.survey.columns import Column
    from hub.survey.findings import Example, FileFinding, Survey

_EXAMPLES = 5
_CELLS = 5
_WIDE = 110  # on a narrower terminal the examples are left to the page
_UNSURE = 0.6
_WORTH_TELLING = 0.005


def survey(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or XLSX extracts of customers.")],
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show personal data in examples.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Look at extracts before any set-up: columns, duplicates, overlap, contradictions. Reads only."""
    from hub.survey import survey as look_at

    with bars() as report:
        result = look_at(files, masked=not unmasked, report=report)
    if html is not None:
        _write(html, result)
    if as_json:
        typer.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
        return
    _show(Console(), result)
    if html is not None:
        Console().print(Text(f"The page is {html}"), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(survey)


def _write(path: Path, result: Survey) -> None:
    from hub.survey.page import render

    try:
        path.write_text(render(result), encoding="utf-8")
    except OSError as error:
        raise HubError(f"The page {path} cannot be written ({error.strerror})", "Name another place") from None


def _show(console: Console, result: Survey) -> None:
    for file in result.files:
        console.print(_columns(file, wide=console.width >= _WIDE))
        _show_notes(console, file)
    if result.overlaps:
        console.print(_overlaps(result))
    if result.rows:
        console.print(_duplicates(result))
    if result.contradictions:
        console.print(_contradictions(result))
        for example in result.conflicts[:_EXAMPLES]:
            _show_example(console, example)
    repeated = f", {result.in_several_files:,} of them in several files" if len(result.files) > 1 else ""
    console.print(
        Text(f"{result.rows:,} rows are {result.customers:,} customers{repeated} ({result.seconds} s)", style="bold")
    )
    if result.doubtful:
        console.print(Text(f"{result.doubtful:,} more pairs may be one customer; a person has to look"))


def _columns(file: FileFinding, *, wide: bool) -> Table:
    from hub.survey.labels import HOLDS

    table = Table(title=Text(f"{file.name}: {file.rows:,} rows ({file.form})"), title_justify="left")
    table.add_column("column", overflow="fold")
    table.add_column("holds", no_wrap=True)
    for heading in ("sure", "filled", "distinct"):
        table.add_column(heading, justify="right")
    for heading in ("problems", "examples") if wide else ("problems",):
        table.add_column(heading, overflow="fold")
    for c in file.columns:
        holds = Text(HOLDS[c.holds][0], style="dim" if c.confidence < _UNSURE else "")
        numbers = (f"{c.confidence:.0%}", f"{c.fill:.0%}", f"{c.distinct:,}")
        examples = [Text(" · ".join(c.examples[:2]))] if wide else []
        table.add_row(Text(c.name), holds, *numbers, Text(_problems(c)), *examples)
    return table


def _problems(column: Column) -> str:
    from hub.survey.labels import DAMAGES

    found = {"placeholders": column.placeholders}
    found |= {DAMAGES[kind][0]: share for kind, share in column.damaged.items()}
    return ", ".join(f"{what} {share:.1%}" for what, share in found.items() if share >= _WORTH_TELLING)


def _show_notes(console: Console, file: FileFinding) -> None:
    from hub.survey.labels import DEFECTS

    notes = [f"sample: {file.sampled}"] if file.sampled else []
    notes += [f"{count:,} {DEFECTS.get(code, (code, code))[0]}" for code, count in file.unreadable.items()]
    if not file.has_parties:
        notes.append("no column with names and one that proves them was recognised: its rows cannot be compared")
    for note in notes:
        console.print(Text(f"  {note}", style="yellow"), soft_wrap=True)


def _overlaps(result: Survey) -> Table:
    table = Table(title="Overlap: rows of a file that another file knows too", title_justify="left")
    names = [file.name for file in result.files if file.has_parties]
    table.add_column("rows of", overflow="fold")
    for name in names:
        table.add_column(Text(f"in {name}"), justify="right", overflow="fold")
    found = {(o.a, o.b): f"{o.rows:,} ({o.share:.0%})" for o in result.overlaps}
    for a in names:
        table.add_row(Text(a), *(found.get((a, b), "") for b in names))
    return table


def _duplicates(result: Survey) -> Table:
    from customer_master.resolution.explanation import SENTENCES

    table = Table(title="Duplicates within each file", title_justify="left")
    table.add_column("file", overflow="fold")
    for heading in ("customers", "with several rows", "rows too many"):
        table.add_column(heading, justify="right")
    table.add_column("what agrees most often", overflow="fold")
    for file in (f for f in result.files if f.has_parties):
        reasons = "; ".join(f"{SENTENCES[r][0]} {n:,}" for r, n in list(file.reasons.items())[:3])
        counts = (f"{n:,}" for n in (file.customers, file.duplicate_groups, file.duplicate_rows))
        table.add_row(Text(file.name), *counts, reasons)
    return table


def _contradictions(result: Survey) -> Table:
    from hub.survey.labels import ATTRIBUTES

    table = Table(title="Contradictions: one customer told differently", title_justify="left")
    for attribute in result.contradictions:
        table.add_column(ATTRIBUTES[attribute][0], justify="right")
    table.add_row(*(f"{count:,}" for count in result.contradictions.values()))
    return table


def _show_example(console: Console, example: Example) -> None:
    from customer_master.resolution.explanation import SENTENCES

    against = ", ".join(SENTENCES[level][0] for level in example.against)
    why = ", ".join(SENTENCES[level][0] for level in example.reasons)
    console.print(Text.assemble(("  ", ""), (against, "red"), f", although {why} agree" if why else ""), soft_wrap=True)
    for value in example.values:
        place = f"{value.file} row {value.row}" if value.row else value.file
        console.print(Text(f"      {place}: {' · '.join(list(value.cells.values())[:_CELLS])}"), soft_wrap=True)
