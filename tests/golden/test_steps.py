"""The steps of a rule one by one: which value each keeps, and what it says the others would have needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from customer_master.golden.evidence import Evidence
from customer_master.golden.policy import Curve, SurvivorshipPolicy, Trust
from customer_master.golden.survivorship import Golden, survive
from mappings.canonical import Identifier, Phone
from tests.golden.sources import (
    DAMAGED,
    OTHER,
    POLICY,
    VALID,
    emails,
    grouped,
    names,
    phones,
    policy,
    record,
    uscc,
)

OLD, NEW = "2026-01-01T00:00:00Z", "2026-01-31T12:00:00Z"


def email(golden: Golden) -> tuple[Any, str]:
    return golden.attrs["email"], golden.prov["email"]["r"]


def losers(golden: Golden, attribute: str = "email") -> list[tuple[str, Any]]:
    """What each loser needs, and by how much it fell short."""
    told = [loser for c in golden.conflicts if c["attribute"] == attribute for loser in c["losers"]]
    return [(loser["needs"], loser.get("margin")) for loser in told]


@pytest.mark.parametrize(
    ("step", "winner", "needs", "margin"),
    [
        ("source_rank", "old@a.example", "the same value from erp, which stands before scm in sources", None),
        ("most_recent", "newer@a.example", f"a change in its source after {NEW}", 30.5),
        ("oldest", "old@a.example", f"no change in its source since before {OLD}", 30.5),
        ("longest", "newer@a.example", "a text of more than 15 characters", 2),
        ("shortest", "old@a.example", "a text of fewer than 13 characters", 2),
        ("active_first", "newer@a.example", "its record to be active in the source", None),
    ],
)
def test_each_step_keeps_its_best_and_tells_the_other_what_it_needs(
    step: str, winner: str, needs: str, margin: float | None
) -> None:
    golden = survive(
        [
            record(1, "erp", OLD, emails=emails("old@a.example"), active=False),
            record(2, "scm", NEW, emails=emails("newer@a.example")),
        ],
        policy(step),
    )
    assert email(golden) == (winner, f"email.{step}")
    assert losers(golden) == [(needs, margin)]


def test_an_equal_end_names_the_steps_that_could_have_decided() -> None:
    golden = survive(
        [record(1, emails=emails("b@a.example")), record(2, emails=emails("c@a.example"))],
        policy("source_rank", "most_recent"),
    )
    assert email(golden) == ("b@a.example", "email.tie_break")
    assert losers(golden) == [
        ("an advantage at one of the steps source_rank, most_recent: it equals the winner in all of them", None)
    ]


def test_a_source_may_rank_otherwise_for_one_attribute() -> None:
    rules = POLICY.model_dump(mode="json")["rules"] | {"email": {"steps": ["source_rank"], "sources": ["scm/party"]}}
    said = [record(1, "erp", emails=emails("erp@a.example")), record(2, "scm", emails=emails("scm@a.example"))]
    golden = survive(said, policy(rules=rules))
    assert email(golden) == ("scm@a.example", "email.source_rank")
    assert losers(golden) == [("the same value from scm/party, which stands before erp in sources", None)]


def test_a_copy_is_no_independent_witness() -> None:
    said = [
        record(1, "erp", emails=emails("copied@a.example")),
        record(2, "crm", emails=emails("copied@a.example")),
        record(3, "scm", emails=emails("own@a.example")),
        record(4, "pdm", emails=emails("own@a.example")),
        record(5, "crm", emails=emails("mail@a.example")),
    ]
    assert email(survive(said[:3], policy("most_frequent", "source_rank"))) == (
        "copied@a.example",
        "email.most_frequent",
    )
    golden = survive(said, policy("most_frequent", copies_from={"crm": ["erp"]}))
    assert email(golden) == ("own@a.example", "email.most_frequent")
    copied = "2 more independent systems to say the same: 1 now, the winner 2"
    assert losers(golden) == [(copied, 1), (copied, 1), (copied, 1)]


def test_more_records_of_a_system_count_when_the_systems_are_even() -> None:
    said = [record(n, emails=emails("b@a.example" if n > 1 else "a@a.example")) for n in (1, 2, 3)]
    golden = survive(said, policy("most_frequent"))
    assert email(golden) == ("b@a.example", "email.most_frequent")
    assert losers(golden) == [("2 more records to say the same: 1 now, the winner 2", 0)]


@pytest.mark.parametrize(
    ("curve", "after"),
    [
        (Curve.LINEAR, [90, 60, 30, 30]),
        (Curve.FAST_THEN_SLOW, [90, 60, 45, 30.059]),
        (Curve.SLOW_THEN_FAST, [90, 60, 30, 30]),
    ],
)
def test_trust_falls_by_half_in_a_half_life_whatever_the_curve(curve: Curve, after: Sequence[float]) -> None:
    trust = Trust(max=90, min=30, half_life_days=100, curve=curve)
    assert [trust.after(days) for days in (0, 100, 200, 1000)] == after
    assert trust.after(None) == 30


def trusting(half_life_days: int) -> SurvivorshipPolicy:
    erp = {"max": 90, "min": 20, "half_life_days": half_life_days, "curve": "linear"}
    return policy("trust", trust={"erp": erp, "scm": {"max": 60, "min": 60}})


def test_a_good_source_is_believed_until_its_word_is_too_old() -> None:
    document = trusting(half_life_days=344)
    mine, theirs = emails("erp@a.example"), emails("scm@a.example")
    newest = record(2, "scm", "2026-11-20", emails=theirs)
    fresh = survive([record(1, "erp", "2026-06-01", emails=mine), newest], document)
    assert email(fresh) == ("erp@a.example", "email.trust")
    assert losers(fresh) == [("a trust above 72.5; its source scm has 60", 12.5)]
    assert email(survive([record(1, "erp", "2024-06-01", emails=mine), newest], document))[0] == "scm@a.example"
    assert email(survive([record(1, "erp", "file 17", emails=mine), newest], document))[0] == "scm@a.example"
    assert email(survive([record(3, "pdm", "2026-11-21", emails=mine), newest], document))[0] == "scm@a.example"


def test_trust_is_aged_against_the_newest_change_and_not_against_the_clock() -> None:
    document = trusting(half_life_days=1)
    long_ago = [
        record(1, "erp", "2001-01-01", emails=emails("erp@a.example")),
        record(2, "scm", "2001-01-01", emails=emails("scm@a.example")),
    ]
    assert email(survive(long_ago, document))[0] == "erp@a.example"


def test_unanimous_leaves_empty_what_sources_contradict_each_other_about() -> None:
    said = [record(1, emails=emails("a@a.example")), record(2, emails=emails("b@a.example"))]
    golden = survive(said, policy("unanimous"))
    assert golden.attrs["email"] is None
    assert golden.prov["email"] == {"r": "email.unanimous", "n": 2, "why": "unanimous"}
    (conflict,) = golden.conflicts
    assert (conflict["kind"], conflict["winner"]) == ("material", {"v": None, "value": None})
    assert losers(golden) == [("every source that says anything to say this", None)] * 2


def test_unanimous_reads_what_is_meant_and_not_how_it_is_written() -> None:
    rules = POLICY.model_dump(mode="json")["rules"] | {"name": {"steps": ["unanimous"], "critical": True}}
    said = [record(1, names=names("深圳市华强电子有限公司")), record(2, names=names("深圳市華強電子有限公司"))]
    golden = survive(said, policy(rules=rules))
    assert golden.attrs["name"] == "深圳市华强电子有限公司"
    assert [c["kind"] for c in golden.conflicts] == ["cosmetic"]


def test_only_valid_lets_no_unchecked_value_pass() -> None:
    rules = POLICY.model_dump(mode="json")["rules"] | {"uscc": {"steps": ["only_valid"], "critical": True}}
    golden = survive([record(1, identifiers=uscc(DAMAGED, valid=False))], policy(rules=rules))
    assert golden.attrs["uscc"] is None
    assert golden.prov["uscc"] == {"r": "uscc.only_valid", "n": 1, "why": "only_valid"}
    assert losers(golden, "uscc") == [("a unified social credit code that passes its checks", None)]


def test_two_valid_codes_are_an_identity_conflict_even_where_none_survives() -> None:
    rules = POLICY.model_dump(mode="json")["rules"] | {"uscc": {"steps": ["unanimous"]}}
    said = [record(1, identifiers=uscc(VALID)), record(2, identifiers=(Identifier("cn_uscc", OTHER),))]
    golden = survive(said, policy(rules=rules))
    assert golden.attrs["uscc"] is None
    assert [c["kind"] for c in golden.conflicts] == ["identity"]


HALF = record(1, "erp", NEW, emails=emails("erp@a.example"))
WHOLE = record(2, "scm", OLD, emails=emails("scm@a.example"), phones=phones("+8675526988888", "+8675526988899"))


def contact(golden: Golden) -> tuple[Any, Any]:
    return golden.attrs["email"], (golden.attrs["phone"] or {}).get("number")


def test_a_group_takes_all_of_one_record_and_lacks_what_that_lacks() -> None:
    golden = survive([HALF, WHOLE], grouped("most_recent"))
    assert contact(golden) == ("erp@a.example", None)
    assert golden.prov["email"] == {"v": 1, "r": "contact.most_recent", "n": 2, "why": "group"}
    assert golden.prov["phone"] == {"v": 1, "r": "contact.most_recent", "n": 2, "why": "group"}
    assert {c["attribute"]: c["winner"] for c in golden.conflicts} == {
        "email": {"v": 1, "value": "erp@a.example"},
        "phone": {"v": 1, "value": None},
    }
    assert losers(golden)[0] == (f"a change in its source after {NEW}", 30.5)
    assert contact(survive([HALF, WHOLE], grouped("most_complete"))) == ("scm@a.example", "+8675526988888")


def test_a_loser_in_a_group_needs_what_its_whole_record_lacks() -> None:
    fuller = record(3, phones=(Phone("+8675526988877", "8012", "landline"),), emails=emails("full@a.example"))
    told = losers(survive([fuller, WHOLE], grouped("most_complete")))
    assert told == [("more than 3 of its parts filled; it has 2", 1)]


def test_a_group_that_is_filled_takes_the_rest_from_the_others() -> None:
    golden = survive([HALF, WHOLE], grouped("most_recent", fill=True))
    assert contact(golden) == ("erp@a.example", "+8675526988888")
    assert golden.prov["email"]["why"] == "group"
    assert golden.prov["phone"] == {"v": 2, "r": "contact.fill", "n": 2, "why": "fill"}


def test_a_group_of_one_record_is_the_only_one() -> None:
    assert [where["why"] for where in survive([WHOLE], grouped("most_recent")).prov.values()] == ["only", "only"]


def test_a_group_of_which_no_value_passes_stays_empty() -> None:
    unchecked: list[Evidence] = [record(1, phones=tuple(p.__class__(p.number) for p in phones("+8675526988888")))]
    golden = survive(unchecked, grouped("only_valid"))
    assert golden.attrs["phone"] is None
    assert golden.prov["phone"]["why"] == "only_valid"
