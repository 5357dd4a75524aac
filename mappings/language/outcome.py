"""What a mapping makes of one raw document."""

from __future__ import annotations

from dataclasses import dataclass

from mappings.canonical import CanonicalRecord


@dataclass(frozen=True, slots=True)
class Mapped:
    """The document became these canonical records, at least one."""

    records: tuple[CanonicalRecord, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """No record can be made of the document; it becomes a dead letter.

    Args:
        code: stable snake_case word: ``rule``, ``no_key``, ``unreadable_value``, ``unseen_code``.
        field: source column concerned (several joined by ``, ``), empty if the whole document is.
        message: one sentence that says what is wrong, without the value.
        remedy: what to do about it.
    """

    code: str
    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Filtered:
    """The document is deliberately left out."""

    reason: str


Outcome = Mapped | Rejected | Filtered


def fate(outcome: Outcome) -> str:
    """Say in words what becomes of a document.

    >>> fate(Filtered("test account"))
    'filtered: test account'
    """
    match outcome:
        case Rejected():
            return f"rejected: {outcome.message}"
        case Filtered(reason):
            return f"filtered: {reason}"
        case Mapped():
            return "mapped"
