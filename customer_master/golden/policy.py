"""The survivorship policy: which rule decides which value survives."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from customer_master.policies.documents import Document, read_document


class Step(StrEnum):
    """One step of a survivorship rule: it keeps the best of the values still standing."""

    VALID_FIRST = "valid_first"
    SOURCE_RANK = "source_rank"
    MOST_RECENT = "most_recent"
    MOST_FREQUENT = "most_frequent"
    MOST_COMPLETE = "most_complete"
    LONGEST = "longest"


class Rule(Document):
    """How one attribute survives.

    Args:
        steps: applied in order until one value is left; the fixed end is system, native key, version id.
        critical: a value that loses and really differs is a material conflict, not a cosmetic one.
    """

    steps: tuple[Step, ...]
    critical: bool = False

    @field_validator("steps")
    @classmethod
    def _each_step_once(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if len(set(steps)) != len(steps):
            raise ValueError("a step is named twice")
        return steps


class Rules(Document):
    """One rule for each attribute with a single surviving value. An address survives as a whole."""

    name: Rule
    english_name: Rule
    short_name: Rule
    uscc: Rule
    phone: Rule
    email: Rule
    address: Rule


class SurvivorshipPolicy(Document):
    """The survivorship document.

    Args:
        version: layout of the document, 1.
        sources: systems, or ``system/record_type``, from the most to the least trusted; one not named comes last.
        rules: rule of each attribute.
    """

    version: int
    sources: tuple[str, ...]
    rules: Rules

    def rank(self, system: str, record_type: str) -> int:
        """Tell how far down the list of trust a source stands; 0 is the most trusted."""
        for name in (f"{system}/{record_type}", system):
            if name in self.sources:
                return self.sources.index(name)
        return len(self.sources)


def load_policy(text: str) -> SurvivorshipPolicy:
    """Read a survivorship document.

    Raises:
        PolicyError: it cannot be used; the message says where and why.
    """
    return read_document(text, SurvivorshipPolicy, "survivorship policy")
