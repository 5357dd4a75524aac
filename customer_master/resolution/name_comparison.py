"""How far two names agree."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from customer_master.resolution.features import NameFeatures

_LEAST_TRUNCATED = 12  # shorter names are not cut off by a column's width
_LEAST_LATIN = 4  # fewer letters of pinyin occur in any word


class NameLevel(IntEnum):
    """Levels of agreement of names, from none to all.

    ``MISSING`` also stands for a Chinese and a Latin name that do not sound alike: they cannot be compared.
    """

    MISSING = 0
    DIFFERENT = 1
    SAME_TRADE = 2
    SIMILAR = 3
    SOUND = 4
    SHORT = 5
    CORE = 6
    EXACT = 7


def compare_names(left: Iterable[NameFeatures], right: Iterable[NameFeatures], *, person: bool) -> NameLevel:
    """Compare two parties by their best pair of names."""
    compare = _person_level if person else _company_level
    best = NameLevel.MISSING
    for a in left:
        for b in right:
            level = compare(a, b) if a.folded <= b.folded else compare(b, a)
            best = max(best, level)
    return best


@lru_cache(maxsize=1 << 17)
def _company_level(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if a.folded == b.folded:
        return NameLevel.EXACT
    if a.han != b.han:
        return _across_scripts(a, b) if a.han else _across_scripts(b, a)
    return NameLevel.CORE if a.core == b.core else _resemblance(a, b)


def _resemblance(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if _is_short_form(a, b) or sorted(a.core) == sorted(b.core):
        return NameLevel.SHORT
    if a.sound == b.sound:
        return NameLevel.SOUND
    if _is_similar(a, b):
        return NameLevel.SIMILAR
    return NameLevel.SAME_TRADE if a.trade == b.trade else NameLevel.DIFFERENT


def _across_scripts(han: NameFeatures, latin: NameFeatures) -> NameLevel:
    heard = len(han.trade_sound) >= _LEAST_LATIN and latin.core.startswith(han.trade_sound)
    return NameLevel.SOUND if heard else NameLevel.MISSING


def _is_short_form(a: NameFeatures, b: NameFeatures) -> bool:
    """Tell whether one name is the other with something left out, the trade name being common to both."""
    short, long = (a, b) if len(a.core) <= len(b.core) else (b, a)
    if len(short.folded) >= _LEAST_TRUNCATED and long.folded.startswith(short.folded):
        return True
    return len(short.core) > 1 and long.core.startswith(short.trade) and _is_subsequence(short.core, long.core)


def _is_similar(a: NameFeatures, b: NameFeatures) -> bool:
    """Tell whether one slip of the pen or, in longer names, two separate the cores."""
    longest = max(len(a.core), len(b.core))
    allowed = 1 if a.han or longest < 8 else 2
    return longest > 2 and OSA.distance(a.core, b.core, score_cutoff=allowed) <= allowed


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


@lru_cache(maxsize=1 << 17)
def _person_level(a: NameFeatures, b: NameFeatures) -> NameLevel:
    if a.complete and b.complete:
        if a.core == b.core:
            return NameLevel.EXACT
        if a.sound == b.sound:
            return NameLevel.SOUND
        if a.han == b.han and _is_similar(a, b):
            return NameLevel.SIMILAR
        return NameLevel.DIFFERENT if a.han == b.han else NameLevel.MISSING
    if not a.trade or not b.trade:
        return NameLevel.MISSING
    return NameLevel.SAME_TRADE if a.trade == b.trade else NameLevel.DIFFERENT
