"""The values that stand for election: what each source record says about each attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mappings.canonical import Address, Identifier, Kind, Name, NameType, Party, Phone
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import parse_company
from mappings.normalize.identifiers import organisation_code, read_identifier
from mappings.normalize.text import fold, is_placeholder


@dataclass(frozen=True, slots=True)
class Evidence:
    """The open version of one source record, without what the hub itself wrote.

    Args:
        record_id: the source record.
        version_id: its open version.
        system: code of its system.
        record_type: kind of record within the system.
        native_key: its key there.
        position: source position at which it last really changed, sortable text.
        party: what it says.
    """

    record_id: int
    version_id: int
    system: str
    record_type: str
    native_key: str
    position: str
    party: Party


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of one attribute.

    Args:
        evidence: the record version it comes from.
        value: as it goes into the golden record.
        meaning: equal for values that say the same in another writing, see :func:`meaning`.
        valid: whether it passed the checks that exist for it.
        filled: number of its parts that are filled.
        length: characters of its text.
    """

    evidence: Evidence
    value: Any
    meaning: str
    valid: bool
    filled: int
    length: int


ATTRIBUTES = ("name", "english_name", "short_name", "uscc", "phone", "email", "address")
"""Attributes with one surviving value. ``roles`` is a union and ``kind`` is common to all records of a party."""

PARTS = {"phone": ("number", "extension", "kind"), "address": ("text", "country", "region", "postal_code")}
"""Attributes whose value is an object, with its parts; the value of every other attribute is text."""


def candidates(attribute: str, evidence: Sequence[Evidence]) -> list[Candidate]:
    """List the values of an attribute, leaving out placeholders.

    Args:
        attribute: one of :data:`ATTRIBUTES`.
        evidence: what the sources say.
    """
    return [candidate for e in evidence for candidate in _READERS[attribute](e)]


def meaning(attribute: str, value: Any, kind: Kind) -> str:
    """Give the form in which values that say the same in different writing are equal.

    Args:
        attribute: one of :data:`ATTRIBUTES`.
        value: as it stands in a golden record.
        kind: kind of the party.

    >>> [meaning("name", text, Kind.ORGANISATION) for text in ("深圳市華強電子有限公司", "华强电子有限责任公司")]
    ['华强电子|', '华强电子|']
    """
    match attribute:
        case "uscc":
            read = read_identifier(value, kind="cn_uscc")
            return _code_meaning(value, valid=read is not None and read.valid)
        case "phone":
            return f"{value['number']}x{value['extension']}"
        case "email":
            return str(value).casefold()
        case "address":
            return _address_meaning(value["text"], value["country"])
        case _:
            return _name_meaning(value, kind)


def usccs(party: Party) -> list[Identifier]:
    """List the unified social credit codes of a party."""
    return [i for i in party.identifiers if i.type == "cn_uscc"]


def _name_meaning(text: str, kind: Kind) -> str:
    if kind is Kind.PERSON:
        return fold(text)
    read = parse_company(text)
    return f"{read.core}|{read.unit}" if read.core else fold(text)


@lru_cache(maxsize=1 << 14)
def _code_meaning(value: str, *, valid: bool) -> str:
    return organisation_code(value) if valid else value


def _address_meaning(text: str, country: str) -> str:
    parts = parse_address(text, country=country)
    return f"{parts.road}|{parts.number}|{parts.building}" if parts.road and parts.number else fold(text)


def _has_valid_uscc(party: Party) -> bool:
    return any(i.valid for i in usccs(party))


def _names(e: Evidence, type_: NameType) -> list[Name]:
    return [n for n in e.party.names if n.type is type_ and not is_placeholder(n.text, "name")]


def _named(e: Evidence, names: Sequence[Name], *, valid: bool) -> Iterator[Candidate]:
    kind = e.party.kind
    for name in names:
        yield Candidate(
            e, name.text, _name_meaning(name.text, kind), valid, _name_parts(name.text, kind), len(name.text)
        )


def _name_parts(text: str, kind: Kind) -> int:
    if kind is Kind.PERSON:
        return 1
    read = parse_company(text)
    return -1 if read.remark else bool(read.region) + bool(read.industry) + bool(read.legal_form)


def _read_name(e: Evidence) -> Iterator[Candidate]:
    """Give the registered names; a record that has none is represented by the best other name it has."""
    for type_ in (NameType.REGISTERED, NameType.SHORT, NameType.ENGLISH):
        names = _names(e, type_)
        if names:
            registered = type_ is NameType.REGISTERED
            yield from _named(e, names, valid=registered and _has_valid_uscc(e.party))
            return


def _read_english_name(e: Evidence) -> Iterator[Candidate]:
    yield from _named(e, _names(e, NameType.ENGLISH), valid=True)


def _read_short_name(e: Evidence) -> Iterator[Candidate]:
    yield from _named(e, _names(e, NameType.SHORT), valid=True)


def _read_uscc(e: Evidence) -> Iterator[Candidate]:
    for identifier in usccs(e.party):
        if not is_placeholder(identifier.value, "identifier"):
            same = _code_meaning(identifier.value, valid=identifier.valid)
            yield Candidate(e, identifier.value, same, identifier.valid, 1, len(identifier.value))


def _read_phone(e: Evidence) -> Iterator[Candidate]:
    for phone in e.party.phones:
        if phone.kind != "fax" and not is_placeholder(phone.number, "phone"):
            value = _parts("phone", phone)
            same = meaning("phone", value, e.party.kind)
            filled = 1 + bool(phone.extension)
            yield Candidate(e, value, same, phone.kind != "other", filled, len(phone.number))


def _read_email(e: Evidence) -> Iterator[Candidate]:
    for email in e.party.emails:
        if not is_placeholder(email.address, "email"):
            same = meaning("email", email.address, e.party.kind)
            yield Candidate(e, email.address, same, True, 1, len(email.address))


def _read_address(e: Evidence) -> Iterator[Candidate]:
    for address in e.party.addresses:
        if is_placeholder(address.text, "address"):
            continue
        value = _parts("address", address)
        parts = parse_address(address.text, country=address.country)
        located = bool(address.region or parts.region_code or address.country != "CN")
        filled = sum(map(bool, (*value.values(), parts.road, parts.number, parts.building)))
        yield Candidate(e, value, _address_meaning(address.text, address.country), located, filled, len(address.text))


def _parts(attribute: str, element: Phone | Address) -> dict[str, str]:
    return {part: getattr(element, part) for part in PARTS[attribute]}


_READERS: dict[str, Callable[[Evidence], Iterator[Candidate]]] = {
    "name": _read_name,
    "english_name": _read_english_name,
    "short_name": _read_short_name,
    "uscc": _read_uscc,
    "phone": _read_phone,
    "email": _read_email,
    "address": _read_address,
}
