"""How far two names agree."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from rapidfuzz.distance import OSA, Indel

from customer_master.resolution.features import NameFeatures

_LEAST_TRUNCATED = 12  # shorter names are not cut off by a column's width
_LONGEST_BARE_TRADE = 4  # a longer Chinese name without region and form may have its business in it
_LEAST_LATIN = 4  # fewer letters of pinyin occur in any word
_LONGEST_ABBREVIATION = 4
_SAME_BUSINESS = 0.7  # share of characters that two descriptions of one business have in common


class NameLevel(IntEnum):
    """Levels of agreement of names, from none to all.

    ``MISSING`` also stands for a Chinese and a Latin name that do not sound alike: they cannot be compared.
    ``TRADE``: one name or both are nothing but the trade name, which a whole group of companies may have in common.
    ``TRANSCRIBED``: the Latin name begins with the trade name in pinyin, or both names are pinyin and agree.
    ``SHORT``: the same trade name, and of the business something is left out or misspelt.
    """

    MISSING = 0
    DIFFERENT = 1
    SAME_TRADE = 2
    SIMILAR = 3
    SOUND = 4
    TRADE = 5
    TRANSCRIBED = 6
    SHORT = 7
    CORE = 8
    EXACT = 9


def compare_names(left: Sequence[NameFeatures], right: Sequence[NameFeatures], *, person: bool) -> NameLevel:
    """Compare two parties by their best pair of names.

    A Latin name is mostly a translation, and different Chinese names have the same one: where both parties have Chinese
    names, only these are compared.
    """
    compare = _person_level if person else _company_level
    han_left, han_right = [n for n in left if n.han], [n for n in right if n.han]
    both_han = bool(han_left and han_right)
    best = NameLevel.MISSING
    for a in han_left if both_han else left:
        for b in han_right if both_han else right:
            best = max(best, compare(a, b) if a.folded <= b.folded else compare(b, a))
    return best


def _company_level(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if a.han != b.han:
        return _across_scripts(a, b) if a.han else _across_scripts(b, a)
    if _is_bare_trade(a) and a == b:
        return NameLevel.TRADE
    level = NameLevel.EXACT if a.folded == b.folded else _within_script(a, b)
    if not a.han and (a.province or b.province):
        return min(level, NameLevel.TRANSCRIBED)  # a Chinese region: two Chinese names may have the same pinyin
    return level


def _is_bare_trade(name: NameFeatures) -> bool:
    return name.han and name.folded == name.trade and len(name.trade) <= _LONGEST_BARE_TRADE


def _within_script(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if a.core == b.core:
        return NameLevel.CORE
    trade = min(len(a.trade), len(b.trade))  # where the business is misspelt, its reader takes all for the trade name
    if trade > 1 and a.core[:trade] == b.core[:trade]:
        if trade in (len(a.core), len(b.core)):
            return NameLevel.TRADE
        same = a.sound == b.sound or _same_business(a.core[trade:], b.core[trade:])
        return NameLevel.SHORT if same else NameLevel.SAME_TRADE
    return _resemblance(a, b)


def _across_scripts(han: NameFeatures, latin: NameFeatures) -> NameLevel:
    if len(han.trade_sound) < _LEAST_LATIN or not latin.core.startswith(han.trade_sound):
        return NameLevel.MISSING
    return NameLevel.TRADE if latin.core == han.trade_sound else NameLevel.TRANSCRIBED


def _same_business(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return _is_anagram(a, b) or _is_subsequence(short, long) or Indel.normalized_similarity(a, b) >= _SAME_BUSINESS


def _resemblance(a: NameFeatures, b: NameFeatures) -> NameLevel:
    """Compare names whose trade names differ."""
    short, long = (a, b) if len(a.folded) <= len(b.folded) else (b, a)
    cut_off = len(short.folded) >= _LEAST_TRUNCATED and long.folded.startswith(short.folded)
    if cut_off or _is_anagram(a.core, b.core):
        return NameLevel.SHORT
    if a.sound == b.sound:
        return NameLevel.SOUND
    allowed = 1 if a.han or len(short.core) < 8 else 2
    slip = len(long.core) > 2 and (_is_slip(a.core, b.core, allowed) or _is_slip(a.folded, b.folded, 1))
    abbreviation = 1 < len(short.folded) <= _LONGEST_ABBREVIATION and _is_subsequence(short.folded, long.folded)
    return NameLevel.SIMILAR if slip or abbreviation else NameLevel.DIFFERENT


def _is_anagram(a: str, b: str) -> bool:
    return len(a) == len(b) and sorted(a) == sorted(b)


def _is_slip(a: str, b: str, allowed: int) -> bool:
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def _person_level(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if not (a.complete and b.complete):
        if not a.trade or not b.trade:
            return NameLevel.MISSING
        return NameLevel.SAME_TRADE if a.trade == b.trade else NameLevel.DIFFERENT
    if a.core == b.core:
        return NameLevel.EXACT
    if a.sound == b.sound:
        return NameLevel.SOUND
    if a.han != b.han:
        return NameLevel.MISSING
    return (
        NameLevel.SIMILAR if max(len(a.core), len(b.core)) > 2 and _is_slip(a.core, b.core, 1) else NameLevel.DIFFERENT
    )
