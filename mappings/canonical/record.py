"""A canonical record: identity, content and references, and the text it is stored as; ``reading`` is the way back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from mappings.canonical.activity import Holding, Interaction, Item, Order, ServiceCase
from mappings.canonical.classes import DataClass, classed
from mappings.canonical.consent import Consent
from mappings.canonical.party import Party
from mappings.canonical.trade import ChannelStock, SellThrough

MODEL_VERSION = 1

Content = Party | Interaction | ServiceCase | Order | Holding | Item | Consent | ChannelStock | SellThrough

ENTITIES: dict[str, type[Content]] = {
    "party": Party,
    "interaction": Interaction,
    "case": ServiceCase,
    "order": Order,
    "holding": Holding,
    "item": Item,
    "consent": Consent,
    "channel_stock": ChannelStock,
    "sell_through": SellThrough,
}
"""Canonical entities and the type of their content."""


class Relation(StrEnum):
    """What a record is to the one it refers to."""

    BRANCH_OF = "branch_of"
    SUBSIDIARY_OF = "subsidiary_of"
    SITE_OF = "site_of"
    DISTRIBUTES_FOR = "distributes_for"
    RETAILS_FOR = "retails_for"
    BILL_TO = "bill_to"
    SHIP_TO = "ship_to"
    CONTACT_OF = "contact_of"
    SUCCESSOR_OF = "successor_of"
    ORDERED_BY = "ordered_by"
    OWNED_BY = "owned_by"
    OF_ITEM = "of_item"
    RAISED_IN = "raised_in"
    GIVEN_BY = "given_by"
    STOCKED_BY = "stocked_by"
    SOLD_BY = "sold_by"
    SOLD_TO = "sold_to"


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation to another source record, e.g. ``branch_of`` or ``ordered_by`` another ERP party."""

    relation: str = classed(DataClass.PUBLIC, words=Relation)
    system: str = classed(DataClass.PUBLIC)
    record_type: str = classed(DataClass.PUBLIC)
    key: str = classed(DataClass.BUSINESS_CONTACT)


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


def stored(payload: Mapping[str, Any]) -> Stored:
    """Write a payload and hash what is written."""
    text = _write(payload)
    return Stored(payload, text, hashlib.sha256(text.encode()).hexdigest())


def canonical_hash(payload: Mapping[str, Any]) -> str:
    """Hash a payload so that equal content gives equal hashes (sha256 over sorted JSON, hex)."""
    return stored(payload).hash


_write = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
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
    added = [f for f in fields(kind) if f.metadata.get("added")]
    program = "{" + ", ".join(map(_attribute, (f for f in fields(kind) if f not in added))) + "}"
    if added:
        says_more = " or ".join(f"v.{f.name}" for f in added)
        more = " | ".join(f"({{{_attribute(f)}}} if v.{f.name} else {{}})" for f in added)
        program += f" if not ({says_more}) else {program} | {more}"
    writer: _Writer = eval(f"lambda v: {program}", {"plain": plain})  # noqa: S307 - names of our own attributes
    return writer


def _attribute(f: Field[Any]) -> str:
    return f"{f.name!r}: " + (f"v.{f.name}" if f.type in _KEPT else f"plain(v.{f.name})")


_KEPT = ("str", "int", "bool")
"""Types of attributes that JSON holds as they are."""

_WRITERS = _Writers({tuple: _each, datetime: _instant, date: date.isoformat, Decimal: "{:f}".format})
"""Instants are written as ISO 8601 in UTC, decimals and dates as text."""
