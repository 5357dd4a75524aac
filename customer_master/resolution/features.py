"""Everything that comparison needs of a party, read from its values once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mappings.canonical import Identifier, Kind, Party
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import CompanyName, parse_company
from mappings.normalize.emails import domain, is_free_mail
from mappings.normalize.identifiers import organisation_code
from mappings.normalize.person_names import parse_person
from mappings.normalize.text import fold, has_han, is_placeholder, readings

_CHINESE_IDENTIFIERS = frozenset({"cn_uscc", "cn_tax15", "cn_org9"})
_LONGEST_TRADE = 4  # a longer Chinese trade name has the business in it, which its reader did not recognise
_LEAST_REPAIRABLE = 15  # an identifier shorter than this, once damaged, says too little
_BRANCH = re.compile("(?:fengongsi|branch)$")
_GROUP_WORDS = ("集团", "控股", "jituan", "konggu")
_GROUP = re.compile("|".join(_GROUP_WORDS))


@dataclass(frozen=True, slots=True)
class NameFeatures:
    """One name, taken apart.

    Args:
        folded: the whole name in the form in which equal names are equal.
        core: what distinguishes it: trade name and industry of a company, the full name of a person.
        trade: trade name of a company, family name of a person; folded.
        sound: toneless pinyin of the core; a Latin core as it is.
        trade_sound: the same of the trade name.
        province: province of the region in the name, the first two digits of its GB/T 2260 code, or empty.
        city: GB/T 2260 code of that region cut down to the city, or empty.
        unit: branch, plant, office or account that the name is of, toneless pinyin, or empty.
        is_group: the name says group or holding.
        han: written in Chinese characters.
        complete: enough of a name to be recognised by; false for a person known by the surname alone.
    """

    folded: str
    core: str
    trade: str
    sound: str
    trade_sound: str
    province: str
    city: str
    unit: str
    is_group: bool
    han: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class AddressFeatures:
    """One address, taken apart.

    Args:
        country: ISO 3166 alpha-2.
        city: GB/T 2260 code cut down to the city; the name of a foreign city; or empty.
        road: road, folded; empty abroad.
        place: city, road and house number in one, abroad the words in order; empty if the house is unknown.
        room: building, floor and room, folded.
    """

    country: str
    city: str
    road: str
    place: str
    room: str


@dataclass(frozen=True, slots=True)
class Features:
    """A party, ready for comparison.

    Args:
        kind: organisation, person or site.
        names: its names.
        identifiers: valid identifiers as (scheme, value); all Chinese company numbers become one organisation code.
        chinese_numbers: Chinese company numbers as written, valid or not.
        damaged: those of them that fail their check.
        phones: E.164 numbers without extension.
        emails: mailboxes.
        domains: mail domains that are a company's own.
        addresses: its addresses.
        contacts: complete names of its contact persons, folded.
    """

    kind: Kind
    names: tuple[NameFeatures, ...]
    identifiers: frozenset[tuple[str, str]]
    chinese_numbers: frozenset[str]
    damaged: frozenset[str]
    phones: frozenset[str]
    emails: frozenset[str]
    domains: frozenset[str]
    addresses: tuple[AddressFeatures, ...]
    contacts: frozenset[str]


def city_of(region: str) -> str:
    """Cut a GB/T 2260 code down to its city; empty if the code does not reach that far.

    The districts of a municipality (Beijing, Tianjin, Shanghai, Chongqing) are one city.

    >>> city_of("440305"), city_of("310115"), city_of("440000")
    ('4403', '31', '')
    """
    if region[:2] in ("11", "12", "31", "50"):
        return region[:2]
    return region[:4] if region[2:4] not in ("", "00") else ""


def features(party: Party) -> Features:
    """Read a party's values.

    Placeholders count as missing everywhere.
    """
    identifiers = [i for i in party.identifiers if not is_placeholder(i.value, "identifier")]
    chinese = [i for i in identifiers if i.type in _CHINESE_IDENTIFIERS and len(i.value) >= _LEAST_REPAIRABLE]
    emails = [e.address for e in party.emails if not is_placeholder(e.address, "email")]
    addresses = [a for a in party.addresses if not is_placeholder(a.text, "address")]
    return Features(
        kind=party.kind,
        names=name_features(party.kind, [name.text for name in party.names]),
        identifiers=frozenset([key for i in identifiers if i.valid and (key := _identifier(i)) is not None]),
        chinese_numbers=frozenset([i.value for i in chinese]),
        damaged=frozenset([i.value for i in chinese if not i.valid]),
        phones=frozenset([p.number for p in party.phones if p.kind != "fax" and not is_placeholder(p.number, "phone")]),
        emails=frozenset(emails),
        domains=frozenset([domain(e) for e in emails if not is_free_mail(e)]),
        addresses=tuple(dict.fromkeys([_address(a.text, a.country, a.region) for a in addresses])),
        contacts=contact_features(party.contacts),
    )


def name_features(kind: Kind, texts: Iterable[str]) -> tuple[NameFeatures, ...]:
    """Read the names of a party, each once; placeholders are left out."""
    read = _person_name if kind is Kind.PERSON else _company_name
    names = [read(text) for text in texts if not is_placeholder(text, "name")]
    return tuple(dict.fromkeys([name for name in names if name.core]))


def contact_features(texts: Iterable[str]) -> frozenset[str]:
    """Read the names of contact persons; incomplete ones are left out."""
    return frozenset([name.core for text in texts if (name := _person_name(text)).complete])


def _identifier(identifier: Identifier) -> tuple[str, str] | None:
    if identifier.type in _CHINESE_IDENTIFIERS:
        code = organisation_code(identifier.value)
        return ("cn", code) if code else None
    if identifier.type == "vat":
        return (f"vat_{identifier.value[:2].lower()}", identifier.value)
    return (identifier.type, identifier.value)


@lru_cache(maxsize=1 << 14)
def _company_name(text: str) -> NameFeatures:
    name = parse_company(text)
    core = _core(name)
    trade = name.trade_name
    if not core.startswith(trade) or not trade:
        trade = core
    return NameFeatures(
        folded=name.folded,
        core=core,
        trade=trade,
        sound=readings(core).casefold(),
        trade_sound=readings(trade if len(trade) <= _LONGEST_TRADE else trade[:2]).casefold(),
        province=name.region_code[:2],
        city=city_of(name.region_code),
        unit=_unit_key(name.unit),
        is_group=name.is_group or _GROUP.search(name.folded) is not None,
        han=has_han(core),
        complete=len(core) > 1,
    )


def _unit_key(unit: str) -> str:
    """Give a unit's toneless pinyin without the words that one writes and the other leaves out.

    >>> _unit_key("广州市分公司") == _unit_key("guangzhoubranch") == "guangzhou"
    True
    """
    if not unit:
        return ""
    sound = readings(unit.replace("市", "").replace("省", ""))
    return _BRANCH.sub("", sound) or sound


def _core(name: CompanyName) -> str:
    """Give the core without the words for a group, which one writes and the other leaves out."""
    core = name.core or name.folded
    for word in _GROUP_WORDS:
        core = core.replace(word, "") or core
    return core


@lru_cache(maxsize=1 << 14)
def _person_name(text: str) -> NameFeatures:
    name = parse_person(text)
    core = fold(name.family + name.given) if name.complete else fold(text)
    return NameFeatures(
        folded=core,
        core=core,
        trade=fold(name.family),
        sound=readings(core).casefold(),
        trade_sound=readings(name.family).casefold(),
        province="",
        city="",
        unit="",
        is_group=False,
        han=has_han(core),
        complete=name.complete,
    )


@lru_cache(maxsize=1 << 14)
def _address(text: str, country: str, region: str) -> AddressFeatures:
    parts = parse_address(text, country=country)
    if parts.country not in ("", "CN"):
        words = sorted({fold(w) for w in f"{parts.rest} {parts.city} {parts.postal_code}".split()} - {""})
        has_house = any(word.isdigit() for word in words)
        return AddressFeatures(parts.country, fold(parts.city), "", "".join(words) if has_house else "", "")
    city = city_of(parts.region_code) or city_of(region)
    road, number = fold(parts.road), fold(parts.number)
    house = f"{city}{road}{number}" if road and number else ""
    return AddressFeatures("CN", city, road, house, fold(parts.building + parts.rest))
