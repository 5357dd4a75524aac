"""One election: a rule's steps applied in order until one value is left, and at which step each other one fell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from customer_master.golden.evidence import Candidate
from customer_master.golden.policy import Rule, Step, SurvivorshipPolicy
from customer_master.golden.steps import Ranking, idle

TIE_BREAK = "tie_break"


class Fallen(NamedTuple):
    """A value that lost.

    Args:
        candidate: the value.
        stood: what stood for election: the value itself, or all that its record says of a group.
        step: the step at which it fell, ``None`` for the fixed end.
        best: one that was left standing there, if any.
        ranking: of the election.
    """

    candidate: Candidate
    stood: Candidate
    step: Step | None
    best: Candidate | None
    ranking: Ranking

    @property
    def needs(self) -> str:
        """What would have to change for it to win."""
        return self.ranking.needs(self.step, self.stood, self.best)

    @property
    def margin(self) -> float | None:
        """By how much it fell short, in the step's unit, if it measures anything."""
        return self.ranking.margin(self.step, self.stood, self.best)


class Election(NamedTuple):
    """Outcome of an election.

    Args:
        winner: the value left, ``None`` if a filter let none pass.
        why: ``only``, ``agreed``, or the step that decided between different meanings.
        fallen: the others.
    """

    winner: Candidate | None
    why: str
    fallen: tuple[Fallen, ...]


class Outcome(NamedTuple):
    """What survives of one attribute.

    Args:
        winner: the value, ``None`` if the attribute stays empty although something is said about it.
        version_id: the source record version that decided it, ``None`` if none did.
        rule: the rule that chose it, e.g. ``phone.most_recent``.
        why: code of the reason.
        number: of candidates.
        critical: whether a loser that really differs is a material conflict.
        fallen: the losers.
    """

    winner: Candidate | None
    version_id: int | None
    rule: str
    why: str
    number: int
    critical: bool
    fallen: tuple[Fallen, ...]

    @property
    def value(self) -> Any:
        """The surviving value, ``None`` if the attribute stays empty."""
        return self.winner.value if self.winner else None


def survive_alone(attribute: str, standing: Sequence[Candidate], rule: Rule, policy: SurvivorshipPolicy) -> Outcome:
    """Find what survives of an attribute by itself."""
    election = elect(attribute, standing, rule, policy)
    version = election.winner.evidence.version_id if election.winner else None
    name = f"{attribute}.{election.why}"
    return Outcome(election.winner, version, name, election.why, len(standing), rule.critical, election.fallen)


def elect(
    attribute: str,
    standing: Sequence[Candidate],
    rule: Rule,
    policy: SurvivorshipPolicy,
    everyone: Sequence[Candidate] = (),
) -> Election:
    """Find the value that survives.

    Args:
        attribute: what is elected: an attribute or a group.
        standing: the values, at least one.
        rule: by which steps.
        policy: the survivorship document.
        everyone: the values among which these are counted; by default these alone.
    """
    if len(standing) == 1 and (standing[0].valid or Step.ONLY_VALID not in rule.steps):
        return Election(standing[0], "only", ())
    ranking = Ranking(attribute, everyone or standing, rule, policy)
    fallen: list[Fallen] = []
    meanings = _count_meanings(standing)
    why = "agreed"
    without_effect = idle(len(standing), meanings)
    for step in rule.steps:
        if step in without_effect:
            continue
        left, others = ranking.divide(step, standing)
        if not others:
            continue
        best = left[0] if left else None
        fallen += [Fallen(c, c, step, best, ranking) for c in others]
        if best is None:
            return Election(None, step.value, tuple(fallen))
        standing = left
        if meanings > 1 and (fewer := _count_meanings(left)) < meanings:
            why, meanings = step.value, fewer
        without_effect = idle(len(left), meanings)
    if len(standing) > 1:
        if meanings > 1:
            why = TIE_BREAK
        standing = sorted(standing, key=_fixed_end)
        fallen += [Fallen(c, c, None, standing[0], ranking) for c in standing[1:]]
    return Election(standing[0], why, tuple(fallen))


def _count_meanings(standing: Sequence[Candidate]) -> int:
    return len({c.meaning for c in standing})


def _fixed_end(c: Candidate) -> tuple[str, str, str, str]:
    # no number of this database: it would tell who came first
    return (c.evidence.system, c.evidence.native_key, c.evidence.record_type, json.dumps(c.value, sort_keys=True))
