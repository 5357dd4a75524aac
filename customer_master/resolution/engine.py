"""A whole table resolved at once: from texts to groups of records, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.attributes.beliefs import belief
from customer_master.resolution.clustering import cluster
from customer_master.resolution.components import ScoredPairs
from customer_master.resolution.fellegi import Bits, Weights, estimate
from customer_master.resolution.keys import Keys, agreement, buckets, joint_attributes, keys_of, pairs_in, unpack
from customer_master.resolution.laws import BANDS
from customer_master.resolution.learning import Evidence, Labeller, rescore
from customer_master.resolution.schema import Attribute
from customer_master.resolution.table import Column, Ints, Table, Texts, read_table
from customer_master.resolution.vectors import compare_pairs

_MET, _MET_EACH, _MET_AT_LEAST = 16_000_000, 600, 16
"""Meetings of two records under a key that are looked at, those in small buckets first: so many for each record, but no
more than so many in all, where that still is so many for each."""
_PAIRS, _PAIRS_EACH, _PAIRS_AT_LEAST = 1_300_000, 25, 1.3
"""Pairs of records that are compared, in the same way."""
_DOUBT, _APART = -1.0, -50.0
"""Bits of a pair that the merge policy leaves to a person, and of one that it keeps apart, at most."""
_HOPELESS = -12.0
"""Bits of a pair that needs no policy."""

Flags = npt.NDArray[np.bool_]
Bands = npt.NDArray[np.int8]
_NONE: Final = np.zeros(0, np.int64)
_NO: Final = np.zeros(0, np.bool_)


class Policy(Protocol):
    """A merge policy."""

    def __call__(self, left: Ints, right: Ints) -> Bands:
        """Give the most that pairs of records may be, as places in ``laws.BANDS``."""
        ...


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was found.

    Args:
        partition: for each record the first record of its group.
        pairs: the candidate pairs, one a row.
        scores: bits for each pair, above 0 if it speaks for one party.
        held: the same, as the merge policy lets them speak.
        warnings: what is wrong with the outcome, as sentences.
        table: the records.
        weights: what the levels of their attributes say.
    """

    partition: Ints
    pairs: Ints
    scores: Bits
    held: Bits
    warnings: Sequence[str]
    table: Table
    weights: Weights


def resolve(
    schema: Sequence[Attribute],
    columns: Mapping[str, Sequence[Texts]],
    *,
    labels: Labeller | None = None,
    policy: Policy | None = None,
    seed: int = 0,
) -> Resolution:
    """Resolve the records of a table.

    Args:
        schema: its attributes.
        columns: attribute -> one or more columns of texts.
        labels: whom to ask about pairs.
        policy: the merge policy to keep; without one the scores alone decide.
        seed: of what is chosen by chance.
    """
    table = read_table({a.name: KINDS[a.kind] for a in schema}, columns)
    return resolve_table(table, keys_of(table, joint_attributes(table)), labels=labels, policy=policy, seed=seed)


def resolve_table(
    table: Table, keys: Keys, *, labels: Labeller | None = None, policy: Policy | None = None, seed: int = 0
) -> Resolution:
    """Resolve records from their features and keys."""
    order = keys.order
    left, right = _in_order(order, *candidates(keys, table.size))
    ends = order[left], order[right]
    vectors = compare_pairs(table, *ends)
    weights = estimate(vectors.levels, [_belief(column) for column in table.columns.values()])

    bits = weights.attribute_bits(vectors)
    most = _most(policy, *ends, bits.sum(axis=1) + np.log2(weights.prior / (1 - weights.prior)))
    group = _Grouping(table.size, left, right, most)
    doubtful = None if most is None else most == BANDS.index("review")
    teacher = None if labels is None else _Ordered(labels, order)
    found = rescore(Evidence(bits, vectors, weights.prior, (left, right)), teacher, group, seed, doubtful)
    held = group.held(found.scores, asked=len(found.asked) > 0)
    partition = np.empty(table.size, np.int64)
    partition[order] = group(found.scores, found.asked, found.answers)
    pairs = np.stack((np.minimum(*ends), np.maximum(*ends)), axis=1)
    return Resolution(_first_of_each(partition), pairs, found.scores, held, found.warnings, table, weights)


def _belief(column: Column) -> Bits:
    """Give what the levels of a column are believed to weigh, by its kind and by how many records share a value."""
    held = np.bincount(column.codes, minlength=1).astype(np.float64)
    return belief(column.kind.name, float((held**2).sum() / max(held.sum(), 1.0)))


def _most(policy: Policy | None, left: Ints, right: Ints, scores: Bits) -> Bands | None:
    """Give the most that the policy lets each pair be; pairs that are unlikely enough are two parties unasked."""
    if policy is None:
        return None
    most = np.zeros(len(left), np.int8)
    likely = scores > _HOPELESS
    most[likely] = policy(left[likely], right[likely])
    return most


def _in_order(order: Ints, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Give the pairs by the places of their records in an order, sorted: what comes after knows no other order."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    a, b = place[left], place[right]
    return unpack(np.sort(np.minimum(a, b) << 32 | np.maximum(a, b)))


def _first_of_each(groups: Ints) -> Ints:
    """Name groups by their first record."""
    _, first, number = np.unique(groups, return_index=True, return_inverse=True)
    return np.asarray(first[number], np.int64)


@dataclass(frozen=True, slots=True)
class _Ordered:
    """Whoever knows which records are one party, asked by their places in an order."""

    labeller: Labeller
    order: Ints

    @property
    def remaining(self) -> int:
        """How many questions may still be asked."""
        return self.labeller.remaining

    def ask(self, left: Ints, right: Ints) -> Flags:
        """Tell of each pair of places whether their records are one party."""
        return self.labeller.ask(self.order[left], self.order[right])


@dataclass(frozen=True, slots=True)
class _Grouping:
    """Groups records by scores of their candidate pairs.

    Args:
        size: number of records.
        left: a record of each pair.
        right: the other one.
        most: the most that the merge policy lets each pair be, where there is one.
    """

    size: int
    left: Ints
    right: Ints
    most: Bands | None

    def __call__(self, scores: Bits, asked: Ints = _NONE, answers: Flags = _NO) -> Ints:
        """Group the records; pairs that were asked about are together or apart, as answered."""
        ends = np.stack((self.left[asked], self.right[asked]), axis=1)
        pairs = ScoredPairs(self.left, self.right, self.held(scores, asked=len(asked) > 0))
        return cluster(np.arange(self.size), pairs, must=ends[answers], cannot=ends[~answers])

    def held(self, scores: Bits, *, asked: bool) -> Bits:
        """Give scores as the policy lets them speak, see :func:`held`."""
        return scores if self.most is None else held(scores, self.most, asked=asked)


def held(scores: Bits, most: Bands, *, asked: bool) -> Bits:
    """Give scores as a merge policy lets them speak.

    What it lets merge speaks for one party at least a little, and what it keeps apart against it. What it leaves to a
    person speaks against it, or as answers to questions about such pairs have taught.

    Args:
        scores: bits of the pairs.
        most: the most that the policy lets each be, as places in ``laws.BANDS``.
        asked: whether questions were asked.
    """
    merging, apart = most == BANDS.index("match"), most < BANDS.index("review")
    in_doubt = scores if asked else np.minimum(scores, _DOUBT)
    return np.where(merging, np.maximum(scores, -_DOUBT), np.where(apart, np.minimum(scores, _APART), in_doubt))


def candidates(keys: Keys, size: int) -> tuple[Ints, Ints]:
    """Choose the pairs of records to compare.

    Of those that meet under a key, the ones that share the most and the rarest keys; where these are too many, the ones
    of them that agree best in their main keys.
    """
    packed, strength = pairs_in(buckets(keys), max(min(_MET_EACH * size, _MET), _MET_AT_LEAST * size))
    packed = packed[_greatest(strength, _PAIRS_EACH * size)]
    most = max(_PAIRS, int(_PAIRS_AT_LEAST * size))
    if len(packed) > most:
        packed = packed[_greatest(agreement(keys, *unpack(packed)), most)]
    return unpack(packed)


def _greatest(values: npt.NDArray[Any], most: int) -> Flags:
    """Tell which values are the greatest; of equal ones all or none."""
    if len(values) <= most:
        return np.ones(len(values), np.bool_)
    return np.asarray(values > np.partition(values, len(values) - most - 1)[len(values) - most - 1])
