"""One election: a rule's steps applied in order until one value is left, and at which step each other one fell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from customer_master.golden.evidence import Candidate
from customer_master.golden.policy import Rule, Step, SurvivorshipPolicy
from customer_master.golden.steps import Ranking

TIE_BREAK = "tie_break"


@dataclass(frozen=True, slots=True)
class Fallen:
    """A value that lost.

    Args:
        candidate: the value.
        step: the step at which it fell, ``tie_break`` for the fixed end.
        needs: what would have to change for it to win.
        margin: by how much it fell short, in the step's unit, if it measures anything.
    """

    candidate: Candidate
    step: str
    needs: str
    margin: float | None


@dataclass(frozen=True, slots=True)
class Election:
    """Outcome of an election.

    Args:
        winner: the value left, ``None`` if a filter let none pass.
        why: ``only``, ``agreed``, or the step that decided between different meanings.
        fallen: the others.
    """

    winner: Candidate | None
    why: str
    fallen: tuple[Fallen, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What survives of one attribute.

    Args:
        winner: the value, ``None`` if the attribute stays empty although something is said about it.
        version_id: the source record version that decided it, ``None`` if none did.
        rule: the rule that chose it, e.g. ``phone.most_recent``.
        why: code of the reason.
        count: number of candidates.
        critical: whether a loser that really differs is a material conflict.
        fallen: the losers.
    """

    winner: Candidate | None
    version_id: int | None
    rule: str
    why: str
    count: int
    critical: bool
    fallen: tuple[Fallen, ...]


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
    ranking = Ranking(attribute, everyone or standing, rule, policy)
    fallen: list[Fallen] = []
    why = "only" if len(standing) == 1 else "agreed"
    for step in rule.steps:
        if len(standing) == 1 and step is not Step.ONLY_VALID:
            continue  # only a filter refuses the last one
        left = ranking.keep(step, standing)
        if len(left) == len(standing):
            continue
        fallen += _fallen(ranking, step, standing, left)
        if _meanings(left) != _meanings(standing):
            why = step.value
        if not left:
            return Election(None, why, tuple(fallen))
        standing = left
    if len(standing) > 1:
        if len(_meanings(standing)) > 1:
            why = TIE_BREAK
        standing = sorted(standing, key=_fixed_end)
        fallen += _fallen(ranking, None, standing, standing[:1])
    return Election(standing[0], why, tuple(fallen))


def _fallen(
    ranking: Ranking, step: Step | None, standing: Sequence[Candidate], left: Sequence[Candidate]
) -> list[Fallen]:
    best = left[0] if left else None
    return [
        Fallen(c, step or TIE_BREAK, ranking.needs(step, c, best), ranking.margin(step, c, best))
        for c in standing
        if not any(c is other for other in left)
    ]


def _meanings(standing: Sequence[Candidate]) -> set[str]:
    return {c.meaning for c in standing}


def _fixed_end(c: Candidate) -> tuple[str, str, str, str]:
    # no number of this database: it would tell who came first
    return (c.evidence.system, c.evidence.native_key, c.evidence.record_type, json.dumps(c.value, sort_keys=True))
