"""Overlays: one source record whose history shows two customers, because its key was given to another one. Pure."""

from __future__ import annotations

from customer_master.resolution.features import Features, features, name_features
from customer_master.resolution.name_comparison import NameLevel, compare_names
from mappings.canonical import Kind, Party

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
    old, new = features(before), features(after)
    stated = {
        "identifiers": (_numbers(old), _numbers(new)),
        "phones": (old.phones, new.phones),
        "emails": (old.emails | old.domains, new.emails | new.domains),
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
    old = name_features(before.kind, (name.text for name in before.names))
    new = name_features(after.kind, (name.text for name in after.names))
    if before.kind is not after.kind:  # read differently, they can only be equal
        return bool(old and new) and not {name.folded for name in old} & {name.folded for name in new}
    return compare_names(old, new, person=before.kind is Kind.PERSON) is NameLevel.DIFFERENT


def _numbers(party: Features) -> frozenset[object]:
    return frozenset(party.identifiers) | party.chinese_numbers


def _places(party: Features) -> frozenset[str]:
    return frozenset(address.place or address.road or address.city for address in party.addresses) - {""}
