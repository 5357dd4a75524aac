"""Two records side by side: what decides first, what is equal folded away, and how the score came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection

from customer_master.resolution.explanation import Row, explain
from customer_master.resolution.policy import MatchPolicy
from customer_master.stewardship.reviews import Review
from hub.pipeline.pairs import Counts, frequencies
from mappings.canonical import from_payload

_FIELDS = {
    "name": "names",
    "identifier": "identifiers",
    "address": "addresses",
    "phone": "phones",
    "email": "emails",
    "contact": "contacts",
    "roles": "roles",
}
"""Compared attribute -> attribute of a party."""

_OF_THE_NAME = ("unit", "group")
"""Comparisons that read the name, too; they are shown with it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of both records.

    Args:
        attribute: such as ``phone``.
        left: what the one record says, stored form.
        right: what the other says.
        rows: the comparisons it took part in; none if one side is silent.
    """

    attribute: str
    left: Sequence[Any]
    right: Sequence[Any]
    rows: tuple[Row, ...]

    @property
    def weight(self) -> float:
        """Evidence in bits."""
        return sum(row.weight for row in self.rows)

    @property
    def equal(self) -> bool:
        """Both say exactly the same."""
        return list(self.left) == list(self.right)


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the waterfall: the score before and after it."""

    row: Row
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A review ready to be shown.

    Args:
        review: the pair.
        deciding: fields that differ, the weightiest first.
        equal: fields that agree to the letter.
        bars: the waterfall; its last end is the score.
        low: the least score on the way, for the scale.
        high: the highest.
    """

    review: Review
    deciding: tuple[Field, ...]
    equal: tuple[Field, ...]
    bars: tuple[Bar, ...]
    low: float
    high: float

    @property
    def total(self) -> float:
        """The score in bits."""
        return self.bars[-1].end if self.bars else 0.0


def compared(db: Connection, review: Review, policy: MatchPolicy) -> Compared:
    """Compare the two records of a review anew, with today's policy and frequencies.

    Args:
        db: connection.
        review: the pair.
        policy: the match document in force.
    """
    a, b = from_payload(review.left.payload), from_payload(review.right.payload)
    counts = Counts({h: n for h, (n, _) in frequencies(db, [review.lo, review.hi]).items()})
    rows = explain(a, b, policy, counts.__getitem__).rows
    fields = sorted(_fields(review, rows), key=lambda f: -abs(f.weight))
    ends = list(accumulate(row.weight for row in rows))
    bars = tuple(Bar(row, end - row.weight, end) for row, end in zip(rows, ends, strict=True))
    return Compared(
        review,
        tuple(f for f in fields if not f.equal),
        tuple(f for f in fields if f.equal),
        bars,
        min(0.0, *ends) if ends else 0.0,
        max(0.0, *ends) if ends else 0.0,
    )


def _fields(review: Review, rows: Sequence[Row]) -> list[Field]:
    fields = []
    for attribute, own in _FIELDS.items():
        left, right = review.left.payload.get(own, ()), review.right.payload.get(own, ())
        if left or right:
            names = (attribute, *_OF_THE_NAME) if attribute == "name" else (attribute,)
            fields.append(Field(attribute, left, right, tuple(r for r in rows if r.attribute in names)))
    return fields
