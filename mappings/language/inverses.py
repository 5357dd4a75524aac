"""Catalogue functions that write what others read, and which of them undoes which."""

from __future__ import annotations

from decimal import Decimal

from mappings.language.catalogue import INVERSES, function


@function
def decimal_text(value: Decimal | None) -> str:
    """Write an exact number in plain digits; a missing one is blank.

    >>> from mappings.language.activity_functions import decimal
    >>> decimal_text(decimal("12,345.60")), decimal_text(decimal(""))
    ('12345.60', '')
    """
    return "" if value is None else f"{value:f}"


@function
def whole_text(value: int) -> str:
    """Write a whole number in plain digits; there is no blank one.

    >>> whole_text(42)
    '42'
    """
    return str(value)


@function
def truth_text(value: bool) -> str:
    """Write yes or no as true or false; there is no blank one.

    >>> truth_text(True)
    'true'
    """
    return "true" if value else "false"


INVERSES |= {
    "date": "date_text",
    "excel_date": "excel_date_text",
    "instant": "instant_text",
    "decimal": "decimal_text",
    "whole": "whole_text",
    "truth": "truth_text",
    "phones": "phone_text",
    "faxes": "phone_text",
    "emails": "text",
    "name": "text",
    "identifier": "text",
    "contact": "text",
    "translate": "translate_back",
}
