"""What a mapping may say of each canonical entity: the attributes of an emitted record, with their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.canonical import ENTITIES
from mappings.language.types import BOOL, TEXT, Type

IDENTITY: dict[str, Type] = {"key": TEXT, "correlation": TEXT, "token": TEXT}
"""Attributes of the record itself, whatever its entity."""

REFERENCES = Type("reference", many=True)


@dataclass(frozen=True, slots=True)
class Form:
    """How the content of an entity is written in a mapping.

    Args:
        single: attributes with one expression each.
        elements: attributes with a list of expressions, whose results are joined.
    """

    single: Mapping[str, Type]
    elements: Mapping[str, Type]


def _many(**elements: str) -> dict[str, Type]:
    return {attribute: Type(name, many=True) for attribute, name in elements.items()}


FORMS: dict[str, Form] = {
    "party": Form(
        {"kind": Type("kind"), "active": BOOL},
        _many(
            names="name", identifiers="identifier", addresses="address", phones="phone", emails="email",
            contacts="text", roles="role",
        ),
    ),
    "interaction": Form(
        {
            "channel": Type("channel"),
            "direction": Type("direction"),
            "at": Type("instant"),
            "duration": Type("number"),
            "subject": TEXT,
            "text": TEXT,
            "outcome": TEXT,
            "agent": TEXT,
        },
        _many(mentions="mention", attachments="attachment"),
    ),
    "case": Form(
        {"state": Type("case_state"), "at": Type("instant"), "subject": TEXT, "owner": TEXT},
        _many(steps="step", mentions="mention"),
    ),
    "order": Form(
        {"number": TEXT, "state": TEXT, "on": Type("date"), "currency": TEXT, "total": Type("decimal")},
        _many(lines="order_line"),
    ),
    "holding": Form(
        {
            "kind": Type("holding_kind"),
            "item": TEXT,
            "serial": TEXT,
            "customer_part": TEXT,
            "description": TEXT,
            "on": Type("date"),
        },
        _many(configuration="text"),
    ),
    "item": Form({"code": TEXT, "name": TEXT, "revision": TEXT, "unit": TEXT}, {}),
    "consent": Form(
        {
            "state": Type("consent_state"),
            "at": Type("instant"),
            "purpose": TEXT,
            "until": Type("date"),
            "evidence": TEXT,
            "text_version": TEXT,
        },
        _many(channels="channel", mentions="mention"),
    ),
    "channel_stock": Form(
        {"item": TEXT, "quantity": Type("decimal"), "unit": TEXT, "on": Type("date"), "location": TEXT}, {}
    ),
    "sell_through": Form(
        {
            "item": TEXT,
            "quantity": Type("decimal"),
            "unit": TEXT,
            "since": Type("date"),
            "until": Type("date"),
            "amount": Type("decimal"),
            "currency": TEXT,
        },
        {},
    ),
}  # fmt: skip
"""Every canonical entity's form."""

DEFAULTS: dict[str, str] = {"text": '""', "number": "0", "bool": "true"}
"""What stands for an attribute of this type that a mapping does not name; others must be named or are missing."""

OPTIONAL = frozenset({"date", "decimal"})
"""Types of attributes that are missing when a mapping does not name them."""

assert FORMS.keys() == ENTITIES.keys()  # noqa: S101 - a form for every entity
