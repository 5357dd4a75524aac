"""Whether texts are tidy is told from their bytes; what the bytes do not belong to must not matter."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.language.batch.tidy import is_tidy

TIDY = re.compile(r"(?:[!-~]+(?: [!-~]+)*)?")
WORDS = ["", "a", "a b", "~!", "a customer whose name is long"]
SPOILT = [" a", "a ", "a  b", " ", "a\tb", "a\x00", "\x7f", "é", "深圳", "a customer whose name is long "]


@given(
    st.lists(st.sampled_from(WORDS) | st.sampled_from(SPOILT) | st.text("a \t~é", max_size=14) | st.none(), max_size=8),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_slices_and_chunks_are_tidy_if_each_text_is(values: list[str | None], start: int, end: int, cut: int) -> None:
    chunked = pl.concat([pl.Series(values[:cut], dtype=pl.String), pl.Series(values[cut:], dtype=pl.String)])
    for texts in (chunked, chunked.slice(start, end), chunked.rechunk().slice(start, end), chunked.reverse()):
        assert is_tidy(texts) == all(text is None or TIDY.fullmatch(text) for text in texts.to_list())


@pytest.mark.parametrize("spoilt", SPOILT)
def test_one_spoilt_text_is_found_wherever_it_stands(spoilt: str) -> None:
    for place in range(len(WORDS) + 1):
        values: list[str | None] = [*WORDS[:place], spoilt, *WORDS[place:]]
        assert not is_tidy(pl.Series(values)), values
        assert is_tidy(pl.Series(values).filter(pl.Series(values) != spoilt))


def test_what_is_masked_and_filled_or_cut_off_does_not_count() -> None:
    frame = pl.DataFrame({"text": ["a", " b", "c  c"], "taken": [True, False, False]})
    assert is_tidy(frame.select(pl.when("taken").then("text").fill_null(""))["text"])
    assert is_tidy(frame["text"].slice(0, 1))
    assert is_tidy(pl.Series([None, None], dtype=pl.String))
    assert is_tidy(pl.Series([], dtype=pl.String))
