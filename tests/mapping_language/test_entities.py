"""Interactions, cases, orders, holdings and items: what a mapping may say of them, and what it is told otherwise."""

from __future__ import annotations

import pytest

from mappings.canonical import ENTITIES, DataClass, data_classes, to_payload
from mappings.language import Mapped, MappingError, compile_mapping, parse_mapping

ORDER = """mapping: shop.orders
version: 1
source:
  system: shop
  stream: orders
  requires: [no, customer, day, total, when, way]
emit:
  - entity: order
    record_type: order
    key: row["no"]
    number: row["no"]
    on: date(row["day"])
    currency: '"CNY"'
    total: decimal(row["total"])
    references:
      - reference("ordered_by", "shop", "customer", row["customer"])
  - entity: interaction
    record_type: order_call
    key: row["no"]
    channel: '"call"'
    direction: '"inbound" if row["way"] == "in" else "outbound"'
    at: instant(row["when"], "Asia/Shanghai")
"""

# what is replaced, by what, line of the error, words it must say
MISTAKES = [
    ("    currency:", "    curency:", "13:", 'unknown key "curency"', 'Did you mean "currency"?'),
    ("    number: row", "    nummer: row", "11:", 'unknown key "nummer"', 'Did you mean "number"?'),
    ('\'"call"\'', '\'"cal"\'', "20:", 'unknown channel "cal"', 'Did you mean "call"?'),
    ('else "outbound"', 'else "out"', "21:", 'unknown direction "out"', "outbound"),
    ('"shop", "customer"', 'row["way"], "customer"', "16:", "the system of a reference is no fixed text", 'e.g. "erp"'),
    ("decimal(row", "text(row", "14:", "this is a text", "Expected a decimal"),
    ("entity: order", "entity: ordre", "8:", 'unknown entity "ordre"', 'Did you mean "order"?'),
    ("    references:\n      - ", "    references: ", "", "wrong form", "list"),
    ("    at: instant", "    att: instant", "", 'unknown key "att"', 'Did you mean "at"?'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "said", "remedy"), MISTAKES, ids=[m[1].strip()[:20] for m in MISTAKES])
def test_a_mistake_is_told_with_its_place(old: str, new: str, place: str, said: str, remedy: str) -> None:
    assert old in ORDER
    with pytest.raises(MappingError) as caught:
        parse_mapping(ORDER.replace(old, new), "shop.yaml")
    told = str(caught.value)
    assert told.startswith(f"shop.yaml:{place}")
    assert said in told
    assert remedy in told


def test_an_attribute_that_must_be_there_is_missed() -> None:
    with pytest.raises(MappingError, match=r'emit\.1 lacks the key "at"'):
        parse_mapping(ORDER.replace('    at: instant(row["when"], "Asia/Shanghai")\n', ""), "shop.yaml")


def test_money_times_and_dates_are_stored_exactly() -> None:
    row = {
        "no": "7",
        "customer": "C1",
        "day": "2026年11月1日",
        "total": "1,200.50",
        "when": "2026-11-01 08:00",
        "way": "in",
    }
    outcome = compile_mapping(parse_mapping(ORDER, "shop.yaml")).map(row)
    assert isinstance(outcome, Mapped)
    order, call = map(to_payload, outcome.records)
    assert (order["total"], order["on"], order["currency"]) == ("1200.50", "2026-11-01", "CNY")
    assert order["references"] == [{"relation": "ordered_by", "system": "shop", "record_type": "customer", "key": "C1"}]
    assert (call["at"], call["direction"]) == ("2026-11-01T00:00:00.000Z", "inbound")


def test_a_time_without_a_zone_rejects_the_row() -> None:
    text = ORDER.replace('instant(row["when"], "Asia/Shanghai")', 'instant(row["when"])')
    row = {"no": "7", "customer": "C1", "day": "", "total": "", "when": "2026-11-01 08:00", "way": "in"}
    outcome = compile_mapping(parse_mapping(text, "shop.yaml")).map(row)
    assert not isinstance(outcome, Mapped)
    assert 'column "when": a time without offset' in str(outcome)


def test_the_systems_that_are_referred_to_are_known_before_anything_runs() -> None:
    assert parse_mapping(ORDER, "shop.yaml").referred_systems == {"shop"}


def test_every_attribute_of_every_entity_has_a_data_class() -> None:
    for entity, content in ENTITIES.items():
        undeclared = set(content.__dataclass_fields__) - set(data_classes(content)) - {"kind"}
        assert undeclared == set(), entity
    assert data_classes(ENTITIES["interaction"])["text"] is DataClass.PERSONAL


TWO_OF_A_ROW = """\
mapping: shop.customers
version: 1
source: {system: shop, stream: customers, requires: [no, phones: [value]]}
let:
  numbers: '[phones(p["value"]) for p in row["phones"]]'
emit:
  - {entity: party, record_type: customer, key: 'row["no"]', kind: organisation, phones: [numbers]}
  - {entity: party, record_type: branch, key: 'row["no"]', kind: organisation,
     phones: ['numbers + faxes("0755-26988889")']}
"""


def test_a_joined_list_can_be_used_again_and_added_to() -> None:
    row = {"no": "1", "phones": [{"value": "0755-26988888"}, {"value": "13912345678"}]}
    outcome = compile_mapping(parse_mapping(TWO_OF_A_ROW, "shop.yaml")).map(row)
    assert isinstance(outcome, Mapped), outcome
    said = [[phone["number"] for phone in to_payload(record)["phones"]] for record in outcome.records]
    assert said == [["+8675526988888", "+8613912345678"], ["+8675526988888", "+8613912345678", "+8675526988889"]]
