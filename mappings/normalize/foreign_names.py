"""Company names in Latin, Cyrillic, Japanese and Korean script: legal form, region, industry words, unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, normalize

from mappings.normalize.company_regions import NOWHERE, Region
from mappings.normalize.company_units import latin_unit_kind
from mappings.normalize.data import (
    ENGLISH_INDUSTRY_WORDS,
    FOREIGN_FORMS,
    FOREIGN_FORMS_IN_FRONT,
    GROUP_WORDS,
    LEGAL_FORMS,
)
from mappings.normalize.pinyin_regions import pinyin_region
from mappings.normalize.text import fold, simplify

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_GLUED_FORM = re.compile("株式会社|有限会社|合同会社|주식회사|유한회사")
_PINYIN_FORM = re.compile("(?:gufen)?youxian(?:zeren)?gongsi")
_CLEAR_FORMS: Final = frozenset({"ltd", "limited", "limited_by_shares", "llc", "inc", "gmbh", "plc"})
_FORM_GOES_ON: Final = frozenset({"co", "u", "und"})  # GmbH u. Co. K, cut off
_LEAST_UNIT: Final = 4  # fewer letters behind a legal form are a country or belong to the form
_LONGEST_FORM: Final = max(len(form.split()) for form in FOREIGN_FORMS)


@dataclass(frozen=True, slots=True)
class ForeignParts:
    """Parts of a foreign company name, folded; ``words`` are those of name and unit, without form and region."""

    words: tuple[str, ...]
    trade_name: str
    industry: str
    legal_form: str
    region: Region
    is_group: bool
    unit: str
    unit_kind: str


def parse_foreign(text: str) -> ForeignParts:
    """Take a company name that is not Chinese apart.

    >>> parts = parse_foreign("Shenzhen Huaqiang Electronics Co., Ltd.")
    >>> parts.trade_name, parts.industry, parts.legal_form, parts.region.code
    ('huaqiang', 'electronics', 'ltd', '440300')
    >>> parse_foreign("Müller GmbH & Co. KG").legal_form, parse_foreign("トヨタ自動車株式会社").legal_form
    ('kg', 'kk')
    """
    lowered = simplify(text)
    legal_form = ""
    if (glued := _GLUED_FORM.search(lowered)) is not None:
        legal_form, lowered = LEGAL_FORMS[glued[0]], lowered.replace(glued[0], " ")
    words, written_form = _strip_form(_WORD.findall(_PINYIN_FORM.sub(r" \g<0> ", lowered)))
    unit_words: list[str] = []
    unit_kind = ""
    if not written_form:
        words, unit_words, unit_kind = _strip_unit(words)
        words, written_form = _strip_form(words)
    words, region = _strip_region(words)
    is_group = any(word in GROUP_WORDS for word in words[1:])
    words = words[:1] + [word for word in words[1:] if word not in GROUP_WORDS]
    end = len(words)
    while end > 1 and words[end - 1] in ENGLISH_INDUSTRY_WORDS:
        end -= 1
    trade_name, industry = fold("".join(words[:end])), fold("".join(words[end:]))
    return ForeignParts(
        words=_plain(words + unit_words),
        trade_name=trade_name,
        industry=industry,
        legal_form=legal_form or written_form,
        region=region,
        is_group=is_group,
        unit=fold("".join(unit_words)),
        unit_kind=unit_kind,
    )


def _plain(words: list[str]) -> tuple[str, ...]:
    """Fold words for comparison: without accents, initials in one, the s of a genitive with its word.

    >>> _plain(["société", "i", "b", "m", "children", "s", "place"])
    ('societe', 'ibm', 'childrens', 'place')
    """
    plain: list[str] = []
    initials = False
    for word in words:
        bare = fold("".join(c for c in normalize("NFD", word) if not combining(c)) if not word.isascii() else word)
        single = len(bare) == 1 and bare.isalpha()
        if plain and (bare == "s" or (single and initials)):
            plain[-1] += bare
        elif bare:
            plain.append(bare)
        initials = single
    return tuple(plain)


def _strip_unit(words: list[str]) -> tuple[list[str], list[str], str]:
    """Take off what follows a clear legal form, unless it is a region, else a last word that says it is a unit.

    >>> _strip_unit(["huaqiang", "co", "ltd", "chengdu", "branch"])
    (['huaqiang', 'co', 'ltd'], ['chengdu', 'branch'], 'branch')
    >>> _strip_unit(["huaqiang", "factory", "tianhechangqu"])
    (['huaqiang', 'factory'], ['tianhechangqu'], 'plant')
    """
    for end in range(len(words) - 1, 1, -1):
        if FOREIGN_FORMS.get(words[end - 1]) in _CLEAR_FORMS:
            unit = fold("".join(words[end:]))
            goes_on = len(unit) < _LEAST_UNIT or words[end] in _FORM_GOES_ON
            if goes_on or pinyin_region(" ".join(words[end:])) is not None:
                return words, [], ""
            return words[:end], words[end:], latin_unit_kind(unit) or "other"
    kind = latin_unit_kind(words[-1]) if len(words) > 2 else ""
    if not kind:
        return words, [], ""
    start = len(words) - (2 if words[-1] == "branch" else 1)
    return words[:start], words[start:], kind


def _strip_form(words: list[str]) -> tuple[list[str], str]:
    """Take the legal form off the end and the front, at the end the longest, as long as a word stays."""
    front = FOREIGN_FORMS_IN_FRONT.get(words[0], "") if len(words) > 1 else ""
    words = words[1:] if front else words
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        form = FOREIGN_FORMS.get(" ".join(words[-length:]))
        if form is not None:
            return words[:-length], form
    return words, front


def _strip_region(words: list[str]) -> tuple[list[str], Region]:
    """Take a region of one or two words off the front, else off the end, where a word stays."""
    for length in (2, 1):
        if len(words) <= length:
            continue
        for there, rest in ((words[:length], words[length:]), (words[-length:], words[:-length])):
            code = pinyin_region(" ".join(there))
            if code is not None:
                return rest, Region("".join(there), code)
    return words, NOWHERE
