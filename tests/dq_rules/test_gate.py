"""The quality gate holds bad rows, stops bad batches and counts the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dq_rules import RuleError, RuleSet, check, flatten, load_rules, parse_rules
from mappings.canonical import Address, CanonicalRecord, Identifier, Kind, Name, NameType, Party, Phone

RULES = Path(__file__).parents[2] / "dq_rules" / "party.yaml"
USCC = "914403001922038216"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(RULES)


def row(key: int, name: str | None = "深圳市华强电子有限公司", *, uscc: str = USCC, phones: int = 1) -> dict[str, Any]:
    party = Party(
        Kind.ORGANISATION,
        names=(Name(name),) if name else (),
        identifiers=(Identifier("cn_uscc", uscc),) if uscc else (),
        phones=(Phone("+8675526988888"),) * phones,
    )
    return flatten(CanonicalRecord("party", "ship_to", str(key), party))


def test_two_hundred_bad_rows_of_a_thousand_are_two_hundred_findings(rules: RuleSet) -> None:
    bad = set(range(3, 1000, 5))
    result = check(rules, [row(i, None if i in bad else "华强电子") for i in range(1000)])
    assert set(result.quarantined) == bad
    assert len(result.quarantined) == 200
    assert all(type(index) is int for index in result.quarantined)
    assert {f.rule for f in result.quarantined.values()} == {"name_present"}
    assert result.blocked == []
    assert result.warnings == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (None, "name_present"),
        ("测试", "name_no_placeholder"),
        ("锟斤拷锟斤拷有限公司", "name_readable"),
        ("长" * 201, "name_length"),
    ],
)
def test_a_row_with_a_bad_name_is_held_and_told_why(rules: RuleSet, name: str | None, rule: str) -> None:
    result = check(rules, [row(0), row(1, name)])
    assert list(result.quarantined) == [1]
    finding = result.quarantined[1]
    assert finding.rule == rule
    assert finding.message
    assert finding.message_zh
    assert finding.remedy_zh
    assert result.blocked == []


def test_a_batch_that_lost_its_names_is_stopped_but_a_lonely_row_is_not(rules: RuleSet) -> None:
    result = check(rules, [row(i, None if i % 3 else "华强电子") for i in range(60)])
    assert [(f.rule, f.count) for f in result.blocked] == [("batch_has_names", 40)]
    assert check(rules, [row(0, None)]).blocked == []


def test_doubts_are_counted_and_hold_nothing(rules: RuleSet) -> None:
    rows = [
        row(0),
        row(0),
        row(1, uscc="914403001922038217"),
        row(2, uscc="", phones=0),
        row(3, uscc="000000000000000000"),
    ]
    result = check(rules, rows)
    assert {f.rule: f.count for f in result.warnings} == {"uscc_valid": 2, "reachable": 1, "key_once": 2}
    assert result.quarantined == {}


def test_no_identifier_in_the_whole_batch_is_fine(rules: RuleSet) -> None:
    assert check(rules, [row(i, uscc="") for i in range(3)]).warnings == []


def test_flat_rows_show_what_rules_ask_for() -> None:
    party = Party(
        Kind.PERSON,
        names=(Name("华强", NameType.SHORT), Name("王小明")),
        identifiers=(Identifier("gln", "1"), Identifier("cn_uscc", USCC, valid=False)),
        addresses=(Address("深圳市", region="440300"),),
    )
    flat = flatten(CanonicalRecord("party", "ship_to", "1", party))
    assert (flat["kind"], flat["name"], flat["uscc"], flat["uscc_valid"]) == ("person", "王小明", USCC, False)
    assert (flat["country"], flat["region"], flat["contact_points"]) == ("CN", "440300", 1)
    empty = flatten(CanonicalRecord("party", "ship_to", "1", Party(Kind.ORGANISATION)))
    assert (empty["name"], empty["uscc"], empty["country"], empty["contact_points"]) == (None, None, None, 0)


def test_an_empty_batch_costs_no_import() -> None:
    script = (
        "import sys, pathlib; from dq_rules import check, load_rules\n"
        f"assert check(load_rules(pathlib.Path({str(RULES)!r})), []).quarantined == {{}}\n"
        "assert not {'great_expectations', 'pandas'} & set(sys.modules)"
    )
    root = RULES.parents[1]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stderr


RULE = """\
entity: party
version: 1
rules:
  - id: one
    severity: warn
    expectation: ExpectColumnValuesToNotBeNull
    kwargs: {column: name}
    message: {en: a, zh: 甲}
    remedy: {en: b, zh: 乙}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: warn", "severity: loud", "rules.0.severity"),
        ("zh: 甲", "de: 甲", "rules.0.message"),
        ("entity: party", "entity: [", "this is no YAML"),
        ("  - id: one", "  - id: One", "rules.0.id"),
        ("version: 1", "version: 0", "version"),
    ],
)
def test_a_wrong_document_is_refused_in_one_sentence(old: str, new: str, told: str) -> None:
    with pytest.raises(RuleError, match=r"party\.yaml") as caught:
        parse_rules(RULE.replace(old, new), "party.yaml")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "ExpectColumnValuesToNotBeNull",
            "ExpectMiracles",
            'the rule "one" names the unknown expectation "ExpectMiracles"',
        ),
        (
            "{column: name}",
            "{colum: name}",
            'the rule "one" has arguments that ExpectColumnValuesToNotBeNull does not take',
        ),
        ("{column: name}", "{column: nmae}", 'the rule "one" cannot be checked on the columns key'),
    ],
)
def test_a_rule_that_cannot_be_checked_is_named(old: str, new: str, told: str) -> None:
    with pytest.raises(RuleError) as caught:
        check(parse_rules(RULE.replace(old, new), "party.yaml"), [row(0)])
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_text_has_the_same_hash(rules: RuleSet) -> None:
    assert rules.hash == load_rules(RULES).hash != parse_rules(RULE, "x").hash
    assert rules.entity == "party"
