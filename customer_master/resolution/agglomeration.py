"""Groups in components too large for an exact answer: grown by average linkage, then mended node by node."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from customer_master.resolution.components import UNKNOWN

Conflict = Callable[[frozenset[int], frozenset[int]], bool]
Edge = tuple[int, int, int, int, bool]
"""Two nodes, what is known in thousandths of a bit, of how many pairs of records, and whether the two stay apart."""
Known = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a component and what holds between them.

    Args:
        members: the records of each node.
        edges: what is known of pairs of nodes.
        conflict: tells whether two sets of records exclude each other.
        max_size: largest number of records of a group of several nodes.
    """

    members: dict[int, frozenset[int]]
    edges: Sequence[Edge]
    conflict: Conflict
    max_size: int

    def links(self) -> dict[int, Known]:
        """Give what is known of each node and its neighbours."""
        links: dict[int, Known] = {node: {} for node in self.members}
        for a, b, total, count, _ in self.edges:
            links[a][b] = links[b][a] = (total, count)
        return links

    def enemies(self) -> dict[int, set[int]]:
        """Give the nodes that each node is kept apart from."""
        enemies: dict[int, set[int]] = {node: set() for node in self.members}
        for a, b, _, _, apart in self.edges:
            if apart:
                enemies[a].add(b)
                enemies[b].add(a)
        return enemies


def agglomerate(nodes: Nodes) -> dict[int, int]:
    """Group the nodes of a component; the outcome does not depend on the order of nodes and edges.

    Groups grow by the best average linkage of the known pairs as long as the weights between two of them sum up to more
    than nothing. Then single nodes move to where they are worth most; each move raises the sum of the weights inside
    groups, so it comes to an end.

    Returns:
        For each node the lowest node of its group.
    """
    grown = _Growth(nodes).run()
    return _Mending(nodes, grown).run()


def _worth(known: tuple[int, int], left: frozenset[int], right: frozenset[int]) -> int:
    """Sum up the weights between two sets of records, unknown pairs included."""
    total, count = known
    return total - UNKNOWN * (len(left) * len(right) - count)


class _Growth:
    """Groups that grow. A group is named by its lowest node."""

    def __init__(self, nodes: Nodes) -> None:
        self.records = dict(nodes.members)
        self.members = {node: {node} for node in nodes.members}
        self.links = nodes.links()
        self.enemies = nodes.enemies()
        self.conflict = nodes.conflict
        self.max_size = nodes.max_size

    def run(self) -> dict[int, set[int]]:
        heap = [entry for a, others in self.links.items() for b in others if a < b for entry in self._entry(a, b)]
        heapq.heapify(heap)
        while heap:
            entry = heapq.heappop(heap)
            _, a, b = entry
            if b not in self.links.get(a, ()) or self._entry(a, b) != [entry]:
                continue  # one of the two has grown since
            if self._refuses(a, b):
                del self.links[a][b], self.links[b][a]
                continue
            self._join(a, b)
            for other in self.links[a]:
                for renewed in self._entry(min(a, other), max(a, other)):
                    heapq.heappush(heap, renewed)
        return self.members

    def _entry(self, a: int, b: int) -> list[tuple[float, int, int]]:
        """Give the place in the queue of two groups, none if the evidence does not join them."""
        known = self.links[a][b]
        worth = _worth(known, self.records[a], self.records[b])
        return [(-worth / known[1], a, b)] if worth > 0 else []

    def _refuses(self, a: int, b: int) -> bool:
        left, right = self.records[a], self.records[b]
        return (
            len(left) + len(right) > self.max_size
            or not self.enemies[a].isdisjoint(self.members[b])
            or self.conflict(left, right)
        )

    def _join(self, kept: int, gone: int) -> None:
        self.records[kept] |= self.records.pop(gone)
        self.members[kept] |= self.members.pop(gone)
        self.enemies[kept] |= self.enemies.pop(gone)
        moved = self.links.pop(gone)
        del moved[kept], self.links[kept][gone]
        for other, (total, count) in moved.items():
            del self.links[other][gone]
            known_total, known_count = self.links[kept].get(other, (0, 0))
            self.links[kept][other] = self.links[other][kept] = (known_total + total, known_count + count)


class _Mending:
    """Groups between which nodes move. A group that a node opens gets a number above all others."""

    def __init__(self, nodes: Nodes, grown: dict[int, set[int]]) -> None:
        self.own = nodes.members
        self.links = nodes.links()
        self.enemies = nodes.enemies()
        self.conflict = nodes.conflict
        self.max_size = nodes.max_size
        self.members = {group: set(members) for group, members in grown.items()}
        self.of = {node: group for group, members in grown.items() for node in members}
        self.records = {g: frozenset[int]().union(*(self.own[n] for n in nodes)) for g, nodes in grown.items()}
        self.next = max(self.own, default=0) + 1

    def run(self) -> dict[int, int]:
        moved = True
        while moved:
            moved = False
            for node in sorted(self.own):
                if (best := min(self._moves(node), default=None)) is not None:
                    self._move(node, best[1])
                    moved = True
        return {node: min(members) for members in self.members.values() for node in members}

    def _moves(self, node: int) -> Iterator[tuple[int, int]]:
        """List where a node is worth more than where it is: what the move loses (negative), and the group."""
        known = self._known(node)
        own, here = self.own[node], self.of[node]
        now = _worth(known.pop(here, (0, 0)), own, self.records[here] - own)
        if now < 0:
            yield now, self.next
        for group, sums in known.items():
            gain = _worth(sums, own, self.records[group]) - now
            if gain > max(-now, 0) and not self._refuses(node, group):
                yield -gain, group

    def _known(self, node: int) -> Known:
        """Sum up what is known of a node and each group."""
        known: Known = {}
        for other, (total, count) in self.links[node].items():
            known_total, known_count = known.get(self.of[other], (0, 0))
            known[self.of[other]] = (known_total + total, known_count + count)
        return known

    def _refuses(self, node: int, group: int) -> bool:
        own, records = self.own[node], self.records[group]
        return (
            len(own) + len(records) > self.max_size
            or not self.enemies[node].isdisjoint(self.members[group])
            or self.conflict(own, records)
        )

    def _move(self, node: int, group: int) -> None:
        left = self.of[node]
        self.members[left].remove(node)
        self.records[left] -= self.own[node]
        if not self.members[left]:
            del self.members[left], self.records[left]
        self.members.setdefault(group, set()).add(node)
        self.records[group] = self.records.get(group, frozenset()) | self.own[node]
        self.of[node] = group
        self.next = max(self.next, group + 1)
