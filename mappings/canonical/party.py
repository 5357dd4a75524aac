"""A party as one source record describes it, in the hub's own words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mappings.canonical.classes import DataClass, classed
from mappings.normalize.text import has_han, simplify


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


class Role(StrEnum):
    """What a party is to the enterprise."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"
    DISTRIBUTOR = "distributor"
    RETAILER = "retailer"
    KEY_ACCOUNT = "key_account"
    SUPPLIER = "supplier"
    PARTNER = "partner"
    END_CONSUMER = "end_consumer"


_SCRIPTS = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "HANGUL": "Kore", "ARABIC": "Arab", "THAI": "Thai"}
"""First word of a letter's name in Unicode -> script, as ISO 15924 has it."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name as the source writes it (NFC, trimmed).

    Args:
        text: the name.
        type: what it is for.
        language: ``zh``, ``en`` or empty.
        valid_from: first day on which it was so called, if the source says.
        valid_to: last day, if the source says; such a name is a former one, whatever it is for.
    """

    text: str = classed(DataClass.PUBLIC)
    type: NameType = classed(DataClass.PUBLIC, default=NameType.REGISTERED)
    language: str = classed(DataClass.PUBLIC, default="")
    valid_from: date | None = classed(DataClass.PUBLIC, default=None, added=True)
    valid_to: date | None = classed(DataClass.PUBLIC, default=None, added=True)

    @property
    def is_former(self) -> bool:
        """Whether it is a name of before: its type says so, or it has a last day, be that past or to come.

        No clock is asked: a name that is known to end must not change what was agreed on the day on which it ends.
        """
        return self.type is NameType.FORMER or self.valid_to is not None

    @property
    def script(self) -> str:
        """The script it is written in, as ISO 15924 has it, or empty; it follows from the text and is not stored.

        >>> [Name(text).script for text in ("华强电子", "華強電子", "ABB中国", "ひかり製作所", "Siemens", "3M", "7-11")]
        ['Hans', 'Hant', 'Hans', 'Jpan', 'Latn', 'Latn', '']
        """
        letters = [unicodedata.name(character, "").partition(" ")[0] for character in self.text if character.isalpha()]
        if not {"HIRAGANA", "KATAKANA"}.isdisjoint(letters):
            return "Jpan"
        if han := "".join(filter(has_han, self.text)):
            return "Hans" if simplify(han) == han else "Hant"
        return _SCRIPTS.get(letters[0], "") if letters else ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its normalised form. ``valid``: every check that exists for the type passed.

    Types used so far: ``cn_uscc`` (18), ``cn_tax15`` (old tax id), ``cn_org9`` (old organisation code), ``vat``,
    ``gln``.
    """

    type: str = classed(DataClass.PUBLIC)
    value: str = classed(DataClass.PUBLIC)
    valid: bool = classed(DataClass.PUBLIC, default=True)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. ``region`` is the GB/T 2260 code (6 digits) as far as known, ``country`` ISO 3166 alpha-2."""

    text: str = classed(DataClass.BUSINESS_CONTACT)
    country: str = classed(DataClass.PUBLIC, default="CN")
    region: str = classed(DataClass.PUBLIC, default="")
    postal_code: str = classed(DataClass.BUSINESS_CONTACT, default="")


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number. ``number`` is E.164 (``+867552698888``); ``kind``: mobile, landline, service, fax, other."""

    number: str = classed(DataClass.BUSINESS_CONTACT)
    extension: str = classed(DataClass.BUSINESS_CONTACT, default="")
    kind: str = classed(DataClass.PUBLIC, default="other")


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, lower case."""

    address: str = classed(DataClass.BUSINESS_CONTACT)


@dataclass(frozen=True, slots=True)
class Party:
    """Everything one source record says about one party."""

    kind: Kind = classed(DataClass.PUBLIC)
    names: tuple[Name, ...] = classed(DataClass.PUBLIC, default=())
    identifiers: tuple[Identifier, ...] = classed(DataClass.PUBLIC, default=())
    addresses: tuple[Address, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    phones: tuple[Phone, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    emails: tuple[Email, ...] = classed(DataClass.BUSINESS_CONTACT, default=())
    contacts: tuple[str, ...] = classed(DataClass.PERSONAL, default=())
    roles: tuple[str, ...] = classed(DataClass.PUBLIC, words=Role, default=())
    active: bool = classed(DataClass.PUBLIC, default=True)
