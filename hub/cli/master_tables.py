"""What ``hub master`` shows to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from customer_master.store.as_of import CustomerAsOf
from customer_master.store.history import Change, Move
from customer_master.store.laws import Damage
from hub.cli.render import plain
from hub.pipeline.explain import Explained, Loser, Origin
from hub.web.permissions import Permissions


def show_damages(console: Console, damages: Sequence[Damage]) -> None:
    """Show what breaks a law, and what to do about each kind of damage once."""
    if not damages:
        console.print("The master is sound", style="green")
        return
    for damage in damages:
        console.print(
            Text.assemble((f"{damage.law:<10}", "bold red"), f"{damage.where}: {damage.what}"), soft_wrap=True
        )
    for remedy in dict.fromkeys(damage.remedy for damage in damages):
        console.print(Text(f"→ {remedy}"), soft_wrap=True)


def show_change(console: Console, change: Change) -> None:
    """Show one change set of a customer's history."""
    console.print(
        Text.assemble((f"commit {change.cs}", "bold"), f"  {_time(change.at_us)}  {_who(change)}"), soft_wrap=True
    )
    lines = [_move(move) for move in change.moves]
    lines += [
        f"{v.attribute}: {_shown(v.before)} → {_shown(v.after)}{_because(v.why, v.record)}" for v in change.values
    ]
    lines += [f"{e.kind} {e.what} {'begins' if e.opened else 'ends'}: {', '.join(e.records)}" for e in change.effects]
    lines += [f"event {e.type} {e.customer}" for e in change.events]
    for line in lines:
        console.print(Text(f"    {line}"), soft_wrap=True)


def show_customer(console: Console, customer: CustomerAsOf) -> None:
    """Show a customer as it was."""
    console.print(
        Text.assemble(
            (customer.public_id, "bold"),
            f"  {customer.kind}, {customer.status}, as of commit {customer.cs} ({_time(customer.at_us)})",
        ),
        soft_wrap=True,
    )
    values = _table("attribute", "value", "chosen by")
    for attribute, value in sorted(customer.attrs.items()):
        if value:
            values.add_row(attribute, Text(plain(value)), str(customer.prov.get(attribute, {}).get("why", "")))
    records = _table("record", "from", "joined by")
    for member in customer.members:
        gone = " (gone from its source)" if member.taken_back else ""
        records.add_row(Text(member.name), Text(member.origin), f"{member.joined_by}{gone}")
    for table in (values, records):
        if table.row_count:
            console.print(table)
    for relation in customer.relations:
        ends = (customer.public_id, relation.other_id or "?")
        source, target = ends if relation.outgoing else ends[::-1]
        console.print(Text(f"  {source} {relation.type} {target}"), soft_wrap=True)
    for pin in customer.pins:
        console.print(Text(f"  {pin.attribute} pinned by {pin.actor} {pin.mode}: {pin.reason}"), soft_wrap=True)


def show_permissions(console: Console, number: str, own: Permissions) -> None:
    """Show what a customer allows and forbids, and which agreed contact point must not be used for what."""
    console.print(Text(number, style="bold"))
    held = _table("purpose", "channel", "contact point", "state", "since", "until", "said by")
    for c in own.consents:
        held.add_row(*map(Text, (c.purpose, c.channel or "all", c.point, c.state, c.since, c.until or "", c.source)))
    if held.row_count:
        console.print(held)
    else:
        console.print("  no consent is in force")
    for attribute, purposes in own.refused.items():
        console.print(Text(f"  the {attribute} must not be used for: {', '.join(purposes)}"), soft_wrap=True)


def show_explained(console: Console, number: str, values: Sequence[Explained]) -> None:
    """Show why each golden value of a customer is what it is."""
    console.print(Text(number, style="bold"))
    for value in values:
        if not value.value and not value.losers:
            continue
        chosen = f"  [{value.rule} of {value.candidates}]" if value.rule else ""
        console.print(
            Text.assemble("  ", (value.attribute, "bold"), f": {_shown(value.value)}{chosen}"), soft_wrap=True
        )
        if value.pin:
            reason = f": {value.pin.reason}" if value.pin.reason else ""
            note = f"pin {value.pin.pin_id} by {value.pin.actor}, {_time(value.pin.at_us)}, {value.pin.mode}{reason}"
            console.print(Text(f"    {note}"), soft_wrap=True)
        if value.said:
            console.print(Text(f"    {_origin(value.said)}"), soft_wrap=True)
        for loser in value.losers:
            console.print(Text(f"    {_loser(loser)}", style="dim"), soft_wrap=True)


def _who(change: Change) -> str:
    if change.act is None:
        return f"{change.actor}  {change.kind}"
    act = change.act
    second = f" and {act.second_actor}" if act.second_actor else ""
    undoes = f" of commit {act.undoes_cs}" if act.undoes_cs else ""
    undone = f" (undone by commit {act.undone_cs})" if act.undone_cs else ""
    reason = " ".join(part for part in (act.reason_code, act.reason) if part)
    told = f": {reason}" if reason else ""
    return f"{act.actor}{second}  decision {act.decision_id} {act.verdict}{undoes}{undone}{told}"


def _move(move: Move) -> str:
    match move.what:
        case "joined":
            return f"{move.record} joined {move.customer}" + (f" from {move.other}" if move.other else "")
        case "left":
            return f"{move.record} left {move.customer}" + (f" for {move.other}" if move.other else "")
        case "gone":
            return f"{move.record} is gone from its source"
        case _:
            return f"{move.record} is back in its source"


def _because(why: str, record: str | None) -> str:
    parts = [part for part in (why, record) if part]
    return f"  ({', '.join(parts)})" if parts else ""


def _origin(said: Origin) -> str:
    landed = f" = {said.file} row {said.row}" if said.file else ""
    opaque = f", which calls {'; '.join(said.opaque)} (opaque)" if said.opaque else ""
    return f"{said.source} at commit {said.commit}: {said.origin}{landed}, mapping {said.mapping}{opaque}"


def _loser(loser: Loser) -> str:
    said = f" of {loser.said.source} ({loser.said.origin})" if loser.said else ""
    return f"not {_shown(loser.value)}{said}: lost at {loser.step}, needs {loser.needs}"


def _table(*names: str) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _shown(value: Any) -> str:
    return plain(value) if value else "(nothing)"


def _time(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
