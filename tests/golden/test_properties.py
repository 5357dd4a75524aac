"""What holds for every golden record, whatever the sources say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.golden.evidence import ATTRIBUTES, Evidence, candidates
from customer_master.golden.pins import Pin
from customer_master.golden.policy import SurvivorshipPolicy
from customer_master.golden.survivorship import Golden, survive
from tests.golden.sources import ANYTHING, POLICY, VALID, evidence, grouped, policy, record

either = pytest.mark.parametrize("document", [POLICY, ANYTHING], ids=["demo", "every step"])

pin = st.builds(
    lambda id_, said: Pin(id_, *said, 1001, "forever", "", None),
    st.integers(1, 9),
    st.sampled_from(
        [
            ("name", "深圳市华强电子有限公司"),
            ("uscc", VALID),
            ("email", "info@huaqiang.example"),
            ("phone", {"number": "+8675526988888", "extension": "", "kind": "landline"}),
        ]
    ),
)
pins = st.lists(pin, max_size=3, unique_by=lambda pin: pin.id)


def said(e: Evidence, attribute: str) -> list[Any]:
    return [c.value for c in candidates(attribute, [e])]


@either
@given(evidence=evidence, pins=pins, rng=st.randoms(use_true_random=False))
def test_the_order_of_evidence_and_pins_makes_no_difference(
    document: SurvivorshipPolicy, evidence: list[Evidence], pins: list[Pin], rng: Any
) -> None:
    shuffled, shuffled_pins = list(evidence), list(pins)
    rng.shuffle(shuffled)
    rng.shuffle(shuffled_pins)
    assert survive(shuffled, document, shuffled_pins) == survive(evidence, document, pins)


@either
@given(evidence=evidence, pins=pins)
def test_every_value_stands_where_its_provenance_points(
    document: SurvivorshipPolicy, evidence: list[Evidence], pins: list[Pin]
) -> None:
    golden = survive(evidence, document, pins)
    by_version = {e.version_id: e for e in evidence}
    by_pin = {pin.id: pin for pin in pins}
    for attribute in ATTRIBUTES:
        value, where = golden.attrs[attribute], golden.prov.get(attribute, {})
        if value is None:
            assert "p" not in where
        elif "p" in where:
            assert (by_pin[where["p"]].attribute, by_pin[where["p"]].value) == (attribute, value)
        else:
            assert value in said(by_version[where["v"]], attribute)
    if not any(pin.attribute == "phone" for pin in pins) and golden.attrs["phone"]:
        assert golden.attrs["phone"]["number"] != "+8613800138000"


@either
@given(evidence=evidence, pins=pins)
def test_the_latest_pin_wins_and_every_other_value_is_in_the_conflict(
    document: SurvivorshipPolicy, evidence: list[Evidence], pins: list[Pin]
) -> None:
    golden, without = survive(evidence, document, pins), survive(evidence, document)
    for attribute in {pin.attribute for pin in pins}:
        latest = max((pin for pin in pins if pin.attribute == attribute), key=lambda pin: pin.id)
        assert golden.attrs[attribute] == latest.value
        assert golden.prov[attribute]["why"] == "pin"
        told = [c for c in golden.conflicts if c["attribute"] == attribute]
        assert all(c["winner"] == {"p": latest.id, "value": latest.value} for c in told)
        if without.attrs[attribute] not in (None, latest.value):
            assert without.attrs[attribute] in [loser["value"] for c in told for loser in c["losers"]]
    untouched = set(ATTRIBUTES) - {pin.attribute for pin in pins}
    assert all(golden.attrs[a] == without.attrs[a] for a in untouched)


@either
@given(evidence=evidence, among=st.data())
def test_an_identical_value_sent_again_changes_nothing(
    document: SurvivorshipPolicy, evidence: list[Evidence], among: st.DataObject
) -> None:
    again = among.draw(st.sampled_from(evidence))
    after = [replace(e, version_id=e.version_id + 100) if e is again else e for e in evidence]
    before, now = survive(evidence, document), survive(after, document)
    assert now.attrs == before.attrs
    assert reasons(now) == reasons(before)


def reasons(golden: Golden) -> dict[str, Any]:
    return {attribute: {**where, "v": None} for attribute, where in golden.prov.items()}


@pytest.mark.parametrize("steps", [["most_recent"], ["most_complete", "source_rank"], ["only_valid", "oldest"]])
@given(evidence=evidence)
def test_a_group_comes_from_one_record(steps: Sequence[str], evidence: list[Evidence]) -> None:
    golden = survive(evidence, grouped(*steps))
    sources = {golden.prov[a].get("v") for a in ("phone", "email") if a in golden.prov} - {None}
    assert len(sources) <= 1
    for version in sources:
        (donor,) = (e for e in evidence if e.version_id == version)
        for attribute in ("phone", "email"):
            assert golden.attrs[attribute] in [*said(donor, attribute), None]


@given(evidence=evidence)
def test_a_group_that_is_filled_leaves_nothing_empty_that_somebody_knows(evidence: list[Evidence]) -> None:
    golden = survive(evidence, grouped("most_recent", fill=True))
    for attribute in ("phone", "email"):
        assert (golden.attrs[attribute] is not None) == any(said(e, attribute) for e in evidence)


@given(evidence=evidence, copies=st.integers(1, 4))
def test_copies_never_outvote_their_origin(evidence: list[Evidence], copies: int) -> None:
    document = policy("most_frequent", copies_from={"shop": ["crm"], "crm": ["erp"]})
    original = record(90, "erp", emails=evidence[0].party.emails)
    others = [*(e for e in evidence if e.system != "crm"), original]
    echoes = [replace(original, record_id=n, version_id=n, system="shop") for n in range(9000, 9000 + copies)]
    assert survive([*others, *echoes], document).attrs["email"] == survive(others, document).attrs["email"]


@given(evidence=evidence)
def test_unanimous_or_empty(evidence: list[Evidence]) -> None:
    golden = survive(evidence, policy("unanimous"))
    stated = {c.meaning for c in candidates("email", evidence)}
    assert (golden.attrs["email"] is not None) == (len(stated) == 1)
    if len(stated) > 1:
        assert golden.prov["email"]["why"] == "unanimous"
        assert "v" not in golden.prov["email"]


@given(evidence=evidence)
def test_a_loser_wins_once_it_is_the_newest_if_that_is_what_it_needs(evidence: list[Evidence]) -> None:
    document = policy("most_recent")
    for conflict in survive(evidence, document).conflicts:
        for loser in conflict["losers"]:
            if conflict["attribute"] == "email" and loser["step"] == "most_recent":
                changed = [replace(e, position="w1") if e.version_id == loser["v"] else e for e in evidence]
                assert survive(changed, document).prov["email"]["v"] == loser["v"]
