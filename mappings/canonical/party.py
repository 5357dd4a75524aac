"""A party as one source record describes it, in the hub's own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mappings.canonical.classes import DataClass, classed


class Kind(StrEnum):
    """What a party is; parties of different kinds never merge."""

    ORGANISATION = "organisation"
    PERSON = "person"
    SITE = "site"


class NameType(StrEnum):
    """What a name is for."""

    REGISTERED = "registered"
    SHORT = "short"
    ENGLISH = "english"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Name:
    """One name as the source writes it (NFC, trimmed). ``language`` is ``zh``, ``en`` or empty."""

    text: str
    type: NameType = NameType.REGISTERED
    language: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its normalised form. ``valid``: every check that exists for the type passed.

    Types used so far: ``cn_uscc`` (18), ``cn_tax15`` (old tax id), ``cn_org9`` (old organisation code), ``vat``,
    ``gln``.
    """

    type: str
    value: str
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. ``region`` is the GB/T 2260 code (6 digits) as far as known, ``country`` ISO 3166 alpha-2."""

    text: str
    country: str = "CN"
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number. ``number`` is E.164 (``+867552698888``); ``kind``: mobile, landline, service, fax, other."""

    number: str
    extension: str = ""
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, lower case."""

    address: str


@dataclass(frozen=True, slots=True)
class Party:
    """Everything one source record says about one party."""

    kind: Kind
    names: tuple[Name, ...] = classed(DataClass.PUBLIC, default=())
    identifiers: tuple[Identifier, ...] = classed(DataClass.PUBLIC, default=())
    addresses: tuple[Address, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    phones: tuple[Phone, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    emails: tuple[Email, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    contacts: tuple[str, ...] = classed(DataClass.PERSONAL, default=())
    roles: tuple[str, ...] = classed(DataClass.PUBLIC, default=())
    active: bool = classed(DataClass.PUBLIC, default=True)
