"""A draft is a document without mistakes, whatever the columns are called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.authoring.draft import draft
from hub.errors import UsageError
from hub.survey.columns import Column
from hub.survey.header_words import Holds
from mappings.language import parse_mapping

UNSPEAKABLE = {'"', "\\", "\x7f", "\u2028", "\u2029", *map(chr, range(0x20)), *map(chr, range(0x80, 0xA0))}
"""What no expression can name, line breaks in the header of a spreadsheet among it."""


def in_nfc(text: str) -> str:
    """Write a text as a document holds it."""
    return unicodedata.normalize("NFC", text).strip()


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
COLUMNS = st.lists(
    st.builds(
        Column, name=NAMES.map(in_nfc).filter(bool), holds=st.sampled_from(Holds), confidence=st.just(1.0),
        fill=st.just(1.0), distinct=st.just(9), placeholders=st.just(0.0), damaged=st.just({}), unfit=st.just(0.0),
        examples=st.just(()),
    ),
    min_size=1, max_size=9, unique_by=lambda column: column.name,
)  # fmt: skip


@settings(deadline=None)  # the first one loads the tables of the readers
@given(columns=COLUMNS)
def test_every_draft_passes_the_checks(columns: list[Column]) -> None:
    usable = [c for c in columns if UNSPEAKABLE.isdisjoint(c.name)]
    if not usable:
        with pytest.raises(UsageError, match="no column that an expression can name"):
            draft("crm.accounts", columns)
    else:
        mapping = parse_mapping(draft("crm.accounts", columns), "crm.accounts.yaml")
        source = mapping.document.source
        assert {*map(str, source.requires), *source.ignores} == {c.name for c in columns}
