"""Streets of addresses in Latin letters: house number, direction, name, kind of street, unit."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from mappings.normalize.data import COMPASS, STREET_KINDS, STREET_ORDINALS

_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_UNIT = re.compile(
    r"(?:\b(?:apartment|apt|suite|ste|unit|room|rm|flat|floor|level|building|bldg|shop|office|lot)\b\.?\s*(?:no\.?\s*)?"
    r"|#\s*)(\d+(?:-\d+)?[a-z]?|[a-z]\d*)\b(?!['’])"
    r"|\b(?:(\d+)(?:st|nd|rd|th)|(first|second|third|fourth|fifth|ground|lower|upper))\s+(?:floor|fl|level)\b"
)
_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+[a-z]?(?:[-/]\d+[a-z]?)*\b|[^\W_]+|[,;]")
_APOSTROPHE = re.compile(r"['’`]")
_INITIALS = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_NUMBER = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)*")
_GLUED = re.compile(r"\b([a-z]{3,})(strasse|str|straat|gatan|gasse|platz|allee|weg)\b")
_BOUNDARY: Final = frozenset({",", ";"})
_NO_KIND_IN_FRONT: Final = frozenset({"st", "dr", "green", "grove", "garden"})
"""Kinds that are part of the name where they stand before it: St Louis, Dr King, Grove Hill."""


class Street(NamedTuple):
    """A street address, spelled out: st is street, n is north, 51st is 51, accents are gone.

    Args:
        number: house number.
        direction: north, southwest …
        name: the words of the street's name.
        kind: street, avenue, road …
        unit: apartment, suite, floor: its number or letter alone.
        rest: the other words.
    """

    number: str = ""
    direction: str = ""
    name: tuple[str, ...] = ()
    kind: str = ""
    unit: str = ""
    rest: tuple[str, ...] = ()


def plain_letters(text: str) -> str:
    """Write small letters without accents, apostrophes and dots inside of abbreviations.

    >>> plain_letters("Königstraße 5, L'Hôpital, P.O. Box")
    'konigstrasse 5, lhopital, po. box'
    """
    text = text.casefold() if text.isascii() else text.casefold().translate(_LETTERS)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _INITIALS.sub("", _APOSTROPHE.sub("", text))


def parse_street(text: str) -> Street:
    """Take a street address apart: number first (12 Main St) or last (Hauptstr. 5, via Roma 10).

    Args:
        text: the address without country and postcode, or any part of it.

    >>> parse_street("3053 S. Normal Ave., suite 200")
    Street(number='3053', direction='south', name=('normal',), kind='avenue', unit='200', rest=())
    >>> parse_street("221 East 51st St").name, parse_street("Hauptstr. 5").name, parse_street("via Roma 10").number
    (('51',), ('haupt',), '10')
    >>> parse_street("wallaby place").kind, parse_street("3/45 high street").unit
    ('place', '3')
    """
    plain = plain_letters(text)
    units: list[str] = []
    plain = _GLUED.sub(r"\1 \2", _UNIT.sub(lambda match: _cut_unit(match, units), plain))
    tokens = [_spelled(token) for token in _TOKEN.findall(plain)]
    number, before, after = _split_at_number(tokens)
    direction, name, kind, rest = _street(after)
    if not kind and before:
        direction, name, kind, other = _street(before)
        rest = (*other, *_words(after))
    else:
        rest = (*_words(before), *rest)
    unit, slash, house = number.partition("/")
    if slash:
        number, units = house, [unit, *units]
    return Street(number, direction, name, kind, " ".join(units), rest)


def _cut_unit(match: re.Match[str], units: list[str]) -> str:
    found = match[1] or match[2] or match[3]
    units.append(STREET_ORDINALS.get(found, found))
    return " "


def _spelled(token: str) -> str:
    if (ordinal := _ORDINAL.fullmatch(token)) is not None:
        return "#" + ordinal[1]
    return "#" + STREET_ORDINALS[token] if token in STREET_ORDINALS else token


def _split_at_number(tokens: list[str]) -> tuple[str, list[str], list[str]]:
    """Find the house number: its text, what stands before and behind it; a street may be on either side."""
    for place, token in enumerate(tokens):
        if _NUMBER.fullmatch(token):
            return token, [t for t in tokens[:place] if t not in {"no", "nr"}], tokens[place + 1 :]
    return "", [], tokens


def _words(tokens: list[str]) -> tuple[str, ...]:
    return tuple(token.lstrip("#") for token in tokens if token not in _BOUNDARY)


def _street(tokens: list[str]) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    """Read direction, name and kind of street at the start; without a kind the name ends at the comma."""
    while tokens and tokens[0] in _BOUNDARY:
        tokens = tokens[1:]
    end = next((place for place, token in enumerate(tokens) if token in _BOUNDARY), len(tokens))
    start = 1 if end > 1 and tokens[0] in COMPASS and (end > 2 or tokens[1] not in STREET_KINDS) else 0
    direction = COMPASS[tokens[0]] if start else ""
    place = _kind_at(tokens, start, end)
    kind = STREET_KINDS[tokens[place]] if place >= 0 else ""
    if place > start:
        words, after = tokens[start:place], tokens[place + 1 :]
    else:  # rue de la Paix, or a name without kind
        words, after = tokens[start + (place == start) : end], tokens[end:]
    if kind and not direction and after and after[0] in COMPASS:
        direction, after = COMPASS[after[0]], after[1:]
    return direction, _words(words), kind, _words(after)


def _kind_at(tokens: list[str], start: int, end: int) -> int:
    """Find the word that tells the kind of street, behind the name or in front of it; -1 if there is none."""
    for place in range(start + 1, end):
        if tokens[place] in STREET_KINDS and (place + 1 == end or tokens[place + 1] not in STREET_KINDS):
            return place
    opens = start + 1 < end and tokens[start] in STREET_KINDS and tokens[start] not in _NO_KIND_IN_FRONT
    return start if opens else -1
