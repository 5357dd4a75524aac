"""Landscapes made of other things: every share and every disguise can be turned, and a drawn mix stays plausible."""

import dataclasses
from collections import Counter

import pytest

from hub.demo.landscape import Landscape, Mix, evaluate, generate, some_mix


def _worn(landscape: Landscape) -> Counter[str]:
    return Counter(kind for row in landscape.truth().rows() for kind in row.disguises)


def test_a_mix_that_turns_nothing_is_the_usual_landscape(landscape: Landscape) -> None:
    turned = Mix(filled=1.0, streams={"party": 1.0}, disguises={"homophone": 1.0})
    assert list(generate(200, 7, turned).erp()) == list(generate(200, 7).erp())


@pytest.mark.parametrize("kind", ["homophone", "legal_form", "other_phone", "id_typo"])
def test_one_disguise_can_be_left_out_or_made_frequent(landscape: Landscape, kind: str) -> None:
    usual = _worn(landscape)[kind] / landscape.customers
    assert _worn(generate(200, 7, Mix(disguises={kind: 0.0})))[kind] == 0
    assert _worn(generate(1000, 7, Mix(disguises={kind: 2.0})))[kind] / 1000 > 1.3 * usual


def test_a_stream_can_know_more_customers_or_none(landscape: Landscape) -> None:
    def known(mix: Mix) -> Counter[str]:
        return Counter(row.stream for row in generate(600, 7, mix).truth().rows())

    usual = known(Mix())
    assert known(Mix(streams={"dealer": 0.0}))["dealer"] == 0
    assert known(Mix(streams={"partner": 2.0}))["partner"] > 1.4 * usual["partner"]


def test_less_is_filled_in() -> None:
    def identified(mix: Mix) -> int:
        return sum(bool(document["identifiers"]) for document in generate(1000, 7, mix).erp())

    assert identified(Mix(filled=0.5)) < 0.7 * identified(Mix())


@pytest.mark.parametrize("turned", [{"streams": {"partty": 2.0}}, {"disguises": {"homofone": 2.0}}])
def test_a_name_that_does_not_exist_is_refused_in_one_sentence(turned: dict) -> None:
    with pytest.raises(ValueError, match="correct its name"):
        generate(10, 7, Mix(**turned))


def test_mixes_that_differ_only_in_factors_are_not_taken_for_each_other() -> None:
    """Rates are remembered by mix: two that share a hash must not share them."""
    without, frequent = (generate(200, 7, Mix(disguises={"legal_form": factor})) for factor in (0.0, 2.0))
    assert _worn(without)["legal_form"] == 0
    assert _worn(frequent)["legal_form"] > 0


@pytest.mark.parametrize("number", range(4))
def test_a_drawn_mix_makes_a_whole_landscape(number: int) -> None:
    mix = some_mix(number)
    made = generate(500, 100 + number, mix)
    rows = list(made.truth().rows())
    assert len({row.entity for row in rows}) == 500
    assert {row.stream for row in rows} == {"party", "ship_to", "dealer", "partner"}
    assert 0 < mix.individual_business + mix.person + mix.public_body + mix.foreign < 0.5
    true = [pair for pair in made.truth().pairs() if pair.label == "M"]
    assert 0.6 <= sum(pair.shares_non_name_evidence for pair in true) / len(true) <= 0.97, "fair, yet not easy"
    assert evaluate(made.truth(), {row.key: row.entity for row in rows}).f1 == 1


def test_drawn_mixes_differ_from_each_other_and_from_the_usual_one() -> None:
    drawn = [some_mix(number) for number in range(20)]
    assert len({repr(mix) for mix in [*drawn, Mix()]}) == 21
    for field in dataclasses.fields(Mix):
        assert len({repr(getattr(mix, field.name)) for mix in drawn}) > 10
