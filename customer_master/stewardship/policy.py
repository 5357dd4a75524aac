"""The stewardship policy: what people are asked, how soon they must answer, and what nobody decides alone."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator

from customer_master.policies.documents import Document, read_document

MINUTE_US = 60_000_000


class Kind(StrEnum):
    """What a proposal asks."""

    MERGE = "merge"
    SPLIT = "split"
    OVERLAY = "overlay"
    VALUE_CONFLICT = "value_conflict"
    RECONSIDER = "reconsider"
    ID_CLASH = "id_clash"
    RELATION = "relation"
    APPROVAL = "approval"


class EscalationStep(Document):
    """Where an overdue task goes.

    Args:
        after_minutes: minutes after it was due.
        to: the queue it moves to.
    """

    after_minutes: NonNegativeInt
    to: str


class Queue(Document):
    """One list of work.

    Args:
        kinds: the questions that come to it.
        due_minutes: minutes in which a task has to be done.
        urgency: points of priority that its tasks start with.
        escalation: what happens to its tasks when they are overdue, in order of time.
    """

    kinds: tuple[Kind, ...]
    due_minutes: PositiveInt
    urgency: NonNegativeInt = 0
    escalation: tuple[EscalationStep, ...] = ()

    @model_validator(mode="after")
    def _in_order_of_time(self) -> Queue:
        minutes = [step.after_minutes for step in self.escalation]
        if minutes != sorted(set(minutes)):
            raise ValueError("each step of the escalation has to come later than the one before")
        return self


class FourEyesRule(Document):
    """Verdicts that need a second person.

    Args:
        verdicts: which verdicts.
        value: from this value at risk on, whole units of the house currency.
        records: from this number of source records on.
    """

    verdicts: tuple[Literal["same", "different", "merge", "split", "related", "unrelated", "pin", "unpin", "undo"], ...]
    value: NonNegativeInt | None = None
    records: PositiveInt | None = None

    def applies(self, verdict: str, *, records: int, value: int) -> bool:
        """Tell whether a verdict meets the rule; one without limits is met always."""
        if verdict not in self.verdicts:
            return False
        reached = [value >= self.value] if self.value is not None else []
        reached += [records >= self.records] if self.records is not None else []
        return any(reached) or not reached


class Risk(Document):
    """What is at stake with a customer.

    Args:
        per_record: what each source record counts.
        closed_orders: states of orders that count nothing any more.
        currencies: units of the house currency for one unit of each; an order in another currency counts nothing.
    """

    per_record: NonNegativeInt
    closed_orders: tuple[str, ...]
    currencies: dict[str, NonNegativeFloat]


class Priority(Document):
    """How tasks are put in order.

    Args:
        value_per_point: value at risk that makes one point.
        most_for_value: points that value can make at most.
        per_bit: points for each bit of evidence that two records are one customer.
        per_escalation: points for each escalation.
    """

    value_per_point: PositiveInt
    most_for_value: NonNegativeInt
    per_bit: NonNegativeInt
    per_escalation: NonNegativeInt

    def points(self, *, urgency: int, value: int, bits: float) -> int:
        """Give the priority of a new task; more comes first."""
        return urgency + min(value // self.value_per_point, self.most_for_value) + round(self.per_bit * max(bits, 0.0))


class StewardshipPolicy(Document):
    """The stewardship document.

    Args:
        version: layout of the document, 1.
        lease_minutes: how long a claimed task is its steward's.
        longest_snooze_minutes: how long a task can be put off.
        pin_reminder_minutes: how long before the end of a pin its owner is asked.
        value_conflicts_from: value at risk from which differing values are a question.
        queues: name -> queue; each kind of question is in exactly one.
        four_eyes: verdicts that need a second person.
        risk: what is at stake with a customer.
        priority: how tasks are put in order.
    """

    version: Literal[1]
    lease_minutes: PositiveInt
    longest_snooze_minutes: PositiveInt
    pin_reminder_minutes: NonNegativeInt
    value_conflicts_from: NonNegativeInt
    queues: dict[str, Queue] = Field(min_length=1)
    four_eyes: tuple[FourEyesRule, ...] = ()
    risk: Risk
    priority: Priority

    @model_validator(mode="after")
    def _one_queue_for_each_kind(self) -> StewardshipPolicy:
        homes = Counter(kind for queue in self.queues.values() for kind in queue.kinds)
        wrong = [kind.value for kind in Kind if homes[kind] != 1]
        if wrong:
            raise ValueError(f"each kind of question needs one queue; look at {', '.join(wrong)}")
        return self

    @model_validator(mode="after")
    def _escalations_lead_somewhere(self) -> StewardshipPolicy:
        named = {step.to for queue in self.queues.values() for step in queue.escalation}
        if unknown := sorted(named - self.queues.keys()):
            raise ValueError(f"the escalation leads to a queue that does not exist: {', '.join(unknown)}")
        return self

    def home(self, kind: str) -> str:
        """Name the queue of a kind of question."""
        return next(name for name, queue in self.queues.items() if kind in queue.kinds)

    def needs_second(self, verdict: str, *, records: int, value: int) -> bool:
        """Tell whether a verdict needs a second person.

        Args:
            verdict: what is to be decided.
            records: source records of the customers it changes.
            value: value at risk with them, see :func:`customer_master.stewardship.risk.values_at_risk`.
        """
        return any(rule.applies(verdict, records=records, value=value) for rule in self.four_eyes)


def load_policy(text: str) -> StewardshipPolicy:
    """Read a stewardship document.

    Raises:
        PolicyError: it cannot be used; the message says where and why.
    """
    return read_document(text, StewardshipPolicy, "stewardship policy")
