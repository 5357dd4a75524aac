"""What is true about the generated records, kept aside from every system: who is who, and which pairs try a matcher."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

from hub.demo.landscape.neighbours import Relation
from hub.demo.landscape.sources import Record, RecordRef


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One source record and the customer it is about.

    Args:
        system: system code.
        stream: stream name.
        ref: native key: party code, 客户编码, Dealer No, GLN.
        entity: the customer.
        kind: organisation, foreign, individual_business, person, public_body or nobody.
        disguises: kinds of disguise the record wears.
    """

    system: str
    stream: str
    ref: str
    entity: str
    kind: str
    disguises: tuple[str, ...]

    @property
    def key(self) -> RecordRef:
        """System, stream and native key."""
        return (self.system, self.stream, self.ref)


@dataclass(frozen=True, slots=True)
class TruthPair:
    """Two records, labelled.

    Args:
        a: system, stream, ref of one record.
        b: the same of the other.
        label: ``M`` one customer, ``L`` related customers, ``X`` strangers that look alike.
        kinds: for M every disguise that either record wears (``plain`` if none); for L and X the kind of neighbourhood.
        shares_identifier: both carry the same valid identifier.
        shares_non_name_evidence: both carry the same identifier, phone, e-mail address or house, as written.
    """

    a: RecordRef
    b: RecordRef
    label: str
    kinds: tuple[str, ...]
    shares_identifier: bool
    shares_non_name_evidence: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """Rows and labelled pairs, read anew at every call so that a large truth never lies in memory."""

    rows: Callable[[], Iterator[TruthRow]]
    pairs: Callable[[], Iterator[TruthPair]]


def rows_of(records: Iterable[Record]) -> Iterator[TruthRow]:
    """Say of each record which customer it is about."""
    for record in records:
        customer = record.customer
        yield TruthRow(
            record.system, record.stream, record.ref, customer.entity, customer.kind, tuple(record.draft.kinds)
        )


def pairs_of(records: Iterable[Record], relations: Iterable[Relation]) -> Iterator[TruthPair]:
    """Label the pairs within a block: all of one customer, and all across related or resembling customers."""
    by_customer: dict[int, list[Record]] = {}
    for record in records:
        by_customer.setdefault(record.customer.number, []).append(record)
    for known in by_customer.values():
        for a, b in combinations(known, 2):
            yield _pair(a, b, "M", tuple(sorted({*a.draft.kinds, *b.draft.kinds})) or ("plain",))
    for relation in relations:
        for a, b in product(by_customer[relation.a], by_customer[relation.b]):
            yield _pair(a, b, relation.label, (relation.kind,))


def write_truth(truth: Truth, path: Path) -> None:
    """Write a truth as JSON lines, rows first."""
    with path.open("w", encoding="utf-8") as file:
        for row in truth.rows():
            file.write(_line(["row", row.system, row.stream, row.ref, row.entity, row.kind, row.disguises]))
        for pair in truth.pairs():
            flags = [pair.shares_identifier, pair.shares_non_name_evidence]
            file.write(_line(["pair", pair.a, pair.b, pair.label, pair.kinds, *flags]))


def read_truth(path: Path) -> Truth:
    """Open a truth that :func:`write_truth` wrote."""

    def rows() -> Iterator[TruthRow]:
        for word, *values in _lines(path):
            if word == "pair":
                return
            system, stream, ref, entity, kind, disguises = values
            yield TruthRow(system, stream, ref, entity, kind, tuple(disguises))

    def pairs() -> Iterator[TruthPair]:
        for word, *values in _lines(path):
            if word == "pair":
                a, b, label, kinds, identifier, anything = values
                yield TruthPair(tuple(a), tuple(b), label, tuple(kinds), identifier, anything)

    return Truth(rows, pairs)


def _pair(a: Record, b: Record, label: str, kinds: tuple[str, ...]) -> TruthPair:
    identifier = a.evidence.shares_identifier(b.evidence)
    return TruthPair(a.key, b.key, label, kinds, identifier, identifier or a.evidence.shares_anything(b.evidence))


def _line(values: list[object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _lines(path: Path) -> Iterator[list[Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
