"""Names of companies taken apart: region, trade name, industry, legal form, unit, remark.

Chinese names follow the registration rules (region + trade name + industry + legal form); what people type leaves parts
out, moves the region, swaps brackets, misspells the form and glues remarks on. Compare the parts, never the raw string.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from mappings.normalize.company_regions import (
    NOWHERE,
    Region,
    region_at_end,
    region_at_start,
    whole_region,
    without_level,
)
from mappings.normalize.company_units import read_tail, split_remark, split_unit, split_unit_of_house
from mappings.normalize.data import BANKS, INDUSTRY_WORDS, KEPT_FORMS, LEGAL_FORMS
from mappings.normalize.foreign_names import parse_foreign
from mappings.normalize.text import clean, fold, has_han, simplify

_BRACKET = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕{}<>《》]*)[)\]】〕}>》]?")
_TRAILING = re.compile(r"[^\w()\[\]【】〔〕{}<>《》]+$")
_WEAK_FORMS: Final = ("总公司", "公司")
_STRONG_FORM = re.compile("|".join(sorted(LEGAL_FORMS.keys() - set(_WEAK_FORMS), key=len, reverse=True)))
_WEAK_FORM = re.compile("(?<![分支])(?:(?<!子)|(?<=[电种量原核王]子))(?:总公司|公司)")  # no 子公司, but 电子公司
_DAMAGED_FORM = re.compile(r"(?:股份)?[有限责]?[有限责任公司]*限[有限责任公司]*$|股份$")
_LEFT_OF_FORM = re.compile(r"(?:股份|有限|责任|(?<![国所富])有)+$")
_LEFT_ENDINGS: Final = ("股份", "有限", "责任", "有")
_FORM_GOES_ON: Final = frozenset("-—及的与和")
_JAPANESE = re.compile("[\u3041-\u30ff]|株式会社|有限会社|合同会社")
_KEPT_FORM = re.compile(f"(?:{'|'.join(sorted(KEPT_FORMS, key=len, reverse=True))})$")
_GROUP_WORDS: Final = ("集团", "控股")
_MARKS_OF_AN_EXCHANGE = re.compile(  # *ST西发, 万科A, 小米集团-W
    r"^(?:[*s]*st)(?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff]{2})-?(?:[abh]|(?<=-)s?[uwd])$"
)
_LONGEST_LISTED: Final = 9  # characters of a short name as an exchange lists it, marks included
_GROUP = re.compile(f"(?:{'|'.join(_GROUP_WORDS)})+")


class CompanyName(NamedTuple):
    """A company name in parts; all but ``text`` in folded form.

    Args:
        text: the name, cleaned.
        folded: the whole name folded.
        region: region words found at the start, in brackets, before the legal form.
        region_code: GB/T 2260 code of the region, ``""`` if none or not decidable.
        trade_name: what tells the company from others in its industry and region (字号).
        industry: words of industry and kind behind the trade name.
        legal_form: class of the legal form (``limited``, ``limited_by_shares``, ``gmbh`` …), ``""`` if none is written.
        unit: part of the company the name means (深圳分公司, 诸暨支行), ``""`` for the company itself.
        unit_kind: ``branch``, ``plant``, ``office``, ``outlet``, ``site``, ``department``, ``union``, ``account``,
            ``other`` or ``""``.
        core: trade name + industry: what is left without region, legal form, unit and remark.
        remark: text glued on that is no part of the name.
        language: ``zh``, ``ja``, ``ko``, ``ru``, ``en`` or ``""``.
        is_group: the name says 集团, 控股, Group or Holding.
        words: of a name that is not Chinese, the words without legal form, region, group word and accents.
    """

    text: str
    folded: str
    region: str
    region_code: str
    trade_name: str
    industry: str
    legal_form: str
    unit: str
    unit_kind: str
    core: str
    remark: str
    language: str
    is_group: bool
    words: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def parse_company(text: str) -> CompanyName:
    """Take a company name apart.

    >>> name = parse_company("深圳市华强（集团）电子科技有限责任公司")
    >>> name.region_code, name.trade_name, name.industry, name.legal_form, name.is_group
    ('440300', '华强', '电子科技', 'limited', True)
    >>> name = parse_company("招商银行股份有限公司宁波江东支行")
    >>> name.core, name.legal_form, name.unit, name.unit_kind
    ('招商银行', 'limited_by_shares', '宁波江东支行', 'branch')
    >>> parse_company("沙河实业股份有限公司").core, parse_company("Siemens AG").legal_form
    ('沙河实业', 'ag')
    """
    cleaned = clean(text)
    name, remark = split_remark(cleaned) if has_han(cleaned) else (cleaned, "")
    language = _language(name)
    if language == "zh":
        return _parse_chinese(cleaned, name, remark)
    parts = parse_foreign(name)
    return CompanyName(
        text=cleaned,
        folded=fold(cleaned),
        region=parts.region.text,
        region_code=parts.region.code,
        trade_name=parts.trade_name,
        industry=parts.industry,
        legal_form=parts.legal_form,
        unit=parts.unit,
        unit_kind=parts.unit_kind,
        core=parts.trade_name + parts.industry,
        remark=fold(remark),
        language=language,
        is_group=parts.is_group,
        words=parts.words,
    )


def _language(text: str) -> str:
    if has_han(text):
        return "ja" if _JAPANESE.search(text) else "zh"
    if any("\uac00" <= c <= "\ud7af" for c in text):
        return "ko"
    if any("\u0400" <= c <= "\u04ff" for c in text):
        return "ru"
    return "en" if any(c.isalpha() for c in text) else ""


def _parse_chinese(text: str, without_remark: str, glued: str) -> CompanyName:
    name, brackets = _take_brackets(_undouble(_TRAILING.sub("", simplify(without_remark).replace(" ", ""))))
    name = _MARKS_OF_AN_EXCHANGE.sub("", name) if len(name) <= _LONGEST_LISTED else name
    body, legal_form, tail = _split_legal_form(name)
    if not tail and not legal_form:
        body, tail = split_unit(body)
    unit, unit_kind, remark = read_tail(tail, brackets.remark)
    body, is_group = _strip_group(
        BANKS.get(body, body.replace("农商行", "农村商业银行").replace("农商银行", "农村商业银行"))
    )
    region, body = _take_region(body, brackets.region)
    if not unit and not legal_form:
        body, tail = split_unit_of_house(body)
        unit, unit_kind, _ = read_tail(tail)
    body, still_group = _strip_group(body)
    trade_name, industry, kept_form = _split_industry(fold(body))
    return CompanyName(
        text=text,
        folded=fold(text),
        region=region.text,
        region_code=region.code,
        trade_name=trade_name,
        industry=industry,
        legal_form=legal_form or brackets.legal_form or kept_form or ("group" if is_group or still_group else ""),
        unit=fold(unit),
        unit_kind=unit_kind,
        core=trade_name + industry,
        remark=fold(remark + simplify(glued)),
        language="zh",
        is_group=is_group or still_group or brackets.is_group,
    )


def _undouble(name: str) -> str:
    """Undo pasting a name twice, with or without a separator, also where a column cut the second one off.

    >>> _undouble("华强电子公司/华强电子公司"), _undouble("华强电子有限公司华强电"), _undouble("哈哈")
    ('华强电子公司', '华强电子有限公司', '哈哈')
    """
    again = name.find(name[:2], 4)
    while again > 0:
        if name.startswith(name[again:]):
            return name[:again] if name[again - 1].isalnum() else name[: again - 1]
        again = name.find(name[:2], again + 1)
    return name


class _Brackets(NamedTuple):
    """What the brackets of a name say."""

    region: Region = NOWHERE
    legal_form: str = ""
    is_group: bool = False
    remark: str = ""


_NO_BRACKETS: Final = _Brackets()


def _take_brackets(name: str) -> tuple[str, _Brackets]:
    """Remove brackets: regions, 集团 and legal forms are read, Han words inside the name stay, the rest is remark."""
    if not _BRACKET.search(name):
        return name, _NO_BRACKETS
    region, legal_form, is_group, remarks, outside, end = NOWHERE, "", False, "", "", 0
    for match in _BRACKET.finditer(name):
        outside += name[end : match.start()]
        content, end = match[1], match.end()
        if (found := whole_region(content)) is not None:
            region = found if not region.text else region
        elif _GROUP.fullmatch(content):
            is_group = True
        elif content in LEGAL_FORMS:
            legal_form = LEGAL_FORMS[content]
        elif has_han(content) and end < len(name) and len(content) <= 6:
            outside += content
        else:
            remarks += content
    return outside + name[end:], _Brackets(region, legal_form, is_group, remarks)


def _split_legal_form(name: str) -> tuple[str, str, str]:
    """Split into what stands before the legal form, its class, and what follows."""
    match = _STRONG_FORM.search(name, 1)
    if match is not None:
        goes_on = name[match.end() : match.end() + 1] in _FORM_GOES_ON
        match = match if goes_on else _STRONG_FORM.search(name, match.end() + 2) or match
    match = match or _damaged_form(name) or _WEAK_FORM.search(name, 2)
    if match is None:
        return name, "", ""
    body, form = name[: match.start()], match[0]
    legal_form = LEGAL_FORMS.get(form) or ("limited_by_shares" if form.startswith("股份") else "limited")
    left_over = _LEFT_OF_FORM.search(body) if body.endswith(_LEFT_ENDINGS) else None
    if left_over is not None and left_over.start() >= 2:
        body = body[: left_over.start()]
        legal_form = "limited_by_shares" if "股份" in left_over[0] else legal_form
    return body, legal_form, name[match.end() :]


def _damaged_form(name: str) -> re.Match[str] | None:
    """Find a misspelt or truncated form at the end: 有限公, 有限责公司任, 股份有限."""
    match = _DAMAGED_FORM.search(name, 2)
    return match if match is not None and len(match[0]) >= 2 else None


def _strip_group(body: str) -> tuple[str, bool]:
    stem = body
    while len(stem) >= 4 and stem.endswith(_GROUP_WORDS):
        stem = stem[:-2]
    return stem, stem != body


def _take_region(body: str, in_brackets: Region) -> tuple[Region, str]:
    """Take the region off the body where at least two characters of trade name stay."""
    region = region_at_start(body)
    if region.text:
        rest = body[len(region.text) :]
        body = rest if _has_trade_name(rest) else without_level(body, region.text)
        return (in_brackets if in_brackets.code and not region.code else region), body
    if in_brackets.text:
        return in_brackets, body
    region = region_at_end(body)
    if region.text and _has_trade_name(body[: -len(region.text)]):
        return region, body[: -len(region.text)]
    return NOWHERE, body


def _has_trade_name(body: str) -> bool:
    return len(body) >= 2 and len(_peel(_KEPT_FORM.sub("", body), 0)) >= 2


def _split_industry(body: str) -> tuple[str, str, str]:
    """Split into trade name (2 characters or more), industry with the kept form, and the kept form's class."""
    match = _KEPT_FORM.search(body, 2)
    stem = body[: match.start()] if match is not None else body
    trade_name = _peel(stem, 2)
    return trade_name, body[len(trade_name) :], KEPT_FORMS[match[0]] if match is not None else ""


def _peel(body: str, keep: int) -> str:
    """Take industry words off the end, the longest first, as long as ``keep`` characters stay."""
    end = len(body)
    while end > keep:
        for word in _INDUSTRY_BY_ENDING.get(body[end - 2 : end], ()):
            if len(word) <= end - keep and body.endswith(word, 0, end):
                end -= len(word)
                break
        else:
            break
    return body[:end]


def _industry_by_ending() -> dict[str, tuple[str, ...]]:
    """Index industry words by their last two characters, the longest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(INDUSTRY_WORDS, key=len, reverse=True):
        found[word[-2:]].append(word)
    return {ending: tuple(words) for ending, words in found.items()}


_INDUSTRY_BY_ENDING: Final = _industry_by_ending()


def trade_name_split(body: str) -> tuple[str, str]:
    """Split a name without region and legal form into trade name and industry.

    >>> trade_name_split("海康威视数字技术"), trade_name_split("华强电子厂"), trade_name_split("华强")
    (('海康威视', '数字技术'), ('华强', '电子厂'), ('华强', ''))
    """
    trade_name, industry, _ = _split_industry(fold(body))
    return trade_name, industry
