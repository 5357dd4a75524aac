"""Overlays: one source record whose history shows two customers, because its key was given to another one. Pure."""

from __future__ import annotations

import numpy as np

from customer_master.resolution.agreement import compare_parties
from customer_master.resolution.attributes.persons import PersonLevel
from customer_master.resolution.levels import NAME, NameLevel
from customer_master.resolution.party import Values, values_of
from mappings.canonical import Kind, Party
from mappings.normalize.text import fold

_LEAST_CHANGES = 2
"""Besides the name, so many of the others must have changed altogether."""


def overlay(before: Party, after: Party) -> tuple[str, ...]:
    """Tell whether the next version of a record speaks of somebody else, and by what.

    A company that is renamed keeps its number or tells its former name, one that moves keeps its name: whatever is
    still common to both versions speaks for one customer.

    Args:
        before: what the record said.
        after: what it says next.

    Returns:
        What has changed altogether: ``name`` and at least two of ``kind``, ``identifiers``, ``phones``, ``emails``
        and ``addresses``; empty if it may well be the same customer.

    >>> from mappings.canonical import Identifier, Name, Phone
    >>> def party(name, number, phone):
    ...     return Party(Kind.ORGANISATION, (Name(name),), (Identifier("cn_uscc", number),), phones=(Phone(phone),))
    >>> huaqiang = party("深圳市华强电子有限公司", "914403001922038216", "+8675526988888")
    >>> overlay(huaqiang, party("上海远大机械有限公司", "91310115607345281M", "+862158881234"))
    ('name', 'identifiers', 'phones')
    >>> overlay(huaqiang, party("深圳市华强科技有限公司", "914403001922038216", "+862158881234"))
    ()
    """
    if not _is_renamed(before, after):
        return ()
    old, new = values_of(before), values_of(after)
    stated: dict[str, tuple[set[str], set[str]]] = {
        "identifiers": (_numbers(old), _numbers(new)),
        "phones": ({*old.phones}, {*new.phones}),
        "emails": ({*old.emails, *old.domains}, {*new.emails, *new.domains}),
        "addresses": (_places(old), _places(new)),
    }
    if any(was & now for was, now in stated.values()):
        return ()
    changed = [name for name, (was, now) in stated.items() if was and now]
    if before.kind is not after.kind:
        changed.insert(0, "kind")
    return ("name", *changed) if len(changed) >= _LEAST_CHANGES else ()


def _is_renamed(before: Party, after: Party) -> bool:
    """Tell whether no name of now is like one of before, and none of before is told as the former one."""
    if any(name.is_former for name in after.names):
        return False
    if before.kind is not after.kind:  # read differently, they can only be equal
        old, new = ({fold(name.text) for name in party.names} for party in (before, after))
        return bool(old and new) and old.isdisjoint(new)
    level = compare_parties([values_of(before), values_of(after)], np.array([0]), np.array([1]))[0, NAME]
    return bool(level in _OTHER_NAMES[before.kind is Kind.PERSON])


_OTHER_NAMES = ((NameLevel.DIFFERENT,), (PersonLevel.DIFFERENT, PersonLevel.CONTRADICTED))
"""Levels of names that differ: of organisations and sites, of persons."""


def _numbers(party: Values) -> set[str]:
    return {text for number in party.numbers for text in (number.code, number.text)}


def _places(party: Values) -> set[str]:
    return {site.house or site.place.road or site.city for site in party.sites} - {""}
