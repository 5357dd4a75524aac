"""Read the rows of an extract as parties, by what its columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.survey.columns import Column
from hub.survey.header_words import Holds
from mappings.canonical import Address, Identifier, Kind, Name, NameType, Party, Phone
from mappings.language.party_functions import contact, emails, identifier, name, phones, place
from mappings.normalize.addresses import parse_address
from mappings.normalize.data import ENTERPRISE_WORDS
from mappings.normalize.person_names import looks_like_person
from mappings.normalize.phones import area_code_for
from mappings.normalize.text import clean, has_han, is_placeholder, looks_mojibake

_LEAST_CONFIDENCE = 0.4


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of an extract say what, as places in its rows.

    Args:
        names: organisation names; the first is the registered one.
        short_names: short names.
        people: persons: contacts of an organisation, or whom the row is about if it names none.
        identifiers: registration and tax numbers.
        phones: telephone and mobile numbers; a fax is shared too often to tell who somebody is.
        emails: mailboxes.
        addresses, cities, provinces, postal_codes: where it is.
        keys: the row's number in its system.
    """

    names: tuple[int, ...] = ()
    short_names: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    identifiers: tuple[int, ...] = ()
    phones: tuple[int, ...] = ()
    emails: tuple[int, ...] = ()
    addresses: tuple[int, ...] = ()
    cities: tuple[int, ...] = ()
    provinces: tuple[int, ...] = ()
    postal_codes: tuple[int, ...] = ()
    keys: tuple[int, ...] = ()

    @property
    def has_parties(self) -> bool:
        """Whether the rows can be about customers: there is a name, and something that can prove it."""
        return bool(self.names or self.people) and bool(
            self.identifiers or self.phones or self.emails or self.addresses
        )


def layout_of(columns: Sequence[Column]) -> Layout:
    """Tell which columns say what."""

    def places(*kinds: Holds) -> tuple[int, ...]:
        return tuple(n for n, c in enumerate(columns) if c.holds in kinds and c.confidence >= _LEAST_CONFIDENCE)

    return Layout(
        names=places(Holds.ORGANISATION),
        short_names=places(Holds.SHORT_NAME),
        people=places(Holds.PERSON),
        identifiers=places(Holds.IDENTIFIER),
        phones=places(Holds.PHONE, Holds.MOBILE),
        emails=places(Holds.EMAIL),
        addresses=places(Holds.ADDRESS),
        cities=places(Holds.CITY),
        provinces=places(Holds.PROVINCE),
        postal_codes=places(Holds.POSTAL_CODE),
        keys=places(Holds.KEY),
    )


def party_of(row: Sequence[str], layout: Layout) -> Party:
    """Read a row as a party.

    Damaged text is left out: a name of wrong characters must not find anybody.
    """

    def cells(places: tuple[int, ...]) -> list[str]:
        return [row[n] if row[n].isascii() else clean(row[n]) for n in places if row[n]]

    official, people = _sound(cells(layout.names)), _sound(cells(layout.people))
    if official and people and _is_swapped(official[0], people[0]):
        official[0], people[0] = people[0], official[0]
    identifiers = _identifiers(cells(layout.identifiers))
    kind = Kind.PERSON if _is_person(official, people, identifiers) else Kind.ORGANISATION
    if not official and kind is Kind.PERSON:
        official, people = people[:1], []
    whereabouts = _whereabouts(cells(layout.addresses), cells(layout.cities), cells(layout.provinces))
    located = _address(whereabouts, next(iter(cells(layout.postal_codes)), ""))
    country = located.country if located else "CN"
    area = area_code_for(located.region) if located else ""
    numbers: dict[str, Phone] = {}
    for cell in cells(layout.phones):
        for phone in phones(cell, area, country):
            numbers.setdefault(phone.number, phone)
    return Party(
        kind,
        names=tuple(_names(official, _sound(cells(layout.short_names)))),
        identifiers=tuple(identifiers),
        addresses=(located,) if located else (),
        phones=tuple(numbers.values()),
        emails=tuple(dict.fromkeys(mail for cell in cells(layout.emails) for mail in emails(cell))),
        contacts=tuple(said for cell in people if (said := contact(cell))),
    )


def _sound(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.isascii() or not looks_mojibake(cell)]


def _address(text: str, postal_code: str) -> Address | None:
    """Make an address; asked for the country it will have, so that its parts are read once for all later readers."""
    if not text or is_placeholder(text, "address"):
        return None
    parts = parse_address(text, country="CN" if has_han(text) else "")
    return Address(text, parts.country or "CN", parts.region_code, postal_code)


def _names(official: list[str], short: list[str]) -> list[Name]:
    named = [
        (cell, NameType.REGISTERED if n == 0 or has_han(cell) else NameType.ENGLISH) for n, cell in enumerate(official)
    ]
    named += [(cell, NameType.SHORT) for cell in short]
    return [made for cell, of in named if (made := name(cell, of)) is not None]


def _identifiers(cells: list[str]) -> list[Identifier]:
    return list(dict.fromkeys(made for cell in cells if (made := identifier(cell)) is not None))


def _is_swapped(official: str, person: str) -> bool:
    """Tell whether somebody typed the contact into the company's column and the other way round."""
    return looks_like_person(official) and any(word in person for word in ENTERPRISE_WORDS)


def _is_person(official: list[str], people: list[str], identifiers: list[Identifier]) -> bool:
    if any(i.valid for i in identifiers):
        return False
    if official:
        others = [p for p in people if p[:1] != official[0][:1]]  # a consumer's contact is the consumer
        return looks_like_person(official[0]) and not others
    return bool(people)


def _whereabouts(addresses: list[str], cities: list[str], provinces: list[str]) -> str:
    street = addresses[0] if addresses else ""
    if street and not has_han(street):
        return street  # an address abroad stands complete in its own column
    return place(street, cities[0] if cities else "", provinces[0] if provinces else "")
