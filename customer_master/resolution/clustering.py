"""Guarded clustering: from scored pairs to groups of records.

Plain transitive closure glues thousands of records together over a few wrong pairs. Here a partition is worth the sum
of the weights of the pairs inside its groups (correlation clustering): bits above the threshold speak for a group, bits
below it against, and a pair of which nothing is known very mildly against, so that two large groups do not hang
together by a single pair. Components of few records get the best partition there is; in larger ones groups are grown by
average linkage and mended. Constraints hold in both. The outcome depends on what is known of the records of a component
alone, never on the order in which it arrives, nor on other components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from customer_master.resolution import exact
from customer_master.resolution.agglomeration import Conflict, Nodes, agglomerate
from customer_master.resolution.components import UNKNOWN, Graph, Ints, Links, Pair, ScoredPairs, build


def no_conflict(_left: frozenset[int], _right: frozenset[int]) -> bool:
    """Allow every join."""
    return False


def cluster(
    records: Sequence[int] | Ints,
    pairs: ScoredPairs,
    *,
    must: Links = (),
    cannot: Links = (),
    conflict: Conflict = no_conflict,
    threshold: float = 0.0,
    max_size: int = 1000,
) -> Ints:
    """Group records.

    Args:
        records: the records to group. What is tied goes by their order as numbers.
        pairs: what is known of pairs of them. Unknown pairs weigh next to nothing.
        must: pairs that always end up in one group; they are joined first and past all guards.
        cannot: pairs that never end up in one group.
        conflict: tells whether two sets of records hold facts that exclude each other. They must do so exactly if a
            record of one and a record of the other do.
        threshold: bits from which a pair speaks for one group.
        max_size: largest number of records of a group that must-links alone do not make larger.

    Returns:
        For each record, in the order given, the smallest record of its group.

    Raises:
        ContradictionError: ``must`` and ``cannot`` exclude each other.
        ValueError: a record is listed twice, or a pair names a record that is not listed.

    >>> pairs = ScoredPairs(np.array([1, 2, 3]), np.array([2, 3, 4]), np.array([9.0, 8.0, 7.0]))
    >>> cluster([1, 2, 3, 4], pairs, cannot=[(1, 3)]).tolist()
    [1, 1, 3, 3]
    """
    ids, place = np.unique(np.asarray(records, np.int64), return_inverse=True)
    if len(ids) != len(place):
        raise ValueError("records to cluster: a record is listed twice; list each once")
    graph = build(ids, pairs, threshold, must, cannot)
    label = _Clustering(ids, graph, conflict, max_size).run()
    return ids[label[graph.node]][place]


def groups_of(records: Sequence[int] | Ints, labels: Ints) -> list[tuple[int, ...]]:
    """List the groups that :func:`cluster` made, each sorted, in order of their smallest record.

    >>> groups_of([1, 2, 3, 4], np.array([1, 1, 3, 1]))
    [(1, 2, 4), (3,)]
    """
    groups: dict[int, list[int]] = {}
    for record, label in zip(np.asarray(records, np.int64).tolist(), labels.tolist(), strict=True):
        groups.setdefault(label, []).append(record)
    return sorted(tuple(sorted(group)) for group in groups.values())


def scored_pairs(bits: Mapping[Pair, float]) -> ScoredPairs:
    """Make arrays of what is known of pairs: the linkage in bits as ``scoring.linkages`` gives it."""
    ends = np.array(list(bits), np.int64).reshape(-1, 2)
    return ScoredPairs(ends[:, 0], ends[:, 1], np.fromiter(bits.values(), np.float64, len(bits)))


class _Clustering:
    """The components of a graph. A node goes by the place of its lowest record."""

    def __init__(self, ids: Ints, graph: Graph, conflict: Conflict, max_size: int) -> None:
        self.ids = ids
        self.graph = graph
        self.conflict = conflict
        self.max_size = max_size
        self.label = np.arange(len(ids))
        self.weight = np.where(graph.apart, exact.FORBIDDEN, graph.weight)
        self.owner = graph.component[graph.left]
        by_component = np.argsort(graph.component, kind="stable")
        self.nodes = by_component[graph.size[by_component] > 0]
        self.count = np.bincount(graph.component[self.nodes], minlength=len(ids))
        self.start = np.cumsum(self.count) - self.count

    def run(self) -> Ints:
        """Give the label of each node: the lowest node of its group."""
        several = self.count > 1
        if self.conflict is no_conflict:
            several &= ~self._join_complete()
        few = several & (self.count <= exact.LIMIT)
        for nodes in np.unique(self.count[few]).tolist():
            self._solve(np.flatnonzero(few & (self.count == nodes)), nodes)
        self._agglomerate(several & ~few)
        return self.label

    def _join_complete(self) -> NDArray[np.bool_]:
        """Make one group of each component whose nodes all agree with each other, and tell which these are."""
        graph = self.graph
        agreements = np.bincount(self.owner[self.weight > 0], minlength=len(self.ids))
        size = np.bincount(graph.component, minlength=len(self.ids))
        complete: NDArray[np.bool_] = (agreements == self.count * (self.count - 1) // 2) & (size <= self.max_size)
        joined = self.nodes[complete[graph.component[self.nodes]]]
        self.label[joined] = self.nodes[self.start[graph.component[joined]]]
        return complete

    def _solve(self, components: Ints, count: int) -> None:
        """Group components of the same few nodes."""
        graph = self.graph
        nodes = self.nodes[self.start[components][:, None] + np.arange(count)]
        row = np.full(len(self.ids), -1)
        row[components] = np.arange(len(components))
        column = np.zeros(len(self.ids), np.int64)
        column[nodes] = np.arange(count)
        size = graph.size[nodes]
        weight = -UNKNOWN * size[:, :, None] * size[:, None, :]
        mine = np.flatnonzero(row[self.owner] >= 0)
        rows, left, right = row[self.owner[mine]], column[graph.left[mine]], column[graph.right[mine]]
        weight[rows, left, right] = weight[rows, right, left] = self.weight[mine]
        if self.conflict is not no_conflict:
            self._forbid_conflicts(weight, nodes)
        lowest = exact.best_partitions(weight, size, self.max_size)
        self.label[nodes] = np.take_along_axis(nodes, lowest, axis=1)

    def _forbid_conflicts(self, weight: Ints, nodes: Ints) -> None:
        members = self._members(nodes.ravel())
        for row, own in enumerate(nodes.tolist()):
            for (a, left), (b, right) in combinations(enumerate(own), 2):
                if self.conflict(members[left], members[right]):
                    weight[row, a, b] = weight[row, b, a] = exact.FORBIDDEN

    def _agglomerate(self, components: NDArray[np.bool_]) -> None:
        """Group components of many nodes, all at once: no evidence joins two of them."""
        graph = self.graph
        nodes = self.nodes[components[graph.component[self.nodes]]]
        mine = components[self.owner]
        columns = (graph.left, graph.right, graph.total, graph.count, graph.apart)
        edges = list(zip(*(column[mine].tolist() for column in columns), strict=True))
        found = agglomerate(Nodes(self._members(nodes), edges, self.conflict, self.max_size))
        self.label[nodes] = [found[node] for node in nodes.tolist()]

    def _members(self, nodes: Ints) -> dict[int, frozenset[int]]:
        """Give the records of nodes."""
        wanted = np.zeros(len(self.ids), np.bool_)
        wanted[nodes] = True
        members: dict[int, list[int]] = {node: [] for node in nodes.tolist()}
        records = np.flatnonzero(wanted[self.graph.node])
        for node, record in zip(self.graph.node[records].tolist(), self.ids[records].tolist(), strict=True):
            members[node].append(record)
        return {node: frozenset(own) for node, own in members.items()}
