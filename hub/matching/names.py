"""Companies or persons: what the values of a column of names say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import takewhile
from typing import Final

from hub.survey.cells import looks_like
from hub.survey.header_words import Holds
from mappings.normalize.data import ENGLISH_INDUSTRY_WORDS, SURNAME_RANK
from mappings.normalize.text import fold, has_han, simplify


def _words_of(section: str) -> frozenset[str]:
    text = files("hub.matching").joinpath("name_words.txt").read_text(encoding="utf-8")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    start = lines.index(f"[{section}]") + 1
    return frozenset(word for line in takewhile(lambda line: line[:1] != "[", lines[start:]) for word in line.split())


_ORGANISATION_WORDS: Final = _words_of("organisations") | ENGLISH_INDUSTRY_WORDS - {"and", "power", "culture"}
_GIVEN_NAMES: Final = _words_of("given_names")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TOLD_APART = 0.1
_MOSTLY = 0.75


def looks_company(cell: str) -> bool:
    """Tell whether a name is that of an organisation, by legal form and by words.

    >>> [looks_company(c) for c in ("cole cpc", "golden gate day care center", "Siemens AG", "华强电子厂", "Alan Hall")]
    [False, True, True, True, False]
    """
    words = _WORD.findall(simplify(cell))
    alone = len(words) == 2 and words[0] in _GIVEN_NAMES  # Christian Hall, Alice Bank
    return Holds.ORGANISATION in looks_like(cell) or (not alone and not _ORGANISATION_WORDS.isdisjoint(words))


def looks_person(cell: str) -> bool:
    """Tell whether a text is the whole name of a person: a Chinese one, or 2 to 5 words with a common given name.

    >>> [looks_person(c) for c in ("王小明", "thomas of chudleigh", "Hall, Isla", "深圳")]
    [True, True, True, False]
    """
    if has_han(cell):
        return Holds.PERSON in looks_like(cell)
    words = _WORD.findall(simplify(cell))
    return 2 <= len(words) <= 5 and not _GIVEN_NAMES.isdisjoint(words) and not re.search(r"[\d&]", cell)


def looks_given_name(cell: str) -> bool:
    """Tell whether a text is one or two common given names and nothing else."""
    words = _WORD.findall(simplify(cell))
    return 1 <= len(words) <= 2 and _GIVEN_NAMES.issuperset(words)


def looks_family_name(cell: str) -> bool:
    """Tell whether a text is a Chinese family name and nothing else."""
    return fold(cell) in SURNAME_RANK


def company_or_person(cells: Sequence[str]) -> str:
    """Decide what a column of names names.

    >>> company_or_person(["华强电子有限公司", "王小明", "宏达公司"]), company_or_person(["Art's Deli", "Campanile"])
    ('company', 'company')
    >>> company_or_person(["Isla Hall", "Evie Dean", "Jun Sato"]), company_or_person(["Yuki Sato", "Ravi Patel"])
    ('person', 'person')
    """
    total = max(len(cells), 1)
    companies = sum(map(looks_company, cells)) / total
    persons = sum(looks_person(cell) and not looks_company(cell) for cell in cells) / total
    if max(companies, persons) > _TOLD_APART:
        return "company" if companies >= persons else "person"
    shaped = sum(2 <= len(cell.split()) <= 3 and not re.search(r"[\d&]", cell) for cell in cells) / total
    return "person" if shaped >= _MOSTLY else "company"
