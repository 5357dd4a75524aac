"""A party as one source record describes it, in the hub's own words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

MODEL_VERSION = 1


class DataClass(StrEnum):
    """How carefully an attribute must be handled (GB/T 35273, PIPL art. 51)."""

    PUBLIC = "public"
    BUSINESS_CONTACT = "business_contact"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


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


def _classed(data_class: DataClass, **kwargs: Any) -> Any:
    return field(metadata={"data_class": data_class}, **kwargs)


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
    names: tuple[Name, ...] = _classed(DataClass.PUBLIC, default=())
    identifiers: tuple[Identifier, ...] = _classed(DataClass.PUBLIC, default=())
    addresses: tuple[Address, ...] = _classed(DataClass.BUSINESS_CONTACT, default=())
    phones: tuple[Phone, ...] = _classed(DataClass.BUSINESS_CONTACT, default=())
    emails: tuple[Email, ...] = _classed(DataClass.BUSINESS_CONTACT, default=())
    contacts: tuple[str, ...] = _classed(DataClass.PERSONAL, default=())
    roles: tuple[str, ...] = _classed(DataClass.PUBLIC, default=())
    active: bool = _classed(DataClass.PUBLIC, default=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation to another source record, e.g. ``branch_of`` another ERP party."""

    relation: str
    system: str
    record_type: str
    key: str


@dataclass(frozen=True, slots=True)
class CanonicalRecord:
    """What a mapping makes of one raw document (or of a part of it).

    Args:
        entity: canonical entity, ``party`` so far.
        record_type: kind of record within its system, part of its identity.
        key: native key within system and record type.
        party: the content.
        correlation: our correlation value if the source stores one (record made by the hub), else empty.
        token: concurrency token for writing back, else empty; not part of the content.
        references: records this one refers to.
    """

    entity: str
    record_type: str
    key: str
    party: Party
    correlation: str = ""
    token: str = ""
    references: tuple[Reference, ...] = ()


def to_payload(record: CanonicalRecord) -> dict[str, Any]:
    """Give the stored JSON form of a record's content: party and references, with the model version."""
    party = {key: value for key, value in asdict(record.party).items() if value not in ((), "")}
    return {"model": MODEL_VERSION, **party, "references": [asdict(r) for r in record.references]}


def from_payload(payload: Mapping[str, Any]) -> Party:
    """Read a stored payload back into a :class:`Party`.

    Raises:
        ValueError: the payload was written by a newer model than this program knows.
    """
    if payload["model"] > MODEL_VERSION:
        raise ValueError(f"payload of model {payload['model']}, this program knows {MODEL_VERSION}: upgrade it")
    return Party(
        kind=Kind(payload["kind"]),
        names=tuple(Name(n["text"], NameType(n["type"]), n["language"]) for n in payload.get("names", ())),
        identifiers=tuple(Identifier(**i) for i in payload.get("identifiers", ())),
        addresses=tuple(Address(**a) for a in payload.get("addresses", ())),
        phones=tuple(Phone(**p) for p in payload.get("phones", ())),
        emails=tuple(Email(**e) for e in payload.get("emails", ())),
        contacts=tuple(payload.get("contacts", ())),
        roles=tuple(payload.get("roles", ())),
        active=payload.get("active", True),
    )


def canonical_hash(payload: Mapping[str, Any]) -> str:
    """Hash a payload so that equal content gives equal hashes (sha256 over sorted JSON, hex)."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def data_classes() -> dict[str, DataClass]:
    """Tell the data class of every party attribute that holds data about somebody."""
    return {f.name: f.metadata["data_class"] for f in fields(Party) if "data_class" in f.metadata}
