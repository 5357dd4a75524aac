"""A watched mapping does what the bare one does, and tells what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.language import MappingError, compile_mapping, load_mapping, parse_mapping
from mappings.language.coverage import Untried, coverage
from mappings.language.derivation import derive
from mappings.language.difference import changes
from mappings.language.expressions import check
from mappings.language.probing import Code, Probe, written
from mappings.language.scope import Scope

SPECS = sorted((Path(__file__).parents[2] / "mappings/specs").glob("*.yaml"))
CONDITIONS = """\
mapping: shop.customers
version: 1
source: {system: shop, stream: customers, requires: [no, name, state], optional: [phones: [kind, value]]}
reject:
  - {when: 'blank(row["name"])', field: name, because: no name, remedy: Give it one}
emit:
  - entity: party
    record_type: customer
    key: row["no"]
    kind: organisation
    active: not (row["state"] in ["gone", "closed"])
    names:
      - name(row["name"], registered if has_han(row["name"]) else english)
    phones:
      - '[phones(p["value"]) for p in row["phones"] if p["kind"] == "tel"]'
"""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_watching_changes_nothing(path: Path) -> None:
    mapping = load_mapping(path)
    bare, watched = compile_mapping(mapping), Probe(mapping)
    for test in mapping.document.tests:
        assert watched.map(test.given) == bare.map(test.given)


def test_coverage_names_what_no_row_exercises() -> None:
    mapping = parse_mapping(CONDITIONS, "shop.yaml")
    row = {"no": "1", "name": "华强", "state": "gone", "phones": [{"kind": "tel", "value": ""}]}
    found = coverage(mapping, [row])
    assert set(found.untried) == {
        Untried(5, 'blank(row["name"])', "true"),
        Untried(13, 'has_han(row["name"])', "false"),
        Untried(15, 'p["kind"] == "tel"', "false"),
    }
    assert (found.outcomes, found.codes, found.unmet) == (6, 2, (Code(11, "closed"),))
    assert found.empty == ("phones[].value",)
    assert not found.is_whole


def test_coverage_is_whole_when_everything_was_met() -> None:
    phones = [{"kind": "tel", "value": "0755-26988888"}, {"kind": "fax", "value": "0755-26988889"}]
    rows = [
        {"no": "1", "name": "华强", "state": "gone", "phones": phones},
        {"no": "2", "name": "Shop", "state": "closed", "phones": []},
        {"no": "3", "name": "", "state": ""},
    ]
    assert coverage(parse_mapping(CONDITIONS, "shop.yaml"), rows).is_whole


def test_a_value_met_beside_the_codes_of_a_list_is_no_mistake(minimal: str) -> None:
    text = minimal.replace("name(tidy, registered)", 'name("same" if tidy in ["A", row["note"]] else "other")')
    mapping, row = parse_mapping(text, "shop.yaml"), {"no": "1", "name": "华强", "note": "华强"}
    assert Probe(mapping).map(row) == compile_mapping(mapping).map(row)


def test_a_condition_that_was_never_asked_is_told_so() -> None:
    found = coverage(parse_mapping(CONDITIONS, "shop.yaml"), [{"no": "1", "name": ""}])
    assert Untried(13, 'has_han(row["name"])', "ever") in found.untried


def test_a_value_is_followed_to_line_expression_and_columns_by_way_of_lets(specs: Path) -> None:
    mapping = load_mapping(specs / "scm.ship_tos.yaml")
    row = {"客户编码": "S1", "客户名称": "深圳市华强电子有限公司", "省": "广东省", "市": "深圳市", "电话": "26988888"}
    (phones,) = [step for step in derive(mapping, row) if step.place == "emit.0.phones.0"]
    assert phones.expression == 'phones(row["电话"], area, country)'
    assert mapping.text.splitlines()[phones.line - 1].strip() == f"- {phones.expression}"
    assert phones.value == ({"number": "+8675526988888", "extension": "", "kind": "landline"},)
    assert phones.columns == {"电话": "26988888", "地址": None, "市": "深圳市", "省": "广东省"}


def test_of_a_rejected_row_the_last_step_is_the_rule(minimal: str) -> None:
    mapping = parse_mapping(CONDITIONS, "shop.yaml")
    (last,) = derive(mapping, {"no": "1", "name": " "})
    assert (last.place, last.value, last.columns) == ("reject.0.when", True, {"name": " "})


def test_another_version_is_compared_cell_by_cell() -> None:
    old = compile_mapping(parse_mapping(CONDITIONS, "shop.yaml"))
    text = CONDITIONS.replace("registered if", "short if").replace('blank(row["name"])', 'blank(row["state"])')
    new = compile_mapping(parse_mapping(text, "shop.yaml"))
    rows = [{"no": "1", "name": "华强", "state": "open"}, {"no": "2", "name": "Shop", "state": ""}, {"no": "3"}]
    found = [(c.row, c.record, c.cell, c.old, c.new) for c in changes(old, new, rows)]
    assert found == [
        (0, "party/customer/1", "names.0.type", "registered", "short"),
        (1, "", "fate", "mapped", "rejected: no name"),
    ]


def test_one_reading_finds_all_wrong_expressions_and_nothing_that_only_follows_from_them(minimal: str) -> None:
    spoiled = minimal.replace('text(row["name"])', 'txt(row["name"])').replace('contact(row["note"])', "contact(nte)")
    with pytest.raises(MappingError) as caught:
        parse_mapping(spoiled, "shop.yaml")
    errors = [caught.value, *caught.value.others]
    assert [e.what for e in errors] == ['unknown function "txt"', 'unknown name "nte"']
    assert [e.line for e in errors] == [9, 18]


@pytest.mark.parametrize(
    "text",
    [
        'row["outlet_no"] if has_han(row["outlet_no"]) else "let_x"',
        'join([before(row["a"], "("), after(row["a"], ")")])',
        """contains(row["a"], '"') and contains(row["a"], "(")""",
        'first([upper(p["let_a"]) for p in row["let_b"] if not blank(p["let_a"])])',
    ],
)
def test_an_expression_is_written_as_its_author_wrote_it(text: str) -> None:
    scope = Scope({"a": None, "outlet_no": None, "let_b": {"let_a": None}})
    assert written(check(text, scope)) == text


def test_a_joined_list_is_explained_by_what_is_in_it() -> None:
    row = {"no": "1", "name": "华强", "state": "", "phones": [{"kind": "tel", "value": "0755-26988888"}]}
    told = {one.place: one.value for one in derive(parse_mapping(CONDITIONS, "shop.yaml"), row)}
    assert told["emit.0.phones.0"] == ({"number": "+8675526988888", "extension": "", "kind": "landline"},)
