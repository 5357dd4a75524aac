"""Conflicts: what the golden values had to beat, how grave each contradiction is and what would turn it round."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from customer_master.golden.election import TIE_BREAK, Outcome
from customer_master.golden.evidence import Candidate, meaning
from customer_master.golden.pins import Pin
from mappings.canonical import Kind

_GRAVITY = ("identity", "material", "cosmetic")


class _Loser(NamedTuple):
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
    losers = _under_a_pin(attribute, outcome, pins, kind) if pins else _elected(outcome, outcome.value)
    if not losers:
        return []
    if pins:
        same, winner = meaning(attribute, pins[-1].value, kind), {"p": pins[-1].id, "value": pins[-1].value}
    else:
        same = outcome.winner.meaning if outcome.winner else ""
        winner = {"v": outcome.version_id, "value": outcome.value}
    codes = _valid_codes(outcome) if attribute == "uscc" else set()
    found: dict[str, list[dict[str, Any]]] = {}
    for loser in losers:
        gravity = _gravity(loser, same, codes, critical=outcome.critical)
        found.setdefault(gravity, []).append(loser.entry)
    return [
        {"attribute": attribute, "kind": gravity, "winner": winner, "losers": _in_order(found[gravity])}
        for gravity in _GRAVITY
        if gravity in found
    ]


def _elected(outcome: Outcome, golden: Any, first: str = "") -> list[_Loser]:
    return [
        _loser(f.candidate, f.step or TIE_BREAK, first + f.needs, f.margin)
        for f in outcome.fallen
        if f.candidate.value != golden
    ]


def _under_a_pin(attribute: str, outcome: Outcome, pins: Sequence[Pin], kind: Kind) -> list[_Loser]:
    """Every value waits for the end of the pin; one that would lose then as well needs more."""
    *others, pin = pins
    end = f"the end of pin {pin.id}"
    losers = [
        _Loser(meaning(attribute, p.value, kind), False, {"p": p.id, "value": p.value, "step": "pin", "needs": end})
        for p in others
        if p.value != pin.value
    ]
    if outcome.winner and outcome.winner.value != pin.value:
        losers.append(_loser(outcome.winner, "pin", end))
    return losers + _elected(outcome, pin.value, f"{end}, and ")


def _loser(c: Candidate, step: str, needs: str, margin: float | None = None) -> _Loser:
    entry = {"v": c.evidence.version_id, "value": c.value, "step": step, "needs": needs}
    if margin is not None:
        entry["margin"] = margin
    return _Loser(c.meaning, c.valid, entry)


def _valid_codes(outcome: Outcome) -> set[str]:
    stated = [outcome.winner] if outcome.winner else []
    return {c.meaning for c in (*stated, *(f.candidate for f in outcome.fallen)) if c.valid}


def _gravity(loser: _Loser, same: str, codes: set[str], *, critical: bool) -> str:
    if loser.meaning == same:
        return "cosmetic"
    if loser.valid and len(codes) > 1:
        return "identity"
    return "material" if critical else "cosmetic"


def _in_order(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=_order) if len(entries) > 1 else entries


def _order(entry: dict[str, Any]) -> tuple[int, int, str]:
    return entry.get("v", 0), entry.get("p", 0), json.dumps(entry["value"], sort_keys=True)
