"""Tasks of stewards: what waits, taking the next one, putting it off, answering it, approving an answer."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from customer_master.stewardship import four_eyes, queue, tasks
from hub.web.access import needs
from hub.web.api import deciding, paging
from hub.web.api.access import Sees
from hub.web.api.answers import Claimed, Outcome, Task, TaskEvent, TaskState, Waiting
from hub.web.api.deciding import state
from hub.web.api.decisions import SECOND
from hub.web.api.once import OnlyOnce
from hub.web.api.paging import LARGEST_ID, Cursor, Limit, Page
from hub.web.api.routing import api_router, refusals
from hub.web.api.times import iso, microseconds
from hub.web.api.verdicts import AnyVerdict, IfMatch
from hub.web.colleagues import demand_colleague
from hub.web.deciding import Answering
from hub.web.installation import Hub

router = api_router("tasks", dependencies=[needs("steward")])

Id = Annotated[int, Path(ge=1, lt=LARGEST_ID, description="number of the task")]
QueueName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,50}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=tasks.LONGEST_TEXT)]
UserName = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["li"])]
_ACT = refusals(404, 409, 411, 412, 413)


class Looked(BaseModel):
    """The version of the task that was looked at."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int | None, Field(ge=1, lt=2**31, description="none: whichever it has")] = None


class From(BaseModel):
    """The queues to take from; none: all."""

    model_config = ConfigDict(extra="forbid")

    queues: Annotated[list[QueueName] | None, Field(max_length=20)] = None


class Comment(BaseModel):
    """Something written beside a task."""

    model_config = ConfigDict(extra="forbid")

    text: Words


class Handed(Looked):
    """To whom a task is given."""

    to: UserName


class Question(Looked):
    """What is asked, and of whom."""

    of: UserName
    text: Words


class Snooze(Looked):
    """Until when a task is put off."""

    until: AwareDatetime


class Answered(Looked):
    """The verdict that answers a task."""

    verdict: AnyVerdict


class Rejected(Looked):
    """Why a verdict is rejected."""

    reason: Words


@router.get("/queues", operation_id="listQueues")
def queues(hub: Hub, viewer: Sees) -> list[Waiting]:
    """Count what waits, queue by queue."""
    policy = hub.master().documents.stewardship
    with hub.begin() as db:
        return [Waiting.model_validate(w) for w in queue.waiting(db, policy, viewer)]


@router.get("/tasks", operation_id="listTasks")
def list_queue(
    hub: Hub,
    viewer: Sees,
    name: Annotated[QueueName, Query(alias="queue")],
    waiting: Annotated[Literal["open", "awaiting_second"], Query(alias="state")] = "open",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[TaskState]:
    """List the tasks of a queue that nobody works on, the most urgent first."""
    behind = paging.read(cursor, int, int)
    after = (max(-(2**31), min(behind[0], 2**31 - 1)), behind[1]) if behind else None
    with hub.begin() as db:
        found = queue.listed(db, viewer, name, state=waiting, limit=limit + 1, after=after)
    page = paging.page(found, limit, lambda t: (t.priority, t.id))
    return Page(items=[state(t) for t in page.items], next=page.next)


@router.get("/tasks/{task}", operation_id="getTask", responses=refusals(404))
def show(hub: Hub, viewer: Sees, task: Id) -> Task:
    """Show a task with its question and what happened to it."""
    with hub.begin() as db:
        found = queue.load(db, viewer, task)
        events = queue.log(db, task)
    return Task(
        **state(found).model_dump(),
        detail=dict(found.detail),
        verdict=dict(found.verdict) if found.verdict is not None else None,
        events=[_event(e) for e in events],
    )


@router.post("/tasks/next", operation_id="nextTask", response_model=Claimed, responses=_ACT)
def take_next(body: From, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Take the most urgent task that is free; of two who ask at once each gets another one."""

    def act() -> tuple[int, BaseModel]:
        policy = hub.master().documents.stewardship
        with hub.begin() as db:
            found = queue.next_task(db, policy, viewer, body.queues)
        return 200, Claimed(task=state(found) if found is not None else None)

    return once.answer(body, act)


@router.post("/tasks/{task}/take", operation_id="takeTask", response_model=TaskState, responses=_ACT)
def take(task: Id, body: Looked, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Take a certain task, or prolong one's own."""

    def act() -> tuple[int, BaseModel]:
        policy = hub.master().documents.stewardship
        with hub.begin() as db:
            return 200, state(tasks.take(db, policy, viewer, task, body.version))

    return once.answer(body, act)


@router.post("/tasks/{task}/hand-back", operation_id="handBackTask", response_model=TaskState, responses=_ACT)
def hand_back(task: Id, body: Looked, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Give one's own task back to everybody."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            return 200, state(tasks.hand_back(db, viewer, task, body.version))

    return once.answer(body, act)


@router.post("/tasks/{task}/comment", operation_id="commentTask", response_model=TaskState, responses=_ACT)
def comment(task: Id, body: Comment, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Write something beside a task."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            tasks.comment(db, viewer, task, body.text)
            return 200, state(queue.load(db, viewer, task))

    return once.answer(body, act)


@router.post("/tasks/{task}/assign", operation_id="assignTask", response_model=TaskState, responses=_ACT)
def assign(task: Id, body: Handed, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Give a task to another steward, who must see all of its records."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            queue.load(db, viewer, task)
            demand_colleague(db, task, viewer.user, body.to)
            return 200, state(tasks.assign(db, viewer, task, body.to, body.version))

    return once.answer(body, act)


@router.post("/tasks/{task}/ask", operation_id="askAboutTask", response_model=TaskState, responses=_ACT)
def ask(task: Id, body: Question, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Ask another steward; the task stays one's own and waits for the answer."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            queue.load(db, viewer, task)
            demand_colleague(db, task, viewer.user, body.of)
            return 200, state(tasks.ask(db, viewer, task, body.text, of=body.of, version=body.version))

    return once.answer(body, act)


@router.post("/tasks/{task}/answer", operation_id="answerQuestion", response_model=TaskState, responses=_ACT)
def answer(task: Id, body: Comment, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Answer the question for which a task waits."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            return 200, state(tasks.answer(db, viewer, task, body.text))

    return once.answer(body, act)


@router.post("/tasks/{task}/snooze", operation_id="snoozeTask", response_model=TaskState, responses=_ACT)
def snooze(task: Id, body: Snooze, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Put a task off until a time."""

    def act() -> tuple[int, BaseModel]:
        policy = hub.master().documents.stewardship
        until = microseconds(body.until.isoformat())
        with hub.begin() as db:
            return 200, state(tasks.snooze(db, policy, viewer, task, until, body.version))

    return once.answer(body, act)


@router.post(
    "/tasks/{task}/decide",
    operation_id="decideTask",
    response_model=Outcome,
    responses=SECOND | _ACT | refusals(410, 428),
)
def decide(task: Id, body: Answered, hub: Hub, viewer: Sees, once: OnlyOnce, if_match: IfMatch = None) -> Response:
    """Answer a task with a verdict, see `POST /decisions`."""
    return once.answer(
        body,
        lambda: deciding.decide(hub, viewer, body.verdict, if_match=if_match, answering=Answering(task, body.version)),
    )


@router.post(
    "/tasks/{task}/approve", operation_id="approveTask", response_model=Outcome, responses=_ACT | refusals(410)
)
def approve(task: Id, body: Looked, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Approve what another steward has decided; it is carried out at once."""
    return once.answer(body, lambda: deciding.approve(hub, viewer, task, body.version))


@router.post("/tasks/{task}/reject", operation_id="rejectTask", response_model=TaskState, responses=_ACT)
def reject(task: Id, body: Rejected, hub: Hub, viewer: Sees, once: OnlyOnce) -> Response:
    """Reject what another steward has decided, or take one's own verdict back."""

    def act() -> tuple[int, BaseModel]:
        with hub.begin() as db:
            return 200, state(four_eyes.reject(db, viewer, task, body.reason, body.version))

    return once.answer(body, act)


def _event(event: queue.TaskEvent) -> TaskEvent:
    return TaskEvent(at=iso(event.at_us), kind=event.kind, who=event.actor, detail=dict(event.detail), commit=event.cs)
