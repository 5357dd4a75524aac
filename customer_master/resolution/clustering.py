"""Guarded clustering: from scored pairs to groups of records.

Plain transitive closure glues thousands of records together over a few wrong pairs. Here groups grow by agglomeration,
best link first, with average linkage over the cross pairs that are known, and a join that breaks a constraint is
refused. The outcome depends on the set of pairs alone, never on the order in which they arrive.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence

Pair = tuple[int, int]
Conflict = Callable[[frozenset[int], frozenset[int]], bool]

_PRECISION = 1000  # weights are summed as whole thousandths of a bit, so that sums do not depend on the order of adding


class ContradictionError(ValueError):
    """Must-links join two records that a cannot-link keeps apart."""


def no_conflict(_left: frozenset[int], _right: frozenset[int]) -> bool:
    """Allow every join."""
    return False


def cluster(
    records: Sequence[int],
    pairs: Mapping[Pair, float],
    *,
    cannot: Iterable[Pair] = (),
    must: Iterable[Pair] = (),
    conflict: Conflict = no_conflict,
    threshold: float = 0.0,
    max_size: int = 1000,
) -> list[tuple[int, ...]]:
    """Group records.

    Args:
        records: the records to group.
        pairs: what is known of pairs of them: the linkage in bits as
            :func:`customer_master.resolution.scoring.linkages` gives it.
        cannot: pairs that never end up in one group.
        must: pairs that always end up in one group; they are joined first and past all guards.
        conflict: tells whether two groups hold facts that exclude each other. What conflicts once must conflict still
            when either group has grown.
        threshold: least average linkage in bits of a join; a join needs at least one known pair above it.
        max_size: largest number of records of a group.

    Returns:
        The groups, each sorted, in order of their smallest record.

    Raises:
        ContradictionError: ``must`` and ``cannot`` exclude each other.

    >>> cluster([1, 2, 3, 4], {(1, 2): 9.0, (2, 3): 8.0, (3, 4): 7.0}, cannot=[(1, 3)])
    [(1, 2), (3, 4)]
    """
    groups = _Groups(records, cannot, conflict, max_size)
    for a, b in sorted(tuple(sorted(pair)) for pair in must):
        groups.join(groups.of[a], groups.of[b])
    groups.check_must_links()
    groups.link(pairs)
    groups.agglomerate(threshold)
    return sorted(tuple(sorted(members)) for members in groups.members.values())


class _Groups:
    """The state of an agglomeration. A group is named by its smallest record."""

    def __init__(self, records: Sequence[int], cannot: Iterable[Pair], conflict: Conflict, max_size: int) -> None:
        self.of = {record: record for record in records}
        self.members = {record: frozenset((record,)) for record in records}
        self.links: dict[int, dict[int, tuple[int, int]]] = {record: {} for record in records}
        self.enemies: dict[int, set[int]] = {record: set() for record in records}
        self.conflict = conflict
        self.max_size = max_size
        for a, b in cannot:
            if a in self.of and b in self.of:
                self.enemies[a].add(b)
                self.enemies[b].add(a)

    def check_must_links(self) -> None:
        for name, enemies in self.enemies.items():
            if enemies & self.members.get(name, frozenset()):
                apart = min(enemies & self.members[name])
                raise ContradictionError(
                    f"the must-links join record {apart} with a record that a cannot-link keeps apart from it; "
                    "take one of the decisions back"
                )

    def link(self, pairs: Mapping[Pair, float]) -> None:
        for (a, b), weight in pairs.items():
            left, right = self.of[a], self.of[b]
            if left != right:
                self._add_link(left, right, round(weight * _PRECISION), 1)

    def agglomerate(self, threshold: float) -> None:
        least = round(threshold * _PRECISION)
        heap = [self._entry(a, b) for a, others in self.links.items() for b in others if a < b]
        heapq.heapify(heap)
        while heap:
            entry = heapq.heappop(heap)
            negative_average, a, b = entry
            if -negative_average < least:
                return
            if b not in self.links.get(a, ()) or self._entry(a, b) != entry:
                continue  # one of the two has grown since
            if self._refuses(a, b):
                del self.links[a][b], self.links[b][a]
                continue
            name = self.join(a, b)
            for other in self.links[name]:
                heapq.heappush(heap, self._entry(name, other))

    def join(self, a: int, b: int) -> int:
        if a == b:
            return a
        kept, gone = min(a, b), max(a, b)
        for record in self.members[gone]:
            self.of[record] = kept
        self.members[kept] |= self.members.pop(gone)
        self.enemies[kept] |= self.enemies.pop(gone)
        moved = self.links.pop(gone)
        moved.pop(kept, None)
        self.links[kept].pop(gone, None)
        for other, (total, count) in moved.items():
            del self.links[other][gone]
            self._add_link(kept, other, total, count)
        return kept

    def _refuses(self, a: int, b: int) -> bool:
        left, right = self.members[a], self.members[b]
        return (
            len(left) + len(right) > self.max_size
            or not self.enemies[a].isdisjoint(right)
            or self.conflict(left, right)
        )

    def _add_link(self, a: int, b: int, total: int, count: int) -> None:
        known_total, known_count = self.links[a].get(b, (0, 0))
        self.links[a][b] = self.links[b][a] = (known_total + total, known_count + count)

    def _entry(self, a: int, b: int) -> tuple[float, int, int]:
        total, count = self.links[a][b]
        return (-total / count, min(a, b), max(a, b))
