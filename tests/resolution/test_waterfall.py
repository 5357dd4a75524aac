"""A score as a waterfall: steps that add up, the values that were compared, a sentence for every level."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.fellegi import Weights
from customer_master.resolution.sentences import SENTENCES
from customer_master.resolution.table import Table, read_table
from customer_master.resolution.waterfall import Step, Waterfall, waterfall
from hub.web.i18n import phrase

LEVELS = [f"{kind.name}.{level.name.lower()}" for kind in KINDS.values() for level in kind.levels]
RECORDS = {
    "name": (["深圳市华强电子有限公司", "华强电子", "宏达贸易", None, "金隅物业", "北京金隅物业管理有限公司"],),
    "phone": (
        ["0755-26988888", "26988888", "", "010-66411234", "010-66411234", "n/a"],
        ["0755-26980000", "0755-26988888", None, None, None, None],
    ),
}
SCHEMA = {"name": KINDS["company"], "phone": KINDS["phone"]}
BITS = tuple(np.arange(len(kind.levels), dtype=np.float64) * 0.75 - 1.5 for kind in SCHEMA.values())
for own in BITS:
    own[0] = 0.0
WEIGHTS = Weights(0.125, BITS)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(SCHEMA, RECORDS)


def explained(table: Table, a: int, b: int) -> Waterfall:
    left, right = (
        {name: [column[place] for column in columns if column[place]] for name, columns in RECORDS.items()}
        for place in (a, b)
    )
    return waterfall(table, WEIGHTS, (a, b), left, right)


def short(steps: tuple[Step, ...]) -> list[tuple[str, str, str, float]]:
    return [(step.name, step.kind, step.level, step.bits) for step in steps]


def test_the_prior_then_every_attribute_with_rarity_apart(table: Table) -> None:
    found = explained(table, 0, 1)
    prior, name, phone, rarity = found.steps
    assert (prior.kind, prior.bits) == ("prior", -2.81)  # log2(1/7)
    assert (name.name, name.level, name.bits) == ("name", "core", 4.5)
    assert (name.left, name.right) == ("深圳市华强电子有限公司", "华强电子")
    assert (phone.level, phone.bits) == ("exact", 2.25)
    assert (rarity.name, rarity.kind, rarity.level) == ("phone", "rarity", "common")
    assert rarity.bits == -0.26  # two numbers are held twice and two once: log2((4 + 4 + 1 + 1) / 6 / 2)
    assert found.score == round(-2.81 + 4.5 + 2.25 - 0.26, 2)


def test_of_several_values_those_are_shown_that_agree_best(table: Table) -> None:
    phone = explained(table, 0, 1).steps[2]
    assert (phone.left, phone.right) == ("0755-26988888", "0755-26988888")


@pytest.mark.parametrize(("a", "b"), [(0, 1), (0, 2), (1, 3), (3, 4), (4, 5), (2, 3)])
def test_the_order_of_the_two_makes_no_difference(table: Table, a: int, b: int) -> None:
    forth, back = explained(table, a, b), explained(table, b, a)
    assert short(forth.steps) == short(back.steps)
    assert [(step.left, step.right) for step in forth.steps] == [(step.right, step.left) for step in back.steps]


def test_what_cannot_be_compared_is_shown_and_weighs_nothing(table: Table) -> None:
    _, name, phone = explained(table, 0, 5).steps
    assert (name.level, name.bits) == ("different", -0.75)
    assert (phone.level, phone.bits) == ("missing", 0.0)
    assert (phone.left, phone.right) == ("0755-26988888 · 0755-26980000", "n/a")
    assert phone.sentence == "nothing to compare: a side has no telephone number"


@given(
    bits=st.lists(st.floats(-40, 40), min_size=1, max_size=8),
    score=st.floats(-60, 60),
    limit=st.floats(-5, 5),
)
def test_the_steps_add_up_as_they_are_shown(bits: list[float], score: float, limit: float) -> None:
    steps = tuple(Step("", "prior", "", "", "", round(own, 2)) for own in bits)
    found = Waterfall(steps).learnt(score)
    assert found.score == pytest.approx(round(score, 2))
    assert [step.kind for step in found.steps[len(bits) :]] == ["learning"]
    assert all(f"{step.bits:.2f}" == f"{step.bits:.6f}"[:-4] for step in found.steps), "no bar hides a third digit"
    held = found.held(limit)
    assert held.score == pytest.approx(round(limit, 2))
    assert sum(round(100 * step.bits) for step in held.steps) == round(100 * held.score)


def test_the_merge_policy_is_a_step_where_it_makes_something_else_of_the_score() -> None:
    same = Waterfall((Step("", "prior", "", "", "", -3.0),))
    assert same.held(-3.0) == same
    held = Waterfall((Step("", "prior", "", "", "", 3.0),)).held(-1.0)
    assert short(held.steps)[-1] == ("", "policy", "", -4.0)


@pytest.mark.parametrize("key", LEVELS)
def test_every_level_of_every_kind_has_a_sentence_in_both_languages(key: str) -> None:
    english = SENTENCES[key]
    assert re.fullmatch(r"[ -~]+", english)
    assert re.search("[一-鿿]", phrase("zh", "sentence", english))


def test_all_other_sentences_are_in_chinese_too_and_no_level_is_left_over() -> None:
    kinds = {key.partition(".")[0] for key in set(SENTENCES) - set(LEVELS)}
    assert kinds == {"prior", "rarity", "learning", "policy", "pair", "together", "apart", "allowed"}
    assert [text for text in SENTENCES.values() if phrase("zh", "sentence", text) == text] == []


def test_levels_of_one_kind_can_be_told_apart_in_both_languages() -> None:
    for kind in KINDS:
        own = [SENTENCES[key] for key in LEVELS if key.startswith(f"{kind}.")]
        assert len(set(own)) == len({phrase("zh", "sentence", text) for text in own}) == len(own), kind
