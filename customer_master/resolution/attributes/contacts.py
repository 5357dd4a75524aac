"""Telephone numbers and e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.vectors import alike, best_of_each, chosen, column, equal, lengths
from mappings.normalize.damage import informative
from mappings.normalize.emails import is_free_mail, mailbox_key, read_emails
from mappings.normalize.phones import loose_numbers
from mappings.normalize.text import simplify

_SHORTEST_ADDRESS: Final = 5
_LOCAL_DIGITS: Final = 7
"""A telephone number without area code has at least so many digits."""
_LETTERS: Final = 5
"""The half of a mailbox that makes a key has at least so many letters."""


class PhoneLevel(IntEnum):
    """How well two telephone numbers agree."""

    MISSING = 0
    DIFFERENT = 1
    SAME_BLOCK = 2
    """All but the last three digits of a number on the land: the direct lines of one switchboard."""
    SLIP = 3
    """One digit off, lost, doubled, or two exchanged."""
    LOCAL = 4
    """The same number, one of the two without area code or country code."""
    EXACT = 5


class PhoneKind:
    """Telephone numbers; several in a cell are one value, which agrees as its best number does."""

    name = "phone"
    levels: type[IntEnum] = PhoneLevel
    is_name = False

    def read(self, text: str) -> tuple[str, ...] | None:
        """Read the digits of each number, with the country code where it is known."""
        return loose_numbers(text) or None

    def keys(self, value: tuple[str, ...]) -> Iterable[str]:
        """Give of each number the last seven digits, and those without the first and without the last of them."""
        tails = [number[-_LOCAL_DIGITS:] for number in value]
        return [key for tail in tails for key in (tail, tail[1:] + "-", "-" + tail[:-1], "/" + "".join(sorted(tail)))]

    def term(self, value: tuple[str, ...]) -> str:
        """Count the first number."""
        return value[0]

    def compare(self, left: Sequence[tuple[str, ...]], right: Sequence[tuple[str, ...]]) -> Compared:
        """Compare numbers pair by pair."""
        return best_of_each(left, right, _compare_numbers)


def _compare_numbers(left: list[str], right: list[str]) -> Compared:
    distance = (1 - alike(left, right, OSA.normalized_similarity)) * np.maximum(lengths(left), lengths(right))
    tails, others = ([number[-_LOCAL_DIGITS:] for number in side] for side in (left, right))
    same_tail = equal(tails, others) & (lengths(tails) == _LOCAL_DIGITS)
    local = np.zeros(len(left), np.bool_)
    places = np.flatnonzero(same_tail)
    ends = zip(chosen(left, places), chosen(right, places), strict=True)
    local[places] = [a.endswith(b) or b.endswith(a) for a, b in ends]
    blocks = equal([number[:-3] for number in left], [number[:-3] for number in right])
    levels = np.select(
        [equal(left, right), local, distance < 1.5, blocks],
        [PhoneLevel.EXACT, PhoneLevel.LOCAL, PhoneLevel.SLIP, PhoneLevel.SAME_BLOCK],
        PhoneLevel.DIFFERENT,
    )
    similarity = np.clip(1 - np.where(local, np.minimum(distance, 0.4), distance) / 8, 0, 1)
    return Compared(levels.astype(np.uint8), similarity.astype(np.float32))


class EmailLevel(IntEnum):
    """How well two e-mail addresses agree."""

    MISSING = 0
    DIFFERENT = 1
    SAME_DOMAIN = 2
    """Two mailboxes at one company."""
    SIMILAR = 3
    """Four letters of five, in order."""
    SAME_MAILBOX = 4
    """The same name before the @, elsewhere."""
    SLIP = 5
    """One letter off, lost, doubled, or two exchanged."""
    EXACT = 6


class Address(NamedTuple):
    """An e-mail address.

    Args:
        text: lower case; without what providers ignore.
        mailbox: what stands before the @.
        company: the domain, if not everybody can have an address there.
    """

    text: str
    mailbox: str
    company: str


class EmailKind:
    """E-mail addresses; several in a cell are one value, which agrees as its best address does."""

    name = "email"
    levels: type[IntEnum] = EmailLevel
    is_name = False

    def read(self, text: str) -> tuple[Address, ...] | None:
        """Read the addresses; what is none is kept as it is, for it may be one that lost a character."""
        addresses = read_emails(text)
        if not addresses:
            damaged = simplify(informative(text, "email")).replace(" ", "")
            if len(damaged) < _SHORTEST_ADDRESS:
                return None
            addresses = (damaged,)
        return tuple(map(_address, map(mailbox_key, addresses)))

    def keys(self, value: tuple[Address, ...]) -> Iterable[str]:
        """Give of each address: all of it, the mailbox and its two halves, the end, the domain of a company."""
        return [key for address in value for key in _address_keys(address)]

    def term(self, value: tuple[Address, ...]) -> str:
        """Count the first address."""
        return value[0].text

    def compare(self, left: Sequence[tuple[Address, ...]], right: Sequence[tuple[Address, ...]]) -> Compared:
        """Compare addresses pair by pair."""
        return best_of_each(left, right, _compare_addresses)


def _address(text: str) -> Address:
    mailbox, _, host = text.partition("@")
    return Address(text, mailbox, "" if is_free_mail(text) else host)


def _address_keys(address: Address) -> list[str]:
    mailbox = address.mailbox
    half = max(_LETTERS, (len(mailbox) + 1) // 2)  # a slip leaves one of the two
    keys = [address.text, mailbox + "@", address.text[:half] + "-", "-" + mailbox[-half:], "-" + address.text[-8:]]
    return [*keys, "@" + address.company] if address.company else keys


def _compare_addresses(left: list[Address], right: list[Address]) -> Compared:
    a, b, mailboxes, domains = column(left, 0), column(right, 0), column(left, 1), column(left, 2)
    similarity = alike(a, b, OSA.normalized_similarity)
    slip = (1 - similarity) * np.maximum(lengths(a), lengths(b)) < 1.5
    same_mailbox = equal(mailboxes, column(right, 1)) & (lengths(mailboxes) >= 4)
    same_domain = equal(domains, column(right, 2)) & (lengths(domains) > 0)
    levels = np.select(
        [equal(a, b), slip, same_mailbox, similarity >= 0.8, same_domain],
        [EmailLevel.EXACT, EmailLevel.SLIP, EmailLevel.SAME_MAILBOX, EmailLevel.SIMILAR, EmailLevel.SAME_DOMAIN],
        EmailLevel.DIFFERENT,
    )
    return Compared(levels.astype(np.uint8), similarity)


PHONE: Final = PhoneKind()
EMAIL: Final = EmailKind()
