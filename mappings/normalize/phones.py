"""Telephone numbers: several in a cell, extensions, labels, local numbers, Chinese and international.

Chinese forms are read by a grammar of our own, all others by ``phonenumbers``, which knows no Chinese extension and
takes ``1-650-253-0000`` for a Chinese mobile.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers

from mappings.normalize.data import AREA_CODE_LINES
from mappings.normalize.divisions import DIVISIONS, MUNICIPALITIES
from mappings.normalize.text import clean, is_filler_number

_AREA_CODES: Final = frozenset(line[0] for line in AREA_CODE_LINES)
_ONE_NUMBER = re.compile(r"[\d+(). -]+", re.ASCII)
_BETWEEN_NUMBERS = re.compile(r"[/、,;|\n]|\band\b|[和或及&]")
_LABEL = re.compile(
    r"(?P<fax>传\s?真|fax|\bf(?=[:.\s]\s?[\d+]))|(?:联系)?(?:电话|手机|座机|总机|固话|直线)|号码|telephone|mobile|phone|cell|office|tel|mob"
    r"|\b[tmp](?=[:.\s]\s?[\d+])",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"^(.*?\d{3}\)?)\s?(?:转接?|分机号?|内线|extension|ext|x|#|\*|,)[\s.:号]*(\d{1,6})\s?号?$", re.IGNORECASE
)
_NOISE = re.compile(r"[^\d+().\-\s*#]+")
_NO_DIGIT = re.compile(r"\D")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_FLOAT = re.compile(r"(\d{7,})\.0+")
_NORTH_AMERICAN = re.compile(r"\+?1[\s.-]?\(?([2-9]\d{2})\)?[\s.-]?([2-9]\d{2})[\s.-](\d{4})")
_NEIGHBOUR = re.compile(r"\(?(852|853|886)\)?[\s-]\(?(?:0?\)?)([\d\s-]{8,12})")
_TAIWAN_LANDLINE = re.compile(r"\(?0[2-8]\)?[\s-]\d{3,4}[\s-]?\d{4}")
"""With an area code of two digits, which no other number here has: (02) 2345-6789."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_PLAIN_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))-?([2-8]\d{6,7})", re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))([2-8]\d{6,7})")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")
_TAIWAN_MOBILE = re.compile(r"09\d{8}")
_SHORT_EXTENSION = re.compile(r"^(.*\d{7,8})-(\d{1,5})$")
_COUNTRY_CODE = re.compile(r"^(?:86|086(?=0|1[3-9]))")
_MAX_NUMBERS: Final = 10
_MIN_DIGITS: Final = 6
_MAX_DIGITS: Final = 15
"""Digits a number has, ITU-T E.164; fewer than six are an extension."""
_MAX_GROUPS: Final = 5
"""Groups of digits a written number has at most: +86 755 2698 8888 12."""
_KINDS: Final = {
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE: "landline",
    phonenumbers.PhoneNumberType.TOLL_FREE: "service",
    phonenumbers.PhoneNumberType.SHARED_COST: "service",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "service",
    phonenumbers.PhoneNumberType.UAN: "service",
}


@dataclass(frozen=True, slots=True)
class PhoneValue:
    """A telephone number.

    Args:
        number: E.164.
        extension: digits, or empty.
        kind: ``mobile``, ``landline``, ``service`` (400, 800), ``fax`` or ``other``.
    """

    number: str
    extension: str = ""
    kind: str = "other"


@lru_cache(maxsize=16384)
def read_phones(text: str, *, area: str = "", country: str = "CN") -> tuple[PhoneValue, ...]:
    """Read the telephone numbers of a cell, each once, in order; what is unreadable or a placeholder is left out.

    Args:
        text: the cell.
        area: area code with its 0 (``0755``) that completes a bare local number, see :func:`area_code_for`.
        country: ISO 3166 alpha-2 of the address, for numbers without a country code.

    >>> for phone in read_phones("电话：0755-26988888转8012 / 13812345679"):
    ...     phone
    PhoneValue(number='+8675526988888', extension='8012', kind='landline')
    PhoneValue(number='+8613812345679', extension='', kind='mobile')
    >>> read_phones("26988888", area="0755")[0].number, read_phones("26988888"), read_phones("1.38123E+10")
    ('+8675526988888', (), ())
    >>> [phone.number for phone in read_phones("010-62345678、62345679")]
    ['+861062345678', '+861062345679']
    """
    found: dict[tuple[str, str], PhoneValue] = {}
    for piece, is_fax in _pieces(unicodedata.normalize("NFKC", clean(text))):
        for value in _read_piece(piece, area, country or "CN"):
            area = area or _area_of(value)
            kept = PhoneValue(value.number, value.extension, "fax") if is_fax else value
            found.setdefault((kept.number, kept.extension), kept)
    return tuple(found.values())[:_MAX_NUMBERS]


def loose_numbers(text: str) -> tuple[str, ...]:
    """Give the digits of each number of a cell, to compare by, with the country code where it is known.

    >>> loose_numbers("0755-26988888转8012"), loose_numbers("386-5286 / +1 (312) 744-5000")
    (('8675526988888',), ('3865286', '13127445000'))
    >>> loose_numbers("0000000"), loose_numbers("12 Main Street"), loose_numbers("138****5679")
    ((), (), ())
    """
    found: dict[str, None] = {}
    area = ""
    for piece, _ in _pieces(unicodedata.normalize("NFKC", clean(text))):
        values = _read_piece(piece, area, "CN")
        area = next(filter(None, map(_area_of, values)), area)
        numbers = [value.number.removeprefix("+") for value in values] or [_bare_number(piece)]
        found.update(dict.fromkeys(filter(None, numbers)))
    return tuple(found)[:_MAX_NUMBERS]


def _bare_number(piece: str) -> str:
    """Give the digits of a number of which neither country nor area are known, nothing for what is none."""
    if _SCIENTIFIC.fullmatch(piece) or "*" in piece:
        return ""
    whole, extension = _FLOAT.fullmatch(piece), _EXTENSION.match(piece)
    plain = whole[1] if whole else extension[1] if extension else piece
    digits = _NO_DIGIT.sub("", plain)
    written = sum(character.isalpha() for character in plain)
    is_number = _MIN_DIGITS <= len(digits) <= _MAX_DIGITS and written < len(digits) // 2
    return digits.lstrip("0") if is_number and not is_filler_number(digits) else ""


def _area_of(value: PhoneValue) -> str:
    """Give the area code of a Chinese number on the land, which those behind it in the cell need not repeat."""
    match = _LANDLINE.fullmatch("0" + value.number.removeprefix("+86")) if value.number.startswith("+86") else None
    return match[1] if match is not None and value.kind in {"landline", "fax"} else ""


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Split a cell at separators and labels; tell of each piece whether a fax label stands before it."""
    if _ONE_NUMBER.fullmatch(text):  # most cells: no separator, no label
        return [(_trim(text), False)] if text.strip() else []
    pieces: list[tuple[str, bool]] = []
    for part in _BETWEEN_NUMBERS.split(text):
        start, is_fax = 0, False
        for label in _LABEL.finditer(part):
            pieces.append((part[start : label.start()], is_fax))
            start, is_fax = label.end(), bool(label["fax"])
        pieces.append((part[start:], is_fax))
    return [(_trim(piece), is_fax) for piece, is_fax in pieces if piece.strip()]


def _trim(piece: str) -> str:
    """Strip punctuation, and brackets that a label or separator has torn apart."""
    piece = piece if piece.count("(") == piece.count(")") else piece.replace("(", " ").replace(")", " ")
    return piece.replace("()", "").strip(" :.-")


def _read_piece(piece: str, area: str, country: str) -> list[PhoneValue]:
    """Read a piece as one number or, where blanks separate several, the longest readable runs of words."""
    whole = _read_one(piece, area, country)
    if whole is not None:
        return [whole]
    words = [word for run in _NOISE.split(piece) for word in run.split()]
    return _read_words(words[:40], area, country) if words != [piece] else []


def _read_words(words: list[str], area: str, country: str) -> list[PhoneValue]:
    values, start = [], 0
    while start < len(words):
        for end in range(min(len(words), start + _MAX_GROUPS), start, -1):
            value = _read_one(" ".join(words[start:end]), area, country)
            if value is not None:
                values.append(value)
                start = end - 1
                break
        start += 1
    return values


def _read_one(text: str, area: str, country: str) -> PhoneValue | None:
    if country == "CN" and (number := _plain(text)) is not None:
        return None if is_filler_number(text.replace("-", "")) or is_filler_number(number.number) else number
    if _SCIENTIFIC.fullmatch(text):
        return None
    whole = _FLOAT.fullmatch(text)
    plain, extension = whole[1] if whole else text, ""
    match = _EXTENSION.match(plain) or _SHORT_EXTENSION.match(plain)
    if match is not None:
        plain, extension = match[1], match[2]
    if _NOISE.search(plain) or "*" in plain or "#" in plain:
        return None
    value = _chinese(plain, area) if country == "CN" else None
    value = value or _international(plain, country)
    if value is None or is_filler_number(value[0]):
        return None
    return PhoneValue(value[0], extension, value[1])


def _plain(text: str) -> PhoneValue | None:
    """Read a number with nothing to take off, as most are: a mobile one, or one with a known area code."""
    if _PLAIN_MOBILE.fullmatch(text):
        return PhoneValue(f"+86{text}", kind="mobile")
    match = _PLAIN_LANDLINE.fullmatch(text)
    if match is None or match[1] not in _AREA_CODES:
        return None
    return PhoneValue(f"+86{match[1][1:]}{match[2]}", kind="landline")


def _chinese(text: str, area: str) -> tuple[str, str] | None:
    """Read a number of mainland China: E.164 and kind."""
    if _NORTH_AMERICAN.fullmatch(text) or _NEIGHBOUR.fullmatch(text) or _TAIWAN_LANDLINE.fullmatch(text):
        return None
    digits = _national_digits(text)
    if digits is None or is_filler_number(digits):
        return None
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        return "+86" + digits.removeprefix("0"), "mobile"
    if _SERVICE.fullmatch(digits):
        return "+86" + digits, "service"
    if _LOCAL.fullmatch(digits):
        digits = area + digits
    for candidate in (digits, "0" + digits):  # a spreadsheet drops the leading 0
        match = _LANDLINE.fullmatch(candidate)
        if match is not None and match[1] in _AREA_CODES:
            return "+86" + candidate[1:], "landline"
    return None


def _national_digits(text: str) -> str | None:
    """Give the digits after the country code 86, ``None`` if another country's code is written."""
    digits = _NO_DIGIT.sub("", text.replace("(0)", ""))
    if text.lstrip("( ").startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith("86"):
            return None
    if len(digits) > 10:
        digits = _COUNTRY_CODE.sub("", digits)
    return digits


def _international(text: str, country: str) -> tuple[str, str] | None:
    """Read any other number with ``phonenumbers``: E.164 and kind."""
    digits = _NO_DIGIT.sub("", text)
    if not 7 <= len(digits) <= 17:
        return None
    if (match := _NEIGHBOUR.fullmatch(text)) is not None:
        text = f"+{match[1]}{match[2]}"
    elif country == "CN" and (_TAIWAN_MOBILE.fullmatch(digits) or _TAIWAN_LANDLINE.fullmatch(text)):
        country = "TW"
    elif country == "CN" and _NORTH_AMERICAN.fullmatch(text):
        country = "US"
    elif digits.startswith("00"):
        text = "+" + digits[2:]
    elif country == "CN" and not text.startswith("+"):
        return None
    return _by_library(text, country)


def _by_library(text: str, country: str) -> tuple[str, str] | None:
    try:
        number = phonenumbers.parse(text.replace("(0)", ""), country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    kind = _KINDS.get(phonenumbers.number_type(number), "other")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), kind


def _area_codes_by_city() -> dict[str, str]:
    """Join the table to the division codes: four digits of a city, two of a municipality → area code."""
    by_name = {name: line[0] for line in AREA_CODE_LINES for name in line[1:]}
    found: dict[str, str] = {}
    for code, known in DIVISIONS.items():
        if known[0].level == ("province" if code[:2] in MUNICIPALITIES else "city"):
            found[code[:2] if code[:2] in MUNICIPALITIES else code[:4]] = by_name.get(known[0].short, "")
    return found


_AREA_CODE_BY_CITY: Final = _area_codes_by_city()


def area_code_for(region_code: str) -> str:
    """Give the area code of a region by its GB/T 2260 code, ``""`` if unknown.

    >>> area_code_for("440305"), area_code_for("110101"), area_code_for("440000")
    ('0755', '010', '')
    """
    return _AREA_CODE_BY_CITY.get(region_code[:4]) or _AREA_CODE_BY_CITY.get(region_code[:2], "")
