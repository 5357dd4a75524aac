"""What the tests of resolution share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from customer_master.resolution.agreement import compare_parties
from customer_master.resolution.party import values_of
from customer_master.resolution.policy import MatchPolicy, load_policy
from customer_master.resolution.scoring import Score, score
from mappings.canonical import Address, Email, Identifier, Kind, Name, NameType, Party, Phone
from mappings.normalize.text import has_han

Judge = Callable[..., Score]
MakeParty = Callable[..., Party]


@pytest.fixture(scope="session")
def policy() -> MatchPolicy:
    return load_policy(Path("customer_master/policies/match.yaml").read_text(encoding="utf-8"))


def _party(
    *names: str,
    code: str = "",
    damaged: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    contact: str = "",
    kind: Kind = Kind.ORGANISATION,
) -> Party:
    identifiers = [Identifier("cn_tax15" if len(code) == 15 else "cn_uscc", code)] if code else []
    identifiers += [Identifier("cn_uscc", damaged, valid=False)] if damaged else []
    return Party(
        kind,
        names=tuple(Name(n, NameType.REGISTERED, "zh" if has_han(n) else "en") for n in names),
        identifiers=tuple(identifiers),
        addresses=(Address(address),) if address else (),
        phones=(Phone(phone),) if phone else (),
        emails=(Email(email),) if email else (),
        contacts=(contact,) if contact else (),
    )


@pytest.fixture(scope="session")
def party() -> MakeParty:
    return _party


@pytest.fixture(scope="session")
def judge(policy: MatchPolicy) -> Judge:
    """Score a pair; ``holders`` is the number of records that hold each shared value."""

    def judge_pair(a: Party, b: Party, holders: int = 2) -> Score:
        both = [values_of(a), values_of(b)]
        levels = compare_parties(both, np.array([0, 1]), np.array([1, 0]), lambda _: holders)
        forward, backward = score(a.kind, levels, policy)
        assert forward == backward, "a score has no direction"
        return forward

    return judge_pair
