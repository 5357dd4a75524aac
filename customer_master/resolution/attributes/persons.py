"""Names of persons: given names, family names, full names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import JaroWinkler

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.name_alignment import (
    MAX_NAMES,
    Alignment,
    Match,
    Names,
    align,
    name_masks,
    shared_names,
)
from customer_master.resolution.attributes.scripts import latin
from customer_master.resolution.attributes.vectors import Flags, alike, are_ascii, chosen, column, equal, initials
from mappings.normalize.damage import informative
from mappings.normalize.data import HONORIFICS, LATIN_TITLES, NAME_PARTICLES, SURNAME_READINGS
from mappings.normalize.name_forms import (
    FULL_NAMES,
    PINYIN_SURNAMES,
    is_pinyin_syllable,
    latin_sound,
    mandarin_sound,
    name_words,
)
from mappings.normalize.person_names import parse_person
from mappings.normalize.text import fold, has_han, readings

_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_SYLLABLES: Final = 3
"""Syllables of most Chinese names: one of the family, two of the person."""
_MANY: Final = 5
"""Groups of which keys are given: more say too little."""


class NameLevel(IntEnum):
    """How well two given names, or two family names, agree."""

    MISSING = 0
    DIFFERENT = 1
    INITIAL = 2
    """One gives only the first letter of the other."""
    SIMILAR = 3
    """Jaro-Winkler similarity of 0.8."""
    CLOSE = 4
    """Jaro-Winkler similarity of 0.92: a slip of the pen."""
    SAME_SOUND = 5
    """Pronounced alike, written differently."""
    EQUIVALENT = 6
    """The same name in another form: Bill and William, 伟 and Wei, 黄 and Wong."""
    EXACT = 7


class NamePart(NamedTuple):
    """A given name or a family name.

    Args:
        text: small letters, no accents, simplified characters, one blank between words.
        reading: in Latin letters, without blanks.
        sound: the code that names pronounced alike share.
        known: the part that the lists of names know, or nothing.
    """

    text: str
    reading: str
    sound: str
    known: str


class PersonLevel(IntEnum):
    """How well two full names agree."""

    MISSING = 0
    DIFFERENT = 1
    CONTRADICTED = 2
    """They share a name, and each has another that the other lacks."""
    ONE_NAME = 3
    """The one has a single name, and the other has it too."""
    INITIALS = 4
    """They fit, if initials stand for names."""
    CONTAINED = 5
    """The one has all names of the other, two at least, and more."""
    CLOSE = 6
    """The same names, some with a slip of the pen or written by ear."""
    EQUIVALENT = 7
    """The same names, some in another form: Tom Clifford and Thomas Clifford, 王伟 and Wang Wei."""
    EXACT = 8


class PersonKind:
    """Full names, in any order: 王小明, Wang Xiaoming, Tom Clifford, Clifford, Thomas."""

    name = "person"
    levels: type[IntEnum] = PersonLevel
    is_name = True

    def read(self, text: str) -> Names | None:
        """Read a name; Chinese ones are split into family and given name, titles and particles are left out."""
        plain = latin(informative(text, "name"))
        return _read_han(plain) if has_han(plain) else _read_latin(plain)

    def keys(self, value: Names) -> Iterable[str]:
        """Give all readings, the sounds of first and last, their first letters, and each of the longer names."""
        first, last = value.readings[0], value.readings[-1]
        longer = sorted(set(value.readings), key=lambda word: (-len(word), word))[:3]
        starts = (min(FULL_NAMES.get(first, (first,)))[:4], last[:4])
        return [
            " ".join(sorted(value.readings)),
            "~" + " ".join(sorted(map(latin_sound, (first, last)))),
            "=" + " ".join(sorted(starts)),
            *(f"{word}-" for word in longer if len(word) > 1),
        ]

    def term(self, value: Names) -> str:
        """Count full names."""
        return " ".join(sorted(value.words))

    def compare(self, left: Sequence[Names], right: Sequence[Names]) -> Compared:
        """Compare names pair by pair."""
        found = align(left, right)
        full, equally_many = found.shorter >= 2, found.shorter == found.longer
        levels = np.select(
            [
                equally_many & (found.worst == Match.SAME) & (full | _are_whole(left, found)),
                full & equally_many & (found.worst >= Match.FORM),
                full & equally_many & (found.worst >= Match.SLIP),
                full & (found.worst >= Match.SLIP),
                full & (found.worst >= Match.INITIAL) & (found.whole >= 1),
                ~full & (found.whole >= 1),
                found.whole >= 1,
            ],
            [*reversed(PersonLevel)][:-2],
            PersonLevel.DIFFERENT,
        )
        similarity = (found.whole + found.worst / np.float32(Match.SAME)) / (found.longer + np.float32(1))
        return Compared(levels.astype(np.uint8), similarity.astype(np.float32))


def _are_whole(names: Sequence[Names], found: Alignment) -> Flags:
    """Tell which single names are all that somebody is called; a Chinese family name is not."""
    flags = np.zeros(len(names), np.bool_)
    places = np.flatnonzero((found.longer == 1) & (found.worst == Match.SAME))
    flags[places] = [names[place].words[0].isascii() for place in places.tolist()]
    return flags


def _read_han(text: str) -> Names | None:
    name = parse_person(text)
    words = tuple(fold(part) for part in (name.family, name.given) if part) or tuple(name_words(name.text))
    return Names(words, tuple(_heard(word)[0] for word in words)) if words else None


def _read_latin(text: str) -> Names | None:
    words = [word for word in without_titles(name_words(text)) if word not in HONORIFICS]
    if len(words) <= _SYLLABLES and all(map(is_pinyin_syllable, words)):
        names = _join_syllables(words, parse_person(text).family.lower())
    else:
        names = [word for word in words if word not in NAME_PARTICLES] or words
    names = list(dict.fromkeys(names))[:MAX_NAMES]
    return Names(tuple(names), tuple(names)) if names else None


def _join_syllables(names: list[str], family: str) -> list[str]:
    """Join the syllables of a Chinese given name: Xiao Ming Wang and WANG Xiao-ming have two names."""
    if len(names) < _SYLLABLES:
        return names
    if family == names[0]:
        return [names[0], names[1] + names[2]]
    return [names[0] + names[1], names[2]] if family == names[2] else names


class NamePartKind:
    """Given names or family names.

    Args:
        name: the name of the kind.
        forms: name → the names that it may stand for.
    """

    levels: type[IntEnum] = NameLevel
    is_name = True

    def __init__(self, name: str, forms: Mapping[str, tuple[str, ...]]) -> None:
        self.name = name
        self._forms = forms
        self._masks = name_masks(forms)

    def read(self, text: str) -> NamePart | None:
        """Read a name without titles."""
        words = without_titles(name_words(latin(informative(text, "name"))))
        if not words:
            return None
        plain = " ".join(words)
        reading, sound = _heard(plain)
        return NamePart(plain, reading, sound, next((word for word in (reading, words[0]) if word in self._forms), ""))

    def keys(self, value: NamePart) -> Iterable[str]:
        """Give the reading, its first letters, its sorted letters, its sound, and the names that it may stand for."""
        reading = value.reading
        forms = self._forms.get(value.known, ())[:_MANY]
        sound = [f"~{value.sound}"] if len(value.sound) > 1 else []
        return [reading, f"{reading[:4]}-", "/" + "".join(sorted(reading)), *sound, *(f"={form}" for form in forms)]

    def term(self, value: NamePart) -> str:
        """Count names as written."""
        return value.text

    def compare(self, left: Sequence[NamePart], right: Sequence[NamePart]) -> Compared:
        """Compare names pair by pair."""
        a, b, one, other = column(left, 0), column(right, 0), column(left, 1), column(right, 1)
        han = ~(are_ascii(a) | are_ascii(b))
        similarity = alike(one, other, JaroWinkler.normalized_similarity)
        places = np.flatnonzero(han)
        similarity[places] = alike(chosen(a, places), chosen(b, places), JaroWinkler.normalized_similarity)
        same_sound = equal(column(left, 2), column(right, 2)) & ((similarity >= 0.7) | han)
        equivalent = (equal(one, other) | shared_names(self._masks, column(left, 3), column(right, 3))) & ~han
        levels = np.select(
            [equal(a, b), equivalent, same_sound, similarity >= 0.92, similarity >= 0.8, initials(one, other)],
            [*reversed(NameLevel)][:-2],
            NameLevel.DIFFERENT,
        )
        similarity[equivalent] = np.maximum(similarity[equivalent], np.float32(0.95))
        return Compared(levels.astype(np.uint8), similarity)


def without_titles(words: Sequence[str]) -> list[str]:
    """Leave titles and ordinals out; a title that is a name too (Earl, Major) stays where it is all there is."""
    names = [word for word in words if word not in LATIN_TITLES and not _ORDINAL.fullmatch(word)]
    return [word for word in names if word not in HONORIFICS] or names


def _heard(name: str) -> tuple[str, str]:
    """Give the reading and the sound of a given or family name."""
    if has_han(name):
        reading = SURNAME_READINGS.get(name) or readings(name)
        return reading, mandarin_sound(reading)
    reading = name.replace(" ", "")
    return reading, latin_sound(reading)


GIVEN_NAME: Final = NamePartKind("given_name", FULL_NAMES)
FAMILY_NAME: Final = NamePartKind("family_name", PINYIN_SURNAMES)
PERSON: Final = PersonKind()
