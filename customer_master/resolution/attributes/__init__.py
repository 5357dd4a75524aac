"""Kinds of attribute, a module for each family: what is read from a value, its blocking keys, its levels of agreement.

May import: ``mappings.canonical``, ``mappings.normalize``.
"""

from __future__ import annotations

from typing import Any, Final

from customer_master.resolution.attributes.address import ADDRESS
from customer_master.resolution.attributes.base import AttributeKind
from customer_master.resolution.attributes.codes import CATEGORY, DATE, IDENTIFIER, TEXT
from customer_master.resolution.attributes.company import COMPANY
from customer_master.resolution.attributes.contacts import EMAIL, PHONE
from customer_master.resolution.attributes.persons import FAMILY_NAME, GIVEN_NAME, PERSON
from customer_master.resolution.attributes.places import PLACE, POSTCODE

_ALL: Final[tuple[AttributeKind[Any], ...]] = (
    COMPANY, PERSON, GIVEN_NAME, FAMILY_NAME, PHONE, EMAIL, ADDRESS, PLACE, POSTCODE, DATE, IDENTIFIER, CATEGORY, TEXT,
)  # fmt: skip

KINDS: Final[dict[str, AttributeKind[Any]]] = {kind.name: kind for kind in _ALL}
"""All kinds by name."""
