"""Regions inside company names: at the start, at the end, in brackets."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from mappings.normalize.data import CITIES_LIKE_WORDS, COUNTRY_WORDS
from mappings.normalize.divisions import BY_NAME, BY_SHORT_NAME, Division, names_at, pick
from mappings.normalize.text import has_han

_COUNTRIES: Final = (
    "中华人民共和国",
    *sorted((word for word in COUNTRY_WORDS if has_han(word) and word not in BY_SHORT_NAME), key=len, reverse=True),
)
_STARTS: Final = frozenset(word[:2] for word in (*_COUNTRIES, *BY_NAME, *BY_SHORT_NAME))
"""The two characters that every region word starts with: most texts start otherwise."""


class Region(NamedTuple):
    """A region found in a name: its text (folded) and its GB/T 2260 code, ``""`` if it has none or could be several."""

    text: str
    code: str


NOWHERE: Final = Region("", "")


def region_at_start(text: str) -> Region:
    """Read province, city and county words, or a country, at the start of a folded name.

    Short forms count for provinces, prefectures and county-level cities, 沙河 and its like only behind their province.

    >>> region_at_start("深圳市南山区华强"), region_at_start("浙江义乌小商品").code
    (Region(text='深圳市南山区', code='440305'), '330782')
    >>> region_at_start("中国平安").text, region_at_start("新加坡华昌船务").text, region_at_start("华强")
    ('中国', '新加坡', Region(text='', code=''))
    """
    if text[:2] not in _STARTS:
        return NOWHERE
    for word in _COUNTRIES:
        if text.startswith(word):
            return Region(word, "")
    end, code = 0, ""
    while (step := _step(text, end, code)) is not None:
        end, code = step
        if not code:
            break
    return Region(text[:end], code)


def _step(text: str, start: int, within: str) -> tuple[int, str] | None:
    for name in names_at(text, start):
        if (code := _code(name, within)) is not None:
            return start + len(name), code
    return None


@lru_cache(maxsize=8192)
def _code(name: str, within: str) -> str | None:
    """Give the code of the division that a name in a division means, ``None`` if it means none here."""
    full = BY_NAME.get(name)
    division = pick(full or BY_SHORT_NAME[name], within)
    if division is None:
        return "" if full and not within else None  # 朝阳区: a region for sure, but which one?
    return division.code if full or _known_by_short_name(division, name, within) else None


def _known_by_short_name(division: Division, name: str, within: str) -> bool:
    if division.level == "county":
        was_city = any(d.name.endswith("市") and d.code[:4] == division.code[:4] for d in BY_SHORT_NAME[name])
        return was_city and (bool(within) or name not in CITIES_LIKE_WORDS)
    return True


def region_at_end(text: str) -> Region:
    """Read a region word at the end of a folded name (科沃斯机器人苏州).

    >>> region_at_end("科沃斯机器人苏州"), region_at_end("科沃斯机器人")
    (Region(text='苏州', code='320500'), Region(text='', code=''))
    """
    for start in range(max(2, len(text) - 8), len(text) - 1):
        if text[start : start + 2] in _STARTS and (region := whole_region(text[start:])) is not None:
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


def without_level(text: str, region: str) -> str:
    """Drop 市 or 省 from the region a text starts with: 济南市珍珠泉支行 and 济南珍珠泉支行 are one.

    >>> without_level("济南市珍珠泉支行", "济南市"), without_level("济南珍珠泉支行", "济南")
    ('济南珍珠泉支行', '济南珍珠泉支行')
    """
    return text if len(region) < 3 or region[-1] not in "市省" else region[:-1] + text[len(region) :]
