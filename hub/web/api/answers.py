"""What the API answers about customers and decisions, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(from_attributes=True)


class Found(Answer):
    """A customer that was found; ``former``: the former number that led to it."""

    number: str = Field(examples=["CM-KRVQ-KEBX-N"])
    kind: str = Field(examples=["organisation"])
    name: str = Field(examples=["深圳市华强电子有限公司"])
    english_name: str
    uscc: str
    city: str
    records: int
    matched: str = Field(description="what of it was found", examples=["name"])
    former: str


class Origin(Answer):
    """The version of a source record that a value comes from, the mapping that read it, the landed row it was in."""

    record: int
    name: str = Field(description="system/record type/key", examples=["erp/party/12"])
    version: int
    position: str
    place: str = Field(description="file and row, or model and id, in the source")
    batch: int
    row: int
    mapping: str = Field(description="hash of the mapping document")


class Value(Answer):
    """An agreed value, the rule that chose it and its origin; ``pin``: a steward fixed it."""

    value: Any
    rule: str
    why: str
    candidates: int | None
    pin: int | None
    origin: Origin | None = Field(description="null if it comes from several records, or from one of another unit")


class Record(Answer):
    """A source record of a customer; ``record`` is what decisions name."""

    record: int
    name: str = Field(examples=["scm/ship_to/S001"])
    joined_by: str
    position: str
    origin: str
    version: int | None
    taken_back: bool


class RecordContent(Record):
    """A source record with what it says."""

    content: dict[str, Any] | None


class Relation(Answer):
    """What a record of the customer is to a record of another one."""

    type: str
    outgoing: bool
    record_id: int
    other_record_id: int
    other_id: str | None = Field(description="number of the other customer")
    share: float | None
    effective_from: str | None
    effective_to: str | None
    decision_id: int


class Consent(Answer):
    """A word about one purpose that holds; ``granted`` allows, ``refused`` and ``withdrawn`` forbid."""

    purpose: str = Field(description="in the source's words")
    channel: str | None = Field(description="`null`: all channels of which nothing newer is said")
    point: str = Field(description="the telephone number or mail address it is about; empty: all")
    state: str
    since: str = Field(description="when it was said, UTC")
    until: str | None = Field(description="last day on which it holds")
    source: str = Field(description="the record that says it: `system/type/key`")


class Consents(Answer):
    """What a customer allows and forbids today."""

    items: list[Consent]
    refused: dict[str, list[str]] = Field(description="agreed contact point -> purposes for which it must not be used")
    masked: bool


class Pin(Answer):
    """A value that a steward fixed; it goes where ``record`` goes."""

    pin: int
    attribute: str
    value: Any
    mode: str
    expires: str | None
    record: int
    decision: int
    who: str


class Customer(Answer):
    """A customer at a commit."""

    number: str = Field(examples=["CM-KRVQ-KEBX-N"])
    kind: str
    status: str
    etag: str | None = Field(description="as in the header; null for a past state, which no act can build on")
    commit: int
    at: str = Field(description="time of the commit, UTC")
    masked: bool = Field(description="personal data is hidden")
    values: dict[str, Value]
    conflicts: list[dict[str, Any]]
    records: list[Record]
    records_elsewhere: int = Field(description="records in units that the user does not see")
    relations: list[Relation]
    pins: list[Pin]


class Reason(Answer):
    """One step of the comparison with a candidate; the weights in bits add up."""

    attribute: str
    level: str
    weight: float
    en: str
    zh: str


class Candidate(Answer):
    """A customer that a draft may be."""

    number: str = Field(examples=["CM-KRVQ-KEBX-N"])
    name: str
    etag: str
    band: str = Field(description="match, review (ask a person) or related (another one with something in common)")
    probability: float = Field(ge=0, le=1)
    weight: float = Field(description="evidence in bits")
    sentence: str
    record: str = Field(description="the record that fits best")
    why: list[Reason]


class Candidates(Answer):
    """The customers that a draft may be, the likeliest first."""

    candidates: list[Candidate]


class Event(Answer):
    """Something that happened to a customer; the events of a merge or split name the others in ``customers``."""

    cursor: str = Field(description="commit and place within it", examples=["1042.0"])
    type: str = Field(examples=["merged"])
    customer: str
    customers: list[str]
    at: str


class Feed(Answer):
    """Events in the order of commits; ``next`` is where to go on, also when there are none."""

    events: list[Event]
    next: str = Field(examples=["1042.3"])
    more: bool = Field(description="there are more already")


class Offset(Answer):
    """How far a consumer has come."""

    consumer: str
    cursor: str


class Changed(Answer):
    """A customer that an act changed, with its new ETag."""

    number: str = Field(examples=["CM-KRVQ-KEBX-N"])
    etag: str = Field(examples=['"1043"'])


class Outcome(Answer):
    """What an act has made: `commit` is what undoes it; `ended` are numbers not in use any more."""

    decision: int
    commit: int
    verdict: str
    customers: list[Changed]
    ended: list[str]


class Decision(Answer):
    """A decision as it stands in the log."""

    decision: int
    commit: int
    verdict: str
    records: list[int]
    detail: dict[str, Any]
    who: str
    second: str | None
    reason: str
    when: str
    undoes_commit: int | None
    stands: bool
    undone_by: int | None


class Act(Answer):
    """The decision of a change."""

    decision_id: int
    verdict: str
    actor: str
    second_actor: str | None
    reason_code: str
    reason: str
    source: str
    undoes_cs: int | None
    undone_cs: int | None


class Move(Answer):
    """A record that joined, left, was taken back by its source (`gone`) or came back (`returned`)."""

    record: str
    what: str
    customer: str
    other: str | None
    by: str


class ValueChange(Answer):
    """An agreed value that became another one."""

    customer: str
    attribute: str
    before: Any
    after: Any
    why: str
    record: str | None


class Effect(Answer):
    """A constraint, relation or pin that a decision put in force or ended."""

    what: str
    kind: str
    opened: bool
    records: list[str]
    decision_id: int


class Happened(Answer):
    """An event of a change."""

    type: str
    customer: str


class Change(Answer):
    """One change set, as far as it is about the customer; `commit` is what undoes it."""

    commit: int
    at: str
    kind: str
    who: str
    who_kind: str
    decision: Act | None
    moves: list[Move]
    values: list[ValueChange]
    effects: list[Effect]
    events: list[Happened]


class TaskState(Answer):
    """Where a task stands; `version` is what the next act on it names."""

    task: int
    kind: str = Field(examples=["merge"])
    queue: str
    state: str = Field(examples=["claimed"])
    priority: int
    value_at_risk: int
    created: str
    due: str
    escalations: int
    assignee: str | None
    lease_until: str | None
    snoozed_until: str | None
    proposed_by: str | None
    version: int
    records: list[int]


class TaskEvent(Answer):
    """Something that happened to a task."""

    at: str
    kind: str
    who: str
    detail: dict[str, Any]
    commit: int | None


class Task(TaskState):
    """A task with its question, the verdict that waits for a second person, and what happened to it."""

    detail: dict[str, Any]
    verdict: dict[str, Any] | None
    events: list[TaskEvent]


class Claimed(Answer):
    """The next task, or `null` if there is nothing to do."""

    task: TaskState | None


class Waiting(Answer):
    """How much waits in a queue."""

    queue: str
    waiting: int
    overdue: int
