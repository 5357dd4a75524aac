"""Scores learnt from triangles and from answers, on made-up parties whose records are damaged at random."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution import active, logistic
from customer_master.resolution.fellegi import Bits
from customer_master.resolution.learning import Evidence, Rescored, rescore
from customer_master.resolution.logistic import probability
from customer_master.resolution.table import Ints
from customer_master.resolution.transitivity import teach, triangles
from customer_master.resolution.vectors import Vectors

AGREE, DIFFER, MISSING = 2, 1, 0
WEIGHT = 4.0


@dataclass
class World:
    """Records of parties; three attributes agree independently, two more only repeat the third."""

    truth: Ints
    pairs: tuple[Ints, Ints]
    vectors: Vectors
    bits: Bits

    @property
    def same(self) -> npt.NDArray[np.bool_]:
        return self.truth[self.pairs[0]] == self.truth[self.pairs[1]]

    def partition(self, scores: Bits) -> Ints:
        """Give the closure of the pairs above nothing."""
        group = np.arange(len(self.truth))
        left, right = (side[scores > 0] for side in self.pairs)
        while True:
            before = group.copy()
            np.minimum.at(group, left, group[right])
            np.minimum.at(group, right, group[left])
            if (before == group).all():
                return group


def world(parties: int, most: int, seed: int = 1, damage: float = 0.25) -> World:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(parties), rng.integers(1, most + 1, parties))
    kept = rng.random((len(truth), 3)) > damage
    own = np.where(kept, truth[:, None], -1)
    town = rng.integers(0, 12, parties)[truth]
    left, right = np.triu_indices(len(truth), 1)
    near = (truth[left] == truth[right]) | (rng.random(len(left)) < 0.03)
    left, right = left[near].astype(np.int64), right[near].astype(np.int64)
    agree = (own[left] == own[right]) & (own[left] >= 0)
    chance = rng.random(agree.shape) < 0.05
    agree |= chance
    towns = town[left] == town[right]
    columns = [agree[:, 0], agree[:, 1], agree[:, 2], towns, towns, towns]
    levels = np.where(np.stack(columns, axis=1), AGREE, DIFFER).astype(np.uint8)
    levels[rng.random(levels.shape) < 0.05] = MISSING
    zeros = np.zeros(levels.shape, np.float32)
    bits = np.choose(levels, [0.0, -2.0, WEIGHT])
    return World(truth, (left, right), Vectors(levels, (levels == AGREE).astype(np.float32), zeros), bits)


@dataclass
class Steward:
    truth: Ints
    remaining: int
    asked: list[tuple[int, int]] = field(default_factory=list)

    def ask(self, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
        self.remaining -= len(left)
        assert self.remaining >= 0, "more questions than allowed"
        self.asked += zip(left.tolist(), right.tolist(), strict=True)
        return self.truth[left] == self.truth[right]


def run(of: World, labels: int, seed: int = 0, prior: float = 0.1) -> Rescored:
    labeller = Steward(of.truth, labels) if labels else None
    return rescore(Evidence(of.bits, of.vectors, prior, of.pairs), labeller, of.partition, seed)


def f1(scores: Bits, same: npt.NDArray[np.bool_]) -> float:
    found = scores > 0
    return float(2 * (found & same).sum() / (found.sum() + same.sum()))


def calibration_error(scores: Bits, same: npt.NDArray[np.bool_]) -> float:
    share = probability(scores)
    tenth = np.minimum((share * 10).astype(int), 9)
    return float(sum(abs((share - same)[tenth == own].sum()) for own in range(10)) / len(share))


def test_without_labels_attributes_that_repeat_each_other_do_not_count_each_time() -> None:
    made = world(120, 6)
    raw = made.bits.sum(axis=1) + np.log2(0.1 / 0.9)
    learnt = run(made, 0)
    assert f1(learnt.scores, made.same) > f1(raw, made.same) + 0.05
    assert calibration_error(learnt.scores, made.same) < calibration_error(raw, made.same) / 2
    assert len(learnt.asked) == 0


@pytest.mark.parametrize("prior", [0.001, 0.5])
def test_without_labels_a_wrong_share_of_matches_is_put_right(prior: float) -> None:
    made = world(150, 6)
    assert f1(run(made, 0, prior=prior).scores, made.same) > 0.85


def test_pairs_without_common_partners_keep_their_weights_and_are_warned_about() -> None:
    made = world(60, 1)
    learnt = run(made, 0)
    assert any("common partner" in warning for warning in learnt.warnings)
    assert any("do not stand out" in warning for warning in learnt.warnings)


def test_clear_data_gives_no_warning() -> None:
    assert run(world(150, 6, damage=0.05), 0).warnings == ()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_few_labels_do_no_harm_and_many_do_good(seed: int) -> None:
    made = world(150, 6)
    none, few, many = (f1(run(made, labels, seed).scores, made.same) for labels in (0, 60, 250))
    assert few > none - 0.01
    assert many > none - 0.005
    assert many > 0.9


def test_no_more_is_asked_than_allowed_and_nothing_twice() -> None:
    made = world(100, 5)
    steward = Steward(made.truth, 47)
    learnt = rescore(Evidence(made.bits, made.vectors, 0.1, made.pairs), steward, made.partition, 3)
    assert steward.remaining == 0
    assert len(set(steward.asked)) == len(steward.asked) == 47
    asked = list(zip(*(side[learnt.asked].tolist() for side in made.pairs), strict=True))
    assert asked == steward.asked
    assert learnt.answers.tolist() == made.same[learnt.asked].tolist()


def test_more_questions_than_pairs_ask_about_all_pairs() -> None:
    made = world(6, 3)
    learnt = run(made, 10_000)
    assert sorted(learnt.asked.tolist()) == list(range(len(made.same)))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_first_positives_are_found_where_there_are_few(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, few = 30_000, 90
    same = np.arange(size) < few
    levels = np.where(rng.random((size, 8)) < np.where(same[:, None], 0.7, 0.15), AGREE, DIFFER).astype(np.uint8)
    bits = np.choose(levels, [0.0, -1.0, 2.0])
    pairs = np.arange(size) * 2, np.arange(size) * 2 + 1
    truth = np.arange(2 * size)
    truth[pairs[1][same]] = pairs[0][same]
    zeros = np.zeros(levels.shape, np.float32)
    steward = Steward(truth, 60)
    learnt = rescore(
        Evidence(bits, Vectors(levels, zeros, zeros), 0.1, pairs), steward, lambda _: np.arange(2 * size), seed
    )
    assert learnt.answers.sum() >= 20


def test_the_same_seed_asks_the_same_and_scores_the_same() -> None:
    made = world(80, 5)
    one, two = run(made, 60, 7), run(made, 60, 7)
    assert one.asked.tolist() == two.asked.tolist()
    assert one.scores.tolist() == two.scores.tolist()
    assert run(made, 60, 8).asked.tolist() != one.asked.tolist()


def test_answers_of_one_kind_alone_are_learnt_from() -> None:
    made = world(40, 4)
    made.truth[:] = np.arange(len(made.truth))
    learnt = run(made, 60)
    assert np.isfinite(learnt.scores).all()
    assert probability(learnt.scores).mean() < probability(run(made, 0).scores).mean()


def test_no_pairs_give_no_scores() -> None:
    none = np.zeros(0, np.int64)
    empty = Vectors(np.zeros((0, 2), np.uint8), np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32))
    learnt = rescore(Evidence(np.zeros((0, 2)), empty, 0.1, (none, none)), Steward(none, 9), lambda _: none, 0)
    assert len(learnt.scores) == len(learnt.asked) == 0


def test_a_common_partner_is_one_that_both_have_a_confident_link_to() -> None:
    left, right = np.array([0, 0, 1, 3, 2]), np.array([1, 2, 2, 4, 3])
    scores = np.array([9.0, 9.0, 0.0, 9.0, -9.0])
    pairs, shared = triangles(scores, (left, right), 5.0)
    assert dict(zip(pairs.tolist(), shared.tolist(), strict=True)) == {2: True, 4: False}


@given(st.integers(1, 40), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_batch_has_no_pattern_twice_as_long_as_there_are_others(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pattern = rng.integers(0, 25, 200)
    drawn = active.draw(np.full(200, 1 / 200), pattern, count, rng)
    assert len(set(drawn.tolist())) == count
    assert len(set(pattern[drawn].tolist())) == min(count, len(set(pattern.tolist())))


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_more_agreement_never_lowers_a_score(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.normal(size=(50, 3)), np.ones(50)])
    answers = (rng.random(50) < 0.5).astype(np.float64)
    rising = np.array([True, True, True, False])
    found = logistic.fit(features, answers, np.ones(50), np.array([1.0, 1, 1, 0]), np.full(4, 5.0), rising=rising)
    assert (found[:3] >= 0).all()


def test_without_examples_the_belief_stands() -> None:
    belief = np.array([1.0, -3.0])
    none = np.zeros(0)
    found = logistic.fit(np.zeros((0, 2)), none, none, belief, np.ones(2), rising=np.array([True, False]))
    assert found.tolist() == belief.tolist()


def test_teaching_is_the_same_whatever_the_order_of_the_two_records() -> None:
    made = world(60, 5)
    one = teach(made.bits, made.vectors, 0.1, made.pairs, 0).scores
    two = teach(made.bits, made.vectors, 0.1, made.pairs[::-1], 0).scores
    assert np.allclose(one, two)
