"""A canonical record: identity, content and references, and its stored form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from mappings.canonical.activity import Holding, Interaction, Item, Order, ServiceCase
from mappings.canonical.party import Address, Email, Identifier, Kind, Name, NameType, Party, Phone

MODEL_VERSION = 1

Content = Party | Interaction | ServiceCase | Order | Holding | Item

ENTITIES: dict[str, type[Content]] = {
    "party": Party,
    "interaction": Interaction,
    "case": ServiceCase,
    "order": Order,
    "holding": Holding,
    "item": Item,
}
"""Canonical entities and the type of their content."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation to another source record, e.g. ``branch_of`` or ``ordered_by`` another ERP party."""

    relation: str
    system: str
    record_type: str
    key: str


@dataclass(frozen=True, slots=True)
class CanonicalRecord:
    """What a mapping makes of one raw document (or of a part of it).

    Args:
        entity: one of :data:`ENTITIES`.
        record_type: kind of record within its system, part of its identity.
        key: native key within system and record type.
        content: what it says, of the entity's type.
        correlation: our correlation value if the source stores one (record made by the hub), else empty.
        token: concurrency token for writing back, else empty; not part of the content.
        references: records this one refers to.
    """

    entity: str
    record_type: str
    key: str
    content: Content
    correlation: str = ""
    token: str = ""
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A payload, written: one text for its hash and for the database.

    Args:
        payload: canonical content.
        text: the payload as JSON with sorted keys; equal content gives equal text.
        hash: sha256 of the text, hex.
    """

    payload: Mapping[str, Any]
    text: str
    hash: str


def to_payload(record: CanonicalRecord) -> dict[str, Any]:
    """Give the stored JSON form of a record's content and references, with the model version."""
    content = {k: v for k, v in plain(record.content).items() if v not in _NOTHING}
    return {"model": MODEL_VERSION, **content, "references": [plain(r) for r in record.references]}


def from_payload(payload: Mapping[str, Any]) -> Party:
    """Read the stored payload of a party back into a :class:`Party`.

    Raises:
        ValueError: the payload was written by a newer model than this program knows.
    """
    if payload["model"] > MODEL_VERSION:
        raise ValueError(f"payload of model {payload['model']}, this program knows {MODEL_VERSION}: upgrade it")
    given = payload.get
    return Party(
        kind=_kind(payload["kind"]),
        names=tuple([Name(n["text"], _name_type(n["type"]), n["language"]) for n in given("names", ())]),
        identifiers=tuple([Identifier(**i) for i in given("identifiers", ())]),
        addresses=tuple([Address(**a) for a in given("addresses", ())]),
        phones=tuple([Phone(**p) for p in given("phones", ())]),
        emails=tuple([Email(**e) for e in given("emails", ())]),
        contacts=tuple(given("contacts", ())),
        roles=tuple(given("roles", ())),
        active=given("active", True),
    )


def stored(payload: Mapping[str, Any]) -> Stored:
    """Write a payload and hash what is written."""
    text = _write(payload)
    return Stored(payload, text, hashlib.sha256(text.encode()).hexdigest())


def canonical_hash(payload: Mapping[str, Any]) -> str:
    """Hash a payload so that equal content gives equal hashes (sha256 over sorted JSON, hex)."""
    return stored(payload).hash


_write = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_kind = cache(Kind)  # calling an enumeration takes six times as long
_name_type = cache(NameType)
_NOTHING: tuple[Any, ...] = ((), "", None)

_Writer = Callable[[Any], Any]


class _Writers(dict[type, _Writer]):
    """How a value of a type is written as JSON can hold it; filled as types are met."""

    def __missing__(self, kind: type) -> _Writer:
        inherited = next((self[base] for base in kind.__mro__ if base in self), _itself)
        self[kind] = _attributes_writer(kind) if is_dataclass(kind) else inherited
        return self[kind]


def plain(value: Any) -> Any:
    """Write a value of the model as JSON can hold it."""
    return _WRITERS[type(value)](value)


def _itself(value: Any) -> Any:
    return value


def _each(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([plain(one) for one in value])


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _attributes_writer(kind: type) -> _Writer:
    """Write the program that writes a value type, as one would by hand: an eighth of the time of ``asdict``."""
    given = [(f.name, f"v.{f.name}" if f.type in _KEPT else f"plain(v.{f.name})") for f in fields(kind)]
    program = ", ".join(f"{name!r}: {value}" for name, value in given)
    writer: _Writer = eval(f"lambda v: {{{program}}}", {"plain": plain})  # noqa: S307 - names of our own attributes
    return writer


_KEPT = ("str", "int", "bool")
"""Types of attributes that JSON holds as they are."""

_WRITERS = _Writers({tuple: _each, datetime: _instant, date: date.isoformat, Decimal: "{:f}".format})
"""Instants are written as ISO 8601 in UTC, decimals and dates as text."""
