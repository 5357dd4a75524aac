"""The values that stand for election: what each source record says about each attribute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from mappings.canonical import Kind, NameType, Party
from mappings.normalize.addresses import AddressParts, parse_address
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


class Candidate(NamedTuple):
    """One value of one attribute; a tuple, since every value of every record is made into one.

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
    read = _READERS[attribute]
    found: list[Candidate] = []
    for e in evidence:
        found += read(e)
    return found


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
            return _code_meaning(value, read is not None and read.valid)
        case "phone":
            return _phone_meaning(value["number"], value["extension"])
        case "email":
            return _email_meaning(value)
        case "address":
            return _address_meaning(value["text"], parse_address(value["text"], country=value["country"]))
        case _:
            return _name_meaning(value, kind)[0]


def _name_meaning(text: str, kind: Kind) -> tuple[str, int]:
    """Give the meaning of a name and the number of its parts, negative for one that bears a remark."""
    if kind is Kind.PERSON:
        return fold(text), 1
    read = parse_company(text)
    parts = -1 if read.remark else bool(read.region) + bool(read.industry) + bool(read.legal_form)
    return f"{read.core}|{read.unit}" if read.core else fold(text), parts


@lru_cache(maxsize=1 << 14)
def _code_meaning(value: str, valid: bool) -> str:
    return organisation_code(value) if valid else value


def _phone_meaning(number: str, extension: str) -> str:
    return f"{number}x{extension}"


def _email_meaning(address: str) -> str:
    return address.casefold()


def _address_meaning(text: str, parts: AddressParts) -> str:
    return f"{parts.road}|{parts.number}|{parts.building}" if parts.road and parts.number else fold(text)


def _read_name(e: Evidence) -> list[Candidate]:
    """Give the registered names; a record that has none now is represented by the best other name it has."""
    has_valid_code = "cn_uscc" in [i.type for i in e.party.identifiers if i.valid]
    return (
        _named(e, NameType.REGISTERED, valid=has_valid_code)
        or _named(e, NameType.SHORT, valid=False)
        or _named(e, NameType.ENGLISH, valid=False)
    )


def _read_english_name(e: Evidence) -> list[Candidate]:
    return _named(e, NameType.ENGLISH, valid=True)


def _read_short_name(e: Evidence) -> list[Candidate]:
    return _named(e, NameType.SHORT, valid=True)


def _named(e: Evidence, type_: NameType, *, valid: bool) -> list[Candidate]:
    found = []
    for name in e.party.names:
        if name.type is type_ and not name.is_former and not is_placeholder(name.text, "name"):
            same, parts = _name_meaning(name.text, e.party.kind)
            found.append(Candidate(e, name.text, same, valid, parts, len(name.text)))
    return found


def _read_uscc(e: Evidence) -> list[Candidate]:
    found = []
    for code in e.party.identifiers:
        if code.type == "cn_uscc" and not is_placeholder(code.value, "identifier"):
            same = _code_meaning(code.value, code.valid)
            found.append(Candidate(e, code.value, same, code.valid, 1, len(code.value)))
    return found


def _read_phone(e: Evidence) -> list[Candidate]:
    found = []
    for phone in e.party.phones:
        if phone.kind != "fax" and not is_placeholder(phone.number, "phone"):
            value = {"number": phone.number, "extension": phone.extension, "kind": phone.kind}
            same = _phone_meaning(phone.number, phone.extension)
            filled = 1 + bool(phone.extension)
            found.append(Candidate(e, value, same, phone.kind != "other", filled, len(phone.number)))
    return found


def _read_email(e: Evidence) -> list[Candidate]:
    found = []
    for email in e.party.emails:
        if not is_placeholder(email.address, "email"):
            same = _email_meaning(email.address)
            found.append(Candidate(e, email.address, same, True, 1, len(email.address)))
    return found


def _read_address(e: Evidence) -> list[Candidate]:
    found = []
    for a in e.party.addresses:
        if not is_placeholder(a.text, "address"):
            value = {"text": a.text, "country": a.country, "region": a.region, "postal_code": a.postal_code}
            parts = parse_address(a.text, country=a.country)
            located = bool(a.region or parts.region_code or a.country != "CN")
            filled = sum(map(bool, (*value.values(), parts.road, parts.number, parts.building)))
            found.append(Candidate(e, value, _address_meaning(a.text, parts), located, filled, len(a.text)))
    return found


_READERS: dict[str, Callable[[Evidence], list[Candidate]]] = {
    "name": _read_name,
    "english_name": _read_english_name,
    "short_name": _read_short_name,
    "uscc": _read_uscc,
    "phone": _read_phone,
    "email": _read_email,
    "address": _read_address,
}
