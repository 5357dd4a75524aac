"""Keeping party ids when records are grouped anew.

An id names a party for ever: it is never used for another one and always resolves. So new groups take over the ids of
the parties they overlap with most; a group without one gets back the retired id its records once had, which makes an
undone merge exact; only then a new id is issued.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which id each new group has, and what became of ids that no group has.

    Args:
        kept: group index -> id of an active party it takes over.
        revived: group index -> retired id that becomes active again.
        created: indexes of groups that need a new id.
        merged_into: id left without records -> the one id that has them now.
        split_into: id left without records -> the ids that have them now.
    """

    kept: dict[int, int]
    revived: dict[int, int]
    created: tuple[int, ...]
    merged_into: dict[int, int]
    split_into: dict[int, tuple[int, ...]]


def assign_ids(
    old: Mapping[int, frozenset[int]],
    new: Sequence[frozenset[int]],
    retired: Mapping[int, frozenset[int]],
    recalled: Mapping[int, frozenset[int]] | None = None,
) -> Assignment:
    """Give the groups of a re-clustered component their ids.

    The greatest overlap in records goes first, then the older party (smaller id), then the group with the smallest
    record; each id and each group once.

    Args:
        old: active party id -> its records before.
        new: the groups now.
        retired: retired party id -> the records it had when it was retired.
        recalled: id -> the records it had before a change that is taken back; a group that is just these records gets
            the id back before anything else counts.

    >>> a = assign_ids({7: frozenset({1, 2}), 8: frozenset({3})}, [frozenset({1, 2, 3})], {})
    >>> a.kept, a.merged_into
    ({0: 7}, {8: 7})
    """
    everyone = frozenset(range(len(new)))
    index_of = {group: index for index, group in enumerate(new)}
    exact = {p: index_of[records] for p, records in (recalled or {}).items() if records in index_of}
    kept = {index: p for p, index in exact.items() if p in old}
    revived = {index: p for p, index in exact.items() if p in retired and p not in old}
    free = everyone - kept.keys() - revived.keys()
    kept |= _largest_overlaps({p: m for p, m in old.items() if p not in exact}, new, free)
    free = everyone - kept.keys() - revived.keys()
    revived |= _largest_overlaps({p: m for p, m in retired.items() if p not in exact}, new, free)
    party_of = {**kept, **revived}
    merged_into: dict[int, int] = {}
    split_into: dict[int, tuple[int, ...]] = {}
    group_of = {record: index for index, group in enumerate(new) for record in group}
    for party in sorted(old.keys() - set(kept.values())):
        # a group that overlaps with an id nobody took has an id already, otherwise it had taken this one
        heirs = sorted({party_of[group_of[record]] for record in old[party] if record in group_of})
        if len(heirs) == 1:
            merged_into[party] = heirs[0]
        elif heirs:
            split_into[party] = tuple(heirs)
    created = tuple(sorted(everyone - kept.keys() - revived.keys()))
    return Assignment(kept, revived, created, merged_into, split_into)


def _largest_overlaps(
    parties: Mapping[int, frozenset[int]], groups: Sequence[frozenset[int]], free: frozenset[int]
) -> dict[int, int]:
    group_of = {record: index for index in free for record in groups[index]}
    overlaps: Counter[tuple[int, int]] = Counter()
    for party, records in parties.items():
        overlaps.update((party, group_of[record]) for record in records if record in group_of)
    taken: dict[int, int] = {}
    used: set[int] = set()
    for party, index in sorted(overlaps, key=lambda key: (-overlaps[key], key[0], min(groups[key[1]]))):
        if index not in taken and party not in used:
            taken[index] = party
            used.add(party)
    return taken
