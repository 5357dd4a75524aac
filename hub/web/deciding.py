"""What stewards decide, on the screens or by the API: checked against what they saw, carried out, or left to a second.

A verdict that the stewardship document wants a second person for becomes a task that waits; nothing changes before. It
is kept in the words of the REST API, so what is decided at one door can be approved at the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from customer_master.stewardship import four_eyes, tasks
from customer_master.stewardship.policy import StewardshipPolicy
from customer_master.stewardship.queue import Task
from customer_master.stewardship.risk import values_at_risk
from customer_master.store import public_id
from customer_master.store.clock import now_us
from customer_master.store.tables import OPEN
from customer_master.store.visibility import Viewer
from hub.master.context import By, Done
from hub.web.api.verdicts import Kept, Undo, Unpin, Verdict, carry_out, demand_visible, parties_of, records_of
from hub.web.installation import Installation

_KEPT: TypeAdapter[Verdict] = TypeAdapter(Kept)


_ANSWERABLE = ("open", "claimed", "waiting_answer")

Seen = Callable[[Connection, tuple[int, ...], Collection[int]], Mapping[int, int] | None]
"""Gives the versions of the customers that the steward has looked at, from their numbers and records; ``None``: any."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The task that a verdict answers; ``version``: the one that was looked at, ``None``: whichever."""

    task_id: int
    version: int | None


def decide(
    hub: Installation,
    viewer: Viewer,
    verdict: Verdict,
    *,
    seen: Seen,
    answering: Answering | None = None,
    source: str = "steward",
) -> Done | Task:
    """Take a verdict.

    Args:
        hub: the installation.
        viewer: who decides.
        verdict: what.
        seen: what the steward has looked at; it is refused if others have changed its customers since.
        answering: the task it answers.
        source: the door it came by, as decisions note it.

    Returns:
        What was made, or the task that waits for a second person.

    Raises:
        StewardshipError: it is refused.
    """
    policy = hub.master().documents.stewardship
    with hub.begin() as db:
        parties = parties_of(db, verdict, viewer)
        records = _concerned(db, verdict, parties, viewer)
        known = seen(db, parties, records)
        if answering is not None:
            task = tasks.lock(db, viewer, answering.task_id, answering.version)
            tasks.demand(db, task, viewer.user, now_us(), *_ANSWERABLE)
        if _needs_second(db, policy, verdict, records):
            kept = verdict.model_dump(mode="json")
            kept["seen"] = {public_id.encode(p): cs for p, cs in (known or {}).items()}
            if answering is None:
                return four_eyes.propose_unasked(db, policy, viewer, kept, sorted(records))
            return four_eyes.propose_verdict(db, viewer, answering.task_id, kept, answering.version)
    by = By(
        viewer.user, verdict.reason, verdict.reason_code, elapsed_ms=verdict.elapsed_ms, seen=known, source=source,
        task_id=answering.task_id if answering is not None else None,
    )  # fmt: skip
    return carry_out(verdict, hub.master(), parties, by)


def seen_on_page(user: str, seen_cs: int | None) -> Seen:
    """Take it that a steward knows the customers of a page as of the commit at which the page was made.

    Whoever has changed a customer knows it as it is then: pages that were made ahead, such as the next pairs of a
    review, stay good under the steward's own decisions.

    Args:
        user: the steward.
        seen_cs: last commit when the page was made; ``None`` for undoing, which is about a change and looks itself at
            what came later.
    """

    def known(db: Connection, _parties: tuple[int, ...], records: Collection[int]) -> Mapping[int, int] | None:
        if seen_cs is None:
            return None
        rows = db.execute(text(_KNOWN), {"records": list(records), "open": OPEN, "user": user, "seen": seen_cs})
        return {row.id: row.known for row in rows}

    return known


def approve(hub: Installation, viewer: Viewer, task_id: int, version: int | None, *, source: str = "steward") -> Done:
    """Approve what another person has decided, and carry it out.

    Args:
        hub: the installation.
        viewer: the second person.
        task_id: the task that waits.
        version: the version of it that was looked at; ``None``: whichever.
        source: the door it came by, as decisions note it.

    Raises:
        StewardshipError: the same person decided it, or it cannot be carried out any more; the task goes on waiting.
    """
    with hub.begin() as db:
        approved = four_eyes.approve(db, viewer, task_id, version)
        verdict, seen = kept_verdict(approved.verdict)
        parties = parties_of(db, verdict, viewer)
        _concerned(db, verdict, parties, viewer)
    by = By(
        approved.user, verdict.reason, verdict.reason_code, task_id=task_id, second=approved.second,
        elapsed_ms=verdict.elapsed_ms, seen=seen or None, source=source,
    )  # fmt: skip
    return carry_out(verdict, hub.master(), parties, by)


def kept_verdict(stored: Mapping[str, object]) -> tuple[Verdict, dict[int, int]]:
    """Read a verdict that waits for a second person, and the versions of the customers that the first looked at."""
    kept = dict(stored)
    seen = kept.pop("seen", {})
    assert isinstance(seen, dict)  # noqa: S101 - we have written it
    return _KEPT.validate_python(kept), {public_id.decode(number): cs for number, cs in seen.items()}


def changed_by(db: Connection, cs: int, viewer: Viewer) -> set[int]:
    """List the records that a change is about.

    Raises:
        UnknownError: the viewer does not see one of them.
    """
    found = set(db.execute(text(_CHANGED), {"cs": cs}).scalars())
    demand_visible(db, found, viewer)
    return found


def fixed_by(db: Connection, pin_id: int, viewer: Viewer) -> set[int]:
    """List the record that a pin goes with, none if there is no such pin.

    Raises:
        UnknownError: the viewer does not see it.
    """
    found = set(db.execute(text("select anchor_record_id from master.pin where id = :pin"), {"pin": pin_id}).scalars())
    demand_visible(db, found, viewer)
    return found


def _concerned(db: Connection, verdict: Verdict, parties: tuple[int, ...], viewer: Viewer) -> set[int]:
    """List the records that a verdict names, those of its customers, and those of what it takes back."""
    found = records_of(verdict)
    found |= set(db.execute(text(_MEMBERS), {"parties": list(parties), "open": OPEN}).scalars())
    match verdict:
        case Undo():
            found |= changed_by(db, verdict.commit, viewer)
        case Unpin():
            found |= fixed_by(db, verdict.pin, viewer)
    return found


def _needs_second(db: Connection, policy: StewardshipPolicy, verdict: Verdict, records: Collection[int]) -> bool:
    name = str(verdict.model_dump()["verdict"])
    if not any(name in rule.verdicts for rule in policy.four_eyes):
        return False
    value = values_at_risk(db, policy.risk, [records])[0] if records else 0
    count = db.execute(text(_COUNT), {"records": list(records), "open": OPEN}).scalar_one()
    return policy.needs_second(name, records=count, value=value)


_MEMBERS = "select record_id from master.membership where party_id = any(:parties) and to_cs = :open"

_CHANGED = """
select unnest(records) from master.decision where cs = :cs
union select record_id from master.membership where from_cs = :cs
"""

_KNOWN = """
select p.id, case when d.actor = :user then greatest(p.touched_cs, :seen) else :seen end as known
from master.party p left join master.decision d on d.cs = p.touched_cs
where p.id in (select party_id from master.membership where record_id = any(:records) and to_cs = :open)
"""

_COUNT = """
select count(*) from master.membership where to_cs = :open and party_id in (
  select party_id from master.membership where record_id = any(:records) and to_cs = :open)
"""
