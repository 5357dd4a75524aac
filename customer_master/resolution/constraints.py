"""Facts that keep groups of records apart, whatever the weights say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from customer_master.resolution.agreement import contradicting, units_of, valid_numbers
from customer_master.resolution.party import Values


def conflicts(parties: Mapping[int, Values]) -> Callable[[frozenset[int], frozenset[int]], bool]:
    """Make the guard of :func:`customer_master.resolution.clustering.cluster`.

    Two groups exclude each other if a record of one and a record of the other are of different kinds, hold valid
    identifiers of one scheme that differ, or if one is a branch, plant or account and the other is not or is another.

    Args:
        parties: record id -> what it says, for every record to be grouped.
    """

    def exclude(left: frozenset[int], right: frozenset[int]) -> bool:
        return any(_exclude(a, b) for a in _telling(left, parties) for b in _telling(right, parties))

    return exclude


_Facts = tuple[str, frozenset[tuple[str, str]], frozenset[str], bool]


def _telling(group: Iterable[int], parties: Mapping[int, Values]) -> set[_Facts]:
    """Reduce a group to the distinct facts that can exclude others: kind, identifiers, units, whether it has a name."""
    found = (parties[record] for record in group)
    return {(v.kind, valid_numbers(v), units_of(v), bool(v.names)) for v in found}


def _exclude(a: _Facts, b: _Facts) -> bool:
    kind_a, identifiers_a, units_a, named_a = a
    kind_b, identifiers_b, units_b, named_b = b
    if kind_a != kind_b or contradicting(identifiers_a, identifiers_b):
        return True
    return named_a and named_b and units_a != units_b and units_a.isdisjoint(units_b)
