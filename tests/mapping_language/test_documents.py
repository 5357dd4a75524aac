# ruff: noqa: E501 - a table reads better with one case a line
"""Whatever is wrong with a mapping document is told with its place and the nearest valid name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from mappings.language import (
    Filtered,
    Mapped,
    Mapping,
    MappingError,
    Outcome,
    Rejected,
    compile_mapping,
    load_mapping,
    parse_mapping,
    run_tests,
)
from mappings.language.crosswalks import Crosswalk, Row
from tests.mapping_language.message_sites import message_sites, sites_passed

# what is replaced, by what, line and column of the error, words the error must say
MISTAKES = [
    ("record_type: customer", "record_typ: customer", "12:", 'unknown key "record_typ"', 'Did you mean "record_type"?'),
    ("    kind: organisation\n", "", "11:5", 'lacks the key "kind"', "Add it"),
    ("version: 1", "version: one", "2:10", "version has the wrong form", "integer"),
    ("mapping: shop.customers", "mapping: Shop", "1:10", "mapping has the wrong form", ""),
    ("entity: party", "entity: partei", "11:13", 'unknown entity "partei"', 'Did you mean "party"?'),
    ('row["no"]', 'row["nr"]', "13:14", 'unknown column "nr"', 'Did you mean "no"?'),
    ('p["value"]', 'p["vale"]', "20:20", 'unknown column "phones[].vale"', 'Did you mean "value"?'),
    ("name(tidy, registered)", "nmae(tidy)", "16:9", 'unknown function "nmae"', 'Did you mean "name"?'),
    ("name(tidy, registered)", "name(tydi)", "16:14", 'unknown name "tydi"', 'Did you mean "tidy"?'),
    ("name(tidy, registered)", "name(tidy, registerd)", "16:20", 'unknown name "registerd"', 'Did you mean "registered"?'),
    ("name(tidy, registered)", "name()", "16:9", '"name" lacks value', "Expected name(value, [of], [since], [until])"),
    ("name(tidy, registered)", "name(tidy, short, since, until, 1)", "16:41", '"name" takes 4 arguments', "Expected name(value, [of], [since], [until])"),
    ("name(tidy, registered)", "name(tidy, kind=short)", "16:25", "takes no such argument", "Expected name(value, [of], [since], [until])"),
    ("name(tidy, registered)", "name(tidy, tidy)", "16:20", "this is a text", "Expected a name_type"),
    ("name(tidy, registered)", "phones(tidy)", "16:9", "this is a list of phone", "Expected a list of name"),
    ("name(tidy, registered)", "name(tidy", "16:", "this is no expression", ""),
    ("name(tidy, registered)", "name(tidy).text", "16:9", "Attribute is not part of the language", ""),
    ("name(tidy, registered)", "'(lambda: tidy)()'", "16:10", "unknown function", ""),
    ("name(tidy, registered)", "name(tidy * 2)", "16:14", "such arithmetic", "Expected +"),
    ("name(tidy, registered)", "name", "16:9", '"name" is a function', "Call it: name(value, [of], [since], [until])"),
    ("name(tidy, registered)", "name(row)", "16:14", "a whole row is no value", ""),
    ("name(tidy, registered)", "name(row[0])", "16:18", "a column is named by a text in quotes", ""),
    ("name(tidy, registered)", 'name(row["phones"])', "16:14", "this is a list of raw", "Expected a text"),
    ("name(tidy, registered)", 'name(tidy if tidy else "x")', "16:22", "this is a text", "Expected a bool"),
    ("name(tidy, registered)", "name(tidy) if 1 < 2 < 3 else name(tidy)", "16:23", "such a comparison", ""),
    ("name(tidy, registered)", "name(tidy) if organisation < person else name(tidy)", "16:23", "cannot be compared", ""),
    ("name(tidy, registered)", "name(-tidy)", "16:14", "only not stands before a value", ""),
    ("name(tidy, registered)", "name(replace(tidy, '\\t', ''))", "16:29", "a backslash is not part", "Write the character itself"),
    ("name(tidy, registered)", "name(*tidy)", "16:14", "Starred is not part of the language", ""),
    ("name(tidy, registered)", "'name(**{})'", "16:17", "takes no such argument", ""),
    ("name(tidy, registered)", "name(1.5)", "16:14", "such a constant", ""),
    ("name(tidy, registered)", "'[name(tidy) for tidy in split(tidy, \",\")]'", "16:26", '"tidy" is taken', ""),
    ("name(tidy, registered)", "'[name(c) for c in tidy]'", "16:28", "a text is no list", "Expected a list"),
    ("kind: organisation", 'kind: "organisation.x"', "14:12", "Attribute is not part", ""),
    ("kind: organisation", "kind: registered", "14:11", "this is a name_type", "Expected a kind"),
    ("name(tidy, registered)", 'name(row["name"])', "9:9", 'the let "tidy" is never used', "Use it or remove it"),
    ("  tidy: text", '  名: blank(row["name"])\n  tidy: text', "9:6", "cannot be the name of a let", ""),
    ("requires: [no, name]", "requires: [no, name, tel]", "4:3", 'the column "tel" is declared but never read', "Move it to ignores"),
    ("[kind, value]", "[kind, value, x]", "4:3", 'the column "phones[].x" is declared but never read', "Remove it"),
    ("requires: [no, name]", "requires: [no, name, note]", "4:3", 'the column "note" is declared twice', ""),
    ("version: 1", "version: 1\nversion: 2", "3:1", 'the key "version" stands here twice', ""),
    ("version: 1", "version: &a 1", "2:10", "anchors and aliases", ""),
    ("version: 1", "version: !x 1", "2:10", "tags are not part", ""),
    ("version: 1", "version: [1", "3:", "this is no YAML", ""),
    ("let:", "outbound:\n  nmae: {values: {a: value}}\nlet:", "9:9", 'unknown golden attribute "nmae"', 'Did you mean "name"?'),
    ("let:", "outbound:\n  name: {values: {a: row}}\nlet:", "9:22", "a whole row is no value", ""),
    ("let:", "outbound:\n  phone: {values: {a: value}}\nlet:", "9:23", "this is a record", "Expected a text"),
    ("let:", "reject:\n  - {when: blank(tidy), field: nam, because: b, remedy: r}\nlet:", "9:32", 'unknown column "nam"', '"name"'),
    ("name(tidy, registered)", "a" * 4001, "16:9", "the expression is longer than 4000 characters", "Split it with let"),
    ("name(tidy, registered)", '"name(tidy)\\0"', "16:10", "this is no expression", "Expected e.g."),
    ("name(tidy, registered)", '"name(tidy)\\uD800"', "16:10", "this is no expression", "Expected e.g."),
    ("name(tidy, registered)", "not " * 900 + "true", "16:249", "the expression is nested too deeply", "Split it with let"),
    ("name(tidy, registered)", "name(tidy" + ' + "a"' * 80 + ")", "16:14", "the expression is nested too deeply", "Split it with let"),
    ("let:\n", "let:\n  all: '[upper(below) for below in split(row[\"name\"], \",\")]'\n  below: join(all)\n", "9:27", '"below" is taken or not plain', "Choose another name"),
    ("record_type: customer", "record_type: customer\n    references: ['reference(\"branch_of\", tidy, \"b\", tidy)']", "13:18", "the system of a reference is no fixed text", 'Write it out, e.g. "erp"'),
    ("    names:\n      - name(tidy, registered)", "    names: name(tidy)", "15:12", "emit.0.names has the wrong form", "Expected: a list of expressions"),
    ("    kind: organisation", "    kind: [organisation]", "14:11", "emit.0.kind has the wrong form", "Expected: one expression"),
    ("name(tidy, registered)", 'name(tidy["x"])', "16:14", "a text has no fields", "Only records have fields"),
    ("name(tidy, registered)", "name(tidy) + name(tidy)", "16:9", "a name cannot be added to", "Expected text or a list"),
    ("name(tidy, registered)", "'[name(a) for a, b in split(tidy, \",\")]'", "16:23", "one name stands after for", "Write [… for item in list]"),
    ("emit:\n", 'emit:\n  - {entity: interaction, record_type: call, key: "1", channel: \'"cal"\', direction: direction_of(tidy), at: instant(tidy)}\n', "11:66", 'unknown channel "cal"', 'Did you mean "call"?'),
    ("let:", "crosswalks: {row: s@1}\nlet:", "8:19", '"row" cannot be the name of a crosswalk', "Choose a free name"),
    ("let:", "crosswalks: {c: s@2}\nlet:", "8:17", 'unknown crosswalk "s@2"', 'Did you mean "s@1"?'),
    ("let:", "crosswalks: {c: s@1}\nlet:", "8:17", 'the crosswalk "c" is never used', "Use it or remove it"),
    ("let:\n", "crosswalks: {c: s@1}\nlet:\n  x: c\n", "10:6", '"c" is a crosswalk', "Look up in it: translate(value, c)"),
    ("let:\n", 'crosswalks: {c: s@1}\nlet:\n  x: translate("a", d)\n', "10:21", 'unknown crosswalk "d"', "Known are: c"),
    ("emit:\n", 'crosswalks: {c: s@1}\nemit:\n  - {entity: interaction, record_type: call, key: "1", channel: \'translate("a", c)\', direction: direction_of(tidy), at: instant(tidy)}\n', "12:66", '"no channel" of the crosswalk s@1 is no channel', "Known are"),
    ("let:", "  zone: Asia/Shangai\nlet:", "8:9", 'unknown time zone "Asia/Shangai"', 'Did you mean "Asia/Shanghai"?'),
    ("let:", "  zone: Asia/Shanghai\nlet:", "8:9", "the zone is declared and nothing asks for it", "Remove it"),
    ("let:\n", "let:\n  day: date_text(today())\n", "9:18", "a day is a day somewhere, and no time zone is declared", "Add source.zone"),
    ("let:\n", 'let:\n  day: day_in(landed_at(), "Asia/Shangai")\n', "9:28", 'unknown time zone "Asia/Shangai"', 'Did you mean "Asia/Shanghai"?'),
    ("emit:\n  - ", 'tests:\n  - {case: soon, given: {}, expect: {}}\nemit:\n  - active: day_in(landed_at(), "Asia/Shanghai") > date("2026-01-01")\n    ', "11:5", "the mapping asks when a row landed, and the test", "Add it, e.g. at: 2026-11-01T08:00:00Z"),
    ("emit:", "outbound:\n  name: {values: {name: instant_text(landed_at())}}\nemit:", "11:38", "what is written back has not landed", "Only expressions of a row may ask for it"),
    ("let:", "tests:\n  - {case: c, given: {}, expect: {phnoes: []}}\nlet:", "9:43", 'unknown key "phnoes"', 'Did you mean "phones"?'),
    ("let:", "tests:\n  - {case: c, given: {}, expect: {records: [{reject: x}]}}\nlet:", "9:54", 'unknown key "reject"', "Did you mean"),
    ("let:", "? [a]\n: 1\nlet:", "8:3", "a key must be text", "Mend it at this place"),
    ("version: 1", "version: 1\x01", "2:11", "this is no YAML: special characters are not allowed", "Mend it at this place"),
    ("version: 1", 'version: "\\UFFFFFFFF"', "1:1", "this is no YAML (", "Mend it at this place"),
    ("version: 1", "version: " + "[" * 3000 + "]" * 3000, "1:1", "the document is nested too deeply", "Mend it at this place"),
]  # fmt: skip


CROSSWALKS = {"s@1": Crosswalk("s", 1, "sales", (Row("a", "no channel", back=True),))}


@pytest.mark.parametrize(("old", "new", "place", "what", "remedy"), MISTAKES, ids=[m[1][:40] for m in MISTAKES])
def test_a_mistake_is_told_with_its_place(minimal: str, old: str, new: str, place: str, what: str, remedy: str) -> None:
    assert old in minimal
    with pytest.raises(MappingError) as caught:
        parse_mapping(minimal.replace(old, new, 1), "shop.yaml", CROSSWALKS)
    message = str(caught.value)
    assert message.startswith(f"shop.yaml:{place}"), message
    assert what in message
    assert remedy in message


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"none\.yaml:1:1: the mapping document cannot be read"):
        load_mapping(tmp_path / "none.yaml")
    (tmp_path / "gb.yaml").write_bytes("映射".encode("gb18030"))
    with pytest.raises(MappingError, match="is not UTF-8"):
        load_mapping(tmp_path / "gb.yaml")


def test_every_message_of_the_language_is_in_the_table(minimal: str, tmp_path: Path) -> None:
    with sites_passed() as passed:
        for old, new, *_ in MISTAKES:
            with suppress(MappingError):
                parse_mapping(minimal.replace(old, new, 1), "shop.yaml", CROSSWALKS)
        with suppress(MappingError):
            load_mapping(tmp_path / "none.yaml")
    untold = sorted(message_sites() - passed)
    assert untold == [], f"no mistake in MISTAKES leads to these places: {untold}"


@pytest.mark.parametrize(
    "deep", ["(" * 500 + "1" + ")" * 500, "not " * 900 + "true", "a" * 5000, '"' + "\\" * 9, "x\x00y"]
)
def test_monstrous_expressions_are_refused(minimal: str, deep: str) -> None:
    with pytest.raises(MappingError):
        parse_mapping(minimal.replace("name(tidy, registered)", f"'{deep}'"), "shop.yaml")


def mapping_of(minimal: str, rules: str = "", **replacements: str) -> Mapping:
    text = minimal.replace("let:\n", f"{rules}let:\n")
    for old, new in replacements.items():
        text = text.replace(old, new)
    return parse_mapping(text, "shop.yaml")


def outcome_of(minimal: str, document: dict[str, object], rules: str = "") -> Outcome:
    return compile_mapping(mapping_of(minimal, rules)).map(document)


def test_a_document_is_named_by_its_hash(minimal: str) -> None:
    mapping = parse_mapping(minimal, "database")
    assert (mapping.name, mapping.version, mapping.system, mapping.stream) == ("shop.customers", 1, "shop", "customers")
    assert mapping.hash == parse_mapping(minimal, "file").hash != mapping_of(minimal, "# new\n").hash


RULES = """\
reject:
  - when: row["name"] == "bad"
    field: name
    because: the name is bad
    remedy: Give it a good one
filter:
  - when: row["name"] == "skip"
    because: not wanted
"""


def test_rules_decide_before_anything_is_made(minimal: str) -> None:
    bad = outcome_of(minimal, {"no": "1", "name": "bad"}, RULES)
    assert bad == Rejected("rule", "name", "the name is bad", "Give it a good one")
    assert outcome_of(minimal, {"no": "1", "name": "skip"}, RULES) == Filtered("not wanted")
    assert isinstance(outcome_of(minimal, {"no": "1", "name": "fine"}, RULES), Mapped)


def test_a_record_without_key_is_rejected(minimal: str) -> None:
    outcome = outcome_of(minimal, {"no": " ", "name": "x"})
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.field) == ("no_key", "no")
    by_let = minimal.replace('key: row["no"]', "key: number").replace("let:", 'let:\n  number: row["no"]')
    assert outcome_of(by_let, {"no": " ", "name": "x"}) == outcome


def test_an_unreadable_value_is_told_by_column_and_never_repeated(minimal: str) -> None:
    with_date = minimal.replace('text(row["name"])', 'date_text(date(row["name"]))')
    outcome = compile_mapping(parse_mapping(with_date, "shop.yaml")).map({"no": "1", "name": "2024-13-45 secret"})
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.field) == ("unreadable_value", "name")
    assert 'column "name"' in outcome.message
    assert "secret" not in outcome.message
    assert "2024" not in outcome.message


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"no": "1", "name": ["a"]}, "name"),
        ({"no": "1", "name": "a", "phones": "0755-1"}, "phones"),
        ({"no": "1", "name": "a", "phones": ["0755-1"]}, "phones"),
        ({"no": {"a": 1}, "name": "a"}, "no"),
    ],
)
def test_a_value_of_another_shape_is_told_by_column(minimal: str, document: dict[str, object], field: str) -> None:
    outcome = outcome_of(minimal, document)
    assert isinstance(outcome, Rejected)
    assert outcome.field == field


def test_a_missing_required_column_is_told_with_the_nearest(minimal: str) -> None:
    compiled = compile_mapping(parse_mapping(minimal, "shop.yaml"))
    assert compiled.check_contract(["no", "name", "more"]) is None
    breach = compiled.check_contract(["no", "names", "more"])
    assert breach is not None
    assert (breach.column, breach.nearest) == ("name", "names")
    assert (
        breach.message
        == 'shop / customers: the required column "name" is missing; it has "names", which the mapping does not know'
    )
    assert "new version of mapping shop.customers (now version 1)" in breach.remedy


def test_several_records_may_come_of_one_document(minimal: str) -> None:
    second = """\
  - entity: party
    record_type: branch
    key: row["no"] + "-B"
    kind: site
    names: ['name(tidy + "分公司")']
    references: ['reference("branch_of", "shop", "customer", row["no"])']
    active: false
"""
    outcome = compile_mapping(parse_mapping(minimal + second, "shop.yaml")).map({"no": "7", "name": "华强电子"})
    assert isinstance(outcome, Mapped)
    head, branch = outcome.records
    assert (head.key, branch.key, branch.record_type) == ("7", "7-B", "branch")
    assert branch.content.names[0].text == "华强电子分公司"
    assert branch.references[0].key == "7"
    assert branch.content.active is False


TESTS = """\
tests:
  - case: wrong name
    given: {no: "1", name: 华强电子}
    expect: {key: "1", names: [{text: 华为电子}]}
  - case: not rejected
    given: {no: "1", name: 华强电子}
    expect: {reject: name}
  - case: rejected
    given: {no: "", name: 华强电子}
    expect: {records: [{key: "1"}]}
  - case: right
    given: {no: "1", name: 华强电子}
    expect: {records: [{key: "1", names: [{text: 华强电子}], phones: []}]}
"""


def test_failing_tests_of_a_document_are_told_with_case_line_and_difference(minimal: str) -> None:
    failures = [str(failure) for failure in run_tests(parse_mapping(minimal + TESTS, "shop.yaml"))]
    first = minimal.count("\n") + 2
    assert failures == [
        f"test \"wrong name\" (line {first}): names.0.text should be '华为电子' but is '华强电子'",
        f"test \"not rejected\" (line {first + 3}): the outcome should be 'rejected, name' but is '1 record(s)'",
        f"test \"rejected\" (line {first + 6}): the outcome should be 'a record' but is 'rejected, no: the record has no key'",
    ]


def test_text_is_nfc_whatever_the_source_writes(minimal: str) -> None:
    outcome = outcome_of(minimal, {"no": "1", "name": "Mu\u0308ller GmbH"})
    assert isinstance(outcome, Mapped)
    assert outcome.records[0].content.names[0].text == "Müller GmbH"
