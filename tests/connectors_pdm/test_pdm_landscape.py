"""What the PDM knows of a landscape: who owns what, consistent with the other systems and with the truth."""

import tracemalloc
from collections import Counter, defaultdict
from itertools import chain

import pytest

from hub.demo.landscape import Mix, Truth, evaluate, generate, pdm
from hub.demo.landscape.pdm_products import items

LANDSCAPE = generate(1000, seed=7)


@pytest.fixture(scope="module")
def blocks():
    return list(pdm.holdings(LANDSCAPE))


@pytest.fixture(scope="module")
def records(blocks):
    return [record for block in blocks for record in block.records]


def test_a_third_of_the_organisations_owns_something(records):
    kinds = {"organisation", "foreign", "public_body", "individual_business"}
    all_of_them = {c.number for block in LANDSCAPE.blocks() for c in block.customers if c.kind in kinds}
    owning = {record.customer.number for record in records}
    assert owning <= all_of_them
    assert 0.30 < len(owning) / len(all_of_them) < 0.40


def test_the_same_seed_gives_the_same_and_a_larger_one_begins_with_it():
    small, large = (list(pdm.owners(generate(n, seed=3))) for n in (200, 400))
    assert small == list(pdm.owners(generate(200, seed=3)))
    assert large[: len(small)] == small
    assert small != list(pdm.owners(generate(200, seed=4)))[: len(small)]


def test_keys_are_unique_and_references_lead_somewhere(blocks):
    owners = [d["id"] for block in blocks for d in block.owners]
    parts = [d for block in blocks for d in block.customer_parts]
    configurations = [d for block in blocks for d in block.configurations]
    codes = [d["code"] for d in pdm.item_documents()]
    assert len(set(owners)) == len(owners)
    assert len({(d["owner_id"], d["item"]) for d in parts}) == len(parts)
    assert len({d["serial"] for d in configurations}) == len(configurations)
    assert len(set(codes)) == len(items()) == 60
    for document in chain(parts, configurations):
        assert document["owner_id"] in set(owners)
        assert document["item"] in set(codes)
    held = Counter(d["owner_id"] for d in configurations)
    assert set(held) == set(owners)
    assert set(held.values()) == {1, 2, 3, 4}
    assert all(len(d["options"]) >= 2 for d in configurations)


def test_an_owner_that_moved_has_products_under_both_entries(blocks, records):
    entries = defaultdict(list)
    for record in records:
        entries[record.customer.number].append(record)
    moved = [pair for pair in entries.values() if len(pair) == 2]
    held = {d["owner_id"] for block in blocks for d in block.configurations}
    assert len(moved) > 10
    for old, new in moved:
        assert "moved_address" in old.draft.kinds
        assert old.draft.address != new.draft.address
        assert {old.ref, new.ref} <= held


def test_erp_numbers_are_those_of_the_same_customer(blocks):
    erp = {r.ref: r.customer.number for block in LANDSCAPE.blocks() for r in block.records if r.system == "erp"}
    told = 0
    for block in blocks:
        for record, document in zip(block.records, block.owners, strict=True):
            if document["erp_number"]:
                told += 1
                assert erp[document["erp_number"]] == record.customer.number
    assert told > 20


def test_the_truth_is_complete_and_labels_pairs_as_the_landscape_does(records):
    truth, base = pdm.truth(LANDSCAPE), LANDSCAPE.truth()
    assert [row.ref for row in truth.rows()] == [record.ref for record in records]
    both = Truth(
        rows=lambda: chain(base.rows(), truth.rows()),
        pairs=lambda: chain(base.pairs(), truth.pairs()),
    )
    entity = {row.key: row.entity for row in both.rows()}
    labels = Counter()
    for pair in truth.pairs():
        labels[pair.label] += 1
        assert "pdm" in {pair.a[0], pair.b[0]}
        assert (entity[pair.a] == entity[pair.b]) == (pair.label == "M")
    assert min(labels[label] for label in "MLX") > 50
    perfect = evaluate(both, entity)
    assert (perfect.precision, perfect.recall) == (1.0, 1.0)
    sizes = Counter(entity.values())
    pairs = sum(n * (n - 1) // 2 for n in sizes.values())
    assert pairs == sum(pair.label == "M" for pair in both.pairs()), "every true pair is listed once"


def test_without_disguises_owners_are_written_as_they_are():
    plain = generate(200, seed=5, mix=Mix(disguise=0))
    records = [record for block in pdm.holdings(plain) for record in block.records]
    assert records
    assert all(r.draft.name == r.customer.name and not r.draft.kinds for r in records)


def test_memory_does_not_grow_with_the_landscape():
    def peak(customers):
        tracemalloc.start()
        for _ in pdm.owners(generate(customers, seed=2)):
            pass
        _, high = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return high

    peak(100)  # fills the caches of names and places
    assert peak(1000) < 1.5 * peak(250) + 1_000_000
