"""Records as small byte strings, so that hundreds of thousands of them pass between processes at little cost.

Names are packed as they are written: most records are never compared by name, and reading names is what costs most.
"""

from __future__ import annotations

import marshal
from dataclasses import fields
from operator import attrgetter

from customer_master.resolution.features import (
    AddressFeatures,
    Features,
    NameFeatures,
    contact_features,
    features,
    name_features,
)
from mappings.canonical import Kind, Party

_name_values = attrgetter(*(field.name for field in fields(NameFeatures)))


def pack(party: Party) -> tuple[bytes, Features]:
    """Pack a party; give its features without the names too."""
    read = features(
        Party(
            party.kind,
            identifiers=party.identifiers,
            addresses=party.addresses,
            phones=party.phones,
            emails=party.emails,
        )
    )
    content = (
        str(read.kind),
        tuple(n.text for n in party.names),
        party.contacts,
        tuple(read.identifiers),
        tuple(read.chinese_numbers),
        tuple(read.damaged),
        tuple(read.phones),
        tuple(read.emails),
        tuple(read.domains),
        tuple((a.country, a.city, a.road, a.place, a.room) for a in read.addresses),
    )
    return marshal.dumps(content), read


def unpack(packed: bytes) -> Features:
    """Give all features of a packed party; its names are read here.

    >>> from mappings.canonical import Name
    >>> party = Party(Kind.ORGANISATION, names=(Name("华强公司"),), contacts=("王小明",))
    >>> unpack(pack(party)[0]) == features(party)
    True
    """
    kind, names, contacts, identifiers, numbers, damaged, phones, emails, domains, addresses = marshal.loads(packed)  # noqa: S302 - our own bytes, from our own process
    return Features(
        kind=Kind(kind),
        names=name_features(Kind(kind), names),
        identifiers=frozenset(identifiers),
        chinese_numbers=frozenset(numbers),
        damaged=frozenset(damaged),
        phones=frozenset(phones),
        emails=frozenset(emails),
        domains=frozenset(domains),
        addresses=tuple(AddressFeatures(*a) for a in addresses),
        contacts=contact_features(contacts),
    )


def pack_features(read: Features) -> bytes:
    """Pack features with the names as they were read, so that no other process has to read them again."""
    names = tuple(map(_name_values, read.names))
    return marshal.dumps((str(read.kind), names, tuple(read.identifiers)))


def unpack_telling(packed: bytes) -> Features:
    """Give what of some packed features can keep two records apart: kind, names and identifiers.

    >>> from mappings.canonical import Name
    >>> read = features(Party(Kind.SITE, names=(Name("华强公司深圳分公司"),)))
    >>> unpack_telling(pack_features(read)).names == read.names
    True
    """
    kind, names, identifiers = marshal.loads(packed)  # noqa: S302 - our own bytes, from our own process
    nothing: frozenset[str] = frozenset()
    return Features(
        kind=Kind(kind),
        names=tuple(NameFeatures(*name) for name in names),
        identifiers=frozenset(identifiers),
        chinese_numbers=nothing,
        damaged=nothing,
        phones=nothing,
        emails=nothing,
        domains=nothing,
        addresses=(),
        contacts=nothing,
    )
