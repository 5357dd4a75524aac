"""What polars does itself, it does exactly as the Python function of the catalogue, whatever the text."""

from __future__ import annotations

import os
from datetime import date, timedelta
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.language import CompiledMapping, Mapped, compile_mapping, parse_mapping
from mappings.language.batch import BatchMapping
from mappings.normalize.data import PLACEHOLDERS, PLACEHOLDERS_BY_FIELD
from mappings.normalize.text import fold
from tests.mapping_language.random_documents import TEXTS

DEPTH = int(os.environ.get("DEEP") or 1)
CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
CHARACTERS = CHARACTERS[:0x3100] + CHARACTERS[0x3100 :: max(1, 60 // DEPTH)]
"""All letters and white space, and a sample of what stands behind them; ``make test DEEP=60`` takes every one."""
EXPRESSIONS = {
    "text": 'text(row["v"])',
    "upper": 'upper(verbatim(row["v"]))',
    "lower": 'lower(verbatim(row["v"]))',
    "digits": 'digits(verbatim(row["v"]))',
    "drop_zeros": 'drop_zeros(verbatim(row["v"]))',
    "split": 'join(split(verbatim(row["v"]), "x"), "|")',
    "split twice": 'join(split(verbatim(row["v"]), "xx"), "|")',
    "before": 'before(verbatim(row["v"]), "x")',
    "after": 'after(verbatim(row["v"]), "x")',
    "replace": 'replace(verbatim(row["v"]), "x", "$0")',
    "join": 'join([verbatim(row["v"]), "", "x"], "·")',
    "contains": 'text(contains("axb$1", verbatim(row["v"])))',
    "starts_with": 'text(starts_with(verbatim(row["v"]), "x"))',
    "ends_with": 'text(ends_with("ax", verbatim(row["v"])))',
    "blank": 'text(blank(row["v"]))',
    "has_han": 'text(has_han(verbatim(row["v"])))',
    "length": 'text(length(verbatim(row["v"])))',
    "is_placeholder": 'text(is_placeholder(verbatim(row["v"])))',
    "contact": 'contact(verbatim(row["v"]))',
    "is_date": 'text(is_date(verbatim(row["v"])))',
    "is_date, day first": 'text(is_date(verbatim(row["v"]), "day"))',
    "is_date, month first": 'text(is_date(verbatim(row["v"]), "month"))',
    "date": 'date_text(date(verbatim(row["v"])))',
    "date, day first": 'date_text(date(verbatim(row["v"]), "day"))',
    "date, month first": 'date_text(date(verbatim(row["v"]), "month"))',
    "decimal": 'text(decimal(verbatim(row["v"])))',
    "whole": 'text(whole(verbatim(row["v"])))',
}


def compiled(expression: str) -> CompiledMapping:
    """Compile a document that tells the value of an expression."""
    text = (
        "mapping: native.functions\nversion: 1\nsource: {system: native, stream: functions, requires: [v]}\n"
        "emit:\n  - entity: item\n    record_type: value\n    key: '\"k\"'\n"
        f"    code: '{expression}'\n"
    )
    return compile_mapping(parse_mapping(text, "native"))


COMPILED = {name: compiled(expression) for name, expression in EXPRESSIONS.items()}


def demand_equal(name: str, values: list[str]) -> None:
    """Demand the same text, or the same refusal, from both ways."""
    told = BatchMapping(COMPILED[name]).map(pl.DataFrame({"v": values}, schema={"v": pl.String})).outcomes()
    expected = [COMPILED[name].map({"v": value}) for value in values]
    assert [(v, a, b) for v, a, b in zip(values, told, expected, strict=True) if a != b] == []


nasty = st.sampled_from(TEXTS) | st.text(
    st.sampled_from('x0aA1-. \u3000\x1c\x85\xa0\u200b\u0301éßİſﬁΣς无某無测試公司年$\\"\n王')
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_function_gives_the_same_for_any_text(name: str) -> None:
    @settings(max_examples=25 * DEPTH, deadline=None)
    @given(st.lists(nasty, min_size=1, max_size=30))
    def alike(values: list[str]) -> None:
        demand_equal(name, values)

    alike()


@pytest.mark.parametrize("name", ["text", "upper", "blank", "has_han", "split"])
def test_every_single_character_is_treated_alike(name: str) -> None:
    demand_equal(name, [f"{character}xa" if name == "split" else character for character in CHARACTERS])


def test_every_day_of_two_centuries_is_the_same_day() -> None:
    days = [date(1899, 12, 1) + timedelta(days) for days in range(0, 73_500, 3)]
    edges = [date(1900, 1, 1), date(1970, 1, 1), date(2098, 12, 31), date(2099, 1, 1), date(2099, 12, 31)]
    demand_equal("date", [day.isoformat() for day in days + edges])
    demand_equal("date", [f"{day:%Y%m%d}" for day in days + edges])


DATES = [name for name in EXPRESSIONS if "date" in name]


@pytest.mark.parametrize("name", DATES)
def test_what_is_no_day_is_none_in_every_form(name: str) -> None:
    years, months, days = ("0000", "0001", "1900", "1970", "2023", "2024", "2099", "9999"), range(15), range(34)
    parts = [(year, f"{month:02d}", f"{day:02d}") for year, month, day in product(years, months, days)]
    demand_equal(name, ["".join(part) for part in parts])
    demand_equal(name, ["-".join(part) for part in parts])
    demand_equal(name, ["/".join(reversed(part)) for part in parts[::7]])


NEARLY_DAYS = (
    "2024-1-5", "+2024-01-05", "2024- 1- 5", " 20240105", "2024010 ", "+2024105", "２０２４０１０５", "2024-01-05 ",
    "12024-01-05", "00000000", "0000-00-00", "20240105", "2024-01-05", "", "05-01-2024", "31.12.2024", "12/31/2024",
    "2024-13-01", "20241399",
)  # fmt: skip


@pytest.mark.parametrize("name", DATES)
@pytest.mark.parametrize("first", ["20240105", "2024-01-05", "05/01/2024", ""])
def test_only_one_form_at_a_time_is_read_by_polars_and_the_others_by_the_function(name: str, first: str) -> None:
    demand_equal(name, [first, *NEARLY_DAYS])


@pytest.mark.parametrize(("name", "told"), [("date", ["2024-01-05", None]), ("date, day first", ["2024-01-05"] * 2)])
def test_what_stands_first_matters_where_the_year_stands_last(name: str, told: list[str | None]) -> None:
    outcomes = BatchMapping(COMPILED[name]).map(pl.DataFrame({"v": ["2024-01-05", "05/01/2024"]})).outcomes()
    assert [o.records[0].content.code if isinstance(o, Mapped) else None for o in outcomes] == told


FILLERS = [
    *PLACEHOLDERS,
    *PLACEHOLDERS_BY_FIELD["name"],
    "测试客户12",
    "test有限公司",
    "无" * 9,
    "無某" * 5,
    "某" * 8,
    "x" * 30,
    "7" * 9,
]


def test_a_placeholder_is_one_however_it_is_written() -> None:
    decorations = [("", ""), (" ", "--"), ("(", ")"), ("...", "")]
    written = [f"{a}{word}{b}" for word, (a, b) in product(FILLERS, decorations)]
    for name in ("is_placeholder", "contact"):
        demand_equal(name, [*written, *(word.upper() for word in FILLERS), *(" ".join(word) for word in FILLERS)])


def test_only_their_own_characters_fold_to_filling_ones() -> None:
    folding = [c for c in map(chr, range(0x4E00, 0xA000)) if fold(c) in {"无", "某"}]
    assert sorted(folding) == sorted("无無某")


@pytest.mark.parametrize("value", [7, 7.5, 1e300, True, date(2024, 1, 5)])
def test_a_value_that_is_no_text_reads_alike(value: object) -> None:
    frame = pl.DataFrame({"v": [value, None, value]})
    expected = [COMPILED["text"].map(document) for document in frame.to_dicts()]
    assert BatchMapping(COMPILED["text"]).map(frame).outcomes() == expected
    assert isinstance(expected[0], Mapped)
