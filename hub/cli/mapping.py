"""``hub mapping``: lint, test, coverage, preview, explain and diff before a mapping goes live; a schema for editors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.authoring import specs
from hub.authoring.landed import LandedRow, newest_rows, row_behind, row_of_letter
from hub.authoring.live import LiveRow, live_rows
from hub.cli.progress import bars
from hub.errors import UsageError
from hub.pipeline.work import Report
from hub.settings import Settings, load
from hub.store.database import open_database
from mappings.language import Mapping, compile_mapping, run_tests
from mappings.language.coverage import Coverage, coverage
from mappings.language.derivation import Derivation, derive_all
from mappings.language.difference import Change, changes
from mappings.language.extensions import outdated
from mappings.language.functions import blank
from mappings.language.outcome import fate

if TYPE_CHECKING:
    from mappings.language import MappingError

app = typer.Typer(no_args_is_help=True, help="Check, try and explain mapping documents before they go live.")
_console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="MAPPING…", help="names or files; none: all of the project")]
Name = Annotated[str, typer.Argument(metavar="MAPPING", help="name, e.g. scm.ship_tos, or a file")]
Rows = Annotated[int, typer.Option("--rows", min=1, max=100_000, help="How many of the rows that landed last.")]
_MOST_SHOWN = 50
_MOST_READ = 1000
_LONGEST_CELL = 300
_REPORTED_EVERY = 200
_Document = TypeVar("_Document")


@app.command()
def lint(names: Names = None, as_json: Json = False) -> None:
    """List all mistakes of mapping documents with file, line and column; exit code 1 if there are any."""
    found = (error for path in _paths(load(), names) for error in specs.all_errors(path))
    errors = list({str(error): error for error in found}.values())  # a wrong crosswalk is each document's mistake
    if as_json:
        _print_json([_told(error) for error in errors])
    for error in () if as_json else errors:
        _console.print(str(error), highlight=False, markup=False, soft_wrap=True)
    if errors:
        raise typer.Exit(1)
    if not as_json:
        _console.print("Nothing is wrong")


@app.command("test")
def run_own_tests(names: Names = None, as_json: Json = False) -> None:
    """Run the tests that stand in mapping documents; exit code 1 if one fails."""
    settings = load()
    failures, number, untested = [], 0, []
    for path in _paths(settings, names):
        mapping = specs.read_spec(settings, str(path))
        number += len(mapping.document.tests)
        untested += [] if mapping.document.tests else [mapping.origin]
        failures += [(mapping.origin, failure) for failure in run_tests(mapping)]
    if as_json:
        listed = [{"file": file, **asdict(failure)} for file, failure in failures]
        _print_json({"tests": number, "failures": listed, "untested": untested})
    else:
        for file, failure in failures:
            _console.print(f"{file}:{failure.line}: {failure}", highlight=False, markup=False, soft_wrap=True)
        for file in untested:
            _say(f"{file}: no test yet. Write case, given and expect under tests:")
        _console.print(f"{number} tests, {len(failures)} failures", highlight=False)
    if failures:
        raise typer.Exit(1)


@app.command("coverage")
def show_coverage(
    name: Name,
    rows: Annotated[int | None, typer.Option("--rows", min=1, help="Landed rows instead of the tests.")] = None,
    as_json: Json = False,
) -> None:
    """Name the branches, codes and source columns that the document's tests, or landed rows, never exercise."""
    settings = load()
    mapping = specs.read_spec(settings, name)
    tried, landed = [t.given for t in mapping.document.tests], [t.at for t in mapping.document.tests]
    if rows is None and not tried:
        raise UsageError(f"{mapping.origin} has no tests", "Write some, or look at rows that have landed: --rows 1000")
    if rows is not None:
        found_rows = _landed(settings, mapping, rows)
        tried, landed = [dict(row.document) for row in found_rows], [row.landed_at for row in found_rows]
    with bars() as report:
        found = coverage(mapping, _counted(tried, report, "map rows"), landed)
    if as_json:
        _print_json(asdict(found))
    else:
        _show_coverage(mapping, found)


@app.command()
def preview(
    name: Name,
    rows: Rows = 5,
    live: Annotated[bool, typer.Option("--live", help="Rows the system has now; nothing lands.")] = False,
    as_json: Json = False,
) -> None:
    """Map the rows that landed last by the document in the project folder, and show every value with what it was."""
    settings = load()
    mapping = specs.read_spec(settings, name)
    found: Sequence[LandedRow | LiveRow] = (
        live_rows(settings, mapping.system, mapping.stream, rows) if live else _landed(settings, mapping, rows)
    )
    with bars() as report:
        documents = _counted([row.document for row in found], report, "map rows")
        mapped = list(derive_all(mapping, documents, (row.landed_at for row in found)))
    told = [
        (row, fate(outcome), [step for step in steps if step.place.startswith("emit.") and not blank(step.value)])
        for row, (outcome, steps) in zip(found, mapped, strict=True)
    ]
    if as_json:
        _print_json([{"row": asdict(row), "fate": said, "values": _listed(steps)} for row, said, steps in told])
        return
    for row, said, steps in told[:_MOST_SHOWN]:
        _show_steps(f"{row.origin}: {said}", steps)
    if len(told) > _MOST_SHOWN:
        _say(f"The first {_MOST_SHOWN} rows are shown; --json gives all")
    fates = Counter(said for _, said, _ in told)
    _console.print(", ".join(f"{n} {said}" for said, n in fates.most_common()), highlight=False, markup=False)


@app.command()
def explain(
    name: Name,
    record: Annotated[
        str | None, typer.Option(help="A source record, system/record_type/key; none: newest row.")
    ] = None,
    letter: Annotated[int | None, typer.Option(help="A dead letter instead, by its number in hub letters.")] = None,
    value: Annotated[str, typer.Option(help="Only expressions at this place, e.g. phones, and lets they use.")] = "",
    as_json: Json = False,
) -> None:
    """Tell how a row becomes what it becomes: each expression, its line, lets, codes, source columns, its value."""
    settings = load()
    mapping = specs.read_spec(settings, name)
    row = _row_to_explain(settings, mapping, record, letter)
    ((outcome, steps),) = derive_all(mapping, [row.document], [row.landed_at])
    shown = _steps_at(steps, value)
    if as_json:
        _print_json({"row": asdict(row), "fate": fate(outcome), "steps": _listed(shown)})
        return
    _show_steps(f"{mapping.origin}, {row.origin} (batch {row.batch_id}, row {row.row_no})", shown)
    _say(fate(outcome))


@app.command()
def diff(name: Name, rows: Rows = 1000, as_json: Json = False) -> None:
    """Map landed rows by the applied and the new version, and list changed cells; what follows of them: hub plan."""
    from hub.documents import load as load_applied

    settings = load()
    mapping = specs.read_spec(settings, name)
    landed = _landed(settings, mapping, rows)
    applied = load_applied(open_database(settings)).mappings.get((mapping.system, mapping.stream))
    if applied is None:
        raise UsageError(
            f"No mapping of {mapping.system}.{mapping.stream} is applied yet",
            f"See what it would do with: hub mapping preview {name}, hub plan",
        )
    with bars() as report:
        documents = _counted([row.document for row in landed], report, "compare rows")
        times = [row.landed_at for row in landed]
        found = list(changes(applied.compiled, compile_mapping(mapping), documents, times))
    if as_json:
        _print_json([{**asdict(one), "origin": landed[one.row].origin} for one in found])
        return
    for clause in outdated(applied.compiled.mapping.text):  # the code of then is gone: both sides are by the one of now
        _say(f"Another function: {clause}; what it changes: hub plan")
    _show_changes(found, landed)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="MAPPING", help="name of the new mapping, system.stream")],
    file: Annotated[Path | None, typer.Option(help="An extract of the stream; none: rows that have landed.")] = None,
) -> None:
    """Write a first draft of a mapping document from what the columns seem to hold."""
    from hub.authoring.draft import columns_of, draft
    from hub.survey.columns import recognise
    from hub.survey.files import open_extract
    from hub.survey.masking import mask

    settings = load()
    path = specs.new_file(settings, name)
    if file is not None:
        columns = recognise(open_extract(file), mask)
    else:
        system, _, stream = name.partition(".")
        with open_database(settings).begin() as db:
            landed = newest_rows(db, settings.home / "landing", system, stream, _MOST_READ)
        columns = columns_of([row.document for row in landed])
    body = draft(name, columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")
    _say(f"Written: {path}; go on with: hub mapping {'lint' if file else 'preview'} {name}")


@app.command()
def schema() -> None:
    """Write the JSON Schemas of documents, for editors, and of stored records to mappings/schema."""
    from mappings.canonical import model_schema
    from mappings.language import editor_schema

    for written in (editor_schema, model_schema):
        written.FILE.parent.mkdir(exist_ok=True)
        written.FILE.write_text(written.written_schema(), encoding="utf-8")
        _say(f"Written: {written.FILE}")


@app.command()
def docs(
    names: Names = None,
    to: Annotated[Path | None, typer.Option(help="Write a page for each into this folder instead of printing.")] = None,
    language: Annotated[bool, typer.Option("--language", help="The reference of the language instead.")] = False,
) -> None:
    """Write mappings as Markdown pages: contract, where each attribute comes from, rules, code lists, tests."""
    from mappings.language.pages import page
    from mappings.language.reference import reference

    settings = load()
    if language:
        pages = {"language": reference()}
    else:
        mappings = (specs.read_spec(settings, str(path)) for path in _paths(settings, names))
        pages = {mapping.name: page(mapping) for mapping in mappings}
    if to is None:
        typer.echo("\n".join(pages.values()), nl=False)
        return
    to.mkdir(parents=True, exist_ok=True)
    for title, body in pages.items():
        (to / f"{title}.md").write_text(body, encoding="utf-8")
    _say(f"Written: {len(pages)} pages to {to}")


def _paths(settings: Settings, names: Sequence[str] | None) -> list[Path]:
    return [specs.spec_file(settings, name) for name in names] if names else specs.spec_files(settings)


def _landed(settings: Settings, mapping: Mapping, most: int) -> list[LandedRow]:
    with open_database(settings).begin() as db:
        return newest_rows(db, settings.home / "landing", mapping.system, mapping.stream, most)


def _row_to_explain(settings: Settings, mapping: Mapping, record: str | None, letter: int | None) -> LandedRow:
    from hub.pipeline.trace import records_called

    if record is not None and letter is not None:
        raise UsageError("Both a record and a dead letter are named", "Name one of them")
    folder = settings.home / "landing"
    with open_database(settings).begin() as db:
        if letter is not None:
            return row_of_letter(db, folder, letter, mapping.system, mapping.stream)
        if record is not None:
            return row_behind(db, folder, records_called(db, record)[0], mapping.system, mapping.stream)
        return newest_rows(db, folder, mapping.system, mapping.stream, 1)[0]


def _steps_at(steps: Sequence[Derivation], place: str) -> list[Derivation]:
    """Choose the steps at a place, and the lets they go by."""
    lets = {f"let.{name}" for step in steps if place in step.place for name in step.lets}
    chosen = [step for step in steps if place in step.place or step.place in lets]
    if not chosen:
        places = ", ".join(step.place for step in steps)
        raise UsageError(f"The row has no value at {place!r}", f"Places are: {places}")
    return chosen


def _counted(documents: Sequence[_Document], report: Report, step: str) -> Iterator[_Document]:
    """Give documents one by one, reporting how far it is."""
    for number, document in enumerate(documents):
        if number % _REPORTED_EVERY == 0:
            report(step, number, len(documents))
        yield document


def _told(error: MappingError) -> dict[str, Any]:
    return {
        "file": error.origin, "line": error.line, "column": error.column, "what": error.what, "remedy": error.remedy,
    }  # fmt: skip


def _listed(steps: Iterable[Derivation]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]


def _show_steps(title: str, steps: Iterable[Derivation]) -> None:
    table = Table(title=Text(title), title_justify="left", show_lines=False)
    for column in ("line", "place", "value", "expression", "from"):
        table.add_column(column, overflow="fold")
    for step in steps:
        read = [f"{name}={_short(value)}" for name, value in step.columns.items()]
        table.add_row(str(step.line), step.place, _short(step.value), step.expression, "\n".join([*read, *step.codes]))
    _console.print(table, markup=False)


def _show_coverage(mapping: Mapping, found: Coverage) -> None:
    tried = found.outcomes - sum(2 if u.missing == "ever" else 1 for u in found.untried)
    _console.print(
        f"{mapping.name}: {found.rows} rows, {tried} of {found.outcomes} outcomes of conditions,"
        f" {found.codes - len(found.unmet)} of {found.codes} codes,"
        f" {found.columns - len(found.empty)} of {found.columns} columns", highlight=False,
    )  # fmt: skip
    for untried in found.untried:
        words = "never asked" if untried.missing == "ever" else f"never {untried.missing}"
        _say(f"{mapping.origin}:{untried.line}: {words}: {untried.condition}")
    for code in found.unmet:
        _say(f"{mapping.origin}:{code.line}: code never met: {code.value}")
    for column in found.empty:
        _say(f"column always blank: {column}")


def _show_changes(found: Sequence[Change], landed: Sequence[LandedRow]) -> None:
    table = Table()
    for column in ("row", "record", "cell", "applied", "new"):
        table.add_column(column, overflow="fold")
    for one in islice(found, _MOST_SHOWN):
        table.add_row(landed[one.row].origin, one.record, one.cell, _short(one.old), _short(one.new))
    if found:
        _console.print(table, markup=False)
    rows = len({one.row for one in found})
    rejects = sum(one.cell == "fate" and str(one.new).startswith("rejected") for one in found)
    if len(found) > _MOST_SHOWN:
        _say(f"The first {_MOST_SHOWN} cells are shown; --json gives all")
    _say(f"{len(landed)} rows compared: {rows} change, {len(found)} cells, {rejects} new rejects")
    if found:
        _say("What follows for customers and targets is shown by: hub plan")


def _short(value: Any) -> str:
    """Write a value in a cell of a table; --json gives all of a long one."""
    if value is None:
        return ""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= _LONGEST_CELL else f"{written[:_LONGEST_CELL]}…"


def _say(sentence: str) -> None:
    _console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def register(door: typer.Typer) -> None:
    """Add the commands."""
    door.add_typer(app, name="mapping")
