"""Regions inside company names: at the start, at the end, in brackets, in pinyin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

from mappings.normalize.data import MAJOR_COUNTY_CITIES
from mappings.normalize.divisions import BY_NAME, BY_SHORT_NAME, DIVISIONS, LONGEST_NAME, Division, pick

_CHINA: Final = ("中华人民共和国", "中国")
_SPECIAL_ENGLISH: Final = {"hong kong": "810000", "hongkong": "810000", "macau": "820000", "macao": "820000", "taiwan": "710000",
    "china": "", "inner mongolia": "150000", "tibet": "540000", "xi an": "610100", "peking": "110000", "tsingtao": "370200", "shaanxi": "610000"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A region found in a name: its text (folded) and its GB/T 2260 code, ``""`` if it has none or could be several."""

    text: str
    code: str


NOWHERE: Final = Region("", "")


def region_at_start(text: str) -> Region:
    """Read province, city and county words at the start of a folded name.

    Short forms count for provinces, prefectures and well-known county-level cities; 义乌 is one, 沙河 only after 河北.

    >>> region_at_start("深圳市南山区华强"), region_at_start("浙江义乌小商品"), region_at_start("中国平安"), region_at_start("华强")
    (Region(text='深圳市南山区', code='440305'), Region(text='浙江义乌', code='330782'), Region(text='中国', code=''), Region(text='', code=''))
    """
    for word in _CHINA:
        if text.startswith(word):
            return Region(word, "")
    end, code = 0, ""
    while (step := _step(text, end, code)) is not None:
        end, code = step
        if not code:
            break
    return Region(text[:end], code)


def _step(text: str, start: int, within: str) -> tuple[int, str] | None:
    for end in range(min(len(text), start + LONGEST_NAME), start + 1, -1):
        name = text[start:end]
        full = BY_NAME.get(name)
        found = full or BY_SHORT_NAME.get(name)
        if found is None:
            continue
        division = pick(found, within)
        if division is None:
            if full and not within:
                return end, ""  # 朝阳区: a region for sure, but which one?
            continue
        if full or _known_by_short_name(division, name, within):
            return end, division.code
    return None


def _known_by_short_name(division: Division, name: str, within: str) -> bool:
    if division.level == "county":
        return division.name.endswith("市") and (bool(within) or name in MAJOR_COUNTY_CITIES)
    return True


def region_at_end(text: str) -> Region:
    """Read a region word at the end of a folded name (科沃斯机器人苏州).

    >>> region_at_end("科沃斯机器人苏州"), region_at_end("科沃斯机器人")
    (Region(text='苏州', code='320500'), Region(text='', code=''))
    """
    for start in range(max(2, len(text) - 8), len(text) - 1):
        region = whole_region(text[start:])
        if region is not None:
            return region
    return NOWHERE


@lru_cache(maxsize=8192)
def whole_region(text: str) -> Region | None:
    """Read a text that is a region and nothing else (the content of brackets).

    >>> whole_region("深圳"), whole_region("集团")
    (Region(text='深圳', code='440300'), None)
    """
    region = region_at_start(text)
    return region if region.text and region.text == text else None


def _pinyin_codes() -> dict[str, str]:
    """Pinyin of provinces and prefectures, current ones, → code; homophones (Shanxi, Yichun …) mean nothing."""
    codes: dict[str, set[str]] = {}
    for code, known in DIVISIONS.items():
        if code[4:] == "00" and known[0].end == 9999:
            codes.setdefault("".join(lazy_pinyin(known[0].short)), set()).add(code)
    single = {reading: min(found) for reading, found in codes.items() if len({c[:2] for c in found}) == 1}
    return single | _SPECIAL_ENGLISH | {"shanxi": "140000"}


_PINYIN_CODES: Final = _pinyin_codes()


def region_of_pinyin(words: tuple[str, ...]) -> Region | None:
    """Read one or two words as a region (Shenzhen, Hong Kong, China).

    >>> region_of_pinyin(("shenzhen",)), region_of_pinyin(("hong", "kong")), region_of_pinyin(("siemens",))
    (Region(text='shenzhen', code='440300'), Region(text='hongkong', code='810000'), None)
    """
    code = _PINYIN_CODES.get(" ".join(words))
    return None if code is None else Region("".join(words), code)
