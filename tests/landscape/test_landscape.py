"""What the landscape promises: sizes, rates, every kind, hardness, repeatability."""

import resource
from collections import Counter, defaultdict

import pytest

from hub.demo.landscape import Landscape, Mix, generate
from hub.demo.landscape.disguises import DISGUISES
from hub.demo.landscape.neighbours import RECIPES

OTHER_KINDS = {"plain", "recreated"}


def test_two_thousand_customers_are_known_in_the_expected_proportions(landscape: Landscape) -> None:
    streams = Counter((row.system, row.stream) for row in landscape.truth().rows())
    assert streams.keys() == {("erp", "party"), ("scm", "ship_to"), ("scm", "dealer"), ("scm", "partner")}
    assert 1400 <= streams["erp", "party"] <= 1700
    assert 900 <= streams["scm", "ship_to"] <= 1100
    assert 280 <= streams["scm", "dealer"] <= 420
    assert 200 <= streams["scm", "partner"] <= 300
    assert len({row.entity for row in landscape.truth().rows()}) == 2000


def test_native_keys_are_unique_and_every_record_has_one_truth(landscape: Landscape) -> None:
    keys = [row.key for row in landscape.truth().rows()]
    assert len(keys) == len(set(keys))
    written = [("erp", "party", document["code"]) for document in landscape.erp()]
    written += [("scm", "ship_to", row["客户编码"]) for row in landscape.ship_tos()]
    written += [("scm", "dealer", row["Dealer No"]) for row in landscape.dealers()]
    written += [("scm", "partner", party["gln"]) for party in landscape.partners()]
    assert sorted(written) == sorted(keys)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_every_kind_occurs_among_two_thousand_customers(seed: int) -> None:
    kinds = defaultdict(set)
    for pair in generate(2000, seed).truth().pairs():
        kinds[pair.label].update(pair.kinds)
    assert kinds["M"] == DISGUISES.keys() | OTHER_KINDS
    assert kinds["L"] | kinds["X"] == {recipe.kind for recipe in RECIPES}
    assert kinds["L"].isdisjoint(kinds["X"])


def test_it_is_hard_enough(landscape: Landscape) -> None:
    pairs = list(landscape.truth().pairs())
    true = [pair for pair in pairs if pair.label == "M"]
    assert sum(not pair.shares_identifier for pair in true) >= 0.25 * len(true)
    assert all(pair.shares_non_name_evidence for pair in true if pair.shares_identifier)
    assert 0.7 <= sum(pair.shares_non_name_evidence for pair in true) / len(true) <= 0.95, "fair, yet not easy"
    entity = {row.key: row.entity for row in landscape.truth().rows()}
    tempted = {entity[key] for pair in pairs if pair.label == "X" for key in (pair.a, pair.b)}
    assert len(tempted) >= 0.30 * 2000


def test_pairs_say_what_the_rows_say(landscape: Landscape) -> None:
    entity = {row.key: row.entity for row in landscape.truth().rows()}
    for pair in landscape.truth().pairs():
        assert (entity[pair.a] == entity[pair.b]) is (pair.label == "M")
    true_pairs = sum(n * (n - 1) // 2 for n in Counter(entity.values()).values())
    assert sum(pair.label == "M" for pair in landscape.truth().pairs()) == true_pairs


def test_names_vary_at_the_rates_seen_in_real_pairs(landscape: Landscape) -> None:
    true = [pair for pair in landscape.truth().pairs() if pair.label == "M"]
    rate = {kind: sum(kind in pair.kinds for pair in true) / len(true) for kind in DISGUISES}
    assert 0.15 <= rate["legal_form"] + rate["legal_form_misspelt"] <= 0.40  # seen: 18 to 30 %
    assert 0.10 <= rate["legal_form_lost"] <= 0.25  # seen: 17 to 21 %
    assert 0.06 <= rate["bracket_width"] <= 0.18  # seen: 11 to 16 %
    assert 0.08 <= rate["word_added"] + rate["word_lost"] <= 0.36  # seen: 18 to 34 %
    assert 0.03 <= rate["traditional"] <= 0.09  # seen: 4 to 6 %
    assert 0.01 <= rate["homophone"] <= 0.05  # seen: 2 to 3 %


def test_systems_hold_duplicates_of_their_own(landscape: Landscape) -> None:
    for stream in ("party", "ship_to"):
        entities = [row.entity for row in landscape.truth().rows() if row.stream == stream]
        again = 1 - len(set(entities)) / len(entities)
        assert 0.10 <= again <= 0.30, "the range published for unmanaged customer files"


def test_customers_are_mostly_organisations(landscape: Landscape) -> None:
    kinds = Counter(row.kind for row in landscape.truth().rows())
    organisations = (kinds["organisation"] + kinds["foreign"]) / kinds.total()
    assert 0.82 <= organisations <= 0.94
    assert 0.05 <= kinds["foreign"] / kinds.total() <= 0.14
    assert min(kinds["individual_business"], kinds["person"], kinds["public_body"], kinds["nobody"]) > 0


def test_the_same_seed_repeats_and_a_larger_landscape_begins_alike(landscape: Landscape) -> None:
    assert list(generate(100, 7).ship_tos()) == list(generate(100, 7).ship_tos())
    assert list(generate(100, 7).ship_tos()) != list(generate(100, 8).ship_tos())
    small = list(generate(100, 7).erp())
    assert list(landscape.erp())[: len(small)] == small


def test_a_mix_without_disguises_writes_every_name_as_registered() -> None:
    plain = generate(200, 7, Mix(disguise=0.0, neighbours=0.0))
    for block in plain.blocks():
        assert block.relations == []
        assert all(record.draft.name == record.customer.name for record in block.records)


@pytest.mark.parametrize("customers", [0, -5, 7_000_000])
def test_an_impossible_size_is_refused_in_one_sentence(customers: int) -> None:
    with pytest.raises(ValueError, match="choose another number"):
        generate(customers)


def test_memory_stays_flat_and_names_distinct_over_many_blocks() -> None:
    names: Counter[str] = Counter()
    before = 0
    for number, block in enumerate(generate(20_000, seed=11).blocks()):
        names.update(c.name for c in block.customers if c.kind not in {"person", "nobody"})
        if number == 100:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 30_000, "KiB; the names counted here take most of it"
    assert len(names) / names.total() >= 0.999
