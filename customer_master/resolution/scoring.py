"""From levels of agreement to a decision: Fellegi-Sunter weights under laws that no weight can break.

The weights say how likely two records are one party; the laws (``laws``) say what likelihood must never decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from customer_master.resolution.agreement import Frequency, Levels, compare_parties
from customer_master.resolution.laws import LAWS, Band, Law, evidence, ruling
from customer_master.resolution.levels import ATTRIBUTES, levels_of
from customer_master.resolution.party import Values
from customer_master.resolution.policy import KindPolicy, MatchPolicy
from mappings.canonical import Kind

Pair = tuple[int, int]

DOUBT_LINKAGE = -1.0
UNRELATED_LINKAGE = -50.0
"""Linkage in bits of a pair that shares proofs and is yet no match, and of one that must not share a group."""
_LEAST_LINKAGE = 1.0
"""Linkage of a match at least: what the laws let merge speaks for one group, however common its levels are."""


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
class Compared:
    """A compared pair.

    Args:
        kind: kind of the two parties.
        vector: the levels of agreement in the stored form, a byte for each attribute.
        score: what they amount to.
    """

    kind: Kind
    vector: bytes
    score: Score


class Scorer:
    """Scores rows of levels under one policy, each combination of levels once."""

    def __init__(self, policy: MatchPolicy) -> None:
        self._policy = policy
        self._known: dict[tuple[Kind, bytes], Score] = {}

    def __call__(self, kind: Kind, vectors: Sequence[bytes]) -> list[Score]:
        """Score pairs of parties of a kind by the vectors of their levels, in the stored form: a byte for each."""
        unknown = [vector for vector in dict.fromkeys(vectors) if (kind, vector) not in self._known]
        if unknown:
            found = score(kind, np.frombuffer(b"".join(unknown), np.uint8).reshape(len(unknown), -1), self._policy)
            self._known |= {(kind, vector): one for vector, one in zip(unknown, found, strict=True)}
        return [self._known[kind, vector] for vector in vectors]

    def compare(
        self, parties: Mapping[int, Values], pairs: Collection[Pair], frequency: Frequency
    ) -> dict[Pair, Compared]:
        """Compare and score pairs of records.

        Args:
            parties: what each record says.
            pairs: the pairs; the two of one are of one kind.
            frequency: number of records that hold the blocking key with a given hash.

        Returns:
            What each pair amounts to, the smaller record first.
        """
        found: dict[Pair, Compared] = {}
        for kind in Kind:
            own = sorted((min(pair), max(pair)) for pair in pairs if parties[pair[0]].kind == kind.value)
            if own:
                records = sorted({record for pair in own for record in pair})
                ends = np.searchsorted(records, own)
                rows = compare_parties([parties[r] for r in records], ends[:, 0], ends[:, 1], frequency)
                vectors = [row.tobytes() for row in rows]
                compared = map(Compared, [kind] * len(own), vectors, self(kind, vectors))
                found |= dict(zip(own, compared, strict=True))
        return found


def score(kind: Kind, levels: Levels, policy: MatchPolicy) -> list[Score]:
    """Score rows of levels of pairs of a kind, see :func:`customer_master.resolution.agreement.compare_parties`."""
    own = policy.kinds[kind]
    laws = [LAWS[kind][place] for place in ruling(kind, levels).tolist()]
    return [_score(kind, row, law, own) for row, law in zip(levels.tolist(), laws, strict=True)]


def _score(kind: Kind, levels: Sequence[int], law: Law, policy: KindPolicy) -> Score:
    weight = sum(
        policy.weight(attribute, level(value))
        for (attribute, level), value in zip(levels_of(kind).items(), levels, strict=True)
    )
    found = evidence(kind, levels)
    band, why = _banded(law.most, law.why.format(evidence=", ".join(found)), weight, policy)
    return Score(round(weight, 3), policy.probability(weight), band, found, f"{band.capitalize()}: {why}.")


def _banded(most: Band, why: str, weight: float, policy: KindPolicy) -> tuple[Band, str]:
    """Give the band that the weight leaves of the most that the laws allow."""
    if most in ("match", "review"):
        if weight < policy.review:
            return "different", f"the evidence ({weight:+.1f} bits) is below {policy.review:+.1f}"
        if weight < policy.match and most == "match":
            return "review", f"the evidence ({weight:+.1f} bits) is below {policy.match:+.1f}"
    return most, why


def named_levels(kind: Kind, vector: bytes) -> dict[str, str]:
    """Name the levels of a stored vector, attribute by attribute, without those that are missing.

    >>> named_levels(Kind.SITE, bytes([4, 10, 0, 0, 6, 0, 0, 0]))
    {'identifier': 'equal', 'name': 'exact', 'address': 'rare'}
    """
    levels = zip(ATTRIBUTES, levels_of(kind).values(), vector, strict=True)
    return {attribute: level(value).name.lower() for attribute, level, value in levels if value}


def linkages(scores: Mapping[Pair, Score]) -> dict[Pair, float]:
    """Give scored pairs the weights that they have in clustering.

    A match speaks for one group by its weight. A pair that has proofs and is yet no match speaks against it, a related
    one nearly forbids it. Without any proof in common nothing is known: the records of one party may have all of it in
    different places.
    """
    return {pair: _linkage(s) for pair, s in scores.items() if s.evidence or s.band in ("match", "related")}


def _linkage(s: Score) -> float:
    if s.band == "match":
        return max(s.weight, _LEAST_LINKAGE)
    return UNRELATED_LINKAGE if s.band == "related" else DOUBT_LINKAGE
