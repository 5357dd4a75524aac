"""The match policy: how much each level of agreement says, and where the bands begin."""

from __future__ import annotations

from enum import IntEnum
from math import log2

from pydantic import Field, field_validator, model_validator

from customer_master.policies.documents import Document, read_document
from customer_master.resolution.levels import ATTRIBUTES, levels_of
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

    @model_validator(mode="after")
    def _bands_in_order(self) -> KindPolicy:
        if self.review > self.match:
            raise ValueError("review begins above match; lower it")
        return self

    def weight(self, attribute: str, level: IntEnum) -> float:
        """Give the weight of a level in bits; 0 if there is nothing to compare."""
        model = self.attributes.get(attribute, {}).get(level.name.lower()) if level else None
        return model.weight if model else 0.0

    def probability(self, weight: float) -> float:
        """Give the probability of one party for an evidence in bits, after the prior."""
        log_odds = weight + log2(self.prior / (1 - self.prior))
        return float(1 / (1 + 2.0 ** -max(min(log_odds, 60.0), -60.0)))


class MatchPolicy(Document):
    """The match document.

    Args:
        version: layout of the document, 1.
        max_size: largest number of records of one party; beyond it something is wrong with the evidence.
        linkage: bits from which a pair of records speaks for one group.
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

    @field_validator("kinds")
    @classmethod
    def _known_levels(cls, kinds: dict[Kind, KindPolicy]) -> dict[Kind, KindPolicy]:
        for kind, policy in kinds.items():
            for attribute, levels in policy.attributes.items():
                if attribute not in ATTRIBUTES:
                    raise ValueError(f"{kind}: unknown attribute {attribute!r}; there are {', '.join(ATTRIBUTES)}")
                known = [level.name.lower() for level in levels_of(kind)[attribute]][1:]
                for level in levels:
                    if level not in known:
                        raise ValueError(f"{kind}: {attribute} has no level {level!r}; there are {', '.join(known)}")
        return kinds


def load_policy(text: str) -> MatchPolicy:
    """Read a match document.

    Raises:
        PolicyError: it cannot be used; the message says where and why.
    """
    return read_document(text, MatchPolicy, "match policy")
