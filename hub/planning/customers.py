"""Which customers would be new, merged, split or ended since a commit, and how many keep their number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store.tables import OPEN
from hub.planning.contents import SAMPLES


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer number whose meaning changes.

    Args:
        id: the number.
        what: ``new``; ``split off``: new with records that others had; ``merged`` and ``split``: its records are
            others' now; ``retired``: its records have ended; ``reopened``.
        others: numbers its records come from or go to.
        records: its records, ``system/record_type/key``: of a number that ends, those it had.
    """

    id: str
    what: str
    others: list[str]
    records: list[str]


@dataclass(frozen=True, slots=True)
class Customers:
    """What would become of the customers.

    Args:
        kept: how many keep their number.
        moved: how many records would be another number's.
        counts: what happens -> how many numbers.
        samples: numbers that it happens to.
    """

    kept: int
    moved: int
    counts: dict[str, int] = field(default_factory=dict)
    samples: list[Customer] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Every record keeps its customer."""
        return not (self.moved or self.counts)


def changed_customers(db: Connection, since: int) -> Customers:
    """Compare the customers of now with those at a commit."""
    span = {"since": since, "open": OPEN}
    kept = db.execute(text(_KEPT), span).scalar_one()
    moved = db.execute(text(_MOVED), span).scalar_one()
    found = [Customer(row.public_id, _what(row), row.others, row.records) for row in db.execute(text(_CHANGED), span)]
    return Customers(kept, moved, dict(Counter(one.what for one in found).most_common()), found[:SAMPLES])


def _what(row: Any) -> str:
    if row.was is None:
        return "split off" if row.others else "new"
    return "reopened" if row.status == "active" else str(row.status)


_KEPT = """
select count(*) from master.party_state o
join master.party_state n on n.party_id = o.party_id and n.to_cs = :open and n.status = 'active'
where o.from_cs <= :since and o.to_cs > :since and o.status = 'active'
"""

_MOVED = """
select count(*) from master.membership n
join master.membership o on o.record_id = n.record_id and o.from_cs <= :since and o.to_cs > :since
where n.to_cs = :open and n.party_id <> o.party_id
"""

_CHANGED = """
with changed as (
  select p.id, p.public_id, o.status as was, n.status
  from master.party p join master.party_state n on n.party_id = p.id and n.to_cs = :open
  left join master.party_state o on o.party_id = p.id and o.from_cs <= :since and o.to_cs > :since
  where o.status is distinct from n.status and (o.status is not null or n.status = 'active'))
select c.public_id, c.was, c.status,
  case when c.status = 'active' then array(
    select distinct p.public_id from master.membership n
    join master.membership o on o.record_id = n.record_id and o.from_cs <= :since and o.to_cs > :since
    join master.party p on p.id = o.party_id
    where n.party_id = c.id and n.to_cs = :open and o.party_id <> c.id order by 1)
  else array(
    select p.public_id from master.party_successor s join master.party p on p.id = s.successor_id
    where s.party_id = c.id and s.to_cs = :open order by 1) end as others,
  array(
    select s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation)
    from master.membership m join master.source_record r on r.id = m.record_id
    join master.source_system s on s.id = r.system_id
    where m.party_id = c.id and case when c.status = 'active' then m.to_cs = :open
      else m.from_cs <= :since and m.to_cs > :since end
    order by 1) as records
from changed c order by c.id
"""
