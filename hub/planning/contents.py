"""What became of the contents of records and customers since a commit, counted by attribute, with samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store.tables import OPEN
from hub.web.masking import PERSONAL, mask_value
from mappings.canonical import upcast
from mappings.language.difference import cells as differing_cells

SAMPLES = 20
"""How many examples a plan shows of one kind."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that changes.

    Args:
        of: the record, ``system/record_type/key``, or the customer number.
        cell: where in it, e.g. ``phones.0.number``.
        old: what it is, ``None`` for nothing; personal data are masked.
        new: what it would be.
    """

    of: str
    cell: str
    old: Any
    new: Any


@dataclass(slots=True)
class Contents:
    """What would become of some contents.

    Args:
        new: how many have contents that had none.
        gone: how many had contents and would have none.
        changed: how many have others.
        cells: how many single values those differ in.
        attributes: attribute -> how many of the changed ones differ in it.
        samples: values that change.
    """

    new: int = 0
    gone: int = 0
    changed: int = 0
    cells: int = 0
    attributes: dict[str, int] = field(default_factory=dict)
    samples: list[Cell] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """All contents stay as they are."""
        return not (self.new or self.gone or self.changed)


def record_contents(db: Connection, since: int) -> Contents:
    """Compare what the source records say now with what they said at a commit."""
    return _compared(db, _RECORDS, since)


def golden_contents(db: Connection, since: int) -> Contents:
    """Compare the golden values of now with those at a commit."""
    return _compared(db, _GOLDEN, since)


def _compared(db: Connection, statement: str, since: int) -> Contents:
    found = Contents()
    attributes: Counter[str] = Counter()
    rows = db.execute(text(statement), {"since": since, "open": OPEN}, execution_options={"yield_per": 500})
    for name, entity, old, new in rows:
        if old is None or new is None:
            found.new += old is None
            found.gone += new is None
            continue
        cells = list(_cells(name, entity, upcast(old), upcast(new)))
        found.changed += bool(cells)
        found.cells += len(cells)
        attributes.update({cell.cell.partition(".")[0] for cell in cells})
        found.samples += cells[: SAMPLES - len(found.samples)]
    found.attributes = dict(attributes.most_common())
    return found


def _cells(name: str, entity: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Cell]:
    hidden = _hidden(entity, new)
    for place, was, is_ in differing_cells("", old, new):
        if place.partition(".")[0] in hidden:
            yield Cell(name, place, _masked(place, was), _masked(place, is_))
        else:
            yield Cell(name, place, was, is_)


def _masked(place: str, value: Any) -> Any:
    """Hide a value by the last word of its place: what tells kinds and countries is shown."""
    word = place.rpartition(".")[2]
    return mask_value({word: value})[word]


def _hidden(entity: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the attributes that are shown masked: of persons, and where others speak of persons."""
    if entity != "party":
        return "mentions", "text", "subject", "evidence"
    return PERSONAL if content.get("kind") == "person" else ("contacts",)


_RECORDS = """
with touched as (
  select distinct record_id from master.source_record_version
  where from_cs > :since or (to_cs > :since and to_cs < :open))
select s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation), r.entity, o.payload, n.payload
from touched t join master.source_record r on r.id = t.record_id join master.source_system s on s.id = r.system_id
left join master.source_record_version o on o.record_id = r.id and o.from_cs <= :since and o.to_cs > :since
left join master.source_record_version n on n.record_id = r.id and n.to_cs = :open
where o.id is not null or n.id is not null
order by r.id
"""

_GOLDEN = """
with touched as (
  select distinct party_id from master.golden_version where from_cs > :since or (to_cs > :since and to_cs < :open))
select p.public_id, 'party', o.attrs, n.attrs
from touched t join master.party p on p.id = t.party_id
left join master.golden_version o on o.party_id = p.id and o.from_cs <= :since and o.to_cs > :since
left join master.golden_version n on n.party_id = p.id and n.to_cs = :open
where o.id is not null or n.id is not null
order by p.id
"""
