"""Regions of China in Latin letters: Shenzhen, Hong Kong, Inner Mongolia."""

from __future__ import annotations

from typing import Final

from pypinyin import lazy_pinyin

from mappings.normalize.divisions import DIVISIONS, LASTS

_ENGLISH: Final = {
    "china": "",
    "prchina": "",
    "hongkong": "810000",
    "macau": "820000",
    "macao": "820000",
    "taiwan": "710000",
    "innermongolia": "150000",
    "tibet": "540000",
    "shaanxi": "610000",
    "shanxi": "140000",
    "peking": "110000",
    "tsingtao": "370200",
    "canton": "440100",
}


def _table() -> dict[str, str]:
    """Pinyin of today's provinces and prefectures → code; ``""`` for homophones of several provinces (Suzhou …)."""
    codes: dict[str, set[str]] = {}
    for code, known in DIVISIONS.items():
        if code[4:] == "00" and known[0].end == LASTS:
            codes.setdefault("".join(lazy_pinyin(known[0].short)), set()).add(code)
    one = {reading: min(found) if len({c[:2] for c in found}) == 1 else "" for reading, found in codes.items()}
    return one | _ENGLISH


_CODES: Final = _table()


def pinyin_region(words: str) -> str | None:
    """Give the GB/T 2260 code of a region in pinyin or English, ``None`` for anything else.

    China and what may be one of several regions have the code ``""``.

    >>> pinyin_region("suzhou"), pinyin_region("china")
    ('', '')
    >>> pinyin_region("shenzhen"), pinyin_region("hong kong"), pinyin_region("xi'an"), pinyin_region("siemens")
    ('440300', '810000', '610100', None)
    """
    return _CODES.get(words.replace(" ", "").replace("'", "").replace("’", ""))
