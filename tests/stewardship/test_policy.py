"""The stewardship document: what it may say, and what it decides."""

from __future__ import annotations

import re

import pytest

from customer_master.policies.documents import PolicyError
from customer_master.stewardship.policy import (
    EscalationStep,
    FourEyesRule,
    Kind,
    Priority,
    Queue,
    Risk,
    StewardshipPolicy,
    load_policy,
)
from hub import documents, project
from hub.project import Document
from hub.store import documents as document_store
from hub.store.database import make_engine
from hub.store.postgres import DatabaseAddress
from tests.stewardship.conftest import POLICY

TEXT = POLICY.read_text(encoding="utf-8")
PAGE = (POLICY.parents[2] / "docs/stewardship.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("kinds: [merge, id_clash]", "kinds: [merge]", "each kind of question needs one queue; look at id_clash"),
        ("kinds: [approval]", "kinds: [approval, merge]", "each kind of question needs one queue; look at merge"),
        ("to: management", "to: managment", "the escalation leads to a queue that does not exist: managment"),
        ("{after_minutes: 4320, to", "{after_minutes: 0, to", "has to come later than the one before"),
        ("lease_minutes: 20", "lease_minutes: 0", "lease_minutes: Input should be greater than 0"),
        ("verdicts: [merge, same]", "verdicts: [merge, sane]", "four_eyes.0.verdicts.1"),
        ("urgency: 40", "urgncy: 40", "queues.customers.urgncy: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(old: str, new: str, sentence: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError) as refused:
        load_policy(TEXT.replace(old, new))
    assert str(refused.value).startswith("stewardship policy, ")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("verdict", "records", "value", "needed"),
    [
        ("merge", 2, 499_999, False),
        ("merge", 2, 500_000, True),
        ("merge", 10, 0, True),
        ("split", 10, 0, True),
        ("split", 9, 9_000_000, False),
        ("pin", 99, 9_000_000, False),
    ],
)
def test_a_second_person_is_needed_where_much_is_at_stake(
    policy: StewardshipPolicy, verdict: str, records: int, value: int, needed: bool
) -> None:
    assert policy.needs_second(verdict, records=records, value=value) is needed


def test_the_applied_document_is_the_one_in_force(database: DatabaseAddress) -> None:
    engine = make_engine(database.url)
    with engine.begin() as db:
        document_store.apply(db, project.documents(POLICY.parents[2]))
    assert documents.load(engine).stewardship == load_policy(TEXT)
    engine.dispose()


def test_an_impossible_document_is_refused_before_it_is_active() -> None:
    with pytest.raises(PolicyError):
        documents.check(Document("stewardship", "stewardship", TEXT.replace("version: 1", "version: 2"), "a file"))


def test_a_rule_without_limits_always_applies() -> None:
    assert FourEyesRule(verdicts=("undo",)).applies("undo", records=1, value=0)


def test_value_counts_for_priority_up_to_a_limit(policy: StewardshipPolicy) -> None:
    points = [policy.priority.points(urgency=40, value=v, bits=2.6) for v in (0, 25_000, 10**9)]
    assert points == [43, 45, 93]
    assert policy.priority.points(urgency=0, value=0, bits=-4.0) == 0


def test_every_word_of_the_document_is_explained() -> None:
    words = {
        *Kind,
        *(name for model in (StewardshipPolicy, Queue, EscalationStep, FourEyesRule, Risk, Priority)
          for name in model.model_fields),
    }  # fmt: skip
    assert sorted(word for word in words if not re.search(rf"`{word}`", PAGE)) == []
