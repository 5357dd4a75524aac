"""What stewards decide: ``hub master merge``, ``split``, ``same``, ``different``, ``unsure``, ``relate``, ``pin``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection

from customer_master.golden.evidence import ATTRIBUTES
from customer_master.stewardship import decisions
from customer_master.stewardship.errors import ContradictionError, InTheWayError, UnknownError
from customer_master.stewardship.relating import Terms
from customer_master.store import public_id
from customer_master.store.decision_tables import RELATIONS
from customer_master.store.visibility import Viewer
from hub.cli.acting import UserName, acting, customer_called, records_seen, visible
from hub.errors import UsageError
from hub.master import acts
from hub.master.context import By, Done, Master, open_master
from hub.settings import load

_console = Console()
_RECORDS_SHOWN = 4
"""Records of a decision that are named; the customer's history names all."""

_DAY = ["%Y-%m-%d"]
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?%?")

Act = Callable[[Master, Viewer, By], Done]

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="customer number")]
Record = Annotated[str, typer.Argument(metavar="REC", help="record: system/record_type/key, or its number")]
Other = Annotated[str, typer.Argument(metavar="REC", help="the other record")]
Type = Annotated[str, typer.Argument(metavar="TYPE", help=", ".join(RELATIONS))]
From = Annotated[datetime | None, typer.Option("--from", formats=_DAY, metavar="DATE", help="First day.")]
To = Annotated[datetime | None, typer.Option("--to", formats=_DAY, metavar="DATE", help="Last day.")]
Until = Annotated[
    datetime | None, typer.Option(formats=_DAY, metavar="DATE", help="Last day, in UTC; without it, for ever.")
]
Reason = Annotated[str, typer.Option(help="Why, for the log.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def merge(
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER", help="customer numbers")],
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Make one customer of several; the one with most records keeps its number."""

    def act(master: Master, viewer: Viewer, by: By) -> Done:
        with master.engine.connect() as db:
            customers = [customer_called(db, viewer, number) for number in numbers]
        return acts.merge(master, customers, by)

    _carry_out(act, user, reason, as_json)


def split(
    number: Number,
    group: Annotated[list[str], typer.Option(metavar="REC,REC…", help="Records of one customer; once for each.")],
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Make several customers of one; records in no group stay with the first."""

    def act(master: Master, viewer: Viewer, by: By) -> Done:
        with master.engine.connect() as db:
            groups = [[_record(db, viewer, name.strip()) for name in one.split(",")] for one in group]
            customer = customer_called(db, viewer, number)
        return acts.split(master, customer, groups, by)

    _carry_out(act, user, reason, as_json)


def same(record: Record, other: Other, user: UserName = None, reason: Reason = "", as_json: Json = False) -> None:
    """Decide that two records are one customer."""
    _carry_out(_about_two(acts.same, record, other), user, reason, as_json)


def different(record: Record, other: Other, user: UserName = None, reason: Reason = "", as_json: Json = False) -> None:
    """Decide that two records are never one customer."""
    _carry_out(_about_two(acts.different, record, other), user, reason, as_json)


def unsure(record: Record, other: Other, user: UserName = None, reason: Reason = "", as_json: Json = False) -> None:
    """Note that one cannot tell whether two records are one customer; others are asked."""
    _carry_out(_about_two(acts.unsure, record, other), user, reason, as_json)


def relate(  # noqa: PLR0913, PLR0917 - the arguments and options of a command
    record: Record,
    type_: Type,
    other: Other,
    share: Annotated[str | None, typer.Option(metavar="PERCENT", help="Share, e.g. of a subsidiary.")] = None,
    from_: From = None,
    to: To = None,
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """State what the first record's customer is of the second's: REC branch_of REC."""
    terms = Terms(_percent(share), from_ and from_.date(), to and to.date())

    def state(master: Master, a: int, b: int, by: By) -> Done:
        return acts.relate(master, a, b, type_, by, terms)

    _carry_out(_about_two(state, record, other), user, reason, as_json)


def unrelate(
    record: Record, type_: Type, other: Other, user: UserName = None, reason: Reason = "", as_json: Json = False
) -> None:
    """End a relation."""

    def end(master: Master, a: int, b: int, by: By) -> Done:
        return acts.unrelate(master, a, b, type_, by)

    _carry_out(_about_two(end, record, other), user, reason, as_json)


def pin(
    number: Number,
    attribute: Annotated[str, typer.Argument(metavar="ATTRIBUTE", help=", ".join(ATTRIBUTES))],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="as a source would write it")],
    until: Until = None,
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Fix an agreed value against every source."""
    from hub.web.written import read_value

    read = read_value(attribute, value)

    def act(master: Master, viewer: Viewer, by: By) -> Done:
        with master.engine.connect() as db:
            customer = customer_called(db, viewer, number)
        if until is None:
            return acts.pin(master, customer, attribute, read, by)
        return acts.pin(master, customer, attribute, read, by, mode="until_date", expires_us=_end_of(until))

    _carry_out(act, user, reason, as_json)


def unpin(
    pin_id: Annotated[int, typer.Argument(min=1, metavar="PIN", help="its number, as hub master explain shows it")],
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Let the sources say a pinned value again."""

    def act(master: Master, viewer: Viewer, by: By) -> Done:
        if viewer.units is not None:
            from hub.web.deciding import fixed_by

            with master.engine.connect() as db:
                fixed_by(db, pin_id, viewer)
        return acts.unpin(master, pin_id, by)

    _carry_out(act, user, reason, as_json)


def undo(
    commit: Annotated[int, typer.Argument(min=1, metavar="COMMIT", help="its number, as hub master history shows it")],
    user: UserName = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Take a change back exactly: a decision, an undo, or what a run joined or parted."""

    def act(master: Master, viewer: Viewer, by: By) -> Done:
        if viewer.units is not None:
            from hub.web.deciding import changed_by

            with master.engine.connect() as db:
                changed_by(db, commit, viewer)
        return acts.undo(master, commit, by)

    _carry_out(act, user, reason, as_json)


def register(commands: typer.Typer) -> None:
    """Add the commands to ``hub master``."""
    for command in (merge, split, same, different, unsure, relate, unrelate, pin, unpin, undo):
        commands.command()(command)


def _carry_out(act: Act, user: str | None, reason: str, as_json: bool) -> None:
    """Do it and tell what has changed; a refusal that names decisions also tells what they are."""
    master = open_master(load())
    with master.engine.connect() as db:
        viewer = acting(db, user, "steward")
    try:
        done = act(master, viewer, By(viewer.user, reason))
    except (ContradictionError, InTheWayError) as error:
        with master.engine.connect() as db:
            for line in _decisions(db, viewer, _named_by(error)):
                error.add_note(line)
        raise
    _tell(done, as_json)


def _tell(done: Done, as_json: bool) -> None:
    numbers = {
        "customers": [public_id.encode(p) for p in done.parties],
        "ended": [public_id.encode(p) for p in done.ended],
    }
    if as_json:
        told = {"decision": done.decision_id, "commit": done.cs, "verdict": done.verdict, **numbers}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _console.print(f"{done.verdict}: decision {done.decision_id}, commit {done.cs}", highlight=False)
    for what, own in numbers.items():
        if own:
            _console.print(f"  {what:<11}{', '.join(own)}", highlight=False, soft_wrap=True)
    _console.print(f"  take back  hub master undo {done.cs}", highlight=False)


def _about_two(act: Callable[[Master, int, int, By], Done], record: str, other: str) -> Act:
    def on_both(master: Master, viewer: Viewer, by: By) -> Done:
        with master.engine.connect() as db:
            a, b = _record(db, viewer, record), _record(db, viewer, other)
        return act(master, a, b, by)

    return on_both


def _record(db: Connection, viewer: Viewer, name: str) -> int:
    found = visible(db, viewer, [int(name)]) if name.isdecimal() else records_seen(db, viewer, name)
    if not found:
        raise UnknownError(f"There is no record {name}", "Look the record up again")
    if len(found) > 1:
        raise UsageError(f"{name!r} is the name of {len(found)} records", "Give system/record_type/key")
    return found[0]


def _percent(text: str | None) -> Decimal | None:
    if text is None:
        return None
    if not _PERCENT.fullmatch(text):
        raise UsageError(f"{text!r} is no percentage", "Give a number above 0 and up to 100, like 51 or 33.33")
    return Decimal(text.removesuffix("%"))


def _end_of(day: datetime) -> int:
    """Give the last microsecond of a day in UTC."""
    return (int(day.replace(tzinfo=UTC).timestamp()) + 86_400) * 1_000_000 - 1


def _named_by(error: ContradictionError | InTheWayError) -> list[int]:
    if isinstance(error, InTheWayError):
        return sorted(error.decisions)
    return list(dict.fromkeys(link.decision_id for link in error.chain if link.decision_id))


def _decisions(db: Connection, viewer: Viewer, numbers: Collection[int]) -> list[str]:
    """Tell of decisions what somebody needs to judge and to undo them."""
    from hub.web.queries import record_names

    told = []
    for decision in (decisions.decision_of(db, number) for number in numbers):
        shown = decision.records[:_RECORDS_SHOWN]
        names = record_names(db, viewer, shown)
        records = ", ".join(names[r].name for r in shown if r in names)
        more = f" and {len(decision.records) - len(shown)} more" if len(decision.records) > len(shown) else ""
        at = datetime.fromtimestamp(decision.at_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        told.append(
            f"  decision {decision.id} (commit {decision.cs}): {decision.verdict} by {decision.actor}, {at}:"
            f" {records}{more}"
        )
    return told
