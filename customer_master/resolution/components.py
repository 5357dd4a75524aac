"""Scored pairs as a graph of whole numbers, and the components in which groups can form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Pair = tuple[int, int]
Links = Sequence[Pair] | NDArray[np.int64]
Ints = NDArray[np.int64]

UNIT = 1000
"""Bits are counted as whole thousandths, so that sums do not depend on the order of adding."""
UNKNOWN = UNIT // 10
"""What a pair of records of which nothing is known speaks against one group, in thousandths of a bit."""
_MOST, _LEAST = 20, -1000  # bits that one pair can weigh; beyond a million to one, more of the same proves nothing


class ContradictionError(ValueError):
    """Must-links join two records that a cannot-link keeps apart."""


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """What is known of pairs of records.

    Args:
        left: one record of each pair.
        right: the other one.
        bits: the evidence of each pair in bits: positive for one party, negative against it.
    """

    left: Ints
    right: Ints
    bits: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is to be grouped. A node is a record, or several that must-links have joined: the lowest stands for them.

    Args:
        node: the node of each record.
        size: the number of records of each node; none where a record is part of another one's node.
        component: the component of each node. No group reaches across two components.
        left: the lower node of each edge; edges stay inside a component, and no two join the same nodes.
        right: the higher one.
        total: what is known of the records of both, in thousandths of a bit above the threshold.
        count: the number of pairs of records of which that is known.
        apart: whether a cannot-link keeps the two apart.
    """

    node: Ints
    size: Ints
    component: Ints
    left: Ints
    right: Ints
    total: Ints
    count: Ints
    apart: NDArray[np.bool_]

    @property
    def weight(self) -> Ints:
        """What each edge adds to the worth of a group that holds both ends, unknown pairs of records included."""
        return self.total - UNKNOWN * (self.size[self.left] * self.size[self.right] - self.count)


def build(records: Ints, pairs: ScoredPairs, threshold: float, must: Links, cannot: Links) -> Graph:
    """Build the graph; a record goes by its place.

    Args:
        records: the records, ascending.
        pairs: what is known of pairs of them.
        threshold: bits from which a pair speaks for one group.
        must: pairs in one group.
        cannot: pairs in two.

    Raises:
        ContradictionError: ``must`` and ``cannot`` exclude each other.
        ValueError: a pair names a record that is not listed.
    """
    node = _contract(records, _places(records, must))
    lo, hi = _between(node, _places(records, cannot))
    if (torn := np.flatnonzero(lo == hi)).size:
        first, second = np.sort(np.asarray(cannot, np.int64).reshape(-1, 2)[torn[0]])
        raise ContradictionError(
            f"the must-links join record {first} with record {second}, which a cannot-link keeps apart from it; "
            "take one of the decisions back"
        )
    left, right = _between(node, _places(records, np.column_stack((pairs.left, pairs.right))))
    value = values(pairs.bits, threshold)
    speaking = (value > 0) & (left != right)
    component = _components(len(records), left[speaking], right[speaking])[node]
    inside = (left != right) & (component[left] == component[right])
    kept = component[lo] == component[hi]
    left, right = np.concatenate((left[inside], lo[kept])), np.concatenate((right[inside], hi[kept]))
    known = np.arange(len(left)) < np.count_nonzero(inside)
    total = np.concatenate((value[inside], np.zeros(np.count_nonzero(kept), np.int64)))
    size = np.bincount(node, minlength=len(records))
    return Graph(node, size, component, *_sum_up(len(records), left, right, total, known))


def _places(records: Ints, pairs: Links) -> Ints:
    found = np.asarray(pairs, np.int64).reshape(-1, 2)
    if (unlisted := found[~np.isin(found, records)]).size:
        raise ValueError(f"pairs to cluster: record {unlisted[0]} is not among the records; list it with them")
    if len(records) and records[-1] - records[0] == len(records) - 1:  # numbered through: nothing to look up
        places: Ints = found - records[0]
        return places
    return np.searchsorted(records, found)


def _contract(records: Ints, must: Ints) -> Ints:
    if not len(must):
        return np.arange(len(records))
    _, first, joined = np.unique(
        _components(len(records), must[:, 0], must[:, 1]), return_index=True, return_inverse=True
    )
    lowest: Ints = first[joined]
    return lowest


def _components(count: int, left: Ints, right: Ints) -> Ints:
    edges = coo_matrix((np.ones(len(left)), (left, right)), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)


def _between(node: Ints, places: Ints) -> tuple[Ints, Ints]:
    ends = node[places]
    return ends.min(axis=1), ends.max(axis=1)


def values(bits: NDArray[np.float64], threshold: float) -> Ints:
    """Count what pairs speak for a group, in thousandths of a bit; one is added, so that a pair at the threshold does.

    Args:
        bits: the evidence of each pair.
        threshold: bits from which a pair speaks for a group.
    """
    above = np.clip(np.asarray(bits, np.float64) - threshold, _LEAST, _MOST)
    return np.rint(above * UNIT).astype(np.int64) + 1


def _sum_up(
    nodes: int, left: Ints, right: Ints, total: Ints, known: NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints, Ints, NDArray[np.bool_]]:
    """Make one edge of all pairs between the same two nodes; what is not known keeps them apart."""
    if not len(left):
        return left, right, total, total, known
    key = left * nodes + right
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    count = np.add.reduceat(known[order].astype(np.int64), starts)
    apart = np.logical_or.reduceat(~known[order], starts)
    one = order[starts]
    return left[one], right[one], np.add.reduceat(total[order], starts), count, apart
