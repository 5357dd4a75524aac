"""Publishing writes what was agreed once, and never weakens what the master was built on."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.target import POLICIES, TargetRecord, agreed_values, erp_documents

Agreed = dict[str, Any]

documents = st.deferred(lambda: st.sampled_from(erp_documents()))
agreed = st.deferred(
    lambda: st.fixed_dictionaries({}, optional={a: st.sampled_from(values) for a, values in agreed_values().items()})
)
policies = st.fixed_dictionaries({a: st.sampled_from(["fill", "lead"]) for a in POLICIES})
thorough = hypothesis.settings(max_examples=200, deadline=None, derandomize=True, database=None)


@thorough
@given(documents, st.lists(agreed, min_size=1, max_size=4), policies)
def test_publishing_never_changes_a_records_own_evidence(
    document: Agreed, rounds: list[Agreed], wins: dict[str, str]
) -> None:
    record = TargetRecord.found(document)
    own = record.payload
    for desired in rounds:
        record.publish(desired, wins)
        assert record.evidence == own


@thorough
@given(st.lists(agreed.filter(lambda a: "name" in a), min_size=1, max_size=4))
def test_a_record_the_hub_made_is_no_evidence_of_anything(rounds: list[Agreed]) -> None:
    record = TargetRecord.created(rounds[0])
    for desired in rounds:
        record.publish(desired)
        assert not any(record.evidence.get(a) for a in ("names", "identifiers", "phones", "emails", "addresses"))


@thorough
@given(documents, st.lists(agreed, min_size=1, max_size=3))
def test_what_was_written_is_not_written_again(document: Agreed, rounds: list[Agreed]) -> None:
    record = TargetRecord.found(document)
    for desired in rounds:
        record.publish(desired)
        assert record.plan(desired).is_empty


@thorough
@given(documents, agreed, policies)
def test_writing_comes_to_an_end_whoever_leads(document: Agreed, desired: Agreed, wins: dict[str, str]) -> None:
    """A write that had to wait, since it would have changed how another value is read, may follow that value's own."""
    record = TargetRecord.found(document)
    for _ in desired:
        record.publish(desired, wins)
    assert record.plan(desired, wins).is_empty


@thorough
@given(agreed.filter(lambda a: "name" in a))
def test_a_record_the_hub_made_says_at_once_what_was_agreed(desired: Agreed) -> None:
    assert TargetRecord.created(desired).plan(desired).is_empty


@thorough
@given(documents, agreed)
def test_what_nobody_knows_is_never_written(document: Agreed, desired: Agreed) -> None:
    record = TargetRecord.found(document)
    before = record.payload
    record.publish(desired)
    after = record.payload
    unasked = {
        "name": "names", "uscc": "identifiers", "phone": "phones", "email": "emails", "address": "addresses",
    }  # fmt: skip
    for attribute, elements in unasked.items():
        if attribute not in desired:
            assert after.get(elements) == before.get(elements)
        assert len(after.get(elements, ())) >= len(before.get(elements, ()))


@thorough
@given(documents, agreed)
def test_fill_leaves_alone_what_somebody_entered(document: Agreed, desired: Agreed) -> None:
    record = TargetRecord.found(document)
    before = record.payload
    record.publish(desired, dict.fromkeys(POLICIES, "fill"))
    after = record.payload
    for elements in ("names", "phones", "emails", "addresses", "identifiers"):
        for element in before.get(elements, ()):
            assert element in after[elements]


VALID, OTHER, DAMAGED = "914403001922038216", "91310115434272812K", "914403001922038219"


def with_code(code: str) -> TargetRecord:
    return TargetRecord.found({"name": "深圳市华强电子有限公司", "identifiers": [{"type": None, "code": code}]})


def codes(record: TargetRecord) -> list[str]:
    return [i["value"] for i in record.payload["identifiers"]]


def test_lead_replaces_a_damaged_code_but_never_a_valid_one() -> None:
    damaged, valid = with_code(DAMAGED), with_code(VALID)
    damaged.publish({"uscc": OTHER})
    assert codes(damaged) == [OTHER]
    assert valid.publish({"uscc": OTHER}).is_empty
    assert codes(valid) == [VALID]


@pytest.mark.parametrize(("policy", "expected"), [("lead", "深圳市华强电子有限公司"), ("fill", "华强电子")])
def test_the_agreed_name_replaces_another_one_only_where_it_leads(policy: str, expected: str) -> None:
    record = TargetRecord.found({"name": "华强电子"})
    record.publish({"name": "深圳市华强电子有限公司"}, {**POLICIES, "name": policy})
    assert record.document["name"] == expected


def test_what_the_hub_filled_follows_the_master_and_what_a_person_changed_there_does_not() -> None:
    record = TargetRecord.found({"name": "深圳市华强电子有限公司"})
    record.publish({"email": "old@huaqiang.example"})
    record.publish({"email": "new@huaqiang.example"})
    assert [e["address"] for e in record.payload["emails"]] == ["new@huaqiang.example"]
    record.document["contact_mechanisms"][0]["value"] = "person@huaqiang.example"
    assert record.evidence["emails"] == [{"address": "person@huaqiang.example"}], "a person's word is evidence"
    assert record.publish({"email": "master@huaqiang.example"}).is_empty


def test_a_foreign_address_does_not_make_local_telephones_unreadable() -> None:
    record = TargetRecord.found(
        {"name": "深圳市华强电子有限公司", "contact_mechanisms": [{"type": "phone", "value": "0755-26988888"}]}
    )
    abroad = {"text": "247 Oak Lane, Leeds, United Kingdom", "country": "GB", "region": "", "postal_code": "LS1 6QH"}
    record.publish({"address": abroad, "email": "info@huaqiang.example"})
    assert [p["number"] for p in record.payload["phones"]] == ["+8675526988888"]
    assert "addresses" not in record.payload
    assert [e["address"] for e in record.payload["emails"]] == ["info@huaqiang.example"], "the rest is written"


def test_a_code_does_not_make_an_organisation_of_a_person() -> None:
    record = TargetRecord.found({"name": "王小明"})
    assert record.payload["kind"] == "person"
    record.publish({"uscc": VALID})
    assert record.payload["kind"] == "person"
