"""What mails, calls and requests have in common: whom they must be attributed to, and which contact points can tell.

A contact point is written ``phone 75526988431``, ``mail info@example.com`` or ``domain example.com``, as
:mod:`~hub.demo.landscape.evidence` normalises them. Only points that some written record carries can tell anything.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, cast

import numpy as np

from hub.demo.landscape.evidence import mail_keys, phone_keys
from hub.demo.landscape.landscape import Block, Landscape
from hub.demo.landscape.pdm import holdings_of

Reason = Literal["known", "same_domain", "unknown", "shared"]

FREE_MAIL = frozenset(
    ["qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "aliyun.com", "139.com", "hotmail.com"]
)
"""Domains at which anybody has an address, so that they tell nothing about a company."""


@dataclass(frozen=True, slots=True)
class ActivityTruth:
    """One mail, call or request and the customer it must be attributed to.

    Args:
        system: system code.
        stream: stream name.
        ref: native key: Message-ID, linkedid, request number.
        entity: the customer, ``E0000001``; empty if no written record allows to tell.
        reason: ``known``: a contact point that only this customer's records carry; ``same_domain``: a colleague at a
            mail domain that only this customer has; ``shared``: a contact point of several customers; ``unknown``: none
            of the above.
    """

    system: str
    stream: str
    ref: str
    entity: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class SharedPoints:
    """The contact points that records of more than one customer carry, kept as 8 bytes each; ask with ``in``."""

    fingerprints: frozenset[int]

    def __contains__(self, point: str) -> bool:
        return _fingerprint(point) in self.fingerprints


def points_of(landscape: Landscape, number: int, block: Block) -> dict[str, set[str]]:
    """Map each contact point in a block's written records, in whatever system, to the entities that carry it.

    Args:
        landscape: gives the seed.
        number: of the block.
        block: the block.
    """
    carriers: dict[str, set[str]] = defaultdict(set)
    for record in (*block.records, *holdings_of(landscape, number, block).records):
        for point in record.evidence.others:
            if point.startswith(("phone ", "mail ")):
                carriers[point].add(record.customer.entity)
                if domain := domain_point(point):
                    carriers[domain].add(record.customer.entity)
    return dict(carriers)


def domain_point(point: str) -> str:
    """Give the domain of a mail point as a point of its own; empty for a phone and for free mail.

    >>> domain_point("mail li@hengrui.com"), domain_point("mail li@qq.com"), domain_point("phone 13912345678")
    ('domain hengrui.com', '', '')
    """
    kind, _, value = point.partition(" ")
    domain = value.partition("@")[2]
    return f"domain {domain}" if kind == "mail" and domain not in FREE_MAIL else ""


def shared_points(landscape: Landscape) -> SharedPoints:
    """Find the points that records of more than one entity carry, across all blocks.

    One pass over the landscape; it keeps 16 bytes for each point and carrier, so a million customers take some 150 MB.
    """
    points, numbers = array("Q"), array("Q")
    for number, block in enumerate(landscape.blocks()):
        for point, entities in points_of(landscape, number, block).items():
            fingerprint = _fingerprint(point)
            points.extend([fingerprint] * len(entities))
            numbers.extend(int(entity[1:]) for entity in entities)
    # points_of names a carrier once for each point and block, and a customer lives in one block: repetition is sharing
    values, counts = np.unique(np.frombuffer(points, np.uint64), return_counts=True)
    return SharedPoints(frozenset(values[counts > 1].tolist()))


def attribute(points: Iterable[str], carriers: Mapping[str, set[str]], shared: SharedPoints) -> tuple[str, Reason]:
    """Decide to whom an activity must be attributed, from the contact points it shows.

    Args:
        points: contact points seen in the activity, see :func:`points_in`.
        carriers: :func:`points_of` the block of the customer the activity comes from; empty if it comes from none.
        shared: :func:`shared_points` of the landscape.

    Returns:
        The entity, empty if the records cannot tell, and the reason.
    """
    seen = set(points)
    domains = {domain_point(point) for point in seen} - {""}
    for candidates, reason in ((seen, "known"), (domains, "same_domain")):
        owners = {e for point in candidates if point not in shared for e in carriers.get(point, ())}
        if len(owners) == 1:
            return owners.pop(), cast("Reason", reason)
        if any(point in shared for point in candidates) or owners:
            return "", "shared"
    return "", "unknown"


def points_in(*values: str) -> set[str]:
    """Read the contact points in phone numbers and mail addresses as written.

    >>> sorted(points_in("+86 755 2698 8431", "Li@Hengrui.com"))
    ['mail li@hengrui.com', 'phone 75526988431']
    """
    mails = {f"mail {key}" for value in values for key in mail_keys(value)}
    return mails | {f"phone {key}" for value in values if "@" not in value for key in phone_keys(value)}


def _fingerprint(point: str) -> int:
    return int.from_bytes(blake2b(point.encode(), digest_size=8).digest(), "big")
