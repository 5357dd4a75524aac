"""What one function writes, the one it is the inverse of reads again; what goes out to a system comes home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mappings.canonical import Phone
from mappings.canonical.elements import fingerprint
from mappings.language import Mapping, compile_mapping, load_mapping, parse_mapping, run_tests
from mappings.language.catalogue import CATALOGUE, INVERSES
from mappings.language.crosswalks import Crosswalk, Row
from mappings.language.party_functions import address, emails, faxes, identifier, name, phones
from mappings.language.round_trips import SAMPLES, Carrier, comes_home, round_trips
from mappings.normalize.dates import zone_names
from mappings.normalize.text import clean, is_placeholder

SPECS = Path(__file__).parents[2] / "mappings" / "specs"
SUBSCRIPTIONS = SPECS.parents[1] / "deploy" / "subscriptions"
OUTBOUND = [m for m in (load_mapping(path) for path in sorted(SPECS.glob("*.yaml"))) if m.document.outbound]
STATES = Crosswalk("states", 1, "sales", (Row("A", "open", back=True), Row("B", "done", back=True)))

days = st.dates(date(1900, 1, 2), date(2098, 12, 31)).filter(lambda day: day != date(1970, 1, 1))
local = st.builds("{}{:08}".format, st.sampled_from(["0755", "021", "010"]), st.integers(21_000_000, 88_999_999))
mobile = st.builds("13{:09}".format, st.integers(10_000_000, 999_999_999))
extension = st.just("") | st.builds("转{}".format, st.integers(1, 99_999))
foreign = st.sampled_from(["+49 30 901820", "+1 650-253-0000", "00852 2123 4567", "+886 2 2345 6789", "400-800-1234"])
cells = st.builds("{}{}".format, local | mobile | foreign, extension)
words = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-_+"), min_size=1, max_size=12)
mailboxes = st.builds("{}.{}@{}.example".format, words, words, st.sampled_from(["huaqiang", "xn--fiqs8s", "mail.a-b"]))
company = st.builds(
    "{}{}{}".format,
    st.sampled_from(["深圳市", "上海", "華東", ""]),
    st.text(st.sampled_from("华强远大海天電子3A·"), min_size=2),
    st.sampled_from(["电子有限公司", "機械股份有限公司", "（香港）有限公司"]),
)
foreign_company = st.sampled_from(["Müller Maschinenbau GmbH", "A & B Co., Ltd.", 'O\'Neill "Valves" Inc.', "3M"])
names = (company | foreign_company).map(clean).filter(lambda text: not is_placeholder(text, "name"))
town = st.sampled_from(
    ["广东省深圳市南山区", "北京市海淀区", "上海市浦东新区", "九龍尖沙咀", "江苏苏州工业园区", "内蒙古自治区呼和浩特市"]
)
line = st.builds(
    "{}{}路{}号{}".format,
    town,
    st.sampled_from(["科技", "中山", "北京"]),
    st.integers(1, 999),
    st.sampled_from(["", "5幢302室", " B座"]),
)
abroad = st.builds(
    "{} {}, {}".format,
    st.sampled_from(["Hauptstr.", "Main St"]),
    st.integers(1, 99),
    st.sampled_from(["10115 Berlin, Germany", "Springfield, IL 62701, USA"]),
)
CODES = ["914403001922038216", "91310000132207927E", "91440300708461136T", "91110000100017643K"]


def moments(zone: str) -> st.SearchStrategy[tuple[Any, ...]]:
    times = st.datetimes(datetime(1902, 1, 1), datetime(2098, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
    return times.map(lambda at: (at, zone))


PAIRS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], tuple[Any, ...]]]] = {
    "date": (days, lambda day: (day,)),
    "excel_date": (days, lambda day: (day,)),
    "instant": (st.sampled_from(sorted(zone_names())).flatmap(moments), lambda pair: pair),
    "decimal": (
        st.integers(0, 38).flatmap(lambda places: st.decimals(-(10**38), 10**38, places=places)),
        lambda number: (number,),
    ),
    "whole": (st.integers(-(10**14), 10**14), lambda number: (number,)),
    "truth": (st.booleans(), lambda answer: (answer,)),
    "phones": (cells.map(phones).filter(bool).map(lambda found: found[0]), lambda p: (p.number, p.extension)),
    "faxes": (
        cells.map(faxes).filter(bool).map(lambda found: found[0]), lambda p: (p.number, p.extension)
    ),
    "emails": (mailboxes.map(emails).filter(bool).map(lambda found: found[0]), lambda email: (email.address,)),
    "name": (names.map(name), lambda made: (made.text,)),
    "identifier": (st.sampled_from(CODES).map(identifier), lambda made: (made.value,)),
    "contact": (names, lambda text: (text,)),
    "translate": (st.sampled_from(["open", "done"]), lambda word: (word, STATES)),
}  # fmt: skip
"""Reading function -> the values it can give, and what the writing one takes of such a value."""


@pytest.mark.parametrize("reader", sorted(INVERSES))
def test_what_is_written_is_read_again(reader: str) -> None:
    values, taken = PAIRS[reader]
    read, write = CATALOGUE[reader], CATALOGUE[CATALOGUE[reader].inverse]

    @settings(max_examples=150, deadline=None)
    @given(values)
    def there_and_back(value: Any) -> None:
        text = write.call(*taken(value))
        again = read.call(text, STATES) if reader == "translate" else read.call(text)
        assert again == (value[0] if reader == "instant" else (value,) if read.returns.many else value)

    there_and_back()


def test_a_function_without_inverse_says_so() -> None:
    assert CATALOGUE["fold"].inverse == ""
    assert CATALOGUE["phones"].inverse == "phone_text"
    assert set(INVERSES.values()) <= set(CATALOGUE)


def part(value: Phone) -> dict[str, str]:
    return {"number": value.number, "extension": value.extension, "kind": value.kind}


GOLDEN: dict[str, st.SearchStrategy[Any]] = {
    "name": names,
    "uscc": st.sampled_from(CODES),
    "email": PAIRS["emails"][0].map(lambda email: email.address),
    "phone": PAIRS["phones"][0].map(part),
    "address": st.builds(address, line | abroad, st.just(""), st.sampled_from(["", "518057", "10115"])).map(
        lambda a: {"text": a.text, "country": a.country, "region": a.region, "postal_code": a.postal_code}
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "attribute"),
    [(m, a) for m in OUTBOUND for a in m.document.outbound],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_golden_value_that_goes_out_comes_home(mapping: Mapping, attribute: str) -> None:
    compiled = compile_mapping(mapping)
    carrier = Carrier(mapping.document.tests[0].given, mapping.document.tests[0].at)

    @settings(max_examples=200, deadline=None)
    @given(GOLDEN[attribute])
    def home(value: Any) -> None:
        assert comes_home(compiled, attribute, value, carrier) == ""

    home()


def test_the_specs_that_write_back_are_those_that_subscriptions_name() -> None:
    wanted = {
        str(YAML(typ="safe").load(path)["mapping"]): set(YAML(typ="safe").load(path)["fields"])
        for path in SUBSCRIPTIONS.glob("*.yaml")
    }
    assert wanted
    assert {m.name: set(m.document.outbound) for m in OUTBOUND} == wanted


@pytest.mark.parametrize("mapping", OUTBOUND, ids=lambda m: m.name)
def test_every_spec_that_writes_back_reads_what_it_writes(mapping: Mapping) -> None:
    assert [(trip.attribute, trip.reason) for trip in round_trips(mapping)] == [
        (a, "") for a in mapping.document.outbound
    ]
    assert set(mapping.document.outbound) <= set(SAMPLES)


SHOP = """\
outbound:
  name: {values: {name: value}}
  phone: {list: phones, values: {kind: '"tel"', value: 'value["number"]'}}
  email: {values: {note: value}}
"""
ROW = """\
tests:
  - case: a customer
    given: {no: "1", name: 华强电子}
    expect: {key: "1"}
"""


def test_what_cannot_come_home_is_told_with_its_reason(minimal: str) -> None:
    trips = {trip.attribute: trip for trip in round_trips(parse_mapping(minimal + SHOP + ROW, "shop.yaml"))}
    assert trips["name"].reason == ""
    assert trips["phone"].value["extension"] == "8012"  # the mapping writes the number alone
    assert trips["phone"].reason == ("read as [{'number': '+8675526988888', 'extension': '', 'kind': 'landline'}]")
    assert trips["email"].reason == "not read where it was written"
    assert trips["email"].line == minimal.count("\n") + 4


def test_a_row_that_is_rejected_is_the_reason(minimal: str) -> None:
    rule = "reject:\n  - when: tidy != '华强电子'\n    because: it was renamed\n    remedy: r\nlet:"
    (trip, *_) = round_trips(parse_mapping(minimal.replace("let:", rule) + SHOP + ROW, "shop.yaml"))
    assert trip.reason == "written into a row that is rejected: it was renamed"


DAMAGES = [
    ("name", "{name: value}", "{name: 'value + \".\"'}"),
    ("uscc", "{type: null, code: value}", "{type: null, code: 'digits(value)'}"),
    ("phone", 'phone_text(value["number"], value["extension"])', 'value["number"]'),
    ("phone", '"fax" if value["kind"] == "fax" else "phone"', '"fax"'),
    ("email", "      value: value\n", "      value: before(value, '@')\n"),
    ("address", "    list: addresses\n    values:\n      street", "    list: identifiers\n    values:\n      street"),
]


@pytest.mark.parametrize(("attribute", "old", "new"), DAMAGES, ids=[f"{d[0]} {d[2][:20]}" for d in DAMAGES])
def test_a_mapping_that_writes_what_it_does_not_read_fails_its_tests(attribute: str, old: str, new: str) -> None:
    text = (SPECS / "erp.party.yaml").read_text(encoding="utf-8")
    assert old in text
    damaged = text.replace(old, new)
    (failure,) = run_tests(parse_mapping(damaged, "erp.yaml"))
    assert failure.case == f"outbound.{attribute}"
    assert damaged.splitlines()[failure.line - 2] == f"  {attribute}:"
    assert str(failure).startswith(f'test "outbound.{attribute}" (line {failure.line}): what is written back should be')


def test_a_mapping_that_writes_needs_a_test_that_makes_a_record(minimal: str) -> None:
    (failure, *_) = run_tests(parse_mapping(minimal + SHOP, "shop.yaml"))
    assert failure.actual == "not tried, for no test makes a record to write it into"


def test_what_a_code_list_cannot_write_is_told(minimal: str) -> None:
    text = minimal + SHOP.replace("name: value", "name: 'translate_back(value, states)'") + ROW
    text = text.replace("let:", "crosswalks:\n  states: states@1\nlet:", 1)
    (trip, *_) = round_trips(parse_mapping(text, "shop.yaml", {STATES.reference: STATES}))
    assert trip.reason.startswith(
        'refused by its expression: the canonical word "深圳市华强电子有限公司" is not in version 1'
    )


def test_the_mark_of_a_home_coming_is_that_of_the_model() -> None:
    assert fingerprint("phones", SAMPLES["phone"][1]) == "+8675526988888x8012"
    assert Decimal(CATALOGUE["decimal_text"].call(Decimal("1E+3"))) == 1000
