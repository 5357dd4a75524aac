"""Conflicts: what the golden values had to beat, how grave each contradiction is and what would turn it round."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from customer_master.golden.election import Outcome
from customer_master.golden.evidence import Candidate, meaning
from customer_master.golden.pins import Pin
from mappings.canonical import Kind

_GRAVITY = ("identity", "material", "cosmetic")


@dataclass(frozen=True, slots=True)
class _Loser:
    """A value that lost: what tells how grave that is, and what is stored of it."""

    meaning: str
    valid: bool
    entry: dict[str, Any]


def conflicts(attribute: str, outcome: Outcome, pins: Sequence[Pin], kind: Kind) -> list[dict[str, Any]]:
    """Describe what a golden value had to beat.

    Args:
        attribute: the attribute.
        outcome: of its election.
        pins: the effective pins for it; the last one counts.
        kind: kind of the party.

    Returns:
        At most one entry of each kind of conflict, the gravest first.
    """
    won = outcome.winner
    if pins:
        same, winner = meaning(attribute, pins[-1].value, kind), {"p": pins[-1].id, "value": pins[-1].value}
        losers = list(_under_a_pin(attribute, outcome, pins, kind))
    else:
        same, winner = won.meaning if won else "", {"v": outcome.version_id, "value": won.value if won else None}
        losers = list(_elected(outcome))
    codes = _valid_codes(outcome) if attribute == "uscc" else set()
    found: dict[str, list[dict[str, Any]]] = {}
    for loser in losers:
        if loser.entry["value"] != winner["value"]:
            gravity = _gravity(loser, same, codes, critical=outcome.critical)
            found.setdefault(gravity, []).append(loser.entry)
    return [
        {"attribute": attribute, "kind": gravity, "winner": winner, "losers": sorted(found[gravity], key=_order)}
        for gravity in _GRAVITY
        if gravity in found
    ]


def _elected(outcome: Outcome, first: str = "") -> Iterator[_Loser]:
    for f in outcome.fallen:
        margin = {} if f.margin is None else {"margin": f.margin}
        yield _loser(f.candidate, step=f.step, needs=first + f.needs, **margin)


def _under_a_pin(attribute: str, outcome: Outcome, pins: Sequence[Pin], kind: Kind) -> Iterator[_Loser]:
    """Every value waits for the end of the pin; one that would lose then as well needs more."""
    *others, pin = pins
    end = f"the end of pin {pin.id}"
    for other in others:
        entry = {"p": other.id, "value": other.value, "step": "pin", "needs": end}
        yield _Loser(meaning(attribute, other.value, kind), valid=False, entry=entry)
    if outcome.winner:
        yield _loser(outcome.winner, step="pin", needs=end)
    yield from _elected(outcome, f"{end}, and ")


def _loser(c: Candidate, **told: Any) -> _Loser:
    return _Loser(c.meaning, c.valid, {"v": c.evidence.version_id, "value": c.value, **told})


def _valid_codes(outcome: Outcome) -> set[str]:
    stated = [outcome.winner] if outcome.winner else []
    return {c.meaning for c in (*stated, *(f.candidate for f in outcome.fallen)) if c.valid}


def _gravity(loser: _Loser, same: str, codes: set[str], *, critical: bool) -> str:
    if loser.meaning == same:
        return "cosmetic"
    if loser.valid and len(codes) > 1:
        return "identity"
    return "material" if critical else "cosmetic"


def _order(entry: dict[str, Any]) -> tuple[int, int, str]:
    return entry.get("v", 0), entry.get("p", 0), json.dumps(entry["value"], sort_keys=True)
