"""Customer numbers: every number ever issued resolves for ever, to itself or to those that have its records."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store import public_id
from customer_master.store.tables import OPEN

NOW = OPEN - 1
"""Commit number that stands for the present: behind every commit, inside every open interval."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a customer number.

    Args:
        party_id: internal number.
        public_id: the number as it is printed.
        status: active, merged, split, retired or erased.
        successors: numbers at the end of the line of those that took over; empty if it stands for itself.
    """

    party_id: int
    public_id: str
    status: str
    successors: tuple[str, ...]


def resolve_number(db: Connection, number: str, cs: int | None = None) -> Resolved:
    """Find the customer of a number.

    Args:
        db: connection.
        number: customer number, however it is written.
        cs: as of this commit; ``None``: now.

    Raises:
        UnknownError: a character of the number is wrong, or nobody had it at that commit.
    """
    try:
        party_id = public_id.decode(number)
    except ValueError as error:
        raise UnknownError(str(error), "Read the number again, or search by name") from None
    args = {"party": party_id, "cs": NOW if cs is None else cs}
    row = db.execute(text(_STATE), args).one_or_none()
    if row is None:
        when = "" if cs is None else f" at commit {cs}"
        raise UnknownError(f"Nobody has the customer number {public_id.encode(party_id)}{when}", "Search by name")
    ends = db.execute(text(_ENDS), args).scalars().all()
    return Resolved(party_id, row.public_id, row.status, tuple(ends))


_STATE = """
select p.public_id, s.status from master.party p
join master.party_state s on s.party_id = p.id and s.from_cs <= :cs and s.to_cs > :cs
where p.id = :party
"""

_ENDS = """
with recursive line(id) as (
  select successor_id from master.party_successor where party_id = :party and from_cs <= :cs and to_cs > :cs
  union select s.successor_id from line
  join master.party_successor s on s.party_id = line.id and s.from_cs <= :cs and s.to_cs > :cs)
select p.public_id from line join master.party p on p.id = line.id
where not exists (
  select 1 from master.party_successor s where s.party_id = line.id and s.from_cs <= :cs and s.to_cs > :cs)
order by p.id
"""
