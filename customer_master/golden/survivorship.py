"""Which values survive into the golden record, where each comes from and what it had to beat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customer_master.golden.evidence import Candidate, Evidence, candidates
from customer_master.golden.policy import Rule, Step, SurvivorshipPolicy

ATTRIBUTES = ("name", "english_name", "short_name", "uscc", "phone", "email", "address")
"""Attributes with one surviving value. ``roles`` is a union and ``kind`` is common to all records of a party."""

_NEEDS = {
    "valid_first": "a checked value: a valid identifier, a located address, a registered name beside a valid USCC",
    "source_rank": "a statement by a more trusted source",
    "most_recent": "a change in the source that is newer than the winner's",
    "most_frequent": "more systems that say the same",
    "most_complete": "more parts of the value filled",
    "longest": "a longer text",
    "tie_break": "any difference in an earlier step",
}


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden record of a party.

    Args:
        attrs: name, english_name, short_name, uscc, phone, email, address, roles, kind; what nobody knows is ``None``.
        prov: attribute -> ``v`` version id, ``r`` rule, ``n`` number of candidates, ``why`` code.
        conflicts: what the surviving values had to beat, see :func:`survive`.
    """

    attrs: dict[str, Any]
    prov: dict[str, dict[str, Any]]
    conflicts: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Election:
    """Outcome for one attribute: the winner, the step that decided, and for every loser the step at which it fell."""

    winner: Candidate
    why: str
    fallen: tuple[tuple[Candidate, str], ...]


def survive(evidence: Sequence[Evidence], policy: SurvivorshipPolicy) -> Golden:
    """Make the golden record.

    Every conflict names the attribute, its kind (``identity``: two valid USCCs, the party may be two; ``material``: a
    critical attribute really differs; ``cosmetic``), the winner ``{"v", "value"}`` and the losers
    ``{"v", "value", "step", "needs"}``: the step at which each lost and what would have to change for it to win.

    Args:
        evidence: the members of one party, at least one, all of the same kind.
        policy: the survivorship document.

    Raises:
        ValueError: no evidence, or evidence of parties of different kinds.
    """
    kinds = {e.party.kind for e in evidence}
    if len(kinds) != 1:
        raise ValueError(f"a golden record needs evidence of exactly one kind of party, not of {len(kinds)}")
    attrs: dict[str, Any] = {}
    prov: dict[str, dict[str, Any]] = {}
    conflicts: list[dict[str, Any]] = []
    ordered = sorted(evidence, key=lambda e: (e.system, e.native_key, e.record_type))
    for attribute in ATTRIBUTES:
        rule: Rule = getattr(policy.rules, attribute)
        standing = candidates(attribute, ordered)
        attrs[attribute] = None
        if standing:
            election = _elect(standing, rule.steps, policy)
            attrs[attribute] = election.winner.value
            prov[attribute] = _provenance(attribute, election, len(standing))
            conflicts += _conflicts(attribute, election, critical=rule.critical)
    attrs["roles"] = sorted({role for e in ordered for role in e.party.roles})
    attrs["kind"] = next(iter(kinds)).value
    return Golden(attrs, prov, conflicts)


def golden_hash(attrs: Mapping[str, Any]) -> str:
    """Hash golden attributes so that equal content gives equal hashes (sha256 over sorted JSON, hex)."""
    text = json.dumps(attrs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _elect(standing: Sequence[Candidate], steps: Sequence[Step], policy: SurvivorshipPolicy) -> _Election:
    everyone = standing
    fallen: list[tuple[Candidate, str]] = []
    why = "only" if len(standing) == 1 else "agreed"
    for step in steps:
        measure = _measure(step, everyone, policy)
        best = max(measure(c) for c in standing)
        left = [c for c in standing if measure(c) == best]
        fallen += [(c, step.value) for c in standing if measure(c) < best]
        if _meanings(left) != _meanings(standing):
            why = step.value
        standing = left
    winner, *tied = sorted(standing, key=_fixed_end)
    if len(_meanings(standing)) > 1:
        why = "tie_break"
    return _Election(winner, why, (*fallen, *((c, "tie_break") for c in tied)))


def _meanings(standing: Sequence[Candidate]) -> set[str]:
    return {c.meaning for c in standing}


def _measure(step: Step, everyone: Sequence[Candidate], policy: SurvivorshipPolicy) -> Callable[[Candidate], Any]:
    """Give the function by which a step ranks; more is better."""
    match step:
        case Step.VALID_FIRST:
            return lambda c: c.valid
        case Step.SOURCE_RANK:
            return lambda c: -policy.rank(c.evidence.system, c.evidence.record_type)
        case Step.MOST_RECENT:
            return lambda c: c.evidence.position
        case Step.MOST_COMPLETE:
            return lambda c: c.filled
        case Step.LONGEST:
            return lambda c: c.length
        case Step.MOST_FREQUENT:
            return _frequency(everyone)


def _frequency(everyone: Sequence[Candidate]) -> Callable[[Candidate], tuple[int, int]]:
    """Count systems before records: copies inside one system are no independent witnesses."""
    systems: dict[str, set[str]] = {}
    records: dict[str, set[int]] = {}
    for c in everyone:
        systems.setdefault(c.meaning, set()).add(c.evidence.system)
        records.setdefault(c.meaning, set()).add(c.evidence.record_id)
    return lambda c: (len(systems[c.meaning]), len(records[c.meaning]))


def _fixed_end(c: Candidate) -> tuple[str, str, str, str]:
    # no number of this database: it would tell who came first
    return (c.evidence.system, c.evidence.native_key, c.evidence.record_type, json.dumps(c.value, sort_keys=True))


def _provenance(attribute: str, election: _Election, count: int) -> dict[str, Any]:
    return {
        "v": election.winner.evidence.version_id,
        "r": f"{attribute}.{election.why}",
        "n": count,
        "why": election.why,
    }


def _conflicts(attribute: str, election: _Election, *, critical: bool) -> list[dict[str, Any]]:
    winner = election.winner
    losers: dict[str, list[dict[str, Any]]] = {}
    for candidate, step in election.fallen:
        if candidate.value != winner.value:
            losers.setdefault(_conflict_kind(attribute, winner, candidate, critical=critical), []).append(
                {
                    "v": candidate.evidence.version_id,
                    "value": candidate.value,
                    "step": step,
                    "needs": _NEEDS[step],
                }
            )
    return [
        {
            "attribute": attribute,
            "kind": kind,
            "winner": {"v": winner.evidence.version_id, "value": winner.value},
            "losers": sorted(losers[kind], key=lambda loser: (loser["v"], json.dumps(loser["value"], sort_keys=True))),
        }
        for kind in ("identity", "material", "cosmetic")
        if kind in losers
    ]


def _conflict_kind(attribute: str, winner: Candidate, loser: Candidate, *, critical: bool) -> str:
    if loser.meaning == winner.meaning:
        return "cosmetic"
    if attribute == "uscc" and winner.valid and loser.valid:
        return "identity"
    return "material" if critical else "cosmetic"
