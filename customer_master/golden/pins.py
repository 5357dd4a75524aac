"""Pins: a steward's word for one golden value, which holds against every source until it lapses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from customer_master.golden.evidence import ATTRIBUTES, PARTS, Evidence, candidates, meaning

Mode = Literal["forever", "until_date", "until_source_changes", "until_any_newer"]
Lapse = Literal["expired", "source_changed", "newer_value"]


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned golden value.

    Args:
        id: number of the pin; of two pins for one attribute the greater counts.
        attribute: one of :data:`~customer_master.golden.evidence.ATTRIBUTES`.
        value: in the form of the golden record.
        anchor_record_id: the source record whose party it is for; after a split it follows this record.
        mode: what ends it besides ``expires_us``.
        baseline_hash: what :func:`value_baseline` gave when it was set.
        expires_us: end (UTC µs), ``None`` without; ``until_date`` has one.

    Raises:
        ValueError: there is no such attribute or mode, the value has not the attribute's form, or the date is missing.
    """

    id: int
    attribute: str
    value: Any
    anchor_record_id: int
    mode: Mode
    baseline_hash: str
    expires_us: int | None

    def __post_init__(self) -> None:
        if self.attribute not in ATTRIBUTES:
            raise ValueError(f"there is no attribute {self.attribute} to pin; choose one of {', '.join(ATTRIBUTES)}")
        if not _has_form(self.attribute, self.value):
            parts = " and ".join(PARTS.get(self.attribute, ()))
            raise ValueError(f"a pinned {self.attribute} is " + (f"an object of {parts}" if parts else "a text"))
        if self.mode not in get_args(Mode):
            raise ValueError(f"there is no pin {self.mode}; choose one of {', '.join(get_args(Mode))}")
        if self.mode == "until_date" and self.expires_us is None:
            raise ValueError("a pin until_date needs the date; give expires_us")


def value_baseline(evidence: Sequence[Evidence], attribute: str, anchor_record_id: int, mode: Mode) -> str:
    """Note what sources say about an attribute when a pin is set, so that a change is seen later.

    Args:
        evidence: the party's.
        attribute: the pinned one.
        anchor_record_id: the pin's anchor.
        mode: of the pin; ``until_source_changes`` looks at the anchor alone, ``until_any_newer`` at every record.

    Returns:
        Hashes of the meanings, so that another writing is no change; empty if nothing said can end such a pin.
    """
    match mode:
        case "until_source_changes":
            return " ".join(sorted(_said([e for e in evidence if e.record_id == anchor_record_id], attribute)))
        case "until_any_newer":
            return " ".join(sorted(_said(evidence, attribute)))
        case _:
            return ""


def lapsed(pin: Pin, evidence: Sequence[Evidence], now_us: int) -> Lapse | None:
    """Tell why a pin no longer holds, ``None`` if it does.

    A source that comes to say what is pinned is nothing newer.

    Args:
        pin: the pin.
        evidence: of the party in which its anchor is now.
        now_us: the time (UTC µs).
    """
    if pin.expires_us is not None and pin.expires_us <= now_us:
        return "expired"
    now = value_baseline(evidence, pin.attribute, pin.anchor_record_id, pin.mode)
    if pin.mode == "until_source_changes" and now != pin.baseline_hash:
        return "source_changed"
    if pin.mode == "until_any_newer":
        pinned = {_hash(meaning(pin.attribute, pin.value, e.party.kind)) for e in evidence}
        if set(now.split()) - set(pin.baseline_hash.split()) - pinned:
            return "newer_value"
    return None


def _said(evidence: Sequence[Evidence], attribute: str) -> set[str]:
    return {_hash(c.meaning) for c in candidates(attribute, evidence)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _has_form(attribute: str, value: Any) -> bool:
    if attribute in PARTS:
        is_whole = isinstance(value, dict) and set(value) == set(PARTS[attribute])
        return is_whole and all(isinstance(part, str) for part in value.values()) and bool(value[PARTS[attribute][0]])
    return isinstance(value, str) and bool(value.strip())
