"""Blocking keys: values under which candidate pairs meet, and how often one may be shared before it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from hashlib import blake2b
from typing import NamedTuple

from customer_master.resolution.features import Features
from mappings.canonical import Kind

Frequency = Callable[[int], int]
"""Tells how many records hold the key with this hash."""


class KeyKind(IntEnum):
    """What a blocking key is made of. The numbers are stored; they are never reused for something else."""

    IDENTIFIER = 1
    NUMBER_HEAD = 2
    NUMBER_TAIL = 3
    PHONE = 4
    EMAIL = 5
    DOMAIN = 6
    ADDRESS = 7
    NAME_CORE = 8
    NAME_SOUND = 9
    TRADE_IN_CITY = 10
    CONTACT_IN_CITY = 11


class BlockingKey(NamedTuple):
    """A key as it is stored: a signed 64-bit hash that is the same in every process, and its kind."""

    hash: int
    kind: int


class Rarity(IntEnum):
    """How much it says that two records share a value, by the number of records that hold it."""

    RARE = 0
    COMMON = 1
    WORTHLESS = 2


RARE: Mapping[int, int] = {
    KeyKind.PHONE: 8,
    KeyKind.EMAIL: 8,
    KeyKind.DOMAIN: 12,
    KeyKind.ADDRESS: 8,
    KeyKind.IDENTIFIER: 30,
}
"""Up to how many records may hold a value that still points to one party; a customer has several records itself."""

CAP: Mapping[int, int] = {
    KeyKind.IDENTIFIER: 200,
    KeyKind.NUMBER_HEAD: 20,
    KeyKind.NUMBER_TAIL: 20,
    KeyKind.PHONE: 40,
    KeyKind.EMAIL: 40,
    KeyKind.DOMAIN: 60,
    KeyKind.ADDRESS: 60,
    KeyKind.NAME_CORE: 60,
    KeyKind.NAME_SOUND: 60,
    KeyKind.TRADE_IN_CITY: 40,
    KeyKind.CONTACT_IN_CITY: 20,
}
"""A key held by more records than this generates no candidates, and a value that common is no evidence."""

SHARED_KINDS = frozenset(RARE)
"""Kinds whose frequency is part of the evidence: when it crosses a bound, its holders have to be compared again."""


def rarity(kind: int, frequency: int) -> Rarity:
    """Grade how common a shared value is.

    >>> rarity(KeyKind.PHONE, 2), rarity(KeyKind.PHONE, 1000)
    (<Rarity.RARE: 0>, <Rarity.WORTHLESS: 2>)
    """
    if frequency > CAP[kind]:
        return Rarity.WORTHLESS
    return Rarity.RARE if frequency <= RARE.get(kind, frequency) else Rarity.COMMON


_BEGUN = {(kind, party): blake2b(f"{kind:d}|{party}|".encode(), digest_size=8) for kind in KeyKind for party in Kind}
"""Hashes begun with what a key is of: copying one is cheaper than beginning it."""


def key_hash(kind: KeyKind, party_kind: Kind, value: str) -> int:
    """Hash a value to a signed 64-bit number, stable across processes and machines.

    Parties of different kinds get different hashes and so never meet.

    >>> key_hash(KeyKind.PHONE, Kind.PERSON, "+8613812345678") == key_hash(KeyKind.PHONE, Kind.SITE, "+8613812345678")
    False
    """
    begun = _BEGUN[kind, party_kind].copy()
    begun.update(value.encode())
    return int.from_bytes(begun.digest(), "big", signed=True)


def blocking_keys(f: Features) -> frozenset[BlockingKey]:
    """Give all keys of a party."""
    return frozenset([BlockingKey(key_hash(kind, f.kind, value), int(kind)) for kind, value in _values(f)])


def identifier_value(identifier: tuple[str, str]) -> str:
    """Give the text under which an identifier is hashed."""
    return f"{identifier[0]}:{identifier[1]}"


def cities(f: Features) -> set[str]:
    """Collect the cities a party is known to be in, by name or address."""
    return {n.city for n in f.names if n.city} | {a.city for a in f.addresses if a.city}


def _values(f: Features) -> Iterator[tuple[KeyKind, str]]:
    for identifier in f.identifiers:
        yield KeyKind.IDENTIFIER, identifier_value(identifier)
    for number in f.chinese_numbers:
        body = number[2:17] if len(number) > 15 else number
        # region with the first half of the organisation code, and its second half: one of them outlives a typing error
        yield KeyKind.NUMBER_HEAD, body[:10]
        yield KeyKind.NUMBER_TAIL, body[10:]
    for phone in f.phones:
        yield KeyKind.PHONE, phone
    for email in f.emails:
        yield KeyKind.EMAIL, email
    for domain in f.domains:
        yield KeyKind.DOMAIN, domain
    for address in f.addresses:
        if address.place:
            yield KeyKind.ADDRESS, address.place
    yield from _name_values(f)


def _name_values(f: Features) -> Iterator[tuple[KeyKind, str]]:
    places = cities(f)
    for name in f.names:
        if not name.complete:
            continue
        yield KeyKind.NAME_CORE, name.core
        yield KeyKind.NAME_SOUND, name.sound
        if f.kind is not Kind.PERSON:
            for place in places:
                yield KeyKind.TRADE_IN_CITY, f"{place}{name.trade}"
    for contact in f.contacts:
        for place in places:
            yield KeyKind.CONTACT_IN_CITY, f"{place}{contact}"
