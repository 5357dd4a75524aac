"""The match policy: how much each level of agreement says, and where the bands begin."""

from __future__ import annotations

from math import log2

from pydantic import Field, field_validator, model_validator

from customer_master.policies.documents import Document, read_document
from customer_master.resolution.comparison import LEVELS
from mappings.canonical import Kind


class LevelModel(Document):
    """One level of one attribute.

    Args:
        m: probability of the level among records of one party.
        u: probability of the level among candidate pairs of different parties.
    """

    m: float = Field(gt=0, lt=1)
    u: float = Field(gt=0, lt=1)

    @property
    def weight(self) -> float:
        """Evidence in bits: log2(m/u), after Fellegi and Sunter 1969."""
        return log2(self.m / self.u)


class KindPolicy(Document):
    """How parties of one kind are matched.

    Args:
        prior: probability that a candidate pair is one party, before it is looked at.
        match: from this weight in bits on, records are the same party.
        review: from this weight on, a person has to look.
        attributes: attribute -> level -> m and u; a level not named weighs nothing.
    """

    prior: float = Field(gt=0, lt=1)
    match: float
    review: float
    attributes: dict[str, dict[str, LevelModel]]

    @field_validator("attributes")
    @classmethod
    def _known_levels(cls, attributes: dict[str, dict[str, LevelModel]]) -> dict[str, dict[str, LevelModel]]:
        for attribute, levels in attributes.items():
            if attribute not in LEVELS:
                raise ValueError(f"unknown attribute {attribute!r}; there are {', '.join(LEVELS)}")
            known = [level.name.lower() for level in LEVELS[attribute]][1:]
            for level in levels:
                if level not in known:
                    raise ValueError(f"{attribute} has no level {level!r}; there are {', '.join(known)}")
        return attributes

    @model_validator(mode="after")
    def _bands_in_order(self) -> KindPolicy:
        if self.review > self.match:
            raise ValueError("review begins above match; lower it")
        return self

    def weight(self, attribute: str, level: int) -> float:
        """Give the weight of a level in bits; 0 if there is nothing to compare."""
        if level == 0:
            return 0.0
        model = self.attributes.get(attribute, {}).get(LEVELS[attribute](level).name.lower())
        return model.weight if model else 0.0


class MatchPolicy(Document):
    """The match document.

    Args:
        version: layout of the document, 1.
        max_size: largest number of records of one party; beyond it something is wrong with the evidence.
        linkage: least average weight in bits between two groups of records that are joined.
        kinds: one policy for each kind of party.
    """

    version: int
    max_size: int = Field(gt=1)
    linkage: float
    kinds: dict[Kind, KindPolicy]

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, kinds: dict[Kind, KindPolicy]) -> dict[Kind, KindPolicy]:
        missing = [kind.value for kind in Kind if kind not in kinds]
        if missing:
            raise ValueError(f"no policy for {', '.join(missing)}; add it")
        return kinds


def load_policy(text: str) -> MatchPolicy:
    """Read a match document.

    Raises:
        PolicyError: it cannot be used; the message says where and why.
    """
    return read_document(text, MatchPolicy, "match policy")
