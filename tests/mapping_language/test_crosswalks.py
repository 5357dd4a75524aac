# ruff: noqa: E501 - a table reads better with one case a line
"""A crosswalk is a function both ways; an unseen code holds the row with its owner; mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.language import Mapped, Mapping, MappingError, Rejected, compile_mapping, load_mapping, parse_mapping
from mappings.language.coverage import coverage
from mappings.language.crosswalks import Crosswalk, parse_crosswalk
from mappings.language.derivation import derive
from mappings.language.probing import Code

TABLE = """\
# crosswalk: ways
# version: 3
# owner: sales-operations
code,canonical,back,note
IN,inbound,yes,
RCV,inbound,,"old, until 2024"
OUT,outbound,,
"""
MAPPING = """\
mapping: shop.calls
version: 1
source:
  system: shop
  stream: calls
  requires: [no, way, at]
crosswalks:
  way: ways@3
emit:
  - entity: interaction
    record_type: call
    key: row["no"]
    channel: '"call"'
    direction: translate(row["way"], way)
    at: instant(row["at"])
    subject: translate_back(translate(row["way"], way), way)
"""
WAYS = parse_crosswalk(TABLE, "ways.csv")
ROW = {"no": "1", "way": " RCV ", "at": "2026-11-20T02:15:00Z"}


def parsed(text: str = MAPPING) -> Mapping:
    return parse_mapping(text, "shop.yaml", {WAYS.reference: WAYS})


TABLE_MISTAKES = [
    ("# version: 3\n", "", "1:1", "does not say its version", "# version: …"),
    ("# version: 3", "# version: three", "2:1", "version has the wrong form", ""),
    ("# version: 3", "# version: 3\n# version: 4", "3:1", "version stands here twice", ""),
    ("crosswalk: ways", "crosswalk: other", "1:1", "stands in another file", "Name it other.csv"),
    ("code,canonical", "cod,canonical", "4:1", 'the column "code" is missing', "Columns are: code,canonical"),
    ("back,note", "bakc,note", "4:1", 'unknown column "bakc"', 'Did you mean "back"?'),
    ("OUT,outbound,,", "OUT,outbound", "7:1", "2 cells stand under 4 columns", "Quote"),
    ("OUT,outbound,,", "  IN ,outbound,,", "7:1", 'the code "IN" stands in line 5 too', "Keep one"),
    ("OUT,outbound,,", "OUT,,,", "7:1", "the canonical is blank", ""),
    ("OUT,outbound,,", "OUT,outbound,no,", "7:1", 'back is "no"', "Expected yes or nothing"),
    ("RCV,inbound,,", "RCV,inbound,yes,", "6:1", '2 codes of "inbound" are marked', "exactly one"),
    ("IN,inbound,yes", "IN,inbound,", "6:1", '0 codes of "inbound" are marked', "exactly one"),
    ('"old, until 2024"', '"old', "7:1", "this is no CSV", ""),
]


@pytest.mark.parametrize(("old", "new", "place", "what", "remedy"), TABLE_MISTAKES)
def test_a_mistake_in_a_crosswalk_is_told_with_its_line(old: str, new: str, place: str, what: str, remedy: str) -> None:
    assert old in TABLE
    with pytest.raises(MappingError) as caught:
        parse_crosswalk(TABLE.replace(old, new), "ways.csv")
    assert str(caught.value).startswith(f"ways.csv:{place}: "), str(caught.value)
    assert what in str(caught.value)
    assert remedy in str(caught.value)


def test_a_crosswalk_that_a_spreadsheet_saved_is_read() -> None:
    assert parse_crosswalk("\ufeff" + TABLE.replace("\n", "\r\n"), "ways.csv") == WAYS


def test_crosswalks_whose_names_are_alike_are_not_confused() -> None:
    """A word for ``way`` as a direction, and one of another crosswalk that is called like both together."""
    texts = parse_crosswalk(TABLE.replace("ways", "texts").replace("inbound", "came"), "texts.csv")
    text = MAPPING.replace("  way: ways@3", "  way: ways@3\n  way__direction: texts@3").replace(
        'translate_back(translate(row["way"], way), way)', 'translate(row["way"], way__direction)'
    )
    outcome = compile_mapping(parse_mapping(text, "shop.yaml", {c.reference: c for c in (WAYS, texts)})).map(ROW)
    assert isinstance(outcome, Mapped)
    content = outcome.records[0].content
    assert (str(content.direction), content.subject) == ("inbound", "came")


def test_a_document_in_a_folder_of_its_own_finds_the_crosswalks_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "crosswalks").mkdir()
    (tmp_path / "crosswalks" / "ways.csv").write_text(TABLE, encoding="utf-8")
    for folder in ("specs", "specs/shop"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shop.calls.yaml").write_text(MAPPING, encoding="utf-8")
        outcome = compile_mapping(load_mapping(tmp_path / folder / "shop.calls.yaml")).map(ROW)
        assert outcome == compile_mapping(parsed()).map(ROW)


MISTAKES = [
    ("ways@3", "ways@2", "8:8", 'unknown crosswalk "ways@2"', 'Did you mean "ways@3"?'),
    ("ways@3", "ways", "8:8", "crosswalks.way has the wrong form", ""),
    ("  way: ways@3", "  way: ways@3\n  too: ways@3", "9:8", 'the crosswalk "too" is never used', "Use it or remove it"),
    ("  way: ways@3", "  row: ways@3", "8:8", '"row" cannot be the name of a crosswalk', ""),
    ('direction: translate(row["way"], way)', 'direction: translate(row["way"], wya)', "14:38", 'unknown crosswalk "wya"', '"way"'),
    ('direction: translate(row["way"], way)', "direction: translate(way, way)", "14:26", '"way" is a crosswalk', "translate(value, way)"),
    ('direction: translate(row["way"], way)', 'direction: translate(row["way"], "way")', "14:38", "names no crosswalk", "way"),
    ('direction: translate(row["way"], way)', 'direction: translate(row["way"])', "14:16", '"translate" lacks crosswalk', ""),
    ('channel: \'"call"\'', 'channel: translate(row["way"], way)', "13:14", '"inbound" of the crosswalk ways@3 is no channel', "Known are: call"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "what", "remedy"), MISTAKES)
def test_a_mistake_in_a_mapping_is_told_with_its_place(old: str, new: str, place: str, what: str, remedy: str) -> None:
    assert old in MAPPING
    with pytest.raises(MappingError) as caught:
        parsed(MAPPING.replace(old, new))
    assert str(caught.value).startswith(f"shop.yaml:{place}: "), str(caught.value)
    assert what in str(caught.value)
    assert remedy in str(caught.value)


def test_a_code_becomes_a_word_of_the_closed_list_and_goes_back() -> None:
    outcome = compile_mapping(parsed()).map(ROW)
    assert isinstance(outcome, Mapped)
    content = outcome.records[0].content
    assert (str(content.direction), content.subject) == ("inbound", "IN")


def test_an_unseen_code_is_held_with_its_owner_and_a_blank_one_is_no_word() -> None:
    mapping = compile_mapping(parsed())
    assert mapping.map({**ROW, "way": "X" * 50}) == Rejected(
        "unseen_code", "way",
        f'column "way": the code "{"X" * 40}…" is not in version 3 of the crosswalk ways',
        "Ask sales-operations to add it to mappings/crosswalks/ways.csv, then replay",
    )  # fmt: skip
    outcome = mapping.map({**ROW, "way": None})
    assert isinstance(outcome, Rejected)
    assert "no code" in outcome.message


def test_coverage_and_explain_tell_of_codes_as_the_author_wrote_them() -> None:
    assert coverage(parsed(), [ROW]).unmet == (Code(8, "IN"), Code(8, "OUT"))
    written = {step.place: step.expression for step in derive(parsed(), ROW)}
    assert written["emit.0.subject"] == 'translate_back(translate(row["way"], way), way)'


def test_a_mapping_in_a_project_finds_its_crosswalks(tmp_path: Path) -> None:
    for name, text in {"specs/shop.calls.yaml": MAPPING, "crosswalks/ways.csv": TABLE}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert isinstance(compile_mapping(load_mapping(tmp_path / "specs/shop.calls.yaml")).map(ROW), Mapped)


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=5)


@st.composite
def tables(draw: st.DrawFn) -> Crosswalk:
    ways = draw(st.dictionaries(WORDS, WORDS, min_size=1, max_size=8))
    firsts = {word: code for code, word in reversed(ways.items())}
    lines = [f"{c},{w},{'yes' if firsts[w] == c else ''}" for c, w in ways.items()]
    head = "# crosswalk: ways\n# version: 1\n# owner: somebody\ncode,canonical,back\n"
    try:
        return parse_crosswalk(head + "\n".join(lines), "ways.csv")
    except MappingError:  # two codes that are one when they are tidy
        return WAYS


@given(tables())
def test_both_directions_are_each_others_inverse(table: Crosswalk) -> None:
    for row in table.rows:
        assert table.translate(table.translate_back(row.word)) == row.word
        assert table.translate(table.translate_back(table.translate(row.code))) == table.translate(row.code)
