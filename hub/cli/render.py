"""Tables for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.doctor import Finding
from hub.pipeline.account import Account
from hub.pipeline.trace import Trace

_FATES = ("landed", "recorded", "unchanged", "filtered", "rejected", "quarantined")
_COLOURS = {"green": "bold green", "red": "bold red", "open": "bold yellow"}


def show_account(console: Console, account: Account) -> None:
    """Show a run's account: fates by source, deliveries by target, dead letters by cause, problems, seconds."""
    waiting = sum(letter["count"] for letter in account.dead_letters)
    more = f", {waiting} dead letters wait for somebody" if waiting else ""
    console.print(Text.assemble(f"Run {account.run}: ", (account.state, _COLOURS[account.state]), more))
    if account.sources:
        console.print(_sources(account))
    for target, states in account.targets.items():
        # "delivered" is shown by what was done
        console.print(_row_table(f"Deliveries to {target}", {k: v for k, v in states.items() if k != "delivered"}))
    if account.dead_letters:
        _show_dead_letters(console, account)
    if account.warnings:
        counts = ", ".join(f"{rule} {count}" for rule, count in account.warnings.items())
        console.print(Text(f"Recorded with a warning: {counts}"), soft_wrap=True)
    for problem in account.problems:
        console.print(Text(f"  {problem}", style="red" if account.state == "red" else "yellow"), soft_wrap=True)
    if account.seconds:
        console.print(_row_table("Seconds", account.seconds))


def _sources(account: Account) -> Table:
    table = Table(title="Sources", title_justify="left")
    table.add_column("stream", no_wrap=True)
    occurring = {k for s in account.sources.values() for o in s.values() for k in o} - {"error"}
    columns = [
        *(f for f in _FATES if f in occurring),
        *sorted(occurring - {*_FATES}),
    ]  # all of them need a wide terminal
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    for system, streams in account.sources.items():
        for stream, own in streams.items():
            cells = [str(own.get(name, "")) for name in columns]
            table.add_row(f"{system}.{stream}", *cells, style="red" if "error" in own else None)
    return table


def _row_table(title: str, values: dict[str, Any]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in values:
        table.add_column(name, justify="right")
    table.add_row(*(str(v) for v in values.values()))
    return table


def _show_dead_letters(console: Console, account: Account) -> None:
    """One line a cause: a table of sentences is unreadable on a narrow terminal."""
    console.print(Text("Dead letters", style="italic"))
    for letter in account.dead_letters:
        place = f"{letter['system']}.{letter['stream']} {letter['kind']}"
        more = f" and {letter['count'] - 1} more" if letter["count"] > 1 else ""
        where = ", ".join(part for part in (letter["origin"], letter["field"]) if part)
        sentence = f"  {letter['count']:>5} {place}: {letter['message']} ({where}{more}). {letter['remedy']}"
        console.print(Text(sentence), soft_wrap=True)


def show_trace(console: Console, trace: Trace) -> None:
    """Show a record's way: landed rows, versions, customer, golden values, deliveries."""
    console.print(Text(trace.record, style="bold"))
    for version in trace.versions:
        mark = "*" if version["is_current"] else " "
        echo = " (holds our own writing)" if version["has_echo"] else ""
        console.print(
            Text(
                f" {mark} commit {version['commit']} at {version['at']}: {version['origin']}"
                f" = {version['file']} row {version['row']}, mapping {version['mapping']}{echo}"
            ),
            soft_wrap=True,
        )
    if trace.party is not None:
        console.print(
            Text(f"   customer {trace.party['public_id']} ({', '.join(trace.party['records'])})"), soft_wrap=True
        )
        console.print(_golden(trace))
    for delivery in trace.deliveries:
        console.print(
            Text(f"   delivery to {delivery['target']}: {delivery['state']} {delivery['message']}"), soft_wrap=True
        )


def _golden(trace: Trace) -> Table:
    table = Table()
    table.add_column("attribute", no_wrap=True)
    for name in ("value", "chosen by", "from"):
        table.add_column(name, overflow="fold")
    for value in trace.golden:
        if value["value"]:
            source = f"{value['source']}: {value['origin']}" if value["source"] else ""
            table.add_row(value["attribute"], Text(plain(value["value"])), str(value["why"] or ""), Text(source))
    return table


def plain(value: Any) -> str:
    """Write a golden value for people.

    >>> plain({"number": "+8675526988888", "extension": "", "kind": "landline"}), plain(["customer", "supplier"])
    ('+8675526988888 landline', 'customer, supplier')
    """
    if isinstance(value, dict):
        parts = sorted(value, key=lambda part: part not in ("text", "number"))
        return " ".join(str(value[part]) for part in parts if value[part])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_findings(console: Console, findings: list[Finding]) -> None:
    """Show what the doctor found."""
    for finding in findings:
        mark = ("ok  ", "green") if finding.ok else ("bad ", "bold red")
        console.print(Text.assemble(mark, finding.what, ": ", finding.detail), soft_wrap=True)
        if not finding.ok:
            console.print(Text(f"     {finding.remedy}"), soft_wrap=True)
