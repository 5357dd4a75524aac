"""How far two names in Latin letters agree, word by word, whatever the order, with slips and abbreviations."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, Indel

from customer_master.resolution.attributes.company_features import CompanyLevel
from mappings.normalize.data import ENGLISH_INDUSTRY_WORDS, LITTLE_WORDS, ORGANISATION_WORDS

Words = tuple[str, ...]
_Paired = tuple[list[str], list[str], float, float]
"""The words that stay alone on either side, the weight of those paired, and what misspelling takes off it."""

_LITTLE: Final = 0.1
_COMMON: Final = 0.5
_WRITTEN_IN_ONE: Final = 0.9
_LEAST_SPELLING: Final = 0.7
_LEAST_MISSPELT: Final = 4
_LEAST_SHARED: Final = 0.5  # of what stays alone
_LEAST_LETTERS: Final = 0.6
_LEAST_SIMILAR: Final = 0.5
_LITTLE_AT_MOST: Final = 0.2
_MOSTLY_THE_SAME: Final = 0.9
_ROMAN: Final = frozenset({"i", "ii", "iii", "iv", "v", "vi"})


def align(a: Words, b: Words, letters: float) -> tuple[CompanyLevel, float]:
    """Pair the words of two names, the same ones first, and weigh what stays alone.

    Args:
        a: words of one name.
        b: words of the other.
        letters: how alike the two are letter by letter, 0 to 1: blanks are left out and put in.

    >>> align(("salvation", "army", "temple"), ("salvation", "army"), 0.8)[0].name
    'ABBREVIATED'
    >>> align(("acme", "tooling"), ("tooling", "acmee"), 0.6)[0].name
    'SHORT'
    >>> align(("acme", "tools"), ("apex", "tools"), 0.6)[0].name
    'DIFFERENT'
    """
    rest_a, rest_b, shared = _same_words(a, b)
    if letters < _LEAST_LETTERS and shared < _LEAST_SHARED * min(_weights(rest_a), _weights(rest_b)):
        return CompanyLevel.DIFFERENT, 0.4 * letters
    lost = 0.0
    if rest_a and rest_b:
        rest_a, rest_b, more, lost = _one_word(rest_a, rest_b) or _alike_words(rest_a, rest_b)
        shared += more
    if not shared:
        return CompanyLevel.DIFFERENT, 0.0
    little, much = sorted((_weights(rest_a) + lost, _weights(rest_b) + lost))
    likeness = (shared / (shared + little)) ** 2 * (0.75 + 0.25 * shared / (shared + much))
    if _numbers(rest_a) and _numbers(rest_b):
        return CompanyLevel.RELATED, 0.5 * likeness
    level = _level(likeness, little, much)
    return min(level, CompanyLevel.SHORT) if lost else level, likeness


def _level(likeness: float, little: float, much: float) -> CompanyLevel:
    """Choose the level by the weight of the words that stay alone in the one and in the other."""
    if likeness < _LEAST_SIMILAR:
        return CompanyLevel.DIFFERENT
    if much <= _LITTLE_AT_MOST:
        return CompanyLevel.CORE
    if much <= _COMMON:
        return CompanyLevel.SHORT
    return CompanyLevel.ABBREVIATED if little <= _LITTLE_AT_MOST else CompanyLevel.SIMILAR


def _numbers(words: list[str]) -> bool:
    """Tell whether words have a number among them: two places of one organisation, or two buildings."""
    return any(word.isdigit() or word in _ROMAN for word in words)


def _same_words(a: Words, b: Words) -> tuple[list[str], list[str], float]:
    """Take the words that both have off both."""
    left, right, shared = [], list(b), 0.0
    for word in a:
        if word in right:
            right.remove(word)
            shared += _weight(word)
        else:
            left.append(word)
    return left, right, shared


def _one_word(a: list[str], b: list[str]) -> _Paired | None:
    """Take all words off both where they are the same written in one, or in other pieces."""
    if len(a) == len(b) == 1 or Indel.normalized_similarity("".join(a), "".join(b)) < _MOSTLY_THE_SAME:
        return None
    weight = max(_weights(a), _weights(b))
    return [], [], _WRITTEN_IN_ONE * weight, (1 - _WRITTEN_IN_ONE) * weight


def _alike_words(a: list[str], b: list[str]) -> _Paired:
    """Take the words off both that are one word misspelt or abbreviated."""
    left, right, shared, lost = [], list(b), 0.0, 0.0
    for word in a:
        alike, best = max([(_alike(word, other), other) for other in right if _near(word, other)], default=(0.0, ""))
        if alike:
            right.remove(best)
            weight = max(_weight(word), _weight(best))
            shared += alike * weight
            lost += (1 - alike) * weight
        else:
            left.append(word)
    return left, right, shared, lost


def _weights(words: list[str]) -> float:
    return sum([_weight(word) for word in words])


@lru_cache(maxsize=65536)
def _weight(word: str) -> float:
    """Weigh a word by how much it tells: little words nothing, kinds of organisation and numerals half."""
    if word in LITTLE_WORDS:
        return _LITTLE
    return _COMMON if word in ORGANISATION_WORDS or word in ENGLISH_INDUSTRY_WORDS or len(word) == 1 else 1.0


def _near(a: str, b: str) -> bool:
    """Tell whether two words may be alike: a slip leaves the first letter or the last one."""
    return a[0] == b[0] or a[-1] == b[-1]


@lru_cache(maxsize=1 << 17)
def _alike(a: str, b: str) -> float:
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if long.isdigit() or short.isdigit() or long in _ROMAN:
        return 0.0
    spelling = (
        OSA.normalized_similarity(short, long, score_cutoff=_LEAST_SPELLING) if len(long) >= _LEAST_MISSPELT else 0
    )
    if spelling:
        return spelling
    if long.startswith(short):
        return 0.8 if len(short) >= 3 else 0.6
    if len(short) >= 3 and short[0] == long[0] and _is_skeleton(short, long):
        return 0.7
    return 0.0


def _is_skeleton(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)
