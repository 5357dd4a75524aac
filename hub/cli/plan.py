"""``hub plan``: what applying the project folder and the next run would do, before anything goes live."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.cli.progress import bars
from hub.settings import load

if TYPE_CHECKING:
    from hub.planning.contents import Contents
    from hub.planning.customers import Customers
    from hub.planning.drafts import Draft
    from hub.planning.plan import Plan
    from hub.planning.pushes import Pushes
    from hub.planning.waiting import Letters

_console = Console()


def plan(
    diff: Annotated[bool, typer.Option("--diff", help="Show what changes in the text of documents.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Show what hub apply and the next run would change, from documents to pushes; nothing changes yet."""
    from hub.planning.plan import plan as make

    with bars() as report:
        found = make(load(), report=report)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2, default=str))
        return
    _show(found, diff)


def register(app: typer.Typer) -> None:
    """Add the command to ``hub``."""
    app.command()(plan)


def _show(plan: Plan, diff: bool) -> None:
    _show_documents(plan.documents, diff)
    _show_letters("would, if they came again, be", plan.held_again)
    _show_letters("would, when they are replayed, no longer be", plan.passed_again)
    if any(one.kind == "connection" and one.becomes_active for one in plan.documents):
        _say("What a connection reads by its new document shows with its next pull: a plan reads no system")
    if plan.has_no_effect:
        _say("Nothing would change" if plan.is_empty else "Nothing else would change")
    else:
        _show_effects(plan)
    if not plan.is_empty:
        _say(_summary(plan))


def _show_effects(plan: Plan) -> None:
    _show_contents("Records", "record", plan.records)
    _show_letters("would be", plan.rejects)
    _show_letters("would no longer be", plan.heals)
    _show_customers(plan.customers)
    _show_contents("Golden values", "customer", plan.golden)
    if plan.tasks_opened or plan.tasks_closed:
        _say(f"Tasks of stewards: {_counted(plan.tasks_opened)} open, {_counted(plan.tasks_closed)} close")
    for pushes in plan.pushes:
        _show_pushes(pushes)


def _summary(plan: Plan) -> str:
    counts = {
        "documents": sum(one.becomes_active for one in plan.documents),
        "cells of records": plan.records.cells,
        "new records": plan.records.new,
        "new dead letters": sum(group.count for group in plan.rejects),
        "dead letters settled": sum(group.count for group in plan.heals),
        "customers new or ended": sum(plan.customers.counts.values()),
        "cells of golden values": plan.golden.cells,
        "pushes": sum(pushes.creates + pushes.updates for pushes in plan.pushes),
    }
    said = _counted({name: number for name, number in counts.items() if number})
    return f"In all: {said}. Nothing has changed yet; hub apply, then the next run, would do it"


def _show_documents(documents: Sequence[Draft], diff: bool) -> None:
    for one in documents:
        name = one.kind if one.name == one.kind else f"{one.kind} {one.name}"
        if one.becomes_active:
            _say(f"would be active: {name} ({one.hash[:12]}), {one.state}")
        elif one.state == "left":
            _say(f"no longer in the project folder, stays active all the same: {name}")
        for line in one.diff if diff else ():
            _say(f"    {line}")
    there = sum(one.state != "left" for one in documents)
    _say(f"{there} documents, {sum(one.becomes_active for one in documents)} changed")


def _show_contents(title: str, of: str, contents: Contents) -> None:
    if contents.is_empty:
        return
    _say(f"{title}: {contents.changed} change in {contents.cells} cells, {contents.new} new, {contents.gone} gone")
    if contents.attributes:
        _say(f"  changed attributes: {_counted(contents.attributes)}")
        rows = ((cell.of, cell.cell, _short(cell.old), _short(cell.new)) for cell in contents.samples)
        _table((of, "cell", "now", "then"), rows)


def _show_letters(how: str, groups: Sequence[Letters]) -> None:
    for group in groups:
        _say(
            f"{group.count} rows of {group.system}.{group.stream} {how} {group.kind} by {group.cause}:"
            f" {group.message} ({', '.join(group.origins)}{' …' if group.count > len(group.origins) else ''})"
        )


def _show_customers(customers: Customers) -> None:
    if customers.is_empty:
        return
    _say(f"Customers: {_counted(customers.counts)}; {customers.moved} records move, {customers.kept} numbers are kept")
    rows = ((one.id, one.what, ", ".join(one.others), ", ".join(one.records)) for one in customers.samples)
    _table(("customer", "what", "from or to", "records"), rows)


def _show_pushes(pushes: Pushes) -> None:
    place = f"Pushes to {pushes.target} ({pushes.subscription})"
    if pushes.refused:
        _say(f"{place}: none. {pushes.refused}")
    if pushes.unsettled:
        _say(f"{place}: {pushes.unsettled} earlier ones have an unknown outcome; the target is asked about them first")
    for message, records in pushes.unwritable.items():
        _say(f"{place}: {records} would be parked. {message}")
    if pushes.is_empty:
        return
    _say(f"{place}: {pushes.creates} creates, {pushes.updates} updates")
    if pushes.fields:
        _say(f"  updated fields: {_counted(pushes.fields)}")
    rows = ((one.customer, one.key or "(created)", _short(one.document)) for one in pushes.samples)
    _table(("customer", "record", "written"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(Text, row))
    if table.row_count:
        _console.print(table)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _say(sentence: str) -> None:
    _console.print(Text(sentence), soft_wrap=True)
