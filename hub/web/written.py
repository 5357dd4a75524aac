"""Values as a steward writes them, read like those of any source."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hub.web.errors import InputError
from mappings.canonical import Address, Identifier, Phone
from mappings.language.party_functions import address, emails, identifier, phones
from mappings.language.types import IdentifierType
from mappings.normalize.text import clean


def read_value(attribute: str, text: str) -> Any:
    """Read a value in the form in which the golden record keeps it.

    Args:
        attribute: such as ``phone``.
        text: what was written.

    Raises:
        InputError: it cannot be read as a value of this attribute.

    >>> read_value("phone", "０７５５－２６９８８８８８")
    {'number': '+8675526988888', 'extension': '', 'kind': 'landline'}
    >>> read_value("name", " 深圳市华强电子有限公司 ")
    '深圳市华强电子有限公司'
    """
    cleaned = clean(text)
    match attribute:
        case "phone":
            found: list[Phone | Address | str] = list(phones(cleaned))
        case "email":
            found = [email.address for email in emails(cleaned)]
        case "address":
            found = [read] if (read := address(cleaned)) else []
        case "uscc":
            found = [_code(identifier(cleaned, IdentifierType.CN_USCC))]
        case _:
            found = [cleaned]
    if len(found) != 1 or not found[0]:
        raise InputError("This cannot be read as a value of this field", "Write exactly one, as in a source")
    return found[0] if isinstance(found[0], str) else asdict(found[0])


def _code(read: Identifier | None) -> str:
    return read.value if read is not None and read.valid else ""
