"""Identifiers of companies: which kind it is, whether it can be right, what is wrong with it.

USCC: GB 32100-2015. Organisation code: GB 11714-1997. LEI: ISO 17442. GLN: GS1 General Specifications.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Final

import stdnum.ch.vat
import stdnum.cn.ric
import stdnum.ean
import stdnum.eu.vat
import stdnum.gb.vat
import stdnum.lei

from mappings.normalize.divisions import is_registering_region
from mappings.normalize.text import clean, is_placeholder

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES: Final = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_ORG_VALUES: Final = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_AUTHORITIES: Final = {  # registering authority → kinds of bodies it registers
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129", "7": "129", "8": "19", "9": "123",
    "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}")
_FLOAT = re.compile(r"(\d{5,})\.0+")
_LABEL = re.compile(
    r"^[\u4e00-\u9fff]{2,12}[:\s]*(?=[0-9A-Z])"
    r"|^(?P<kind>USCC|LEI|GLN|VAT|DUNS|D-U-N-S|TAX ?ID)(?: ?(?:NO|NUMBER|ID)\.?)?[:\s]+"
)
_LABELLED_KINDS: Final = {"LEI": "lei", "GLN": "gln", "DUNS": "duns", "D-U-N-S": "duns"}
_SEPARATORS = re.compile(r"[\s\-_.·/'`‘’]+")
_CHINESE: Final = frozenset({"cn_uscc", "cn_tax15", "cn_org9"})
_NEARLY_USCC = re.compile(r"9[123]\d{6}[0-9A-Z]{8,11}")
_WRITTEN_ORG9 = re.compile(r"[0-9A-Z]{8}-[0-9X]")
_ORG9 = re.compile(r"[0-9A-Z]{8}[0-9X]")
_RESIDENT18 = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_RESIDENT15 = re.compile(r"[1-6]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_VAT = re.compile(
    r"(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|EU|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{6,14}"
)
_LEI = re.compile(r"[0-9A-Z]{18}\d{2}")


@dataclass(frozen=True, slots=True)
class IdentifierValue:
    """An identifier as read.

    Args:
        type: ``cn_uscc``, ``cn_tax15``, ``cn_org9``, ``vat``, ``lei``, ``gln``, ``duns``, ``ric`` or ``other``.
        value: without separators, upper case; of a resident id only a hashed marker.
        valid: every check that exists for the type passed.
        problem: ``""``, ``check_digit``, ``region``, ``org_code``, ``excel_damage``, ``placeholder`` or ``length``.
    """

    type: str
    value: str
    valid: bool
    problem: str = ""


@lru_cache(maxsize=16384)
def read_identifier(text: str, *, kind: str = "") -> IdentifierValue | None:
    """Read an identifier; ``None`` if there is nothing.

    Args:
        text: the cell, with label, separators, full-width letters or a spreadsheet's damage.
        kind: type the source declares; without one the value decides. A resident id is recognised in any case.

    >>> read_identifier("统一社会信用代码：91440300 192203821-6")
    IdentifierValue(type='cn_uscc', value='914403001922038216', valid=True, problem='')
    >>> read_identifier("9.14403E+17"), read_identifier("000000000000000000").problem, read_identifier(" ")
    (IdentifierValue(type='cn_uscc', value='9.14403E+17', valid=False, problem='excel_damage'), 'placeholder', None)
    """
    plain = unicodedata.normalize("NFKC", clean(text)).upper()
    if not plain:
        return None
    label = _LABEL.match(plain)
    kind = kind or _LABELLED_KINDS.get((label and label["kind"]) or "", "")
    bare = _LABEL.sub("", plain).lstrip("'`‘’ ")
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    if _SCIENTIFIC.fullmatch(bare):
        return IdentifierValue(kind or "cn_uscc", bare, valid=False, problem="excel_damage")
    whole = _FLOAT.fullmatch(bare)
    value = whole[1] if whole else unicodedata.normalize("NFKC", _SEPARATORS.sub("", bare))
    if is_placeholder(bare):
        return _placeholder(value, kind)
    if not kind and _WRITTEN_ORG9.fullmatch(bare):
        kind = "cn_org9"
    return _judge(value, _kind_of(value, kind), spreadsheet=whole is not None)


def _placeholder(value: str, kind: str) -> IdentifierValue | None:
    """Nothing for words (暂无, N/A), an invalid value for a long filler (000000000000000000)."""
    if len(value) < 6 or not value.isascii():
        return None
    return IdentifierValue(
        kind or ("cn_uscc" if len(value) == 18 else "other"), value, valid=False, problem="placeholder"
    )


def _kind_of(value: str, declared: str) -> str:
    """Decide the type: a resident id wins over any declaration, since it must not be kept.

    Among the Chinese company numbers the value wins if it passes its checks: columns of old systems hold all three.
    """
    if _is_resident(value) and _uscc_problem(value):
        return "ric"
    chinese = {18: "cn_uscc", 15: "cn_tax15", 9: "cn_org9"}.get(len(value), "")
    if declared in _CHINESE and chinese and not _CHECKS[chinese](value):
        return chinese
    return declared or next((kind for kind, looks_like in _SHAPES if looks_like(value)), "other")


def _is_resident(value: str) -> bool:
    if _RESIDENT18.fullmatch(value):
        return is_registering_region(value[:6]) or stdnum.cn.ric.is_valid(value)
    return bool(_RESIDENT15.fullmatch(value)) and is_registering_region(value[:6]) and not _is_org_code(value[6:])


def _judge(value: str, kind: str, *, spreadsheet: bool) -> IdentifierValue:
    if kind == "ric":
        problem = "" if stdnum.cn.ric.is_valid(value) else "check_digit"
        return IdentifierValue(kind, _marker(value), not problem, problem)
    check = _CHECKS.get(kind)
    problem = check(value) if check else ""
    if (problem or not check) and is_placeholder(value, "identifier"):
        problem = "placeholder"
    elif problem and (spreadsheet or (len(value) > 15 and value.isdecimal() and value.endswith("000"))):
        problem = "excel_damage"
    return IdentifierValue(kind, value, not problem, problem)


def _marker(resident_id: str) -> str:
    """Replace a resident id by a marker that is equal for equal ids and does not contain it."""
    return "ric:" + hashlib.blake2b(resident_id.encode(), digest_size=8, person=b"resident-id").hexdigest()


def organisation_code(value: str) -> str:
    """Give the 9-character organisation code inside a USCC, an old tax number or an organisation code, else ``""``.

    Rows of before and after 2015 meet on this key.

    >>> organisation_code("914403001922038216"), organisation_code("440300192203821"), organisation_code("19220382-1")
    ('192203821', '192203821', '192203821')
    >>> organisation_code("DE136695976")
    ''
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value)).upper()
    inner = {18: plain[8:17], 15: plain[6:15], 9: plain}.get(len(plain), "")
    return inner if _is_org_code(inner) else ""


def registering_region(value: str) -> str:
    """Give the GB/T 2260 code of where a company was registered, by its USCC or old tax number; ``""`` if it has none.

    >>> registering_region("914403001922038216"), registering_region("440300192203821"), registering_region("192203821")
    ('440300', '440300', '')
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value)).upper()
    region = {18: plain[2:8], 15: plain[:6]}.get(len(plain), "")
    return region if region.isdecimal() and is_registering_region(region) else ""


def _is_org_code(value: str) -> bool:
    """Check the organisation code's last character: 11 − Σ value × weight mod 11, 10 is written X (GB 11714)."""
    if not _ORG9.fullmatch(value) or value == "000000000":
        return False
    total = sum(map(mul, map(_ORG_VALUES.__getitem__, value), _ORG_WEIGHTS))
    return value[8] == "0123456789X"[-total % 11]


def uscc_check_character(body: str) -> str:
    """Give the 18th character of a USCC from the first 17 (GB 32100, modulo 31).

    >>> uscc_check_character("91440300192203821")
    '6'
    """
    total = sum(map(mul, map(_USCC_VALUES.__getitem__, body), _USCC_WEIGHTS))
    return _USCC_ALPHABET[-total % 31]


def _uscc_problem(value: str) -> str:
    if len(value) != 18:
        return "length"
    if not _USCC_VALUES.keys() >= set(value) or value[17] != uscc_check_character(value[:17]):
        return "check_digit"
    if value[1] not in _AUTHORITIES.get(value[0], "") or not is_registering_region(value[2:8]):
        return "region"
    return "" if _is_org_code(value[8:17]) else "org_code"


def _tax15_problem(value: str) -> str:
    if len(value) != 15:
        return "length"
    if not value[:6].isdecimal() or not is_registering_region(value[:6]):
        return "region"
    return "" if _is_org_code(value[6:]) else "org_code"


def _org9_problem(value: str) -> str:
    if len(value) != 9:
        return "length"
    return "" if _is_org_code(value) else "check_digit"


def _vat_problem(value: str) -> str:
    validator = {"GB": stdnum.gb.vat, "CH": stdnum.ch.vat}.get(value[:2], stdnum.eu.vat)
    return "" if validator.is_valid(value) else "check_digit"


def _lei_problem(value: str) -> str:
    if len(value) != 20:
        return "length"
    return "" if stdnum.lei.is_valid(value) else "check_digit"


def _gln_problem(value: str) -> str:
    if len(value) != 13:
        return "length"
    return "" if stdnum.ean.is_valid(value) else "check_digit"


def _duns_problem(value: str) -> str:
    return "" if len(value) == 9 and value.isdecimal() else "length"


_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "cn_uscc": _uscc_problem,
    "cn_tax15": _tax15_problem,
    "cn_org9": _org9_problem,
    "vat": _vat_problem,
    "lei": _lei_problem,
    "gln": _gln_problem,
    "duns": _duns_problem,
}
_SHAPES: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("cn_uscc", lambda value: len(value) == 18 and (value[:8].isdecimal() or not _uscc_problem(value))),
    ("cn_uscc", lambda value: _NEARLY_USCC.fullmatch(value) is not None and is_registering_region(value[2:8])),
    ("lei", lambda value: _LEI.fullmatch(value) is not None),
    ("vat", lambda value: _VAT.fullmatch(value) is not None and not _vat_problem(value)),
    ("cn_tax15", lambda value: len(value) == 15 and value[:6].isdecimal() and is_registering_region(value[:6])),
    ("gln", lambda value: value.isdecimal() and not _gln_problem(value)),
    ("cn_org9", _is_org_code),
)
"""Shapes in the order in which they are tried on a value without a declared kind."""
