"""From levels of agreement to a decision: Fellegi-Sunter weights under laws that no weight can break.

The weights say how likely two records are one party; the laws say what likelihood must never decide: nobody is
merged on the name alone, two valid registration numbers are two parties, a branch is not its head office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Literal

from customer_master.resolution.comparison import (
    LEVELS,
    AddressLevel,
    Comparison,
    ContactLevel,
    EmailLevel,
    GroupLevel,
    IdentifierLevel,
    RegionLevel,
    SharedLevel,
    UnitLevel,
)
from customer_master.resolution.name_comparison import NameLevel
from customer_master.resolution.policy import MatchPolicy
from mappings.canonical import Kind

Pair = tuple[int, int]
Band = Literal["match", "review", "related", "different"]

DOUBT_LINKAGE = -4.0
UNRELATED_LINKAGE = -50.0
"""Linkage in bits of a pair that shares proofs and is yet no match, and of one that must not share a group."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a comparison amounts to.

    Args:
        weight: evidence for one party in bits, sum of the weights of the levels.
        probability: the same with the prior, between 0 and 1.
        band: ``match`` one party, ``review`` a person has to look, ``related`` two parties with something in common
            (branch, group, shared number), ``different``.
        evidence: what other than the name agrees, as ``attribute_level``.
        sentence: why it is in its band.
    """

    weight: float
    probability: float
    band: Band
    evidence: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The most that the laws let a pair be, and why."""

    most: Band
    why: str


class Scorer:
    """Scores comparisons under one policy, each combination of levels once."""

    def __init__(self, policy: MatchPolicy) -> None:
        self._policy = policy
        self._known: dict[Comparison, Score] = {}

    def __call__(self, comparison: Comparison) -> Score:
        """Score a comparison."""
        known = self._known.get(comparison)
        if known is None:
            known = self._known[comparison] = score(comparison, self._policy)
        return known


def score(comparison: Comparison, policy: MatchPolicy) -> Score:
    """Score a comparison."""
    kind = policy.kinds[comparison.kind]
    weight = sum(kind.weight(name, level) for name, level in zip(LEVELS, comparison.levels, strict=True))
    ruling = rule(comparison)
    band: Band = ruling.most
    why = ruling.why
    if band in ("match", "review"):
        if weight < kind.review:
            band, why = "different", f"the evidence ({weight:+.1f} bits) is below {kind.review:+.1f}"
        elif weight < kind.match and band == "match":
            band, why = "review", f"the evidence ({weight:+.1f} bits) is below {kind.match:+.1f}"
    log_odds = weight + log2(kind.prior / (1 - kind.prior))
    return Score(
        weight=round(weight, 3),
        probability=1 / (1 + 2.0 ** -max(min(log_odds, 60.0), -60.0)),
        band=band,
        evidence=evidence(comparison),
        sentence=f"{band.capitalize()}: {why}.",
    )


def linkages(scores: Mapping[Pair, Score]) -> dict[Pair, float]:
    """Give scored pairs the weights that they have in clustering.

    A match speaks for one group by its weight. A pair that has proofs and is yet no match speaks against it, a related
    one nearly forbids it. Without any proof in common nothing is known: the records of one party may have all of it in
    different places.
    """
    return {pair: _linkage(s) for pair, s in scores.items() if s.evidence or s.band == "related"}


def _linkage(s: Score) -> float:
    if s.band == "match":
        return s.weight
    return UNRELATED_LINKAGE if s.band == "related" else DOUBT_LINKAGE


def evidence(c: Comparison) -> tuple[str, ...]:
    """List what agrees besides the name, leaving out values so common that they point to nobody."""
    agreeing = {
        "identifier": c.identifier >= IdentifierLevel.NEAR,
        "phone": c.phone is SharedLevel.RARE,
        "email": c.email >= EmailLevel.DOMAIN,
        "address": c.address is AddressLevel.RARE or (c.address is AddressLevel.COMMON and c.kind is Kind.SITE),
    }
    return tuple(f"{name}_{getattr(c, name).name.lower()}" for name, agrees in agreeing.items() if agrees)


def rule(c: Comparison) -> Ruling:
    """Tell the most that the laws let a pair be."""
    if c.kind is Kind.PERSON:
        return _rule_person(c)
    return _rule_separate(c) or _rule_evidence(c)


def _rule_separate(c: Comparison) -> Ruling | None:
    """Apply the laws that tell two legal persons, or two units of one, apart."""
    names_agree = c.name >= NameLevel.TRADE
    if c.unit in (UnitLevel.DIFFERENT, UnitLevel.ONE_SIDED):
        known = names_agree or c.identifier >= IdentifierLevel.SHARED
        return Ruling(
            "related" if known else "different", "a branch, plant or account is not its head office or another one"
        )
    if c.identifier is IdentifierLevel.CONTRADICTION:
        group = c.group is GroupLevel.ONE_SIDED and names_agree
        return Ruling("related" if group else "different", "the two hold different valid registration numbers")
    if c.name is NameLevel.DIFFERENT:
        if c.identifier is IdentifierLevel.EQUAL and len(evidence(c)) > 2:
            return Ruling("match", f"the names differ, but {', '.join(evidence(c))} agree: the company was renamed")
        if c.identifier is IdentifierLevel.EQUAL and len(evidence(c)) > 1:
            return Ruling("review", "the names differ, so one changed its name or uses the other's number")
        shared = c.identifier >= IdentifierLevel.SHARED
        return Ruling("related" if shared else "different", "the trade names differ, whatever else they share")
    return None


def _rule_evidence(c: Comparison) -> Ruling:
    """Apply the laws about how much has to agree."""
    found = evidence(c)
    identified = c.identifier is IdentifierLevel.EQUAL
    doubts = (
        (not found, "nothing but the name agrees, and a name alone never merges"),
        (
            c.kind is Kind.SITE and not identified and c.address < AddressLevel.COMMON,
            "two sites are one only at the same address or location number",
        ),
        (c.region is RegionLevel.OTHER and not identified, "the names name different regions"),
        (c.group is GroupLevel.ONE_SIDED and not identified, "one is a group or holding and may own the other"),
        (
            c.name is NameLevel.SAME_TRADE and not (identified and (len(found) > 1 or _in_one_place(c))),
            "only the trade name is common, the business is not",
        ),
        (
            c.name is NameLevel.TRADE and not identified and {"phone_rare", "email_rare"}.isdisjoint(found),
            "only the trade name is known, which a group of companies may share, like its house and mail domain",
        ),
        (
            c.name is NameLevel.MISSING and not identified and (len(found) < 2 or "email_rare" not in found),
            "the names cannot be compared, so a number or a mailbox and another proof must agree",
        ),
        (
            c.name is NameLevel.MISSING and c.address is AddressLevel.OTHER_CITY,
            "the names cannot be compared, and a branch in another city may use its parent's number",
        ),
        (
            c.name in (NameLevel.SOUND, NameLevel.TRANSCRIBED) and not identified and _proofs_beside_sound(c) < 2,
            "the names only sound alike, as homophones do, and a second proof that does not is missing",
        ),
        (
            c.name in (NameLevel.SAME_TRADE, NameLevel.SIMILAR) and not identified and _proofs(c) < 2,
            "the names only resemble each other and a second proof is missing",
        ),
    )
    why = next((why for doubtful, why in doubts if doubtful), "")
    return Ruling("review", why) if why else Ruling("match", f"name and {', '.join(found)} agree")


def _proofs(c: Comparison) -> int:
    return len(evidence(c)) + (c.contact is ContactLevel.SAME)


def _proofs_beside_sound(c: Comparison) -> int:
    """Count the proofs without the mail domain, which is mostly the trade name in pinyin."""
    return _proofs(c) - (c.email is EmailLevel.DOMAIN)


def _in_one_place(c: Comparison) -> bool:
    return c.region is RegionLevel.SAME and c.address is not AddressLevel.OTHER_CITY


def _rule_person(c: Comparison) -> Ruling:
    found = tuple(e for e in evidence(c) if not e.startswith("address") and e != "email_domain")
    if c.identifier is IdentifierLevel.CONTRADICTION:
        return Ruling("different", "the two hold different valid personal identifiers")
    if c.name is NameLevel.DIFFERENT:
        return Ruling("related" if found else "different", "the names differ")
    if not found:
        return Ruling("review", "nothing personal but the name agrees, and a name alone never merges")
    if c.name < NameLevel.SOUND and len(found) < 2:
        return Ruling("review", "the name is incomplete or only resembles the other, and a second proof is missing")
    return Ruling("match", f"name and {', '.join(found)} agree")
