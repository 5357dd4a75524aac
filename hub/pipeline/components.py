"""Components: records that may belong together, and so must be decided together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from customer_master.stewardship.constraints import must_links
from customer_master.store import matching, parties

RECORDS_A_COMMIT = 200
"""Records, or parties if these are more, that a commit of resolving is about: the clock is held some 15 ms."""
_FRONTIER = 20_000


@dataclass(slots=True)
class Component:
    """Records that may belong together, and the parties they belong to so far.

    ``edges`` are the matching pairs among them: what the evidence says, whatever the parties are.
    """

    records: list[int]
    parties: set[int] = field(default_factory=set)
    edges: list[tuple[int, int]] = field(default_factory=list)


def find_components(db: Connection, queued: Sequence[int], bound: Iterable[tuple[int, int]] = ()) -> list[Component]:
    """Find everything that hangs together with the queued records: by matching pairs, by party, by anchor.

    Args:
        db: connection.
        queued: records to begin with.
        bound: pairs of them that hang together besides.
    """
    forest = Forest(queued)
    for a, b in bound:
        forest.join(a, b)
    party_of: dict[int, int] = {}
    edges: set[tuple[int, int]] = set()
    frontier = list(queued)
    while frontier:
        part, frontier = frontier[:_FRONTIER], frontier[_FRONTIER:]
        matched = matching.match_edges(db, part)
        edges.update(matched)
        for a, b in matched + parties.anchors(db, part) + must_links(db, part):
            frontier += forest.join(a, b)
        own = parties.parties_of(db, part)
        party_of.update(own)
        for members in parties.members_of(db, set(own.values())).values():
            first = min(members)
            for record in members:
                frontier += forest.join(first, record)
    return _grouped(forest, party_of, edges)


class Forest:
    """Union-find over records; a component is named by its smallest record.

    Args:
        records: the first ones, each a component of its own.
    """

    def __init__(self, records: Iterable[int]) -> None:
        self.parent = {record: record for record in records}

    def find(self, record: int) -> int:
        """Name the component of a record."""
        parent = self.parent
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    def join(self, a: int, b: int) -> list[int]:
        """Join two records; give those of them that are new here."""
        new = [record for record in {a, b} if record not in self.parent]
        self.parent.update((record, record) for record in new)
        low, high = sorted((self.find(a), self.find(b)))
        self.parent[high] = low
        return new


def _grouped(forest: Forest, party_of: Mapping[int, int], edges: Iterable[tuple[int, int]]) -> list[Component]:
    components: dict[int, Component] = {}
    for record in sorted(forest.parent):
        component = components.setdefault(forest.find(record), Component([]))
        component.records.append(record)
        if record in party_of:
            component.parties.add(party_of[record])
    for edge in sorted(edges):
        components[forest.find(edge[0])].edges.append(edge)
    return [components[first] for first in sorted(components)]


def in_commits(components: Iterable[Component]) -> Iterable[list[Component]]:
    """Put components into commits that touch at most some 200 parties each."""
    group: list[Component] = []
    size = 0
    for component in components:
        own = max(len(component.records), len(component.parties))
        if group and size + own > RECORDS_A_COMMIT:
            yield group
            group, size = [], 0
        group.append(component)
        size += own
    if group:
        yield group
