"""What the connector offers: four streams, and how a row of an answer becomes a raw document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from lxml import etree

from connectors.base import Defect, RawRecord, Stream

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# of a row whose own time cannot be read: older than everything, for it never becomes a document
_NO_TIME = "0001-01-01T00:00:00.000000Z"
_LONGEST_RAW = 4000


@dataclass(frozen=True, slots=True)
class Shape:
    """One stream, and what its rows look like.

    Args:
        stream: name and description.
        operation: what to call for it; its rows' elements bear the name without ``Read``.
        key: fields that together name a record.
        texts: plain fields besides the dates.
        dates: fields that hold a date without a time of day.
        lines: fields that hold a list, with the fields of its lines.
    """

    stream: Stream
    operation: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    dates: tuple[str, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def row(self) -> str:
        """Local name of the rows' elements."""
        return self.operation.removeprefix("Read")

    @property
    def document_type(self) -> pa.DataType:
        """Arrow type of the documents."""
        plain = [(name, pa.string()) for name in (*self.texts, *self.dates, "modified")]
        lists = [(name, pa.list_(_struct(fields))) for name, fields in self.lines.items()]
        return pa.struct([*plain, *lists])


def _struct(names: tuple[str, ...]) -> pa.DataType:
    return pa.struct([(name, pa.string()) for name in names])


SHAPES = {
    shape.stream.name: shape
    for shape in (
        Shape(
            Stream("owner", "customers that own products, as the PDM knows them"),
            "ReadOwner",
            key=("id",),
            texts=("id", "name", "address", "city", "country", "phone", "email", "tax_id", "erp_number"),
        ),
        Shape(
            Stream("item", "products and parts with their revision"),
            "ReadItem",
            key=("code",),
            texts=("code", "name", "revision", "unit"),
        ),
        Shape(
            Stream("customer_part", "what an owner calls an item"),
            "ReadCustomerPart",
            key=("owner_id", "item"),
            texts=("owner_id", "item", "customer_part", "description"),
            dates=("since",),
        ),
        Shape(
            Stream("configuration", "single products as sold, with their options"),
            "ReadConfiguration",
            key=("serial",),
            texts=("serial", "owner_id", "item"),
            dates=("sold_on",),
            lines={"options": ("feature", "value")},
        ),
    )
}


class NoChangeNumberError(Exception):
    """A row has no readable change number, so that nobody can go on behind it."""


class _UnreadableFieldError(Exception):
    def __init__(self, defect: Defect) -> None:
        self.defect = defect
        super().__init__(defect.message)


def read_row(element: etree._Element, shape: Shape, zone: ZoneInfo) -> tuple[int, RawRecord]:
    """Turn a row into its change number and its raw record; a field that cannot be read makes it a defect.

    Args:
        element: the row.
        shape: of its stream.
        zone: of times without an offset.

    Raises:
        NoChangeNumberError: the row has no readable change number.
    """
    children = {etree.QName(child).localname: child for child in element}
    number = _text(children.get("change")) or ""
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise NoChangeNumberError
    keys = [_text(children.get(name)) for name in shape.key]
    # without a key the change number tells at least which row it is
    origin = f"{shape.stream.name},{'/'.join(key or '' for key in keys) if all(keys) else f'#{number}'}"
    position = _NO_TIME
    try:
        position = _moment(_text(children.get("modified")), zone)
        _demand(shape.key, children)
        document = _document(children, shape) | {"modified": position}
    except _UnreadableFieldError as error:
        raw = etree.tostring(element, encoding="unicode", with_tail=False)[:_LONGEST_RAW]
        return int(number), RawRecord(origin, position, None, error.defect, raw)
    return int(number), RawRecord(origin, position, document)


def _demand(key: tuple[str, ...], children: Mapping[str, etree._Element]) -> None:
    for name in key:
        if _text(children.get(name)) is None:
            raise _UnreadableFieldError(Defect("no_key", f"the row has no {name}", name, "Complete it in the PDM"))


def _document(children: Mapping[str, etree._Element], shape: Shape) -> dict[str, Any]:
    document: dict[str, Any] = {name: _text(children.get(name)) for name in shape.texts}
    document |= {name: _date(name, _text(children.get(name))) for name in shape.dates}
    for name, fields in shape.lines.items():
        lines = children.get(name, ())
        found = [{etree.QName(child).localname: _text(child) for child in line} for line in lines]
        document[name] = [{each: line.get(each) for each in fields} for line in found]
    return document


def _text(element: etree._Element | None) -> str | None:
    """Give an element's text as it stands; nothing, nil and white space alone are ``None``."""
    if element is None or element.get(_NIL) in {"true", "1"}:
        return None
    text = element.text or ""
    return text if text.strip() else None


def _date(name: str, text: str | None) -> str | None:
    """Read an XSD date; the zone it may carry is no part of the day.

    >>> _date("since", "2024-02-29"), _date("since", "2024-02-29+08:00"), _date("since", None)
    ('2024-02-29', '2024-02-29', None)
    """
    if text is None:
        return None
    try:
        found = _DATE.fullmatch(text.strip())
        return dt.date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        remedy = "Correct the date in the PDM"
        raise _UnreadableFieldError(Defect("bad_date", f"{name} is no date (YYYY-MM-DD)", name, remedy)) from None


def _moment(text: str | None, zone: ZoneInfo) -> str:
    """Read an XSD dateTime as sortable UTC text.

    >>> _moment("2026-11-20T10:30:00", ZoneInfo("Asia/Shanghai"))
    '2026-11-20T02:30:00.000000Z'
    >>> _moment("2026-11-20T10:30:00.5-05:00", ZoneInfo("Asia/Shanghai"))
    '2026-11-20T15:30:00.500000Z'
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip() if text and _MOMENT.fullmatch(text.strip()) else "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        naive = aware.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        what, remedy = "modified is no time (YYYY-MM-DDThh:mm:ss)", "Correct the time in the PDM"
        raise _UnreadableFieldError(Defect("bad_date", what, "modified", remedy)) from None
    return f"{naive.isoformat(timespec='microseconds')}Z"
