"""What is read of a company's name for comparison, and the levels of agreement."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

AFFILIATES: Final = "下属"
"""The unit of a name that says: and its subsidiaries."""
LONGEST_SHORT: Final = 5
"""Characters of a short name made of some characters of the registered one, in order."""


class CompanyFeatures(NamedTuple):
    """A company's name, ready for comparison; everything folded.

    Args:
        name: region, core, group and unit in one: equal for names that differ in form, script and brackets only.
        core: trade name and industry without region, form, unit and the words for a group; Latin words joined.
        trade: the trade name.
        sounds: of a Chinese name, the pinyin of the core, then the trade name's in all its readings.
        words: of a Latin name, its words.
        region: the region as written, without 省 and 市.
        region_code: GB/T 2260 code of the region without trailing zeros, the country's ISO 3166 code, or empty.
        unit: branch, plant, office or account that the name is of, or empty.
        is_group: the name says group or holding.
        is_han: written in Chinese characters.
    """

    name: str
    core: str
    trade: str
    sounds: tuple[str, ...]
    words: tuple[str, ...]
    region: str
    region_code: str
    unit: str
    is_group: bool
    is_han: bool

    @property
    def whole(self) -> str:
        """Region and core in one: what a short name may take its characters from."""
        return self.core if self.core.startswith(self.region) else self.region + self.core


class CompanyLevel(IntEnum):
    """Levels of agreement of company names.

    ``MISSING`` also stands for a Chinese and a Latin name that do not sound alike: they cannot be compared.
    ``RELATED``: one company's parts: its branch and itself, or two of its branches.
    ``SAME_TRADE``: the same trade name in another region or another business.
    ``SIMILAR``: most of it is the same.
    ``SOUND``: read alike: a homophone, or Chinese and its pinyin.
    ``ABBREVIATED``: one is a short form of the other.
    ``SHORT``: the same trade name, and of the business something is left out, misspelt or moved.
    ``CORE``: trade name and business are the same; one says a region or group that the other does not.
    ``EXACT``: the same but for legal form, script and brackets.
    """

    MISSING = 0
    DIFFERENT = 1
    RELATED = 2
    SAME_TRADE = 3
    SIMILAR = 4
    SOUND = 5
    ABBREVIATED = 6
    SHORT = 7
    CORE = 8
    EXACT = 9
