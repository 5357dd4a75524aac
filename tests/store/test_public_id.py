"""Customer numbers: unlike their neighbours, and a slip of the tongue does not lead to somebody else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.store.public_id import decode, encode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(st.integers(1, 2**40 - 1))
def test_a_number_read_back_is_the_same_party(party: int) -> None:
    assert decode(encode(party)) == party


@given(st.integers(1, 2**40 - 1), st.integers(0, 3))
def test_it_may_be_read_out_and_written_down_carelessly(party: int, style: int) -> None:
    printed = encode(party)
    careless = [
        printed.lower(),
        printed.replace("-", " "),
        printed.replace("-", ""),
        printed[:3] + printed[3:].replace("1", "l").replace("0", "o"),
    ]
    assert decode(f"  {careless[style]} ") == party


def test_the_first_hundred_thousand_are_all_different() -> None:
    assert len({encode(party) for party in range(1, 100_001)}) == 100_000


def test_neighbours_look_unlike() -> None:
    for party in range(1, 1000):
        here, there = encode(party)[3:12], encode(party + 1)[3:12]
        assert sum(a != b for a, b in zip(here, there, strict=True)) >= 4


def caught(misread: str) -> bool:
    try:
        decode(misread)
    except ValueError:
        return True
    return False


def test_every_single_misread_character_is_noticed() -> None:
    rng = Random(1)
    for party in [rng.randrange(1, 2**40) for _ in range(100)]:
        printed = encode(party)
        places = [place for place in range(3, len(printed)) if printed[place] != "-"]
        wrong = [
            printed[:place] + other + printed[place + 1 :]
            for place in places
            for other in ALPHABET
            if other != printed[place]
        ]
        assert all(caught(misread) for misread in wrong)


def test_every_swap_of_two_neighbours_is_noticed() -> None:
    rng = Random(2)
    for party in [rng.randrange(1, 2**40) for _ in range(3000)]:
        body = encode(party)[3:].replace("-", "")
        for place in range(len(body) - 1):
            if body[place] != body[place + 1]:
                swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
                assert caught(swapped), f"CM-{body} and CM-{swapped} are both customers"


@pytest.mark.parametrize("text", ["", "CM", "CM-7K3F-92QX", "CM-7K3F-92QX-44", "客户一", "CM-7K3U-92QX-4"])
def test_what_is_no_customer_number_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"customer number|misread") as refused:
        decode(text)
    assert "\n" not in str(refused.value)
