"""The values that stand for election: what each source record says about each attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.canonical import Identifier, Kind, Name, NameType, Party
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import parse_company
from mappings.normalize.identifiers import organisation_code
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
        meaning: equal for values that say the same in another writing; what ``most_frequent`` counts.
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


def candidates(attribute: str, evidence: Sequence[Evidence]) -> list[Candidate]:
    """List the values of an attribute, leaving out placeholders.

    Args:
        attribute: ``name``, ``english_name``, ``short_name``, ``uscc``, ``phone``, ``email`` or ``address``.
        evidence: what the sources say.
    """
    return [candidate for e in evidence for candidate in _READERS[attribute](e)]


def usccs(party: Party) -> list[Identifier]:
    """List the unified social credit codes of a party."""
    return [i for i in party.identifiers if i.type == "cn_uscc"]


def _has_valid_uscc(party: Party) -> bool:
    return any(i.valid for i in usccs(party))


def _names(e: Evidence, type_: NameType) -> list[Name]:
    return [n for n in e.party.names if n.type is type_ and not is_placeholder(n.text, "name")]


def _named(e: Evidence, names: Sequence[Name], *, valid: bool) -> Iterator[Candidate]:
    for name in names:
        if e.party.kind is Kind.PERSON:
            yield Candidate(e, name.text, fold(name.text), valid, 1, len(name.text))
            continue
        read = parse_company(name.text)
        meaning = f"{read.core}|{read.unit}" if read.core else fold(name.text)
        filled = -1 if read.remark else bool(read.region) + bool(read.industry) + bool(read.legal_form)
        yield Candidate(e, name.text, meaning, valid, filled, len(name.text))


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
            meaning = organisation_code(identifier.value) if identifier.valid else identifier.value
            yield Candidate(e, identifier.value, meaning, identifier.valid, 1, len(identifier.value))


def _read_phone(e: Evidence) -> Iterator[Candidate]:
    for phone in e.party.phones:
        if phone.kind != "fax" and not is_placeholder(phone.number, "phone"):
            value = {"number": phone.number, "extension": phone.extension, "kind": phone.kind}
            filled = 1 + bool(phone.extension)
            yield Candidate(
                e, value, f"{phone.number}x{phone.extension}", phone.kind != "other", filled, len(phone.number)
            )


def _read_email(e: Evidence) -> Iterator[Candidate]:
    for email in e.party.emails:
        if not is_placeholder(email.address, "email"):
            yield Candidate(e, email.address, email.address.casefold(), True, 1, len(email.address))


def _read_address(e: Evidence) -> Iterator[Candidate]:
    for address in e.party.addresses:
        if is_placeholder(address.text, "address"):
            continue
        value = {
            "text": address.text,
            "country": address.country,
            "region": address.region,
            "postal_code": address.postal_code,
        }
        parts = parse_address(address.text, country=address.country)
        meaning = f"{parts.road}|{parts.number}|{parts.building}" if parts.road and parts.number else fold(address.text)
        located = bool(address.region or parts.region_code or address.country != "CN")
        filled = sum(map(bool, (*value.values(), parts.road, parts.number, parts.building)))
        yield Candidate(e, value, meaning, located, filled, len(address.text))


_READERS: dict[str, Callable[[Evidence], Iterator[Candidate]]] = {
    "name": _read_name,
    "english_name": _read_english_name,
    "short_name": _read_short_name,
    "uscc": _read_uscc,
    "phone": _read_phone,
    "email": _read_email,
    "address": _read_address,
}
