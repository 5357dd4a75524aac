"""What a single value may be, and what it cannot be: the votes by which the kind of a column is guessed."""

from __future__ import annotations

import re
import unicodedata

from hub.matching.names import looks_company, looks_family_name, looks_given_name, looks_person
from hub.survey.cells import looks_like
from hub.survey.header_words import Holds

_OF_EXTRACTS = {
    Holds.EMAIL: "email", Holds.PHONE: "phone", Holds.DATE: "date", Holds.POSTAL_CODE: "postcode",
    Holds.PROVINCE: "place", Holds.CITY: "place", Holds.IDENTIFIER: "identifier", Holds.ADDRESS: "address",
}  # fmt: skip
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WRITTEN_DATE = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -](?:{_MONTHS})[a-z]*\.?,?[ -]\d{{2,4}}|(?:{_MONTHS})[a-z]*\.? \d{{1,2}},? \d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|[12]\d{3}[/.-]\d{1,2}[/.-]\d{1,2}(?:[T ][\d:.]+Z?)?",  # of any century
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\d+[a-z]? .*[a-z]|.*\b(?:street|st|road|rd|avenue|ave|av|blvd|boulevard|lane|ln|drive|dr|court|ct|place|pl|way"
    r"|circuit|crescent|cres|close|terrace|parade|highway|hwy|square|suite|apt|floor)\b\.?.*",
    re.IGNORECASE,
)
_CHINESE_STREET = re.compile(r"(?:路|街|道|巷|弄|村|大厦|园|广场|社区|小区).*\d|\d+(?:号|室|栋|楼|层|弄|幢)")
_TELEPHONE = re.compile(  # unmistakable ones; other digits may be any number
    r"(?:(?:tel|ph)\.?|电话)?:? ?"
    r"(?:(?:\+|\(|0[1-9])[\d\s()./-]{6,}\d|[48]00[ -]?\d{3}[ -]?\d{4}|1?[-. ]?\d{3}[-./ ]\d{3}[-. ]\d{4}|\d{3}-\d{4})"
    r"(?: ?(?:x|ext\.?|转|-) ?\d{1,6})?(?: ?[,;/、] ?[\d\s()+./-]+)?",
    re.IGNORECASE,
)

# What a value must have to be of a kind that its column's name promises; a mistyped one has it still.
_POSSIBLE = {
    "company": re.compile(r"(?=.*[^\W\d_])[^@]{1,200}"),
    "person": re.compile(r"(?=.*[^\W\d_])[^@\d]{1,100}\d?"),
    "given_name": re.compile(r"(?=.*[^\W\d_])[^@\d]{1,60}\d?"),
    "family_name": re.compile(r"(?=.*[^\W\d_])[^@\d]{1,60}\d?"),
    "phone": re.compile(r"(?:\D*\d){5}[^@]*"),
    "email": re.compile(r".*@.*"),
    "address": re.compile(r"[^@]*"),
    "place": re.compile(r"(?=.*[^\W\d_])[^@]{1,60}"),
    "postcode": re.compile(r"(?=.*\d)[\w\s-]{3,10}"),
    "date": re.compile(r"(?=.*(?:\d.*\d|[〇一二三四五六七八九十]年)).{6,30}"),
    "identifier": re.compile(r"(?=.*\d)[^@]{1,40}"),
    "category": re.compile(r".{1,40}"),
}


def may_be(kind: str, cell: str) -> bool:
    """Tell whether a value can be of a kind at all, mistyped even.

    >>> may_be("date", "1994o503"), may_be("phone", "n/a"), may_be("email", "13912345678"), may_be("person", "O'Neil 2")
    (True, False, False, True)
    """
    return _POSSIBLE[kind].fullmatch(cell) is not None


def looks(cell: str) -> frozenset[str]:
    """List the kinds that a value is by its own looks, without any header; nothing for one that could be anything.

    >>> sorted(looks("tq13 8df")), sorted(looks("412 s. keeler")), sorted(looks("12 May 1990")), sorted(looks("M"))
    (['postcode'], ['address'], ['date'], [])
    >>> sorted(looks("深圳市华强电子有限公司")), sorted(looks("13912345678")), sorted(looks("王小明"))
    (['company'], ['phone'], ['person'])
    """
    plain = unicodedata.normalize("NFKC", cell).strip()
    if _POSTCODE.fullmatch(plain):
        return frozenset({"postcode"})
    if _WRITTEN_DATE.fullmatch(plain):
        return frozenset({"date"})
    as_cell = looks_like(plain)
    found = {_OF_EXTRACTS[holds] for holds in as_cell if holds in _OF_EXTRACTS}
    found.discard("phone")
    if Holds.MOBILE in as_cell or _TELEPHONE.fullmatch(plain):
        found.add("phone")
    if found - {"address"}:
        return frozenset(found)
    if _STREET.fullmatch(plain) or _CHINESE_STREET.search(plain):
        found.add("address")
    return frozenset(found | _names(plain))


def _names(cell: str) -> set[str]:
    tests = {"company": looks_company, "person": looks_person, "given_name": looks_given_name,
             "family_name": looks_family_name}  # fmt: skip
    return {kind for kind, test in tests.items() if test(cell)}
