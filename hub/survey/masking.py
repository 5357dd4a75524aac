"""Examples without the personal data in them: enough to recognise a value, too little to use it."""

from __future__ import annotations

import re

from hub.survey.header_words import Holds
from mappings.normalize.identifiers import read_identifier
from mappings.normalize.person_names import looks_like_person
from mappings.normalize.text import has_han

_DIGITS = re.compile(r"\d(?:[\d\s().-]*\d){6,}")
_MAIL = re.compile(r"([^\s@;,，；<>]{1,64})[@＠]([^\s;,，；<>]+)")
_SHOWN_OF_ADDRESS = 9
_LONGEST = 60
_WIDTH_FOLD = {0xFF10 + n: str(n) for n in range(10)}
_COMPANY_NUMBERS = frozenset({Holds.IDENTIFIER, Holds.KEY, Holds.POSTAL_CODE, Holds.DATE, Holds.AMOUNT})
_MAY_NAME_PERSONS = frozenset({Holds.ORGANISATION, Holds.SHORT_NAME, Holds.TEXT})
_RESIDENT = re.compile(r"(?<!\d)[1-8]\d{5}(?:19|20)\d{9}[\dXx](?!\d)")


def mask(value: str, holds: Holds) -> str:
    """Hide the personal part of a value.

    Args:
        value: a cell as written.
        holds: what its column holds.

    >>> mask("13912345678", Holds.MOBILE), mask("wangwei@example.com", Holds.EMAIL), mask("王小明", Holds.PERSON)
    ('139••••78', 'w•••@example.com', '王••')
    >>> mask("深圳市华强公司 13912345678", Holds.ORGANISATION), mask("深圳市南山区科技路1号3栋502", Holds.ADDRESS)
    ('深圳市华强公司 139••••78', '深圳市南山区科技路••••')
    >>> mask("914403001922038216", Holds.IDENTIFIER), mask("440305199001011234", Holds.IDENTIFIER)
    ('914403001922038216', '440••••34')
    """
    text = value.translate(_WIDTH_FOLD)
    text = _RESIDENT.sub(_ends, _MAIL.sub(lambda m: f"{m[1][:1]}•••@{m[2]}", text))
    if holds not in _COMPANY_NUMBERS:
        text = _DIGITS.sub(_ends, text)
    elif (number := read_identifier(text)) is not None and number.type == "ric":
        text = f"{text[:3]}••••{text[-2:]}"
    if holds is Holds.PERSON or (holds in _MAY_NAME_PERSONS and looks_like_person(text)):
        text = _initials(text)
    elif holds is Holds.ADDRESS and len(text) > _SHOWN_OF_ADDRESS:
        text = f"{text[:_SHOWN_OF_ADDRESS]}••••"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def shorten(value: str, _holds: Holds) -> str:
    """Show a value as it is, cut to what a table can hold."""
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _ends(match: re.Match[str]) -> str:
    return f"{match[0][:3]}••••{match[0][-2:]}"


def _initials(name: str) -> str:
    if has_han(name):
        return f"{name[:1]}{'•' * min(len(name) - 1, 4)}"
    return " ".join(f"{word[:1]}•••" for word in name.split())
