"""Catalogue functions that fold width and script, and take names of companies and persons and addresses apart."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

from mappings.language.catalogue import function
from mappings.language.types import AddressPart, CompanyPart, PersonPart
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import parse_company
from mappings.normalize.person_names import parse_person

_WIDE_OR_HALF = re.compile("[\u3000\uff01-\uffee]+")
"""The ideographic blank and the block of half-width and full-width forms."""


@function
def narrow(value: str) -> str:
    """Fold width only: full-width letters, digits and signs to the usual ones; blank stays blank.

    >>> narrow("（１２３）％"), narrow("華強，電子")
    ('(123)%', '華強,電子')
    """
    return unicodedata.normalize("NFC", _WIDE_OR_HALF.sub(lambda wide: unicodedata.normalize("NFKC", wide[0]), value))


@function
def simplified(value: str) -> str:
    """Write traditional Chinese in simplified characters, by phrases; blank stays blank.

    >>> simplified("華強電子（香港）有限公司"), simplified("乾隆")
    ('华强电子（香港）有限公司', '乾隆')
    """
    return str(_converter("t2s").convert(value))


@function
def traditional(value: str) -> str:
    """Write simplified Chinese in traditional characters, by phrases; blank stays blank.

    One simplified character stands for several traditional ones, so it is the likely writing, not always the original.

    >>> traditional("华强电子有限公司"), traditional("头发"), traditional("发展")
    ('華強電子有限公司', '頭髮', '發展')
    """
    return str(_converter("s2t").convert(value))


@cache
def _converter(direction: str) -> opencc.OpenCC:
    return opencc.OpenCC(direction)


@function
def company_part(value: str, part: CompanyPart) -> str:
    """Take a part out of a company name, folded; blank if the name does not have it or is blank.

    >>> [company_part("深圳市华强电子有限公司宝安分公司", part) for part in CompanyPart]
    ['深圳市', '华强', '电子', 'limited', '宝安分公司', '华强电子']
    >>> company_part("华强电子有限公司", CompanyPart.TRADE_NAME), company_part("Siemens AG", CompanyPart.LEGAL_FORM)
    ('华强', 'ag')
    """
    return str(getattr(parse_company(value), part)) if value else ""


@function
def person_part(value: str, part: PersonPart) -> str:
    """Take a part out of a person's name as written beside its title; blank if it cannot be told or is blank.

    >>> [person_part("欧阳娜娜经理", part) for part in PersonPart]
    ['欧阳', '娜娜', '经理']
    >>> person_part("王总", PersonPart.FAMILY), person_part("王总", PersonPart.GIVEN)
    ('王', '')
    """
    return str(getattr(parse_person(value), part)) if value else ""


@function
def address_part(value: str, part: AddressPart) -> str:
    """Take a part out of an address; divisions have their full names, the country its ISO 3166 alpha-2 code.

    Blank if the address does not tell, or is blank.

    >>> [address_part("深圳南山区科技路1号 邮编518057", part) for part in AddressPart]
    ['CN', '广东省', '深圳市', '南山区', '', '科技路', '1', '', '518057']
    >>> address_part("深圳南山区科技路1号", AddressPart.CITY), address_part("科技路1号", AddressPart.CITY)
    ('深圳市', '')
    """
    return str(getattr(parse_address(value), part)) if value else ""
