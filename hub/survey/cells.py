"""What a single cell looks like, by the value readers alone: the votes by which a column is recognised."""

from __future__ import annotations

import re
import unicodedata

from hub.survey.header_words import Holds
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import parse_company
from mappings.normalize.damage import Damage
from mappings.normalize.damage import damage as damage_of
from mappings.normalize.data import ENTERPRISE_WORDS
from mappings.normalize.dates import read_date
from mappings.normalize.divisions import BY_NAME, BY_SHORT_NAME
from mappings.normalize.emails import read_emails
from mappings.normalize.errors import ValueReadError
from mappings.normalize.identifiers import read_identifier
from mappings.normalize.person_names import looks_like_person, parse_person
from mappings.normalize.phones import read_phones
from mappings.normalize.text import fold, has_han

_SOME_AREA = "010"  # completes a bare local number, so that it can be told from other digits
_EXCEL_DAMAGE = frozenset({Damage.SPREADSHEET_ERROR, Damage.EXPONENT, Damage.ROUNDED, Damage.FLOAT})
_DATE_LIKE = re.compile(r"\d{4}[-/.年]|\d{8}(?:\d{6})?$|民国|民國|[〇零一二三四五六七八九]{4}年")
_DAY_FIRST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_POSTAL = re.compile(r"\d{6}|\d{3}-\d{4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{5}(?:-\d{4})?")
_AMOUNT = re.compile(
    r"[-+(]?(?:[¥￥$€£]|CNY|RMB|USD|EUR)? ?\d{1,3}(?:(?:,\d{3})+|\d*)(?:\.\d{1,4})?\)? ?(?:元|CNY|RMB|USD|EUR)?"
)
_LETTERS_FIRST = re.compile(r"(?!(?:tel|fax|mob|ph|cell|\+))[a-z]{1,6}[-_./ ]?[a-z]{0,4}\d", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z]{0,6}[-_./]?[A-Za-z]{0,4}\d{2,14}[A-Za-z]?")
_FOREIGN_STREET = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|drive|blvd|boulevard|plaza|building|floor)\b|stra(?:ß|ss)e|str\.|\d+.*,.*,",
    re.IGNORECASE,
)
_COMPANY_IDENTIFIERS = frozenset({"cn_uscc", "cn_tax15", "cn_org9", "vat", "lei", "gln", "ric"})


def damage(cell: str) -> str:
    """Tell how a cell was damaged on its way: ``excel``, ``mojibake`` or nothing.

    >>> [damage(c) for c in ("9.14403E+17", "13812345678.0", "锟斤拷", "#REF!", "深圳")]
    ['excel', 'excel', 'mojibake', 'excel', '']
    """
    found = damage_of(cell)
    if found in _EXCEL_DAMAGE:
        return "excel"
    return "mojibake" if found is Damage.ENCODING else ""


def looks_like(cell: str) -> frozenset[Holds]:
    """List all that a cell may be; nothing for a cell that could be anything.

    >>> sorted(looks_like("13912345678")), sorted(looks_like("深圳市华强电子有限公司"))
    ([<Holds.MOBILE: 'mobile'>, <Holds.PHONE: 'phone'>], [<Holds.ORGANISATION: 'organisation'>])
    >>> sorted(looks_like("广东省")), sorted(looks_like("2024-01-05")), sorted(looks_like("王总"))
    ([<Holds.PROVINCE: 'province'>], [<Holds.DATE: 'date'>], [<Holds.PERSON: 'person'>])
    """
    plain = unicodedata.normalize("NFKC", cell).strip()
    if "@" in plain:
        return frozenset({Holds.EMAIL}) if read_emails(plain) else frozenset()
    if any(character.isdigit() for character in plain):
        found = _numeric(plain)
        if found:
            return frozenset(found)
    return frozenset(_words(plain))


def _numeric(cell: str) -> set[Holds]:
    if _is_date(cell):
        return {Holds.DATE}
    if len(cell) <= 12 and _POSTAL.fullmatch(cell):
        return {Holds.POSTAL_CODE, *({Holds.AMOUNT} if _AMOUNT.fullmatch(cell) else ())}
    found: set[Holds] = set()
    if not _LETTERS_FIRST.match(cell):
        phones = read_phones(cell, area=_SOME_AREA)
        if phones:
            found.add(Holds.PHONE)
            found |= {Holds.MOBILE} if phones[0].kind == "mobile" else set()
            found |= {Holds.FAX} if phones[0].kind == "fax" else set()
    if not found and len(cell) >= 8:
        identifier = read_identifier(cell)
        if identifier is not None and identifier.type in _COMPANY_IDENTIFIERS and identifier.problem != "placeholder":
            found.add(Holds.IDENTIFIER)
    if not found and _AMOUNT.fullmatch(cell):
        found.add(Holds.AMOUNT)
    if _KEY.fullmatch(cell) and not found - {Holds.AMOUNT}:
        found.add(Holds.KEY)
    return found


def _is_date(cell: str) -> bool:
    if _DAY_FIRST.fullmatch(cell):
        return True
    if not _DATE_LIKE.match(cell):
        return False
    try:
        day = read_date(cell)
    except ValueReadError:
        return False
    return day is None or 1900 < day.year < 2100


def _words(cell: str) -> set[Holds]:
    folded = fold(cell)
    if len(folded) < 2:
        return set()
    division = BY_NAME.get(cell) or BY_SHORT_NAME.get(cell)
    if division:
        return {Holds.PROVINCE if division[0].level == "province" else Holds.CITY}
    if has_han(cell):
        return _han(cell, folded)
    found = {Holds.ORGANISATION} if parse_company(cell).legal_form else set()
    return found or ({Holds.ADDRESS} if _FOREIGN_STREET.search(cell) else set())


def _han(cell: str, folded: str) -> set[Holds]:
    if looks_like_person(cell):
        return {Holds.PERSON}
    if len(folded) <= 6 and (person := parse_person(cell)).family and (person.title or person.complete):
        return {Holds.PERSON}
    company = parse_company(cell)
    if company.legal_form or company.unit or any(word in folded for word in ENTERPRISE_WORDS):
        return {Holds.ORGANISATION}
    if len(folded) >= 5:
        address = parse_address(cell)
        if address.road or address.number or (address.region_code and address.rest):
            return {Holds.ADDRESS}
    return set()
