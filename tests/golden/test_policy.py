"""A survivorship document that cannot be used is refused in one sentence that says where and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from customer_master.golden.evidence import ATTRIBUTES
from customer_master.golden.pins import Lapse, Mode
from customer_master.golden.policy import Curve, Step, load_policy
from customer_master.policies.documents import PolicyError
from tests.golden.sources import TEXT

BODY = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#")) + "\n"
PHONE_AND_EMAIL = "groups: {contact: {attributes: [phone, email], steps: [most_recent]}}\n"


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("rules: [", r"line \d+: not readable as YAML"),
        (BODY.replace("version: 2", "version: 1"), r"version: .*layout 2 is read, not 1; rewrite it"),
        (BODY.replace("sources:", "source:"), r"sources: Field required"),
        (BODY.replace("[valid_first", "[valid_frist", 1), r"rules\.name\.steps\.0: Input should be 'valid_first', "),
        (
            BODY.replace("[valid_first", "[longest, valid_first", 1),
            r"rules\.name\.steps: .*the step longest is named twice",
        ),
        (BODY.replace("  email:", "  e_mail:"), r"rules\.e_mail.*: Input should be 'name', "),
        (
            BODY.replace("[most_frequent, most_recent, longest]", "[trust]"),
            r"rules: .*english_name has the step trust; write under trust",
        ),
        (BODY + "trust: {erp: {max: 200, min: 1}}", r"trust\.erp\.max: Input should be less than or equal to 100"),
        (BODY + "trust: {erp: {max: 10, min: 20}}", r"trust\.erp: .*min lies above max; lower it"),
        (BODY + "trust: {erp: {max: 9, min: 2, curve: steep}}", r"trust\.erp\.curve: Input should be 'linear', "),
        (BODY + "copies_from: {crm: [erp], erp: [crm]}", r"copies_from: .*crm would be a copy of itself"),
        (BODY + PHONE_AND_EMAIL, r"rules: .*email is in a group; take its rule away"),
        (BODY + PHONE_AND_EMAIL.replace("phone, email", "phone"), r"groups\.contact\.attributes: .*at least 2"),
        (
            BODY + PHONE_AND_EMAIL.replace("most_recent", "unanimous"),
            r"groups\.contact\.steps: .*unanimous is for a single",
        ),
        (BODY + "groups: {a: {attributes: [phone, phone], steps: []}}", r"groups: .*phone is named twice"),
    ],
)
def test_a_broken_document_is_one_clear_sentence(broken: str, sentence: str) -> None:
    with pytest.raises(PolicyError, match=rf"^survivorship policy, {sentence}") as refused:
        load_policy(broken)
    assert "\n" not in str(refused.value)


def test_every_attribute_needs_a_rule_or_a_group() -> None:
    without = BODY[: BODY.index("  address:")]
    with pytest.raises(PolicyError, match=r"rules: .*no rule for address"):
        load_policy(without)
    assert load_policy(without + "  address: {steps: [longest]}").rules["address"].critical is False


PAGE = Path("docs/survivorship.md").read_text(encoding="utf-8")


def test_the_documented_document_is_one() -> None:
    (shown,) = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    assert load_policy(shown).groups["contact"].fill


@pytest.mark.parametrize(
    "word", [*Step, *Curve, *get_args(Mode), *get_args(Lapse), *ATTRIBUTES, "fill", "group", "pin"]
)
def test_every_word_is_documented(word: str) -> None:
    assert f"`{word}`" in PAGE
