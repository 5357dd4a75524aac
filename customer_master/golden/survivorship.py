"""Which values survive into the golden record, where each comes from and what it had to beat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customer_master.golden.conflicts import conflicts
from customer_master.golden.election import Outcome, survive_alone
from customer_master.golden.evidence import ATTRIBUTES, Evidence, candidates
from customer_master.golden.groups import survive_together
from customer_master.golden.pins import Pin
from customer_master.golden.policy import SurvivorshipPolicy

__all__ = ["ATTRIBUTES", "Golden", "golden_hash", "survive"]


_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden record of a party.

    Args:
        attrs: name, english_name, short_name, uscc, phone, email, address, roles, kind; what nobody knows is ``None``.
        prov: attribute -> ``v`` version id or ``p`` pin id (neither if a filter left it empty), ``r`` rule,
            ``n`` number of candidates, ``why`` code.
        conflicts: what the surviving values had to beat, see :func:`survive`.
    """

    attrs: dict[str, Any]
    prov: dict[str, dict[str, Any]]
    conflicts: list[dict[str, Any]]


def survive(evidence: Sequence[Evidence], policy: SurvivorshipPolicy, pins: Sequence[Pin] = ()) -> Golden:
    """Make the golden record.

    Every conflict names the attribute, its kind (``identity``: two valid USCCs, the party may be two; ``material``: a
    critical attribute really differs; ``cosmetic``), the winner ``{"v", "value"}``, or ``{"p", "value"}`` if pinned,
    and the losers ``{"v", "value", "step", "needs"}``: the step at which each lost and what would have to change for it
    to win, with ``margin`` where the step measures something.

    Args:
        evidence: the members of one party, at least one, all of the same kind.
        policy: the survivorship document.
        pins: the pins in force on this party, lapsed ones left out; of two for one attribute the later counts.

    Raises:
        ValueError: no evidence, or evidence of parties of different kinds.
    """
    kinds = {e.party.kind for e in evidence}
    if len(kinds) != 1:
        raise ValueError(f"a golden record needs evidence of exactly one kind of party, not of {len(kinds)}")
    (kind,) = kinds
    ordered = sorted(evidence, key=lambda e: (e.system, e.native_key, e.record_type))
    outcomes = _outcomes(ordered, policy)
    pinned: dict[str, list[Pin]] = {}
    for pin in sorted(pins, key=lambda pin: pin.id):
        pinned.setdefault(pin.attribute, []).append(pin)
    golden = Golden({}, {}, [])
    for attribute in ATTRIBUTES:
        outcome, own_pins = outcomes.get(attribute), pinned.get(attribute, ())
        golden.attrs[attribute] = outcome.value if outcome else None
        if outcome:
            golden.prov[attribute] = _provenance(outcome)
            if outcome.fallen or own_pins:
                golden.conflicts.extend(conflicts(attribute, outcome, own_pins, kind))
        if own_pins:
            pin = own_pins[-1]
            golden.attrs[attribute] = pin.value
            golden.prov[attribute] = {"p": pin.id, "r": pin.mode, "n": outcome.number if outcome else 0, "why": "pin"}
    golden.attrs["roles"] = sorted({role for e in ordered for role in e.party.roles})
    golden.attrs["kind"] = kind.value
    return golden


def golden_hash(attrs: Mapping[str, Any]) -> str:
    """Hash golden attributes so that equal content gives equal hashes (sha256 over sorted JSON, hex)."""
    return hashlib.sha256(_JSON.encode(attrs).encode()).hexdigest()


def _outcomes(evidence: Sequence[Evidence], policy: SurvivorshipPolicy) -> dict[str, Outcome]:
    """Elect what survives of every attribute that anybody says anything about."""
    found: dict[str, Outcome] = {}
    for name, group in policy.groups.items():
        found |= survive_together(name, group, evidence, policy)
    for attribute, rule in policy.rules.items():
        if standing := candidates(attribute, evidence):
            found[attribute] = survive_alone(attribute, standing, rule, policy)
    return found


def _provenance(outcome: Outcome) -> dict[str, Any]:
    pointer = {} if outcome.version_id is None else {"v": outcome.version_id}
    return {**pointer, "r": outcome.rule, "n": outcome.number, "why": outcome.why}
