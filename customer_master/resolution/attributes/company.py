"""Names of companies and other organisations: Chinese ones by their parts, those in Latin letters by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import combinations
from typing import Final

from customer_master.resolution.attributes.base import Compared
from customer_master.resolution.attributes.company_comparison import compare_companies
from customer_master.resolution.attributes.company_features import (
    AFFILIATES,
    LONGEST_SHORT,
    CompanyFeatures,
    CompanyLevel,
)
from customer_master.resolution.attributes.scripts import latin
from mappings.normalize.company_names import CompanyName, parse_company
from mappings.normalize.data import COUNTRY_WORDS, ENGLISH_INDUSTRY_WORDS, LITTLE_WORDS, ORGANISATION_WORDS
from mappings.normalize.text import all_readings, has_han, is_placeholder, readings

_GROUP_WORDS: Final = ("集团", "控股")
_MOST_TRADE = 4  # a longer Chinese trade name has its business in it, which the parser did not recognise
_MOST_READINGS = 4
_MOST_REACHED = 8  # characters of a registered name among which those of its short name are looked for
_MOST_PAIRED = 4  # words of a Latin name that give keys by twos
_LEAST_WORD = 2
_LEAST_SKELETON = 3
_ENDS = 4  # letters at the start and at the end of a Latin name: a slip leaves one of them
_LATIN_RUN = re.compile("[a-z]{2,}")
_LEVEL_OF_A_PLACE = re.compile("[省市区县]")
_AFFILIATES = re.compile("[及和与]|的?下属|的?子公司")
_VOWELS = re.compile("(?<=.)[aeiouyhw]+")
_DOUBLED = re.compile(r"(.)\1+")
_ALIKE_IN_SOUND = str.maketrans("cqzvdgbj", "kksftkpk")


class Company:
    """The kind of attribute that holds a company's name."""

    name: str = "company"
    levels: type[IntEnum] = CompanyLevel
    is_name: bool = True

    def read(self, text: str) -> CompanyFeatures | None:
        """Read a name; none for placeholders and for what has no letters.

        >>> value = COMPANY.read("深圳市华强（集团）电子科技有限责任公司")
        >>> value.core, value.trade, value.region, value.region_code, value.is_group
        ('华强电子科技', '华强', '深圳', '4403', True)
        >>> COMPANY.read("The Salvation Army, Inc.").words, COMPANY.read("暂无")
        (('the', 'salvation', 'army'), None)
        """
        if is_placeholder(text, "name"):
            return None
        name = parse_company(latin(text))
        if not any(map(str.isalpha, name.folded)):
            return None
        core = _without_group(name.core or name.folded)
        return _han_features(name, core) if has_han(core) else _latin_features(name, core)

    def keys(self, value: CompanyFeatures) -> Iterable[str]:
        """Give the keys of a name.

        Chinese: two characters that follow each other in the core, that a short name may be made of, and the trade
        name's sound in every reading. Latin: words, two words in either order, consonants, first letters.

        >>> sorted({*COMPANY.keys(COMPANY.read("中石化"))} & {*COMPANY.keys(COMPANY.read("中国石油化工股份有限公司"))})
        ['中化', '中石', '石化']
        """
        return dict.fromkeys(_han_keys(value) if value.is_han else _latin_keys(value))

    def term(self, value: CompanyFeatures) -> str:
        """Give the name without legal form, script and brackets."""
        return value.name

    def compare(self, left: Sequence[CompanyFeatures], right: Sequence[CompanyFeatures]) -> Compared:
        """Compare names pair by pair."""
        return compare_companies(left, right)


COMPANY: Final = Company()
"""The kind itself."""


def _without_group(core: str) -> str:
    for word in _GROUP_WORDS:
        core = core.replace(word, "") or core
    return core


def _han_features(name: CompanyName, core: str) -> CompanyFeatures:
    trade = name.trade_name if name.trade_name and core.startswith(name.trade_name) else core
    region = _LEVEL_OF_A_PLACE.sub("", name.region)
    unit = _LEVEL_OF_A_PLACE.sub("", name.unit) or (AFFILIATES if _AFFILIATES.match(name.remark) else "")
    return CompanyFeatures(
        name="".join((region if not core.startswith(region) else "", core, "集团" if name.is_group else "", unit)),
        core=core,
        trade=trade,
        sounds=(readings(core), *all_readings(_short_trade(trade), _MOST_READINGS)),
        words=(),
        region=region,
        region_code=_without_zeros(name.region_code) or COUNTRY_WORDS.get(name.region, ""),
        unit=unit,
        is_group=name.is_group,
        is_han=True,
    )


def _latin_features(name: CompanyName, core: str) -> CompanyFeatures:
    words = name.words or (core,)
    return CompanyFeatures(
        name="".join((name.region, *words, "group" if name.is_group else "")),
        core="".join(words),
        trade=words[0],
        sounds=(),
        words=words,
        region=name.region,
        region_code=_without_zeros(name.region_code) or COUNTRY_WORDS.get(name.region, ""),
        unit=name.unit if name.unit_kind != "other" else "",
        is_group=name.is_group,
        is_han=False,
    )


def _short_trade(trade: str) -> str:
    if (latin := _LATIN_RUN.match(trade)) is not None:
        return latin[0]
    return trade if len(trade) <= _MOST_TRADE else trade[:2]


def _without_zeros(code: str) -> str:
    """Cut a GB/T 2260 code down to what it says: province, city or county.

    >>> _without_zeros("440000"), _without_zeros("440300"), _without_zeros("441900"), _without_zeros("440305")
    ('44', '4403', '4419', '440305')
    """
    return code.removesuffix("00").removesuffix("00")


def _han_keys(value: CompanyFeatures) -> Iterator[str]:
    core = value.core
    yield from (core[i : i + 2] for i in range(len(core) - 1))
    yield from value.sounds[1:]
    yield from _LATIN_RUN.findall(core)
    whole = value.whole
    if len(whole) <= LONGEST_SHORT:
        yield from map("".join, combinations(whole, 2))
        return
    for start in sorted({0, 2, len(whole) - len(core)}):  # province, city, trade name
        yield from (whole[start] + other for other in whole[start + 1 : start + _MOST_REACHED])


def _latin_keys(value: CompanyFeatures) -> Iterator[str]:
    words = [word for word in value.words if len(word) >= _LEAST_WORD and word not in LITTLE_WORDS] or [value.core]
    telling = [word for word in words if word not in ORGANISATION_WORDS and word not in ENGLISH_INDUSTRY_WORDS] or words
    yield from words
    yield from (f"{min(two)} {max(two)}" for two in combinations(words[:_MOST_PAIRED], 2))
    yield from (f"~{bone}" for bone in map(skeleton, telling) if len(bone) >= _LEAST_SKELETON)
    joined = "".join(telling)
    yield f"^{joined[:_ENDS]}"
    yield f"{joined[-_ENDS:]}$"
    if len(words) > _LEAST_WORD:
        yield "".join(word[0] for word in words)


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """Give what stays of a Latin word however it is misspelt: its consonants in classes of one sound.

    >>> skeleton("phillips"), skeleton("filips"), skeleton("kramer"), skeleton("cramer")
    ('flps', 'flps', 'krmr', 'krmr')
    """
    return _VOWELS.sub("", _DOUBLED.sub(r"\1", word.replace("ph", "f").replace("ck", "k").translate(_ALIKE_IN_SOUND)))
