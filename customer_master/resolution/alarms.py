"""Groups that a steward should look at: too large for the evidence to be right, or hanging by a single pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from customer_master.resolution.components import UNKNOWN, Ints, Links, Pair, ScoredPairs, values


class AlarmKind(StrEnum):
    """What is alarming."""

    SIZE = "size"
    BRIDGE = "bridge"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to look at.

    Args:
        kind: ``size``: more records hang together than a group may have. ``bridge``: two parts of a group, each of
            several records, are held together by one pair alone.
        parts: the records that hang together: one group, two groups that the limit keeps apart, or the two sides of the
            bridge.
        pair: the bridge.
    """

    kind: AlarmKind
    parts: tuple[tuple[int, ...], ...]
    pair: Pair | None = None


def alarms(
    records: Ints, labels: Ints, pairs: ScoredPairs, *, must: Links = (), threshold: float = 0.0, max_size: int = 1000
) -> list[Alarm]:
    """Look over the groups that :func:`customer_master.resolution.clustering.cluster` made of the same arguments.

    Of the bridges of one group the one that parts it most evenly is told. What a must-link joins is decided and no
    bridge.

    Args:
        records: the records.
        labels: the smallest record of the group of each.
        pairs: what is known of pairs of records.
        must: pairs that always end up in one group.
        threshold: bits from which a pair speaks for one group.
        max_size: largest number of records of a group.
    """
    partition = _Partition(records, labels)
    value = values(pairs.bits, threshold)
    holding = np.column_stack((pairs.left, pairs.right))[value > 0]
    return [
        *_too_large(partition, pairs, value, max_size),
        *_hanging(partition, holding, np.asarray(must, np.int64).reshape(-1, 2)),
    ]


class _Partition:
    """Groups, numbered in order of their smallest records."""

    def __init__(self, records: Ints, labels: Ints) -> None:
        order = np.argsort(records)
        self.ids = records[order]
        _, self.group, self.size = np.unique(labels[order], return_inverse=True, return_counts=True)
        self.by_group = self.ids[np.argsort(self.group, kind="stable")]
        self.start = np.cumsum(self.size) - self.size

    def of(self, records: Ints) -> Ints:
        found: Ints = self.group[np.searchsorted(self.ids, records)]
        return found

    def members(self, group: int) -> tuple[int, ...]:
        start = self.start[group]
        return tuple(self.by_group[start : start + self.size[group]].tolist())


def _too_large(partition: _Partition, pairs: ScoredPairs, value: Ints, max_size: int) -> Iterator[Alarm]:
    """Tell the groups that must-links made too large, and those that would be if the limit did not keep them apart."""
    size = partition.size
    for group in np.flatnonzero(size > max_size).tolist():
        yield Alarm(AlarmKind.SIZE, (partition.members(group),))
    ends = np.sort(np.column_stack((partition.of(pairs.left), partition.of(pairs.right))), axis=1)
    across = ends[:, 0] != ends[:, 1]
    key, which, count = np.unique(
        ends[across, 0] * len(size) + ends[across, 1], return_inverse=True, return_counts=True
    )
    total = np.bincount(which, value[across], len(key))
    left, right = np.divmod(key, max(len(size), 1))
    worth = total - UNKNOWN * (size[left] * size[right] - count)
    for place in np.flatnonzero((worth > 0) & (size[left] + size[right] > max_size)).tolist():
        yield Alarm(AlarmKind.SIZE, (partition.members(left[place]), partition.members(right[place])))


def _hanging(partition: _Partition, holding: Ints, must: Ints) -> Iterator[Alarm]:
    """Tell the groups that hang by a single one of the pairs that speak for them."""
    pairs = np.concatenate((holding, must))
    left, right = partition.of(pairs[:, 0]), partition.of(pairs[:, 1])
    inside = np.bincount(left[left == right], minlength=len(partition.size))
    size = partition.size
    # two parts of two records or more lack at least 2 * (size - 2) - 1 of all pairs
    loose = (size >= 4) & (inside <= size * (size - 1) // 2 - 2 * (size - 2) + 1 + len(must))
    kept = (left == right) & loose[left]
    links: dict[int, dict[int, set[int]]] = {}
    for group, (a, b) in zip(left[kept].tolist(), pairs[kept].tolist(), strict=True):
        own = links.setdefault(group, {})
        own.setdefault(a, set()).add(b)
        own.setdefault(b, set()).add(a)
    decided = {(min(a, b), max(a, b)) for a, b in must.tolist()}
    for group in sorted(links):
        yield from _bridge(partition.members(group), links[group], decided)


def _bridge(members: tuple[int, ...], links: dict[int, set[int]], decided: set[Pair]) -> list[Alarm]:
    """Find the bridge that parts a group most evenly (Tarjan 1974)."""
    order, parent = _depth_first(members, links)
    number = {record: n for n, record in enumerate(order)}
    reach = dict(number)  # the first record that a record and those behind it are joined to
    behind = dict.fromkeys(order, 1)
    best: tuple[int, Pair, tuple[int, ...]] | None = None
    for record in reversed(order):
        before = parent.get(record)
        for other in links.get(record, ()):
            if other != before:
                reach[record] = min(reach[record], reach[other] if parent.get(other) == record else number[other])
        if before is None:
            continue
        behind[before] += behind[record]
        pair = (min(before, record), max(before, record))
        smaller = min(behind[record], len(members) - behind[record])
        if reach[record] == number[record] and smaller > 1 and pair not in decided:
            side = tuple(sorted(order[number[record] : number[record] + behind[record]]))
            best = min(best or (0, pair, side), (-smaller, pair, side))
    if best is None:
        return []
    _, pair, side = best
    parts = sorted((side, tuple(sorted(set(members) - set(side)))))
    return [Alarm(AlarmKind.BRIDGE, (parts[0], parts[1]), pair)]


def _depth_first(members: tuple[int, ...], links: dict[int, set[int]]) -> tuple[list[int], dict[int, int]]:
    """Walk through a group: its records in the order of the walk, and the record that each was reached from."""
    parent: dict[int, int] = {}
    order: list[int] = []
    seen: set[int] = set()
    for root in members:
        path = [(root, root)]
        while path:
            before, record = path.pop()
            if record in seen:
                continue
            seen.add(record)
            order.append(record)
            if record != root:
                parent[record] = before
            path += ((record, other) for other in sorted(links.get(record, ()), reverse=True) if other not in seen)
    return order, parent
