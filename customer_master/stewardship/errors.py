"""What stands in the way of a decision."""

from __future__ import annotations


class DecisionRefusedError(Exception):
    """A decision that contradicts what stands; the sentence says what, the remedy what to do about it.

    Args:
        what: what is wrong, without personal data.
        remedy: what to do.
    """

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")
