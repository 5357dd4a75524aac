"""A party as matching sees it: the values of its attributes as the engine's kinds read them, and its blocking keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from customer_master.resolution.attributes.address import ADDRESS
from customer_master.resolution.attributes.address import Address as Place
from customer_master.resolution.attributes.company import COMPANY
from customer_master.resolution.attributes.company_features import CompanyFeatures
from customer_master.resolution.attributes.name_alignment import Names
from customer_master.resolution.attributes.persons import PERSON
from customer_master.resolution.keys import key_hash
from mappings.canonical import Address, Identifier, Kind, Party
from mappings.normalize.addresses import parse_address
from mappings.normalize.damage import informative
from mappings.normalize.emails import domain, is_free_mail
from mappings.normalize.identifiers import organisation_code
from mappings.normalize.person_names import parse_person
from mappings.normalize.pinyin_regions import pinyin_region
from mappings.normalize.text import fold, has_han, is_placeholder, looks_mojibake, readings

_CHINESE: Final = frozenset({"cn_uscc", "cn_tax15", "cn_org9"})
_LEAST_REPAIRABLE: Final = 15
"""An identifier shorter than this, once damaged, says too little."""
_TRIAL: Final = re.compile(r"(?:测试|test)[\s\d_-]*(?:请?勿使?用|do not use)", re.IGNORECASE)
"""Records that somebody made to try something out, and whom all may be called alike."""
_STRAY: Final = " 。.,，、;；*"
_NO_PLACE: Final = Place("", "", "", "", "", "", "", "", "")
_KINDS_OF_ROAD: Final = ("大道", "大街", "公路", "路", "街", "道")


class Number(NamedTuple):
    """An identifier of a party.

    Args:
        scheme: numbers of one scheme contradict each other; all Chinese company numbers are of the scheme ``cn``.
        code: what is equal in numbers of one party: of a Chinese one the organisation code inside.
        text: as written.
        valid: every check passed.
    """

    scheme: str
    code: str
    text: str
    valid: bool


class Site(NamedTuple):
    """Where a party is.

    Args:
        country: ISO 3166 alpha-2.
        city: code of the city, abroad its name; empty if not known.
        district: code or name of the district, abroad the postcode; empty if not known.
        house: city, sound of the road and house number in one, the same in Chinese and in pinyin; empty if not known.
        place: the address as the engine reads it; without text where only a region is known.
    """

    country: str
    city: str
    district: str
    house: str
    place: Place


class Values(NamedTuple):
    """What is compared of a party; tuples and texts only, so that it can be stored and read back.

    Args:
        kind: organisation, person or site.
        names: its names.
        numbers: its identifiers.
        phones: E.164 numbers without extension; a fax is shared too often to tell who somebody is.
        emails: mailboxes.
        domains: mail domains that are a company's own.
        sites: its addresses.
        contacts: full names of its contact persons.
    """

    kind: str
    names: tuple[CompanyFeatures, ...] | tuple[Names, ...]
    numbers: tuple[Number, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    domains: tuple[str, ...]
    sites: tuple[Site, ...]
    contacts: tuple[Names, ...]


class KeyKind(IntEnum):
    """What a blocking key is of. The numbers are stored; they are never reused for something else."""

    IDENTIFIER = 1
    NUMBER_HEAD = 2
    NUMBER_TAIL = 3
    PHONE = 4
    EMAIL = 5
    DOMAIN = 6
    ADDRESS = 7
    NAME_CORE = 8
    NAME_SOUND = 9
    TRADE_IN_CITY = 10
    CONTACT_IN_CITY = 11


CAP: Final[Mapping[KeyKind, int]] = {
    KeyKind.IDENTIFIER: 200,
    KeyKind.NUMBER_HEAD: 20,
    KeyKind.NUMBER_TAIL: 20,
    KeyKind.PHONE: 40,
    KeyKind.EMAIL: 40,
    KeyKind.DOMAIN: 60,
    KeyKind.ADDRESS: 60,
    KeyKind.NAME_CORE: 60,
    KeyKind.NAME_SOUND: 60,
    KeyKind.TRADE_IN_CITY: 40,
    KeyKind.CONTACT_IN_CITY: 20,
}
"""A key held by more records than this generates no candidates, and a value that common is no evidence."""


class BlockingKey(NamedTuple):
    """A key as it is stored: a signed 64-bit hash that is the same in every process, and its kind."""

    hash: int
    kind: int


def values_of(party: Party) -> Values:
    """Read a party; placeholders count as missing everywhere."""
    emails = tuple(dict.fromkeys(e.address for e in party.emails if not is_placeholder(e.address, "email")))
    phones = (p.number for p in party.phones if p.kind != "fax" and not is_placeholder(p.number, "phone"))
    return Values(
        kind=party.kind.value,
        names=names_of(party.kind, [name.text for name in party.names]),
        numbers=_distinct(_number(i) for i in party.identifiers if not is_placeholder(i.value, "identifier")),
        phones=tuple(dict.fromkeys(phones)),
        emails=emails,
        domains=tuple(dict.fromkeys(domain(e) for e in emails if not is_free_mail(e))),
        sites=_distinct(map(_site, party.addresses)),
        contacts=contacts_of(party.contacts),
    )


def names_of(kind: Kind, texts: Iterable[str]) -> tuple[Any, ...]:
    """Read the names of a party, each once; placeholders are left out."""
    return _distinct(map(_person if kind is Kind.PERSON else _company, texts))


def contacts_of(texts: Iterable[str]) -> tuple[Names, ...]:
    """Read the names of contact persons; incomplete ones are left out."""
    return _distinct(_person(text) for text in texts if parse_person(text).complete)


def from_stored(stored: Iterable[Any]) -> Values:
    """Give back values that were stored as JSON.

    >>> import json
    >>> from mappings.canonical import Name
    >>> read = values_of(Party(Kind.ORGANISATION, names=(Name("深圳市华强电子有限公司"),), contacts=("王小明",)))
    >>> from_stored(json.loads(json.dumps(read))) == read
    True
    """
    kind, names, numbers, phones, emails, domains, sites, contacts = stored
    named = _names_from if kind == Kind.PERSON.value else _companies_from
    return Values(
        kind,
        named(names),
        tuple(Number(*number) for number in numbers),
        tuple(phones),
        tuple(emails),
        tuple(domains),
        tuple(Site._make((*where, Place(*place))) for *where, place in sites),
        _names_from(contacts),
    )


def _names_from(stored: Iterable[Any]) -> tuple[Names, ...]:
    return tuple(Names(*map(tuple, name)) for name in stored)


def _companies_from(stored: Iterable[Any]) -> tuple[CompanyFeatures, ...]:
    return tuple(
        CompanyFeatures._make(tuple(part) if isinstance(part, list | tuple) else part for part in name)
        for name in stored
    )


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


@lru_cache(maxsize=1 << 14)
def _company(text: str) -> CompanyFeatures | None:
    return None if _TRIAL.match(text) else COMPANY.read(informative(_reread(text), "name"))


@lru_cache(maxsize=1 << 14)
def _person(text: str) -> Names | None:
    return PERSON.read(_reread(text).strip(_STRAY))


def _reread(text: str) -> str:
    """Decode a Chinese text again that was decoded with the wrong encoding, if nothing was lost.

    >>> _reread("ÉîÛÚÊÐ"), _reread("娣卞湷"), _reread("深圳市"), _reread("Café Zürich")
    ('深圳市', '深圳', '深圳市', 'Café Zürich')
    """
    if not looks_mojibake(text):
        return text
    for written, really in (("latin-1", "gb18030"), ("gb18030", "utf-8")):
        try:
            found = text.encode(written).decode(really)
        except UnicodeError:
            continue
        if has_han(found):
            return found
    return text


def _number(identifier: Identifier) -> Number | None:
    scheme, text = identifier.type, identifier.value
    if scheme in _CHINESE:
        code = organisation_code(text) if identifier.valid else ""
        return Number("cn", code or text, text, bool(code))
    if scheme == "vat":
        scheme = f"vat_{text[:2].lower()}"
    return Number(scheme, text, text, identifier.valid) if identifier.valid else None


@lru_cache(maxsize=1 << 14)
def _site(address: Address) -> Site | None:
    if is_placeholder(address.text, "address"):
        return None
    place = ADDRESS.read(address.text) or _NO_PLACE
    city, district = place.city, place.district
    if address.country == "CN":
        known = (address.region, parse_address(address.text).region_code, _region_in_pinyin(address.text))
        region = max(known, key=_depth)
        city = city if city.isdecimal() else _city_of(region) or city
        district = district or (region if region[4:] not in ("", "00") else "")
    house = f"{city}/{_sound_of_road(place.road)}#{place.number}" if place.road and place.number else ""
    return Site(address.country, city, district, house, place) if city or house or place.plain else None


def _region_in_pinyin(text: str) -> str:
    """Give the code of the smallest Chinese region that a Latin address names.

    >>> _region_in_pinyin("No. 9 Fenghuang Road, Zhongshan, Guangdong"), _region_in_pinyin("5 Main Street")
    ('442000', '')
    """
    if not text.isascii():
        return ""
    return max(("", *(pinyin_region(word) or "" for word in text.lower().replace(",", " ").split())), key=_depth)


def _depth(region: str) -> int:
    """Tell how far down a GB/T 2260 code reaches, in digits."""
    return len(region.removesuffix("00").removesuffix("00"))


def _city_of(region: str) -> str:
    """Give the code of the city that a region is in; empty where the code does not reach that far.

    >>> _city_of("440305"), _city_of("310115"), _city_of("440000")
    ('440300', '310000', '')
    """
    if region[:2] in ("11", "12", "31", "50"):
        return region[:2] + "0000"
    return region[:4] + "00" if region[2:4] not in ("", "00") else ""


def _sound_of_road(road: str) -> str:
    if road.isascii():
        return road.replace(" ", "")
    end = next((kind for kind in _KINDS_OF_ROAD if road.endswith(kind)), "")
    return readings(road.removesuffix(end) or road)


def blocking_keys(values: Values) -> frozenset[BlockingKey]:
    """Give all keys of a party; parties of different kinds have none in common."""
    return frozenset(BlockingKey(key_of(kind, values.kind, text), int(kind)) for kind, text in _keys(values))


def key_of(kind: KeyKind, party: str, text: str) -> int:
    """Hash a value under which parties of a kind meet."""
    return key_hash(f"{kind:d}|{party}", text)


def _keys(values: Values) -> Iterator[tuple[KeyKind, str]]:
    for number in values.numbers:
        if number.valid:
            yield KeyKind.IDENTIFIER, f"{number.scheme}:{number.code}"
        if number.scheme == "cn" and len(number.text) >= _LEAST_REPAIRABLE:
            body = number.text[2:17] if len(number.text) > _LEAST_REPAIRABLE else number.text
            # region with the first half of the organisation code, and its second half: one of them outlives a slip
            yield KeyKind.NUMBER_HEAD, body[:10]
            yield KeyKind.NUMBER_TAIL, body[10:]
    yield from ((KeyKind.PHONE, phone) for phone in values.phones)
    yield from ((KeyKind.EMAIL, email) for email in values.emails)
    yield from ((KeyKind.DOMAIN, name) for name in values.domains)
    yield from ((KeyKind.ADDRESS, house) for house in houses(values))
    yield from _name_keys(values)


def houses(values: Values) -> list[str]:
    """List the houses that a party is known to be in."""
    return [site.house for site in values.sites if site.house]


def cities(values: Values) -> set[str]:
    """Collect the cities a party is known to be in, by name or address."""
    named = {_city_of(name.region_code.ljust(6, "0")) for name in values.names if isinstance(name, CompanyFeatures)}
    return (named | {site.city for site in values.sites}) - {""}


def _name_keys(values: Values) -> Iterator[tuple[KeyKind, str]]:
    where = cities(values)
    for name in values.names:
        if isinstance(name, CompanyFeatures):
            yield KeyKind.NAME_CORE, name.core
            yield KeyKind.NAME_SOUND, name.sounds[0] if name.sounds else name.core
            yield from ((KeyKind.TRADE_IN_CITY, f"{city}{start}") for city in where for start in _starts(name))
        elif len(name.words) > 1:
            yield KeyKind.NAME_CORE, PERSON.term(name)
            yield KeyKind.NAME_SOUND, fold("".join(sorted(name.readings)))
    for contact in values.contacts:
        yield from ((KeyKind.CONTACT_IN_CITY, f"{city}{PERSON.term(contact)}") for city in where)


def _starts(name: CompanyFeatures) -> set[str]:
    """Give how the core of a name begins: the sound of its trade name, and of its first two characters."""
    if not name.is_han:
        return {name.trade}
    return {name.sounds[1], readings(name.core[:2])}
