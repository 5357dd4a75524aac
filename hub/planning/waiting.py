"""What would wait for people then: dead letters of rows, and the stewards' tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

Place = tuple[int, int, str, str]
"""Landing batch, row there, kind and cause of a dead letter: a row refused for another cause is news."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter of a landed row, without its content."""

    system: str
    stream: str
    kind: str
    cause: str
    origin: str
    message: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits now: dead letters by their place, and kinds of open tasks by the task's number."""

    letters: Mapping[Place, Letter]
    tasks: Mapping[int, str]


@dataclass(slots=True)
class Letters:
    """Dead letters that have the same cause.

    Args:
        system: code of the system.
        stream: its stream.
        kind: rejected or quarantined.
        cause: code of the reject, or the quality rule.
        count: how many.
        message: what one of them says.
        origins: file and row, or model and id, of some.
    """

    system: str
    stream: str
    kind: str
    cause: str
    count: int = 0
    message: str = ""
    origins: list[str] = field(default_factory=list)


_ORIGINS = 5


def waiting(db: Connection) -> Waiting:
    """Read what waits for people."""
    letters = {
        (row.batch_id, row.row_no, row.kind, row.cause): Letter(
            row.system, row.stream, row.kind, row.cause, row.origin, row.message
        )
        for row in db.execute(text(_LETTERS))
    }
    return Waiting(letters, {row.id: row.kind for row in db.execute(text(_TASKS))})


def letters_missing(of: Waiting, other: Waiting) -> list[Letters]:
    """List, by cause, the dead letters of one state that the other does not have."""
    found: dict[tuple[str, str, str, str], Letters] = {}
    for place in _without(of.letters, other.letters):
        letter = of.letters[place]
        key = (letter.system, letter.stream, letter.kind, letter.cause)
        group = found.setdefault(key, Letters(*key, message=letter.message))
        group.count += 1
        if len(group.origins) < _ORIGINS:
            group.origins.append(letter.origin)
    return list(found.values())


def tasks_missing(of: Waiting, other: Waiting) -> dict[str, int]:
    """Count, by kind, the open tasks of one state that the other does not have."""
    return dict(Counter(kind for number, kind in of.tasks.items() if number not in other.tasks).most_common())


def _without(places: Collection[Place], others: Collection[Place]) -> list[Place]:
    return [place for place in places if place not in others]


_LETTERS = """
select p.batch_id, d.row_no, d.kind, d.cause, d.system, d.stream, d.origin, d.message
from hub.dead_letter d join hub.mapping_pass p on p.id = d.pass_id
where d.settled_us is null order by d.id
"""

_TASKS = """
select t.id, p.kind from master.task t join master.proposal p on p.id = t.proposal_id
where t.state not in ('done','obsolete') order by t.id
"""
