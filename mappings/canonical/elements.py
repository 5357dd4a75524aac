"""When are two elements of a party attribute the same statement?

Names, identifiers, addresses, phones and e-mail addresses are lists of elements. An element's fingerprint is what stays
equal when a system only re-formats it (blanks, width, script), so that an echo of our own writing can be recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings.normalize.text import fold

ELEMENT_ATTRIBUTES = ("names", "identifiers", "addresses", "phones", "emails")


def fingerprint(attribute: str, element: Mapping[str, Any]) -> str:
    """Give the fingerprint of one element in its stored (JSON) form.

    Args:
        attribute: one of :data:`ELEMENT_ATTRIBUTES`.
        element: the element as in a stored payload.

    >>> fingerprint("phones", {"number": "+8675526988888", "extension": "8012", "kind": "landline"})
    '+8675526988888x8012'
    """
    match attribute:
        case "phones":
            return f"{element['number']}x{element['extension']}" if element.get("extension") else str(element["number"])
        case "emails":
            return str(element["address"])
        case "identifiers":
            return str(element["value"])
        case "names" | "addresses":
            return fold(str(element["text"]))
    raise ValueError(f"{attribute!r} has no elements; attributes with elements: {', '.join(ELEMENT_ATTRIBUTES)}")
