"""Names of persons, Chinese and Latin: family and given name, titles, incomplete names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

from mappings.normalize.data import (
    DEPARTMENT_PREFIXES,
    ENTERPRISE_WORDS,
    LATIN_TITLES,
    NAME_PARTICLES,
    SURNAME_RANK,
    SURNAME_READINGS,
    TITLES,
)
from mappings.normalize.text import clean, fold, has_han, is_placeholder, readings

_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|\+?\d[\d\s-]{5,}\d|(?<=..)[亲代]?收$")
_BETWEEN_PERSONS = re.compile(r"[/、;|]")
_LATIN_BESIDE_HAN = re.compile(
    r"^[a-z][a-z .'’-]*\s+(?=[\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff])(?:\s+[a-z][a-z .'’-]*|\s?sir|\s?madam)$",
    re.IGNORECASE,
)
_GLUED_TITLE = re.compile(r"\b(mr|mrs|ms|dr|prof)\.(?=\w)", re.IGNORECASE)
_HAN_NAME = re.compile("[\u3400-\u9fff]+(?:[·•・][\u3400-\u9fff]+)*")
_PREFIX = re.compile(rf"^(?:{'|'.join(DEPARTMENT_PREFIXES)})[:\s]*")
_TITLE = re.compile(rf"(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})$")
_AMBIGUOUS_TITLES: Final = frozenset("董工姐哥姨叔")
_FAMILIAR: Final = frozenset("老小阿")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name.

    Args:
        text: the name without titles and remarks.
        family: family name as written; empty if it cannot be told apart.
        given: given name or names.
        title: form of address or position found beside the name.
        complete: both names are known (王总 is incomplete: no name to match by).
        language: ``zh``, ``en`` or empty.
    """

    text: str
    family: str
    given: str
    title: str
    complete: bool
    language: str


_NOBODY: Final = PersonName("", "", "", "", complete=False, language="")


@lru_cache(maxsize=32768)
def parse_person(text: str) -> PersonName:
    """Read a person's name as people write it into contact fields.

    >>> parse_person("王总")
    PersonName(text='王', family='王', given='', title='总', complete=False, language='zh')
    >>> parse_person("张三先生").given, parse_person("欧阳娜娜").family, parse_person("Mr. WANG Wei").family
    ('三', '欧阳', 'WANG')
    """
    plain = clean(_REMARK.sub(" ", unicodedata.normalize("NFKC", text))).strip(" ,;/:-")
    if is_placeholder(plain, "name"):
        return _NOBODY
    return _parse_han(_only_person(plain)) if has_han(plain) else _parse_latin(_GLUED_TITLE.sub(r"\1. ", plain))


def _only_person(text: str) -> str:
    """Give the one part of a text that names somebody (李四女士/财务); of several persons none is preferred."""
    parts = [part.strip() for part in _BETWEEN_PERSONS.split(text)]
    named = [part for part in parts if _parse_han(part).family]
    return named[0] if len(parts) > 1 and len(named) == 1 else text


def _parse_han(text: str) -> PersonName:
    name, latin = _PREFIX.sub("", text) or text, _LATIN_BESIDE_HAN.search(text)
    if latin is not None:  # 李娜 Li Na
        name = _LATIN_BESIDE_HAN.sub("", name)
    name, title = _split_title(name.replace(" ", ""))
    if not _HAN_NAME.fullmatch(name):
        return PersonName(name, "", "", title, complete=False, language="zh")
    if "·" in name or "•" in name or "・" in name:
        return PersonName(name, "", name, title, complete=True, language="zh")
    if len(name) == 2 and name[0] in _FAMILIAR and _family_of(name[1:]) == name[1:]:
        return PersonName(name[1:], name[1:], "", title or name[0], complete=False, language="zh")
    family = _family_of(name)
    given = name[len(family) :]
    return PersonName(name, family, given, title, complete=bool(family and 0 < len(given) <= 2), language="zh")


def _split_title(name: str) -> tuple[str, str]:
    """Take titles off the end; one that may end a given name (李建工) only behind a bare family name."""
    titles: list[str] = []
    while (match := _TITLE.search(name)) is not None and match.start() > 0:
        rest = name[: match.start()]
        if match[0] in _AMBIGUOUS_TITLES and _family_of(rest) != rest:
            break
        titles.insert(0, match[0])
        name = rest
    return name, "".join(titles)


def _family_of(name: str) -> str:
    """Give the family name a Chinese name starts with; two characters before one."""
    simplified = fold(name)
    length = 2 if simplified[:2] in SURNAME_RANK else 1 if simplified[:1] in SURNAME_RANK else 0
    return name[:length]


def _parse_latin(text: str) -> PersonName:
    words = _LATIN_WORD.findall(text)
    titles = [word for word in words if word.lower().rstrip(".") in LATIN_TITLES]
    names = [word for word in words if word not in titles]
    title = " ".join(titles)
    if not names or "@" in text:
        return _NOBODY
    if len(names) == 1:
        return PersonName(names[0], names[0], "", title, complete=False, language="en")
    start, end = _span_of_family(names, text)
    family, given = " ".join(names[start:end]), " ".join(names[:start] + names[end:])
    complete = not all(len(word.rstrip(".")) == 1 for word in given.split())
    return PersonName(" ".join(names), family, given, title, complete, "en")


def _span_of_family(names: list[str], text: str) -> tuple[int, int]:
    """Say from where to where the family name goes: all before a comma, else one word and the particles before it."""
    before_comma = len([word for word in _LATIN_WORD.findall(text.partition(",")[0]) if word in names])
    if "," in text and 0 < before_comma < len(names):
        return 0, before_comma
    place = 0 if "," in text else _place_of_family(names)
    start = place
    while start > 1 and names[start - 1] in NAME_PARTICLES:
        start -= 1
    return start, place + 1


def _place_of_family(names: list[str]) -> int:
    """Say which word is the family name: capitals, then the commonest Chinese family name, else the last."""
    capitals = [place for place, word in enumerate(names) if len(word.rstrip(".")) > 1 and word.isupper()]
    if len(capitals) == 1:
        return capitals[0]
    ranked = [(_PINYIN_RANK[word.lower()], place) for place, word in enumerate(names) if word.lower() in _PINYIN_RANK]
    outer = [(rank, place) for rank, place in ranked if place in {0, len(names) - 1}]
    return min(outer)[1] if outer else len(names) - 1


def _pinyin_ranks() -> dict[str, int]:
    ranks: dict[str, int] = {}
    for surname, rank in SURNAME_RANK.items():
        reading = SURNAME_READINGS.get(surname) or "".join(lazy_pinyin(surname))
        ranks[reading] = min(rank, ranks.get(reading, rank))
    return ranks


_PINYIN_RANK: Final = _pinyin_ranks()


@lru_cache(maxsize=32768)
def person_reading(text: str) -> str:
    """Give a name's toneless pinyin with family names read as family names, ``""`` for nobody.

    >>> person_reading("曾国强"), person_reading("單小姐"), person_reading("Wei WANG")
    ('zengguoqiang', 'shan', 'wangwei')
    """
    name = parse_person(text)
    family = fold(name.family)
    return (SURNAME_READINGS.get(family) or readings(family)) + readings(name.given)


def looks_like_person(text: str) -> bool:
    """Tell whether a text in a company field is a Chinese person's name: 2-4 characters, family name, no company word.

    >>> [looks_like_person(t) for t in ("王小明", "欧阳娜娜", "金蝶软件", "王总", "华强公司")]
    [True, True, False, False, False]
    """
    name = fold(text)
    if not 2 <= len(name) <= 4 or not _HAN_NAME.fullmatch(name) or any(word in name for word in ENTERPRISE_WORDS):
        return False
    person = parse_person(name)
    return person.complete and person.text == name and not is_placeholder(name, "name")
