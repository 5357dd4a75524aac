"""Work: what waits for the reader and for everybody, taking the next task, passing it on, agreeing as second person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from customer_master.stewardship import four_eyes, queue, tasks
from customer_master.stewardship.queue import Task
from customer_master.store import parties, public_id
from customer_master.store.clock import now_us
from hub.web import queries
from hub.web.access import SignedIn, needs
from hub.web.api.verdicts import Verdict, customers_of, records_of
from hub.web.colleagues import colleagues, demand_colleague, questions_to
from hub.web.deciding import approve, kept_verdict
from hub.web.errors import InputError
from hub.web.formats import ZONE_COOKIE, zone
from hub.web.installation import Hub
from hub.web.rendering import page, see

router = APIRouter(prefix="/tasks", dependencies=[needs("steward")])

PAIRS = ("merge", "reconsider", "id_clash", "relation")
"""Questions that are answered by comparing two records; all others on the customer's page."""

_FIRST = 2**31 - 1
_MORNING = time(8)

Id = Annotated[int, Path(ge=1, le=queries.LARGEST_ID)]
QueueName = Annotated[str, Field(max_length=50)]


class Asked(BaseModel):
    """Which queue is wanted, and behind which task of it the list goes on."""

    queue: QueueName = ""
    priority: Annotated[int, Field(ge=-(2**31), le=_FIRST)] = _FIRST
    after: Annotated[int, Field(ge=0, le=queries.LARGEST_ID)] = 0


class Looked(BaseModel):
    """The version of the task that was looked at."""

    version: Annotated[int, Field(ge=1, lt=2**31)]


class Said(Looked):
    """Something written about a task."""

    text: Annotated[str, Field(max_length=tasks.LONGEST_TEXT)]


class Handed(Looked):
    """To whom a task is passed on."""

    to: Annotated[str, Field(max_length=64)]


class Question(Said):
    """What is asked, and of whom."""

    of: Annotated[str, Field(max_length=64)]


class Until(Looked):
    """The day on which a task comes back."""

    day: Annotated[str, Field(max_length=10)]


@router.get("")
def show(request: Request, user: SignedIn, hub: Hub, asked: Annotated[Asked, Query()]) -> Response:
    """Show one's own tasks, what waits queue by queue, and the tasks of one queue."""
    policy = hub.master().documents.stewardship
    with hub.begin() as db:
        mine = queue.mine(db, user.name)
        asked_me = questions_to(db, user.viewer)
        waiting = queue.waiting(db, policy, user.viewer)
        second: list[Task] = []
        free: list[Task] = []
        if asked.queue in policy.queues:
            second = queue.listed(db, user.viewer, asked.queue, state="awaiting_second", limit=queries.PAGE)
            after = (asked.priority, asked.after)
            free = queue.listed(db, user.viewer, asked.queue, limit=queries.PAGE, after=after)
        shown = (*asked_me, *mine, *second, *free)
        names = queries.record_names(db, user.viewer, {r for t in shown for r in t.records[:2]})
    more = free[-1] if len(free) == queries.PAGE else None
    return page(
        request, "tasks.html", asked_me=asked_me, mine=mine, waiting=waiting, chosen=asked.queue,
        listed=[*second, *free], names=names, more=more, now=now_us(),
    )  # fmt: skip


@router.post("/next")
def take_next(
    request: Request, user: SignedIn, hub: Hub, queue_name: Annotated[str, Form(alias="queue", max_length=50)] = ""
) -> Response:
    """Take the most urgent task that is free."""
    policy = hub.master().documents.stewardship
    queues = [queue_name] if queue_name in policy.queues else None
    with hub.begin() as db:
        found = queue.next_task(db, policy, user.viewer, queues)
    return see(request, "/tasks" if found is None else f"/tasks/{found.id}")


@router.get("/{task}")
def show_task(request: Request, user: SignedIn, hub: Hub, task: Id) -> Response:
    """Show a task: what is asked, about whom, what happened to it, and what can be done."""
    with hub.begin() as db:
        found = queue.load(db, user.viewer, task)
        events = queue.log(db, task)
        waits = kept_verdict(found.verdict)[0] if found.verdict is not None else None
        records = {*found.records, *(_about(db, waits) if waits is not None else ())}
        names = queries.record_names(db, user.viewer, records)
        others = colleagues(db, task, user.name)
    is_pair = found.kind in PAIRS and len(found.records) == 2
    pair = "-".join(map(str, sorted(found.records))) if is_pair else ""
    return page(
        request, "task.html", task=found, events=events, names=names, pair=pair, waits=waits, others=others,
        question=next((e for e in events if e.kind == "asked"), None), now=now_us(),
    )  # fmt: skip


@router.post("/{task}/take")
def take(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Looked, Form()]) -> Response:
    """Take a certain task."""
    policy = hub.master().documents.stewardship
    with hub.begin() as db:
        tasks.take(db, policy, user.viewer, task, form.version)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/hand-back")
def hand_back(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Looked, Form()]) -> Response:
    """Give one's own task back to everybody."""
    with hub.begin() as db:
        tasks.hand_back(db, user.viewer, task, form.version)
    return see(request, "/tasks")


@router.post("/{task}/comment")
def comment(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Said, Form()]) -> Response:
    """Write something beside a task."""
    words = _words(form.text)
    with hub.begin() as db:
        tasks.comment(db, user.viewer, task, words)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/assign")
def assign(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Handed, Form()]) -> Response:
    """Make a task a colleague's."""
    with hub.begin() as db:
        queue.load(db, user.viewer, task)
        demand_colleague(db, task, user.name, form.to)
        tasks.assign(db, user.viewer, task, form.to, form.version)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/ask")
def ask(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Question, Form()]) -> Response:
    """Ask a colleague; the task stays one's own and waits for the answer."""
    words = _words(form.text)
    with hub.begin() as db:
        queue.load(db, user.viewer, task)
        demand_colleague(db, task, user.name, form.of)
        tasks.ask(db, user.viewer, task, words, of=form.of, version=form.version)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/answer")
def answer(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Said, Form()]) -> Response:
    """Answer a colleague's question."""
    words = _words(form.text)
    with hub.begin() as db:
        tasks.answer(db, user.viewer, task, words)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/snooze")
def snooze(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Until, Form()]) -> Response:
    """Put a task off until the morning of a day."""
    policy = hub.master().documents.stewardship
    try:
        day = datetime.combine(date.fromisoformat(form.day), _MORNING, zone(request.cookies.get(ZONE_COOKIE, "")))
        with hub.begin() as db:
            tasks.snooze(db, policy, user.viewer, task, int(day.timestamp() * 1_000_000), form.version)
    except ValueError:
        what = "The task cannot be put off until then"
        raise InputError(what, "Choose a day to come that is not too far away") from None
    return see(request, "/tasks")


@router.post("/{task}/approve")
def agree(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Looked, Form()]) -> Response:
    """Agree to what another steward has decided; it is carried out at once."""
    approve(hub, user.viewer, task, form.version)
    return see(request, f"/tasks/{task}")


@router.post("/{task}/reject")
def reject(request: Request, user: SignedIn, hub: Hub, task: Id, form: Annotated[Said, Form()]) -> Response:
    """Reject what another steward has decided, or take one's own verdict back."""
    words = _words(form.text)
    with hub.begin() as db:
        four_eyes.reject(db, user.viewer, task, words, form.version)
    return see(request, f"/tasks/{task}")


def _words(text: str) -> str:
    if not text.strip():
        raise InputError("Nothing was written", "Write at least a word")
    return text


def _about(db: Connection, verdict: Verdict) -> Collection[int]:
    """List the records that a verdict is about: those it names, and those of the customers it names."""
    members = parties.members_of(db, [public_id.decode(number) for number in customers_of(verdict)])
    return records_of(verdict) | {record for own in members.values() for record in own}
