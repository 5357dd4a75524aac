"""Zones and the frozen clock: a mapping knows no present but the one in which its row landed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mappings.language import CompiledMapping, Mapped, MappingError, Rejected, compile_mapping, parse_mapping, run_tests
from mappings.language.derivation import derive

CASES = """\
mapping: desk.cases
version: 1
source:
  system: desk
  stream: cases
  requires: [no, at]
  zone: Asia/Shanghai
emit:
  - entity: case
    record_type: case
    key: row["no"]
    state: '"reported"'
    at: instant(row["at"])
    subject: date_text(today())
"""
CLOCK = CASES.replace('instant(row["at"])', 'instant(row["at"]) if row["at"] != "" else landed_at()')
NIGHT = datetime(2026, 11, 1, 18, tzinfo=UTC)


def compiled(text: str) -> CompiledMapping:
    return compile_mapping(parse_mapping(text, "desk.yaml"))


def made(text: str, at: str, landed: datetime | None = NIGHT) -> tuple[datetime, str]:
    outcome = compiled(text).map({"no": "1", "at": at}, at=landed)
    assert isinstance(outcome, Mapped), outcome
    return outcome.records[0].content.at, outcome.records[0].content.subject


def test_a_time_without_offset_is_by_the_clocks_of_the_source() -> None:
    assert made(CASES, "2026-11-01 08:00") == (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-02")
    assert made(CASES, "2026-11-01 08:00+02:00")[0] == datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("call", ['instant(row["at"], "Europe/Berlin")', 'instant(row["at"], zone="Europe/Berlin")'])
def test_an_expression_may_name_another_zone(call: str) -> None:
    text = CASES.replace('instant(row["at"])', call)
    assert made(text, "2026-11-01 08:00")[0] == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_without_a_declared_zone_a_time_without_offset_rejects_the_row_and_says_what_to_declare() -> None:
    bare = compiled(CASES.replace("  zone: Asia/Shanghai\n", "").replace("date_text(today())", "'\"\"'"))
    assert isinstance(bare.map({"no": "1", "at": "2026-11-01T08:00:00Z"}), Mapped)
    outcome = bare.map({"no": "1", "at": "2026-11-01 08:00"})
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.field) == ("unreadable_value", "at")
    assert "no time zone is declared: add source.zone" in outcome.message


def test_the_clock_stands_where_the_row_landed() -> None:
    assert made(CLOCK, "") == (NIGHT, "2026-11-02")  # already tomorrow in Shanghai
    assert made(CLOCK, "", datetime(2020, 1, 1, tzinfo=UTC))[1] == "2020-01-01"
    assert made(CLOCK, "") == made(CLOCK, "")


def test_who_maps_must_say_when_the_row_landed_if_the_mapping_asks() -> None:
    with pytest.raises(ValueError, match=r"mapping desk\.cases asks when the batch landed"):
        compiled(CLOCK).map({"no": "1", "at": ""})
    timeless = CASES.replace("date_text(today())", "'\"\"'")
    assert isinstance(compiled(timeless).map({"no": "1", "at": "2026-11-01 08:00"}), Mapped)


def test_a_step_that_asks_for_the_clock_is_told_as_such() -> None:
    steps = {step.place: step for step in derive(parse_mapping(CLOCK, "desk.yaml"), {"no": "1", "at": ""}, NIGHT)}
    assert "else landed_at()" in steps["emit.0.at"].expression
    assert steps["emit.0.subject"].expression == 'date_text(day_in(landed_at(), "Asia/Shanghai"))'
    assert steps["emit.0.subject"].value == "2026-11-02"


TEST = """\
tests:
  - case: late in the evening
    at: 2026-11-01T18:00:00Z
    given: {no: "1", at: ""}
    expect: {subject: 2026-11-02, at: "2026-11-01T18:00:00.000Z"}
"""


def test_a_test_says_when_its_row_landed() -> None:
    assert [str(failure) for failure in run_tests(parse_mapping(CLOCK + TEST, "desk.yaml"))] == []
    earlier = parse_mapping(CLOCK + TEST.replace("18:00:00Z\n", "08:00:00Z\n"), "desk.yaml")
    assert [failure.where for failure in run_tests(earlier)] == ["subject", "at"]


MISTAKES = [
    ("Asia/Shanghai", "Asia/Shangai", "7:9", 'unknown time zone "Asia/Shangai"', 'Did you mean "Asia/Shanghai"?'),
    ("Asia/Shanghai", "8", "7:9", "source.zone has the wrong form", ""),
    ('instant(row["at"])', 'instant(row["at"], "Europe/Berln")', "13:28", "unknown time zone", '"Europe/Berlin"?'),
    ('instant(row["at"])', 'instant(row["at"], zone="+08:00")', "13:33", "unknown time zone", "Expected an IANA name"),
    ("  zone: Asia/Shanghai\n", "", "13:24", "no time zone is declared", "Add source.zone"),
    ("emit:", "outbound:\n  name: {values: {a: date_text(today())}}\nemit:", "9:32", "has not landed", "of a row"),
    (
        'instant(row["at"])\n    subject: date_text(today())', 'instant(row["at"], "UTC")', "7:9",
        "the zone is declared and nothing asks for it", "Remove it",
    ),
    ("emit:", TEST.replace("    at: 2026-11-01T18:00:00Z\n", "") + "emit:", "9:5", "late in the evening", "Add it"),
    ("emit:", TEST.replace("18:00:00Z\n", "18:00:00\n") + "emit:", "10:9", "tests.0.at has the wrong form", "timezone"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "what", "remedy"), MISTAKES, ids=[m[1][:30] for m in MISTAKES])
def test_a_mistake_is_told_with_its_place(old: str, new: str, place: str, what: str, remedy: str) -> None:
    assert old in CASES
    with pytest.raises(MappingError) as caught:
        parse_mapping(CASES.replace(old, new, 1), "desk.yaml")
    message = str(caught.value)
    assert message.startswith(f"desk.yaml:{place}"), message
    assert what in message
    assert remedy in message


def test_a_spreadsheet_day_is_read_only_where_it_is_declared() -> None:
    serial = CASES.replace('instant(row["at"])', 'excel_instant(row["at"])').replace(
        "date_text(today())", 'date_text(excel_date(row["at"]))'
    )
    assert made(serial, "45296.5", None) == (datetime(2024, 1, 5, 4, tzinfo=UTC), str(date(2024, 1, 5)))
    guessed = compiled(serial.replace("excel_date(", "date(")).map({"no": "1", "at": "45296"})
    assert isinstance(guessed, Rejected)


PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^\|(.*)\| `(.*)` \|(.*)\|$", PAGE.partition("\n## Time\n")[2].partition("\n## ")[0], re.MULTILINE
)


@pytest.mark.parametrize(("written", "expression", "told"), EXAMPLES, ids=[f"{e[1]} {e[0]}" for e in EXAMPLES])
def test_the_examples_of_the_documentation(written: str, expression: str, told: str) -> None:
    asked = expression.replace('row["x"]', 'row["at"]')
    is_instant = re.match(r"instant|excel_instant|landed_at", expression)
    subject = f'instant_text({asked}, "UTC")' if is_instant else f"date_text({asked})"
    text = CASES.replace('instant(row["at"])', 'instant("2026-01-01 00:00")').replace("date_text(today())", subject)
    text = text if 'row["x"]' in expression else text.replace("requires: [no, at]", "requires: [no]")
    outcome = compiled(text).map({"no": "1", "at": written.strip()}, at=NIGHT)
    if isinstance(outcome, Rejected):
        assert told.strip().startswith("rejected: ")
        assert told.strip().removeprefix("rejected: ") in outcome.message
    else:
        assert isinstance(outcome, Mapped)
        assert outcome.records[0].content.subject == told.strip()


def test_the_documentation_has_examples() -> None:
    assert len(EXAMPLES) > 10
