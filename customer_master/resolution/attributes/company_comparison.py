"""How far two names of companies agree: a level and a similarity.

The similarity is a product: how alike the cores are, times what region, unit and group say against it. The factors are
judgements about names as they are registered and mistyped, not fitted to pairs; only their order matters to a scorer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA, Indel
from rapidfuzz.process import cpdist

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.company_features import (
    AFFILIATES,
    LONGEST_SHORT,
    CompanyFeatures,
    CompanyLevel,
)
from customer_master.resolution.attributes.word_alignment import align
from mappings.normalize.text import readings, sound_alike

Agreement = tuple[CompanyLevel, float]

# what speaks against one company, as factors of the similarity of the cores
_OTHER_GROUP: Final = 0.92  # a group and a company of its name: a slip of the pen as often as two companies
_WIDER_REGION: Final = 0.95
_NO_REGION: Final = 0.9
_UNCLEAR_REGION: Final = 0.8  # the whole country; a county of which there are several
_OTHER_REGION: Final = 0.4
_LONGER_UNIT: Final = 0.85
_SIMILAR_UNIT: Final = 0.7
_AND_AFFILIATES: Final = 0.6
_NO_UNIT: Final = 0.3
_OTHER_UNIT: Final = 0.15

_LEAST_LATIN: Final = 4  # fewer letters of pinyin occur in any word
_SHOP = re.compile("(?:商行|经营部|经营店|门市部|批发部|服务部|工作室|商店|店|行|厂)$")
_MISSPELT_BUSINESS: Final = 0.5
_SAME_BUSINESS: Final = 0.7  # share of characters that two descriptions of one business have in common


def compare_companies(left: Sequence[CompanyFeatures], right: Sequence[CompanyFeatures]) -> Compared:
    """Compare names pair by pair; see :class:`CompanyLevel`."""
    letters = cpdist(
        [a.core for a in left], [b.core for b in right], scorer=Indel.normalized_similarity, dtype=np.float32
    )
    agreements = [
        _agreement(a, b, alike) if a <= b else _agreement(b, a, alike)
        for a, b, alike in zip(left, right, letters.tolist(), strict=True)
    ]
    levels = np.fromiter((level for level, _ in agreements), np.uint8, len(agreements))
    similarity = np.fromiter((similarity for _, similarity in agreements), np.float32, len(agreements))
    return Compared(levels, similarity)


def _agreement(a: CompanyFeatures, b: CompanyFeatures, letters: float) -> Agreement:
    if a.name == b.name:
        romanised = not a.is_han and a.region_code  # two Chinese names may have the same pinyin or translation
        return (CompanyLevel.SOUND, 0.9) if romanised else (CompanyLevel.EXACT, 1.0)
    if a.is_han != b.is_han:
        level, likeness = _across_scripts(a, b) if a.is_han else _across_scripts(b, a)
    elif a.core == b.core:
        level, likeness = CompanyLevel.CORE, 1.0
    else:
        level, likeness = _han_cores(a, b, letters) if a.is_han else align(a.words, b.words, letters)
    if level <= CompanyLevel.DIFFERENT:
        return level, likeness
    return _held_against(a, b, level, likeness)


def _held_against(a: CompanyFeatures, b: CompanyFeatures, level: CompanyLevel, likeness: float) -> Agreement:
    """Weigh region, unit and group of names whose cores agree to some extent."""
    region, unit = _regions(a, b), _units(a, b)
    group = 1.0 if a.is_group == b.is_group else _OTHER_GROUP
    if region <= _OTHER_REGION:
        level = min(level, CompanyLevel.SAME_TRADE)
    if unit <= _NO_UNIT:
        level = min(level, CompanyLevel.RELATED)
    return level, likeness * region * unit * group


def _regions(a: CompanyFeatures, b: CompanyFeatures) -> float:
    """Weigh the regions: one within the other agrees, one left out is usual, two different ones part namesakes."""
    if a.region == b.region:
        return 1.0
    if not (a.region and b.region):
        return _NO_REGION
    if a.region_code and b.region_code and "CN" not in (a.region_code, b.region_code):
        within = a.region_code.startswith(b.region_code) or b.region_code.startswith(a.region_code)
        return _WIDER_REGION if within else _OTHER_REGION
    return _UNCLEAR_REGION


def _units(a: CompanyFeatures, b: CompanyFeatures) -> float:
    """Weigh the units: a company and its branch are related, two branches too, one may be written shorter."""
    if a.unit == b.unit:
        return 1.0
    if not (a.unit and b.unit):
        return _AND_AFFILIATES if AFFILIATES in (a.unit, b.unit) else _NO_UNIT
    if a.is_han != b.is_han:
        han, latin = (a, b) if a.is_han else (b, a)
        return _LONGER_UNIT if readings(han.unit)[:_LEAST_LATIN] == latin.unit[:_LEAST_LATIN] else _OTHER_UNIT
    short, long = sorted((a.unit, b.unit), key=len)
    if is_subsequence(short, long):
        return _LONGER_UNIT
    slip = len(short) > 4 and OSA.distance(short, long, score_cutoff=1) <= 1
    return _SIMILAR_UNIT if slip or sound_alike(short, long) else _OTHER_UNIT


def _across_scripts(han: CompanyFeatures, latin: CompanyFeatures) -> Agreement:
    core, *trades = han.sounds
    if core == latin.core:
        return CompanyLevel.SOUND, 0.85
    heard = [trade for trade in trades if len(trade) >= _LEAST_LATIN and latin.core.startswith(trade)]
    return (CompanyLevel.SOUND, 0.65) if heard else (CompanyLevel.MISSING, 0.0)


def _han_cores(a: CompanyFeatures, b: CompanyFeatures, letters: float) -> Agreement:
    trade = min(len(a.trade), len(b.trade))  # where the business is unknown, its reader takes all for the trade name
    if trade > 1 and a.core[:trade] == b.core[:trade]:
        return _same_trade(a, b, trade)
    if is_anagram(a.core, b.core):
        return CompanyLevel.SHORT, 0.93
    if sound_alike(a.core, b.core):
        return CompanyLevel.SOUND, 0.6 if len(a.trade) < 3 else 0.7
    return _other_trade(a, b, letters)


def _same_trade(a: CompanyFeatures, b: CompanyFeatures, trade: int) -> Agreement:
    """Compare the businesses of names that begin with the same ``trade`` characters."""
    if trade in (len(a.core), len(b.core)):
        return CompanyLevel.ABBREVIATED, 0.8 + 0.02 * min(trade, 5)
    likeness = _businesses(_SHOP.sub("", a.core[trade:]), _SHOP.sub("", b.core[trade:]))
    if len(a.trade) != len(b.trade) and likeness >= _MISSPELT_BUSINESS:
        likeness = max(likeness, _SAME_BUSINESS)  # one of the two is no business that is known
    if likeness >= _SAME_BUSINESS:
        return CompanyLevel.SHORT, 0.66 + 0.25 * likeness
    return CompanyLevel.SAME_TRADE, 0.4 + 0.05 * min(trade, 4) + 0.2 * likeness


def _businesses(a: str, b: str) -> float:
    short, long = sorted((a, b), key=len)
    if is_anagram(a, b):
        return 1.0
    if is_subsequence(short, long) or sound_alike(a, b):
        return 0.9
    if not Counter(short) - Counter(long):
        return 0.8
    return Indel.normalized_similarity(a, b)


def _other_trade(a: CompanyFeatures, b: CompanyFeatures, letters: float) -> Agreement:
    short, long = sorted((a.core, b.core), key=len)
    whole_short, whole_long = sorted((a.whole, b.whole), key=len)
    if len(whole_short) <= LONGEST_SHORT and is_subsequence(whole_short, whole_long):
        return CompanyLevel.ABBREVIATED, 0.5 + 0.3 * min(1.0, len(whole_short) / len(long))
    if is_subsequence(short, long):
        return CompanyLevel.ABBREVIATED, 0.5 + 0.35 * len(short) / len(long)
    allowed = 1 if len(short) < 8 else 2
    if min(len(a.trade), len(b.trade)) > 2 and OSA.distance(short, long, score_cutoff=allowed) <= allowed:
        return CompanyLevel.SIMILAR, 0.75 * letters
    return CompanyLevel.DIFFERENT, 0.5 * letters


def is_anagram(a: str, b: str) -> bool:
    """Tell whether two texts have the same characters in another order."""
    return len(a) == len(b) and sorted(a) == sorted(b)


def is_subsequence(short: str, long: str) -> bool:
    """Tell whether the characters of one text stand in another in the same order.

    >>> is_subsequence("中石化", "中国石油化工"), is_subsequence("中化石", "中国石油化工")
    (True, False)
    """
    rest = iter(long)
    return all(character in rest for character in short)
