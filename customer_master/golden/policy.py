"""The survivorship policy: which rule decides which value survives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from customer_master.golden.evidence import ATTRIBUTES
from customer_master.policies.documents import Document, read_document

Attribute = Literal["name", "english_name", "short_name", "uscc", "phone", "email", "address"]

VERSION = 2


class Step(StrEnum):
    """One step of a survivorship rule: it keeps the best of the values still standing, a filter perhaps none."""

    VALID_FIRST = "valid_first"
    ONLY_VALID = "only_valid"
    ACTIVE_FIRST = "active_first"
    SOURCE_RANK = "source_rank"
    TRUST = "trust"
    MOST_RECENT = "most_recent"
    OLDEST = "oldest"
    MOST_FREQUENT = "most_frequent"
    MOST_COMPLETE = "most_complete"
    LONGEST = "longest"
    SHORTEST = "shortest"
    UNANIMOUS = "unanimous"


class Curve(StrEnum):
    """How trust falls with age; each curve stands half-way between ``max`` and ``min`` after one half-life."""

    LINEAR = "linear"
    FAST_THEN_SLOW = "fast_then_slow"
    SLOW_THEN_FAST = "slow_then_fast"


class Trust(Document):
    """How far a source is trusted.

    Args:
        max: trust in a value that has just changed, 0 to 100.
        min: what is left of it in the end.
        half_life_days: days until half of the difference is lost; without it trust does not fall.
        curve: how it falls.
    """

    max: float = Field(ge=0, le=100)
    min: float = Field(ge=0, le=100)
    half_life_days: float | None = Field(default=None, gt=0)
    curve: Curve = Curve.FAST_THEN_SLOW

    @model_validator(mode="after")
    def _in_order(self) -> Trust:
        if self.min > self.max:
            raise ValueError("min lies above max; lower it")
        return self

    def after(self, days: float | None) -> float:
        """Tell the trust in a value of this age in days; one of unknown age has the least."""
        if self.half_life_days is None:
            return self.max
        if days is None:
            return self.min
        lives = days / self.half_life_days
        match self.curve:
            case Curve.LINEAR:
                left = max(0.0, 1 - lives / 2)
            case Curve.FAST_THEN_SLOW:
                left = 0.5**lives
            case Curve.SLOW_THEN_FAST:
                left = max(0.0, 1 - lives**2 / 2)
        return round(self.min + (self.max - self.min) * left, 3)


class Rule(Document):
    """How one attribute survives.

    Args:
        steps: applied in order until one value is left; the fixed end is system, native key, record type.
        critical: a value that loses and really differs is a material conflict, not a cosmetic one.
        sources: order of trust for this attribute alone; empty: the order of the document.
    """

    steps: tuple[Step, ...]
    critical: bool = False
    sources: tuple[str, ...] = ()

    @field_validator("steps")
    @classmethod
    def _each_step_once(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if twice := _twice(steps):
            raise ValueError(f"the step {twice} is named twice")
        return steps


class Group(Rule):
    """How several attributes survive together, all from one source record version.

    Args:
        attributes: what belongs together.
        fill: what the winning record lacks is filled from the others, each attribute by the same steps.
    """

    attributes: tuple[Attribute, ...] = Field(min_length=2)
    fill: bool = False

    @field_validator("steps")
    @classmethod
    def _no_unanimity(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if Step.UNANIMOUS in steps:
            raise ValueError("unanimous is for a single attribute; give these attributes rules of their own")
        return steps


class SurvivorshipPolicy(Document):
    """The survivorship document.

    Args:
        version: layout of the document, 2.
        sources: systems, or ``system/record_type``, from the most to the least trusted; one not named comes last.
        trust: the same names, each with its trust; one not named has none.
        copies_from: system -> systems whose values it copies. A copy is no independent witness.
        groups: attributes that survive together.
        rules: rule of each attribute that is in no group.
    """

    version: int
    sources: tuple[str, ...]
    trust: Mapping[str, Trust] = {}
    copies_from: Mapping[str, tuple[str, ...]] = {}
    groups: Mapping[str, Group] = {}
    rules: Mapping[Attribute, Rule]

    @field_validator("version")
    @classmethod
    def _this_layout(cls, version: int) -> int:
        if version != VERSION:
            raise ValueError(f"layout {VERSION} is read, not {version}; rewrite it as docs/survivorship.md says")
        return version

    @field_validator("copies_from")
    @classmethod
    def _copies_have_an_origin(cls, copies_from: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for system in copies_from:
            if system in _origins(system, copies_from):
                raise ValueError(f"{system} would be a copy of itself; one system of the circle must be the origin")
        return copies_from

    @field_validator("groups")
    @classmethod
    def _each_attribute_in_one_group(cls, groups: Mapping[str, Group]) -> Mapping[str, Group]:
        if twice := _twice(a for group in groups.values() for a in group.attributes):
            raise ValueError(f"{twice} is named twice")
        return groups

    @field_validator("rules")
    @classmethod
    def _one_rule_each(cls, rules: Mapping[Attribute, Rule], info: ValidationInfo) -> Mapping[Attribute, Rule]:
        if "groups" not in info.data:  # they are wrong themselves, which is said already
            return rules
        grouped = {attribute for group in info.data["groups"].values() for attribute in group.attributes}
        if both := sorted(grouped & set(rules)):
            raise ValueError(f"{both[0]} is in a group; take its rule away")
        if missing := [a for a in ATTRIBUTES if a not in grouped and a not in rules]:
            raise ValueError(f"no rule for {', '.join(missing)}")
        return rules

    @field_validator("groups", "rules")
    @classmethod
    def _trust_is_there(cls, rules: Mapping[str, Rule], info: ValidationInfo) -> Mapping[str, Rule]:
        for name, rule in rules.items():
            if Step.TRUST in rule.steps and info.data.get("trust") == {}:
                raise ValueError(f"{name} has the step trust; write under trust how far each source is trusted")
        return rules

    def trust_in(self, system: str, record_type: str) -> Trust | None:
        """Give the trust in a source, ``None`` if the document names none."""
        return self.trust.get(f"{system}/{record_type}") or self.trust.get(system)

    def independent(self, systems: Collection[str]) -> Collection[str]:
        """Leave out the systems that copy, directly or over others, from one of these."""
        if not self.copies_from:
            return systems
        return [system for system in systems if _origins(system, self.copies_from).isdisjoint(systems)]


@lru_cache(maxsize=1024)
def rank(sources: tuple[str, ...], system: str, record_type: str) -> int:
    """Tell how far down a list of trust a source stands; 0 is the most trusted.

    >>> sources = ("scm/dealer", "erp", "scm")
    >>> rank(sources, "scm", "dealer"), rank(sources, "scm", "ship_to"), rank(sources, "pdm", "owner")
    (0, 2, 3)
    """
    for name in (f"{system}/{record_type}", system):
        if name in sources:
            return sources.index(name)
    return len(sources)


def load_policy(text: str) -> SurvivorshipPolicy:
    """Read a survivorship document.

    Raises:
        PolicyError: it cannot be used; the message says where and why.
    """
    return read_document(text, SurvivorshipPolicy, "survivorship policy")


def _origins(system: str, copies_from: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    frontier = [system]
    while frontier:
        new = set(copies_from.get(frontier.pop(), ())) - found
        found |= new
        frontier += new
    return found


def _twice(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""
