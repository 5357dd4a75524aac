"""EDIFACT PARTIN (party information, directories D.96A to D.01B): one document for each NAD party group.

Source: UN/EDIFACT PARTIN message guide. Which element means what did not change between these directories, except that
the subdivision of NAD became a composite.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

import pyarrow as pa

from connectors.base import Defect
from connectors.transport.edifact import Message, Segment, read_messages
from connectors.transport.records import Record, Table, defective

_TEXTS = [
    "interchange",
    "message",
    "function",
    "qualifier",
    "gln",
    "name",
    "name2",
    "street",
    "city",
    "subdivision",
    "postcode",
    "country",
    "tax_id",
]

document_type = pa.struct(
    [(name, pa.string()) for name in _TEXTS]
    + [
        ("references", pa.list_(pa.struct([("qualifier", pa.string()), ("value", pa.string())]))),
        (
            "contacts",
            pa.list_(
                pa.struct(
                    [
                        ("function", pa.string()),
                        ("name", pa.string()),
                        ("channels", pa.list_(pa.struct([("type", pa.string()), ("value", pa.string())]))),
                    ]
                )
            ),
        ),
    ]
)
"""Arrow type of a party document. ``function`` is the code of BGM: 2 add, 3 delete, 4 change, 9 original, …"""


def read_partin(file: BinaryIO, *, encoding: str | None = None) -> Table:
    """Open an EDIFACT file with PARTIN messages.

    Args:
        file: local binary file; stays open while the records are iterated.
        encoding: overrides what the interchange header says.

    Raises:
        UnreadableFileError: ``not_edifact``, ``bad_encoding``.
    """
    messages = read_messages(file, encoding)
    return Table(document_type, chain.from_iterable(_records(message) for message in messages))


def _records(message: Message | Record) -> Iterator[Record]:
    if isinstance(message, Record):
        yield message
    elif message.kind != "PARTIN":
        first = message.segments[0]
        defect = Defect(
            "unexpected_message",
            f"message {message.reference} is {message.kind}, not PARTIN",
            "UNH",
            "Have PARTIN sent to this folder, or narrow the pattern in the connection document",
        )
        yield defective(first.number, defect, first.source)
    else:
        yield from _parties(message)


def _parties(message: Message) -> Iterator[Record]:
    function, party, row = "", dict[str, Any](), 0
    for segment in message.segments:
        if segment.tag == "BGM":
            function = segment.get(2)
        elif segment.tag == "NAD":
            if party:
                yield Record(row, party)
            row = segment.number
            party = {"interchange": message.interchange, "message": message.reference, "function": function}
            party |= _name_and_address(segment)
        elif party:
            _add_detail(party, segment)
    if party:
        yield Record(row, party)


def _name_and_address(nad: Segment) -> dict[str, Any]:
    """Read NAD; where the sender filled only the unstructured lines (C058), the first is the name."""
    lines = nad.components(2)
    names = [part for part in nad.components(3) if part] or lines[:1]
    street = [part for part in nad.components(4) if part] or lines[1:]
    return {
        "qualifier": nad.get(0),
        "gln": nad.get(1),
        "name": names[0] if names else "",
        "name2": " ".join(names[1:]),
        "street": " ".join(street),
        "city": nad.get(5),
        "subdivision": nad.get(6) or nad.get(6, 3),
        "postcode": nad.get(7),
        "country": nad.get(8),
        "tax_id": "",
        "references": [],
        "contacts": [],
    }


def _add_detail(party: dict[str, Any], segment: Segment) -> None:
    match segment.tag:
        case "RFF":
            qualifier, value = segment.get(0, 0), segment.get(0, 1)
            party["references"].append({"qualifier": qualifier, "value": value})
            if qualifier == "VA" and not party["tax_id"]:
                party["tax_id"] = value
        case "CTA":
            name = segment.get(1, 1) or segment.get(1, 0)
            party["contacts"].append({"function": segment.get(0), "name": name, "channels": []})
        case "COM":
            if not party["contacts"]:
                party["contacts"].append({"function": "", "name": "", "channels": []})
            channels = [
                {"type": element[1], "value": element[0]}
                for element in segment.elements
                if len(element) > 1 and element[0]
            ]
            party["contacts"][-1]["channels"].extend(channels)
