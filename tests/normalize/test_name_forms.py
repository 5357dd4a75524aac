"""Forms under which names meet: letters, sounds, nicknames, romanised family names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from mappings.normalize.data import SURNAME_READINGS, SURNAMES
from mappings.normalize.name_forms import (
    FULL_NAMES,
    PINYIN_SURNAMES,
    is_pinyin_syllable,
    latin_sound,
    mandarin_sound,
    name_words,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("smith", "smyth"),
        ("meyer", "maier"),
        ("stephen", "steven"),
        ("philip", "filip"),
        ("knight", "nite"),
        ("wright", "rite"),
        ("macdonald", "mcdonald"),
        ("schmidt", "schmitt"),
        ("thompson", "tompson"),
        ("jackson", "jaxon"),
        ("clark", "clarke"),
    ],
)
def test_names_that_sound_alike_share_a_code(one: str, other: str) -> None:
    assert latin_sound(one) == latin_sound(other)


@pytest.mark.parametrize(("one", "other"), [("smith", "jones"), ("clark", "clay"), ("miller", "milton")])
def test_names_that_do_not_sound_alike_have_other_codes(one: str, other: str) -> None:
    assert latin_sound(one) != latin_sound(other)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=12))
def test_every_word_has_a_sound(word: str) -> None:
    assert latin_sound(word)
    assert mandarin_sound(word)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_words_are_their_own_words(text: str) -> None:
    words = name_words(text)
    assert name_words(" ".join(words)) == words


def test_a_nickname_may_stand_for_several_names() -> None:
    assert {"albert", "herbert", "robert"} <= set(FULL_NAMES["bert"])
    assert FULL_NAMES["william"] == ("william",)


def test_pinyin_of_romanised_names_is_of_family_names() -> None:
    pinyin = {SURNAME_READINGS.get(name) or "".join(lazy_pinyin(name)) for name in SURNAMES}
    assert {form for forms in PINYIN_SURNAMES.values() for form in forms} - pinyin <= {"lü"}


def test_all_family_names_of_one_character_are_syllables() -> None:
    assert all(is_pinyin_syllable(lazy_pinyin(name)[0]) for name in SURNAMES if len(name) == 1)
