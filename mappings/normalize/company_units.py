"""Parts of a company that a name may mean instead of the company: branches, plants, warehouses, canteens, accounts.

A unit stands behind the legal form, behind the word for a factory, shop or bank, or as a remark. What is glued to a
legal form and is no known remark counts as a unit even if its last character is misspelt: taking a part for the whole
company is worse than asking.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mappings.normalize.company_regions import region_at_end, region_at_start, whole_region, without_level
from mappings.normalize.data import ACCOUNT_WORDS, REMARK_WORDS, UNIT_KINDS, UNITS_WITHOUT_COMPANY
from mappings.normalize.person_names import looks_like_person, parse_person
from mappings.normalize.text import readings

_BETWEEN = re.compile(r"[\W_]+|的客户|(?=及其|和其|与其|和各|下属)")
_ENDINGS: Final = "|".join(sorted(UNIT_KINDS, key=len, reverse=True))
_UNIT = re.compile(f"(?:{_ENDINGS})$")
_ACCOUNT = re.compile("|".join(ACCOUNT_WORDS))
_AFFILIATES = re.compile("[及与]|的|下属|和其|和各")
_FORMER = re.compile("[原曾已]")
_REMARK = re.compile("|".join(REMARK_WORDS))
_FORM_REMNANT = re.compile("[有限责任公司股份总]+")
_HAN_ONLY = re.compile("[\u3400-\u9fff]{2,}")
_LONE_UNIT = re.compile(f"(?:{'|'.join(sorted(UNITS_WITHOUT_COMPANY, key=len, reverse=True))})$")
_HOUSE = re.compile("银行|信用社|信用联社|证券|保险|中行|工行|农行|建行|交行|招行|邮储|集团|店|(?<!分)厂")
_UNIT_OF_A_HOUSE = re.compile(
    f"(.{{2,}}?(?:有限..|集团|控股|.[厂部店行社馆]))(.+?(?:{_ENDINGS}|{'|'.join(ACCOUNT_WORDS)}))"
)
_PINYIN_KINDS: Final = {
    readings(word): kind
    for word, kind in (*UNIT_KINDS.items(), *((word, "account") for word in ACCOUNT_WORDS))
    if len(word) > 1
}
_ENGLISH_KINDS: Final = {"branch": "branch", "plant": "plant", "office": "office", "warehouse": "site"}
_LATIN_UNIT = re.compile(f"(?:{'|'.join(sorted({*_PINYIN_KINDS, *_ENGLISH_KINDS}, key=len, reverse=True))})$")


_GLUED_REMARK = re.compile(
    "的客户$"
    "|[及和与](?:其|各|旗下|下属)(?:下属|控股|全资|所属|子|分|关联|附属).*$"
    rf"|[/\\-－—–](?:新|旧|老|{'|'.join(REMARK_WORDS)})\W*$"
)


def split_remark(name: str) -> tuple[str, str]:
    """Split off a remark glued to the end of a name, with or without a legal form.

    >>> split_remark("Vogel Plastics Corp./现款"), split_remark("兰庆宝国际的客户"), split_remark("琦佳及其下属子公司")
    (('Vogel Plastics Corp.', '/现款'), ('兰庆宝国际', '的客户'), ('琦佳', '及其下属子公司'))
    """
    match = _GLUED_REMARK.search(name, 2)
    return (name, "") if match is None else (name[: match.start()], match[0])


@lru_cache(maxsize=8192)
def read_tail(tail: str, aside: str = "") -> tuple[str, str, str]:
    """Read what follows the legal form of a Chinese name.

    Args:
        tail: the rest of the name, simplified.
        aside: what stands in brackets.

    Returns:
        Unit, its kind (see :class:`~mappings.normalize.company_names.CompanyName`) and what is left as a remark.

    >>> read_tail("维修服务部/现款"), read_tail("-月结"), read_tail("", "三水厂区")
    (('维修服务部', 'department', '现款'), ('', '', '月结'), ('三水厂区', 'plant', ''))
    >>> read_tail("技术心"), read_tail("佛山分公司的客户"), read_tail("", "请先款后货")
    (('技术心', 'other', ''), ('佛山分公司', 'branch', ''), ('', '', '请先款后货'))
    """
    separator = _BETWEEN.match(tail)
    tail = tail[separator.end() :] if separator else tail
    if _ACCOUNT.search(tail) and not _AFFILIATES.match(tail):
        return tail, "account", aside
    pieces = [piece for piece in (*_BETWEEN.split(tail), aside) if piece]
    kinds = [_kind(piece) for piece in pieces]
    if tail and not separator and not any(kinds) and _is_part(pieces[0]):
        kinds[0] = "other"
    place = next((place for place, kind in enumerate(kinds) if kind), None)
    if place is None:
        return "", "", tail + aside
    unit = pieces.pop(place)
    return without_level(unit, region_at_start(unit).text), kinds[place], "".join(pieces)


def _kind(piece: str) -> str:
    if _FORMER.match(piece) or _AFFILIATES.match(piece):
        return ""
    match = _UNIT.search(piece)
    return UNIT_KINDS[match[0]] if match is not None else "account" if _ACCOUNT.search(piece) else ""


def _is_part(piece: str) -> bool:
    """Tell whether unknown words glued to a legal form may name a part of the company."""
    return (
        _HAN_ONLY.fullmatch(piece) is not None
        and _FORMER.match(piece) is None
        and _AFFILIATES.match(piece) is None
        and _REMARK.search(piece) is None
        and _FORM_REMNANT.fullmatch(piece) is None
        and whole_region(piece) is None
        and not looks_like_person(piece)
        and not parse_person(piece).title
    )


def split_unit(name: str) -> tuple[str, str]:
    """Split a unit off a name without legal form.

    >>> split_unit("中国工商银行诸暨支行"), split_unit("中国移动深圳分公司"), split_unit("华强电子")
    (('中国工商银行', '诸暨支行'), ('中国移动', '深圳分公司'), ('华强电子', ''))
    """
    match = _LONE_UNIT.search(name, 2)
    if match is None:
        return name, ""
    house = _HOUSE.search(name, 0, match.start())
    if house is not None and house.end() >= 2:
        return name[: house.end()], name[house.end() :]
    region = region_at_end(name[: match.start()])
    start = match.start() - len(region.text)
    return (name[:start], name[start:]) if start >= 2 else (name, "")


def split_unit_of_house(body: str) -> tuple[str, str]:
    """Split a unit off a factory, shop or group without legal form, or off one whose form is misspelt beyond reading.

    Args:
        body: name without region.

    >>> split_unit_of_house("华强电子厂维修服务部"), split_unit_of_house("华强有限公四二号仓库")
    (('华强电子厂', '维修服务部'), ('华强有限公四', '二号仓库'))
    """
    match = _UNIT_OF_A_HOUSE.fullmatch(body)
    return (match[1], match[2]) if match is not None else (body, "")


def latin_unit_kind(word: str) -> str:
    """Tell which kind of unit the last word of a name in Latin letters ends with, if any.

    >>> latin_unit_kind("branch"), latin_unit_kind("tianhechangqu"), latin_unit_kind("electronics")
    ('branch', 'plant', '')
    """
    match = _LATIN_UNIT.search(word)
    return "" if match is None else _ENGLISH_KINDS.get(match[0]) or _PINYIN_KINDS[match[0]]
