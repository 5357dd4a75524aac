"""What stands in the way of a steward's act; the class says what the caller does next.

``what`` says what is wrong, without personal data; ``remedy`` what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class StewardshipError(Exception):
    """An act that was not done; nothing has changed.

    Args:
        what: what is wrong.
        remedy: what to do.
    """

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")


class DecisionRefusedError(StewardshipError):
    """What stands, or the nature of the records, forbids it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One earlier decision that bears on two records.

    Args:
        decision_id: its number; 0: the hub itself made the one record for the other.
        verdict: what was decided.
        actor: who decided.
        at_us: when, UTC microseconds since 1970.
        lo: the one record.
        hi: the other.
    """

    decision_id: int
    verdict: str
    actor: str
    at_us: int
    lo: int
    hi: int


class ContradictionError(DecisionRefusedError):
    """Earlier decisions say the opposite.

    Args:
        what: what is wrong.
        remedy: what to do.
        chain: the shortest chain of earlier decisions that contradicts the act.
    """

    def __init__(self, what: str, remedy: str, chain: Sequence[Link]) -> None:
        super().__init__(what, remedy)
        self.chain = tuple(chain)


class InTheWayError(DecisionRefusedError):
    """Later decisions build on the change that was to be taken back.

    Args:
        what: what is wrong.
        remedy: what to do.
        decisions: numbers of the later decisions.
    """

    def __init__(self, what: str, remedy: str, decisions: Sequence[int]) -> None:
        super().__init__(what, remedy)
        self.decisions = tuple(decisions)


class StaleError(StewardshipError):
    """Somebody changed what the caller looked at; it should look again.

    Args:
        what: what is wrong.
        remedy: what to do.
        current: customer -> version it has now.
    """

    def __init__(self, what: str, remedy: str, current: Mapping[int, int]) -> None:
        super().__init__(what, remedy)
        self.current = dict(current)


class UnknownError(StewardshipError):
    """There is no such customer, record, decision, pin or task."""


class RetiredError(StewardshipError):
    """The customer number is not in use any more.

    Args:
        what: what is wrong.
        remedy: what to do.
        successors: customer numbers that have its records now.
    """

    def __init__(self, what: str, remedy: str, successors: Sequence[str]) -> None:
        super().__init__(what, remedy)
        self.successors = tuple(successors)


class NotAllowedError(StewardshipError):
    """This person may not do it."""


class InvalidError(StewardshipError):
    """What was given cannot be used as it is."""


class SecondNeededError(NotAllowedError):
    """Nobody may decide this alone; a second person has to approve it first."""
