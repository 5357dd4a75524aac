"""A steward's word for a value: it holds against every source, until what was agreed ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from customer_master.golden.pins import Mode, Pin, lapsed, value_baseline
from customer_master.golden.survivorship import survive
from tests.golden.sources import OTHER, POLICY, VALID, emails, names, record, uscc

NOON_US = 1_796_000_000_000_000
ERP = record(1, "erp", emails=emails("old@huaqiang.example"))
SCM = record(2, "scm", "2026-06-01", emails=emails("new@huaqiang.example"))
BOTH = [ERP, SCM]


def pin(mode: Mode = "forever", *, expires_us: int | None = None, **other: Any) -> Pin:
    """A pin as it is set while the two records say what they say."""
    attribute = other.get("attribute", "email")
    value = {"email": "steward@huaqiang.example", **other}.get("value", "steward@huaqiang.example")
    baseline = value_baseline(BOTH, attribute, ERP.record_id, mode)
    return Pin(other.get("id", 7), attribute, value, ERP.record_id, mode, baseline, expires_us)


def test_a_pinned_value_wins_and_tells_what_waits_behind_it() -> None:
    golden = survive(BOTH, POLICY, [pin("until_any_newer")])
    assert golden.attrs["email"] == "steward@huaqiang.example"
    assert golden.prov["email"] == {"p": 7, "r": "until_any_newer", "n": 2, "why": "pin"}
    (conflict,) = golden.conflicts
    assert conflict["winner"] == {"p": 7, "value": "steward@huaqiang.example"}
    assert [(loser["v"], loser["step"], loser["needs"]) for loser in conflict["losers"]] == [
        (1, "most_recent", "the end of pin 7, and a change in its source after 2026-06-01"),
        (2, "pin", "the end of pin 7"),
    ]


def test_a_pin_of_what_would_win_anyway_is_no_conflict() -> None:
    assert survive([SCM], POLICY, [pin(value="new@huaqiang.example")]).conflicts == []


def test_a_pin_gives_a_value_that_no_source_has() -> None:
    pinned = Pin(7, "name", "深圳市华强电子有限公司", ERP.record_id, "forever", "", None)
    golden = survive([ERP], POLICY, [pinned])
    assert golden.attrs["name"] == "深圳市华强电子有限公司"
    assert golden.prov["name"] == {"p": 7, "r": "forever", "n": 0, "why": "pin"}
    assert golden.conflicts == []


def test_another_writing_of_the_pinned_name_is_cosmetic_and_another_name_material() -> None:
    said = [record(1, names=names("深圳市華強電子有限公司")), record(2, names=names("深圳市金溢机械有限公司"))]
    pinned = Pin(7, "name", "深圳市华强电子有限公司", 1001, "forever", "", None)
    golden = survive(said, POLICY, [pinned])
    assert [(c["kind"], [x["v"] for x in c["losers"]]) for c in golden.conflicts] == [
        ("material", [2]),
        ("cosmetic", [1]),
    ]


def test_a_pinned_code_does_not_hide_that_the_records_hold_two() -> None:
    said = [record(1, identifiers=uscc(VALID)), record(2, identifiers=uscc(OTHER))]
    golden = survive(said, POLICY, [Pin(7, "uscc", VALID, 1001, "forever", "", None)])
    (conflict,) = golden.conflicts
    assert (conflict["kind"], [loser["v"] for loser in conflict["losers"]]) == ("identity", [2])


def test_after_a_merge_the_later_of_two_pins_counts_and_the_other_is_told() -> None:
    golden = survive([ERP], POLICY, [pin(id=9, value="b@huaqiang.example"), pin(id=8, value="a@huaqiang.example")])
    assert golden.prov["email"]["p"] == 9
    losers = [loser for c in golden.conflicts for loser in c["losers"]]
    assert {"p": 8, "value": "a@huaqiang.example", "step": "pin", "needs": "the end of pin 9"} in losers


NEWER = replace(SCM, party=replace(SCM.party, emails=emails("newest@huaqiang.example")))
CHANGED = replace(ERP, party=replace(ERP.party, emails=emails("other@huaqiang.example")))
OTHERWISE_CHANGED = replace(ERP, position="2026-11-28", version_id=99, party=replace(ERP.party, roles=("dealer",)))
WRITTEN_OTHERWISE = replace(ERP, party=replace(ERP.party, emails=emails("OLD@huaqiang.example")))
ADOPTED = replace(ERP, party=replace(ERP.party, emails=emails("steward@huaqiang.example")))
SILENT = replace(ERP, party=replace(ERP.party, emails=()))


@pytest.mark.parametrize(
    ("mode", "evidence", "reason"),
    [
        ("forever", [CHANGED, NEWER], None),
        ("until_date", [CHANGED, NEWER], None),
        ("until_source_changes", BOTH, None),
        ("until_source_changes", [ERP, NEWER], None),
        ("until_source_changes", [OTHERWISE_CHANGED, SCM], None),
        ("until_source_changes", [WRITTEN_OTHERWISE, SCM], None),
        ("until_source_changes", [CHANGED, SCM], "source_changed"),
        ("until_source_changes", [SILENT, SCM], "source_changed"),
        ("until_any_newer", BOTH, None),
        ("until_any_newer", [OTHERWISE_CHANGED, SCM], None),
        ("until_any_newer", [SILENT, SCM], None),
        ("until_any_newer", [ADOPTED, SCM], None),
        ("until_any_newer", [ERP, NEWER], "newer_value"),
        ("until_any_newer", [*BOTH, record(3, emails=emails("third@huaqiang.example"))], "newer_value"),
    ],
)
def test_a_pin_lapses_by_what_ends_it_and_nothing_else(mode: Mode, evidence: list[Any], reason: str | None) -> None:
    assert lapsed(pin(mode, expires_us=NOON_US), evidence, NOON_US - 1) == reason


@pytest.mark.parametrize("mode", ["forever", "until_date", "until_source_changes", "until_any_newer"])
def test_every_pin_may_have_an_end(mode: Mode) -> None:
    assert lapsed(pin(mode, expires_us=NOON_US), BOTH, NOON_US) == "expired"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"attribute": "colour"}, "there is no attribute colour to pin; choose one of name, "),
        ({"value": None}, "a pinned email is a text"),
        ({"value": " "}, "a pinned email is a text"),
        (
            {"attribute": "phone", "value": {"number": "+8675526988888"}},
            "a pinned phone is an object of number and extension and kind",
        ),
        ({"mode": "until_tomorrow"}, "there is no pin until_tomorrow; choose one of forever, "),
        ({"mode": "until_date"}, "a pin until_date needs the date; give expires_us"),
    ],
)
def test_an_impossible_pin_is_refused_in_one_sentence(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        replace(pin(), **wrong)
    assert "huaqiang" not in str(refused.value)
    assert "8888" not in str(refused.value)
