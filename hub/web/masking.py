"""Hides the contact data of persons until somebody has a purpose to see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PERSONAL = ("phones", "emails", "addresses", "contacts", "phone", "email", "address")
"""Attributes of a person that are masked; of an organisation they are its business contact data."""

_KEPT_AROUND_AT = 1
_DOTS = "•••"


def mask_text(text: str) -> str:
    """Hide all of a text but its ends.

    >>> mask_text("+8613912345678"), mask_text("li.hua@example.com"), mask_text("王小明"), mask_text("上海市世纪大道")
    ('+86•••78', 'l•••@example.com', '王•••', '上海市•••')
    """
    if "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:_KEPT_AROUND_AT]}{_DOTS}@{domain}"
    if text.lstrip("+").isdigit():
        return f"{text[:3]}{_DOTS}{text[-2:]}" if len(text) > 7 else _DOTS
    return f"{text[:3]}{_DOTS}" if len(text) > 4 else f"{text[:1]}{_DOTS}"


def mask_value(value: Any) -> Any:
    """Hide every text in a stored value.

    >>> mask_value([{"number": "+8613912345678", "extension": "", "kind": "mobile"}])
    [{'number': '+86•••78', 'extension': '', 'kind': 'mobile'}]
    """
    match value:
        case str():
            return mask_text(value) if value else value
        case Mapping():
            kept = ("kind", "type", "role", "country", "region", "language")
            return {k: v if k in kept else mask_value(v) for k, v in value.items()}
        case list() | tuple():
            return [mask_value(v) for v in value]
    return value


def mask_party(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Hide the contact data in what a source record says about a person."""
    return {k: mask_value(v) if k in PERSONAL else v for k, v in payload.items()}


def mask_activity(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Hide the contact points that an interaction, a case or a consent mentions, what was written in it, and proofs."""
    hidden = ("mentions", "text", "subject", "evidence")
    return {k: mask_value(v) if k in hidden else v for k, v in payload.items()}
