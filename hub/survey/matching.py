"""Who is who in all extracts together, by the hub's one scorer and its guarded clustering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.survey.candidates import CandidateTasks, KeyTable
from hub.survey.crew import Crew
from hub.survey.records import Layout
from hub.survey.work import Component, Scored, group_records, is_contradiction, read_rows, score_pairs

_ROWS_A_TASK = 2500
_RECORDS_A_TASK = 1500


@dataclass(slots=True)
class Matches:
    """The outcome of matching; records are numbered through all extracts.

    Args:
        groups: records of one customer, two and more in each.
        inside: the scored pairs inside the groups, for each group.
        doubtful: number of pairs that a person would have to look at.
        contradicting: pairs that agree in all but the registration number.
    """

    groups: list[tuple[int, ...]] = field(default_factory=list)
    inside: list[list[Scored]] = field(default_factory=list)
    doubtful: int = 0
    contradicting: list[Scored] = field(default_factory=list)


def match(crew: Crew, tables: Sequence[tuple[list[list[str]], Layout]]) -> Matches:
    """Find the records of one customer.

    Args:
        crew: does the work.
        tables: rows of each extract and what its columns say.
    """
    if not tables:
        return Matches()
    rows = [
        (table[start : start + _ROWS_A_TASK], layout)
        for table, layout in tables
        for start in range(0, len(table), _ROWS_A_TASK)
    ]
    chunks = list(crew.map("read rows", read_rows, rows))
    packed = [one for chunk in chunks for one in chunk.packed]
    work = CandidateTasks(KeyTable(chunks), packed)
    scored: list[Scored] = []
    read: dict[int, bytes] = {}
    for part in crew.map("compare", score_pairs, work):
        scored += part.scored
        read |= part.read
    groups = _group(crew, read, scored)
    group_of = {record: n for n, group in enumerate(groups) for record in group}
    inside: list[list[Scored]] = [[] for _ in groups]
    for pair in scored:
        if _together(pair, group_of):
            inside[group_of[pair.a]].append(pair)
    return Matches(
        groups=groups,
        inside=inside,
        doubtful=sum(pair.score.band == "review" and not _together(pair, group_of) for pair in scored),
        contradicting=[pair for pair in scored if is_contradiction(pair)],
    )


def _together(pair: Scored, group_of: Mapping[int, int]) -> bool:
    return pair.a in group_of and group_of[pair.a] == group_of.get(pair.b)


def _group(crew: Crew, read: Mapping[int, bytes], scored: Sequence[Scored]) -> list[tuple[int, ...]]:
    """Two records that match are a group; what hangs together in larger numbers is clustered under the constraints."""
    leader = _leaders((p.a, p.b) for p in scored if p.score.band == "match")
    members: dict[int, list[int]] = {}
    for record in sorted(leader):
        members.setdefault(leader[record], []).append(record)
    pairs: dict[int, list[Scored]] = {}
    for pair in scored:
        first = leader.get(pair.a, -1)
        if first >= 0 and first == leader.get(pair.b) and len(members[first]) > 2:
            pairs.setdefault(first, []).append(pair)
    groups = [tuple(records) for records in members.values() if len(records) == 2]
    components = [Component({r: read[r] for r in members[first]}, own) for first, own in sorted(pairs.items())]
    for found in crew.map("group", group_records, _batches(components)):
        groups += found
    return sorted(groups)


def _leaders(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Map every record of some pairs to the smallest one that it hangs together with."""
    parent: dict[int, int] = {}

    def find(record: int) -> int:
        parent.setdefault(record, record)
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return {record: find(record) for record in parent}


def _batches(components: Sequence[Component]) -> list[list[Component]]:
    batches: list[list[Component]] = []
    size = _RECORDS_A_TASK
    for component in components:
        if size >= _RECORDS_A_TASK:
            batches.append([])
            size = 0
        batches[-1].append(component)
        size += len(component.read)
    return batches
