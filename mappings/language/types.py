"""The types of the expression language.

A source value is ``raw`` until a function reads it; where text is expected a raw value is read as text. Canonical
elements (``name``, ``phone`` …) are types of their own, so that an address cannot land among the telephone numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from mappings.canonical import (
    Address,
    Attachment,
    CaseState,
    Channel,
    ConsentState,
    Direction,
    Email,
    HoldingKind,
    Identifier,
    Kind,
    Mention,
    MentionRole,
    Name,
    NameType,
    OrderLine,
    Phone,
    Reference,
    Relation,
    Role,
    Step,
)

Shape = Mapping[str, "Shape | None"]
"""Columns of a raw record; ``None`` for a plain value, a shape for a list of records."""


class IdentifierType(StrEnum):
    """Kinds of identifiers a mapping may name; without one the value reader decides."""

    CN_USCC = "cn_uscc"
    CN_TAX15 = "cn_tax15"
    CN_ORG9 = "cn_org9"
    VAT = "vat"
    GLN = "gln"
    LEI = "lei"
    DUNS = "duns"


class DateOrder(StrEnum):
    """What stands first in the dates of a source that do not begin with the year."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


class CompanyPart(StrEnum):
    """Parts of a company name, as :class:`mappings.normalize.company_names.CompanyName` calls them."""

    REGION = "region"
    TRADE_NAME = "trade_name"
    INDUSTRY = "industry"
    LEGAL_FORM = "legal_form"
    UNIT = "unit"
    CORE = "core"


class PersonPart(StrEnum):
    """Parts of a person's name, as :class:`mappings.normalize.person_names.PersonName` calls them."""

    FAMILY = "family"
    GIVEN = "given"
    TITLE = "title"


class AddressPart(StrEnum):
    """Parts of an address, as :class:`mappings.normalize.addresses.AddressParts` calls them."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    ROAD = "road"
    NUMBER = "number"
    BUILDING = "building"
    POSTAL_CODE = "postal_code"


@dataclass(frozen=True, slots=True)
class Type:
    """Type of an expression.

    Args:
        name: name of the type, of the elements if it is a list.
        many: whether it is a list.
        shape: known columns of a raw record or of the records of a raw list.
        path: where in the source such a list or record stands, e.g. ``contacts[].channels``.
    """

    name: str
    many: bool = False
    shape: Shape | None = field(default=None, compare=False)
    path: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"list of {self.name}" if self.many else self.name

    @property
    def element(self) -> Type:
        """Type of one element; those of a raw list with known fields are records."""
        if self.name == "record" or not self.shape:
            return replace(self, many=False)
        return Type("record", shape=self.shape, path=f"{self.path}[].")


RAW = Type("raw")
TEXT = Type("text")
TEXTS = Type("text", many=True)
BOOL = Type("bool")

_NAMES: dict[Any, str] = {
    object: "raw",
    str: "text",
    bool: "bool",
    int: "number",
    date: "date",
    datetime: "instant",
    Decimal: "decimal",
    Kind: "kind",
    NameType: "name_type",
    Role: "role",
    IdentifierType: "identifier_type",
    DateOrder: "date_order",
    CompanyPart: "company_part",
    PersonPart: "person_part",
    AddressPart: "address_part",
    Name: "name",
    Identifier: "identifier",
    Address: "address",
    Phone: "phone",
    Email: "email",
    Reference: "reference",
    Channel: "channel",
    Direction: "direction",
    CaseState: "case_state",
    HoldingKind: "holding_kind",
    ConsentState: "consent_state",
    Relation: "relation",
    MentionRole: "mention_role",
    Mention: "mention",
    Attachment: "attachment",
    Step: "step",
    OrderLine: "order_line",
}


QUOTED: dict[str, type[StrEnum]] = {
    _NAMES[family]: family
    for family in (
        Channel, Direction, CaseState, HoldingKind, MentionRole, ConsentState, Relation,
        DateOrder, CompanyPart, PersonPart, AddressPart,
    )
}  # fmt: skip
"""Types whose words are written in quotes, for they are too common to be reserved; checked before anything runs."""

CONSTANTS: dict[str, tuple[Any, Type]] = {
    "true": (True, BOOL),
    "false": (False, BOOL),
    **{str(member): (member, Type(_NAMES[family])) for family in (Kind, NameType) for member in family},
    **{str(member): (str(member), Type(_NAMES[family])) for family in (Role, IdentifierType) for member in family},
}
"""Words that stand for themselves in an expression, e.g. ``organisation`` or ``distributor``."""


def type_of(annotation: Any) -> Type:
    """Translate a Python annotation of a catalogue function.

    ``X | None`` is an ``X`` that may be missing: the language has no null, what is missing vanishes from its list.

    >>> str(type_of(tuple[Phone, ...])), str(type_of(Name | None)), str(type_of(str))
    ('list of phone', 'name', 'text')
    """
    if get_origin(annotation) is tuple:
        return Type(_NAMES[get_args(annotation)[0]], many=True)
    if isinstance(annotation, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
    return Type(_NAMES[annotation])
