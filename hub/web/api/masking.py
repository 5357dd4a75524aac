"""Hides personal data until the caller names a purpose; what is personal follows from the canonical data classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import Connection

from customer_master.store.visibility import Viewer
from hub.web.masking import mask_value
from hub.web.purposes import Purpose
from hub.web.queries import note_access
from mappings.canonical import DataClass, Kind, Party, data_classes

_ALWAYS_HIDDEN = (DataClass.PERSONAL, DataClass.SENSITIVE)
_SINGULAR = {"phones": "phone", "emails": "email", "addresses": "address"}
"""Attribute of a record -> the golden attribute that is chosen from it."""


Shown = Annotated[Purpose | None, Query(description="shows personal data, too; who saw whose and what for is noted")]


def hidden(kind: str) -> frozenset[str]:
    """Tell which attributes of a party are hidden: of a person also what is business contact data of a company.

    >>> sorted(hidden("organisation")), "phone" in hidden("person")
    (['contacts'], True)
    """
    classes = {*_ALWAYS_HIDDEN, DataClass.BUSINESS_CONTACT} if kind == Kind.PERSON else set(_ALWAYS_HIDDEN)
    plural = {name for name, data_class in data_classes(Party).items() if data_class in classes}
    return frozenset(plural | {_SINGULAR[name] for name in plural if name in _SINGULAR})


def masked(values: Mapping[str, Any], kind: str, purpose: Purpose | None) -> dict[str, Any]:
    """Hide the personal attributes among some of a party, unless a purpose was named."""
    if purpose:
        return dict(values)
    names = hidden(kind)
    return {name: mask_value(value) if name in names else value for name, value in values.items()}


def note(db: Connection, viewer: Viewer, party_id: int, kind: str, purpose: Purpose | None) -> None:
    """Note that personal data of a customer is shown, if it is."""
    if purpose:
        note_access(db, user=viewer.user, party_id=party_id, fields=sorted(hidden(kind)), purpose=purpose)
