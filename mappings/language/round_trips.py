"""Whether what a mapping writes back comes home: a golden value rendered, put into a raw document, mapped again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mappings.canonical import to_payload
from mappings.language.mapping import CompiledMapping, RenderedField, compile_mapping
from mappings.language.mapping import Mapping as MappingDocument
from mappings.language.outcome import Mapped, Outcome, fate
from mappings.normalize.errors import ValueReadError

ELEMENTS: Mapping[str, tuple[str, str, str]] = {
    "name": ("names", "text", "registered"),
    "english_name": ("names", "text", "english"),
    "short_name": ("names", "text", "short"),
    "uscc": ("identifiers", "value", "cn_uscc"),
    "email": ("emails", "address", ""),
    "phone": ("phones", "number", ""),
    "address": ("addresses", "text", ""),
}
"""Golden attribute -> where its value stands in a party: list, what a plain value is there, and type if it has one."""

SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "name": ("深圳市华强电子有限公司", "Müller Maschinenbau GmbH", "華強（香港）電子有限公司"),
    "english_name": ("Shenzhen Huaqiang Electronics Co., Ltd.", "Far East Valves Ltd."),
    "short_name": ("华强电子", "远大"),
    "uscc": ("914403001922038216", "91310115434272812K"),
    "email": ("sales@huaqiang.example", "anna-li+1@mail.huaqiang.example"),
    "phone": (
        {"number": "+8675526988888", "extension": "", "kind": "landline"},
        {"number": "+8675526988888", "extension": "8012", "kind": "landline"},
        {"number": "+8613912345678", "extension": "", "kind": "mobile"},
        {"number": "+864008001234", "extension": "", "kind": "service"},
        {"number": "+4930901820", "extension": "", "kind": "landline"},
    ),
    "address": (
        {"text": "广东省深圳市南山区科技路1号", "country": "CN", "region": "440305", "postal_code": "518057"},
        {"text": "北京市海淀区中关村大街1号", "country": "CN", "region": "110108", "postal_code": ""},
        {"text": "Hauptstr. 5, 10115 Berlin, Germany", "country": "DE", "region": "", "postal_code": "10115"},
    ),
}
"""Golden values that a system ought to keep."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What becomes of a golden attribute that is written back and read again.

    Args:
        attribute: the golden attribute.
        line: of its section in the document.
        value: the golden value that does not come home, ``None`` if all do.
        reason: what becomes of it instead, one clause; empty if all do.
    """

    attribute: str
    line: int
    value: Any
    reason: str


def round_trips(mapping: MappingDocument) -> list[RoundTrip]:
    """Try for every golden attribute that a mapping writes whether it reads the same value again.

    Args:
        mapping: the mapping; the first document of its own tests that makes a record is what the values are put into.
    """
    if not mapping.document.outbound:
        return []
    compiled = compile_mapping(mapping)
    carrier = _carrier(compiled)
    return [_round_trip(compiled, attribute, carrier) for attribute in mapping.document.outbound]


def comes_home(compiled: CompiledMapping, attribute: str, value: Any, carrier: Carrier) -> str:
    """Say why a golden value that is written into a document is not read from it again; empty if it is.

    Args:
        compiled: the mapping.
        attribute: golden attribute, e.g. ``phone``.
        value: its value, as of :meth:`CompiledMapping.render`.
        carrier: the document it is put into.
    """
    try:
        rendered = compiled.render(attribute, value)
    except Exception as error:  # noqa: BLE001 - functions of packages and code lists may refuse a value
        return f"refused by its expression: {error.what if isinstance(error, ValueReadError) else type(error).__name__}"
    if rendered is None:
        return "not written"
    outcome = compiled.map(_put(carrier.document, rendered), at=carrier.at)
    if not isinstance(outcome, Mapped):
        return f"written into a row that is {fate(outcome)}"
    held = list(_held(outcome, attribute, value))
    return "" if value in held else f"read as {held}" if held else "not read where it was written"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A raw document that values are put into, and when it landed."""

    document: Mapping[str, Any]
    at: datetime | None = None


def _carrier(compiled: CompiledMapping) -> Carrier | None:
    for test in compiled.mapping.document.tests:
        if isinstance(compiled.map(test.given, at=test.at), Mapped):
            return Carrier(test.given, test.at)
    return None


def _round_trip(compiled: CompiledMapping, attribute: str, carrier: Carrier | None) -> RoundTrip:
    line = compiled.mapping.located.place(("outbound", attribute)).line
    if carrier is None:
        return RoundTrip(
            attribute, line, SAMPLES[attribute][0], "not tried, for no test makes a record to write it into"
        )
    for value in SAMPLES[attribute]:
        if reason := comes_home(compiled, attribute, value, carrier):
            return RoundTrip(attribute, line, value, reason)
    return RoundTrip(attribute, line, None, "")


def _put(document: Mapping[str, Any], rendered: RenderedField) -> dict[str, Any]:
    return {**document, **(rendered.values if rendered.list is None else {rendered.list: [rendered.values]})}


def _held(outcome: Outcome, attribute: str, value: Any) -> Iterator[Any]:
    """Give what records say where the golden value stands, as far as the golden value tells."""
    list_name, plain, type_ = ELEMENTS[attribute]
    for record in outcome.records if isinstance(outcome, Mapped) else ():
        for element in to_payload(record).get(list_name, ()):
            if element.get("type", "") == type_ or not type_:
                yield {part: element.get(part, "") for part in value} if isinstance(value, dict) else element[plain]
