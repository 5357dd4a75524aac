"""What only the screens ask the database: lists of runs and of dead letters, and the notes of who saw what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, text

from customer_master.stewardship.decisions import Decision, recent
from customer_master.store import visibility
from customer_master.store.clock import now_us
from customer_master.store.tables import OPEN
from customer_master.store.visibility import Viewer
from hub.store.tables import access_log, dead_letter, run

PAGE = 50
LARGEST_ID = 2**62
"""Above every number that the database gives out."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in the list; times are UTC microseconds."""

    id: int
    kind: str
    state: str
    started_us: int
    ended_us: int | None
    letters: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant; an empty field or 0 does not restrict.

    Args:
        run: number of a run.
        kind: rejected, quarantined or parked.
        system: code of a system.
        cause: cause.
        settled: those that were settled instead of those that wait.
    """

    run: int = 0
    kind: str = ""
    system: str = ""
    cause: str = ""
    settled: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give the filter in SQL."""
        c = dead_letter.c
        asked = ((c.run_id, self.run), (c.kind, self.kind), (c.system, self.system), (c.cause, self.cause))
        state = c.settled_us.is_not(None) if self.settled else c.settled_us.is_(None)
        return [state, *(column == value for column, value in asked if value)]


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter; ``at_us`` and ``settled_us`` are UTC microseconds."""

    id: int
    run_id: int
    kind: str
    system: str
    stream: str
    origin: str
    cause: str
    field: str
    message: str
    remedy: str
    payload: Mapping[str, Any]
    at_us: int
    settled_us: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Dead letters that are alike, how many there are, and the sentence of one of them."""

    kind: str
    system: str
    cause: str
    count: int
    sample: str


@dataclass(frozen=True, slots=True)
class RecordName:
    """A source record as ``system/record_type/key``, and its customer: number and agreed name."""

    name: str
    public_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record version came from: its record as ``system/record_type/key``; file and row, or model and id."""

    name: str
    place: str


def runs(db: Connection, *, before: int = LARGEST_ID, limit: int = PAGE) -> list[RunRow]:
    """List runs, newest first, each with its dead letters that still wait."""
    waiting = (
        select(func.count())
        .select_from(dead_letter)
        .where(dead_letter.c.run_id == run.c.id, dead_letter.c.settled_us.is_(None))
        .scalar_subquery()
    )
    r = run.c
    statement = select(r.id, r.kind, r.state, r.started_us, r.ended_us, waiting).where(r.id < before)
    return [RunRow(*row) for row in db.execute(statement.order_by(r.id.desc()).limit(limit))]


def pull_errors(db: Connection, run_id: int) -> list[dict[str, Any]]:
    """List the systems that a run could not read or reach, each with its error."""
    sql = "select system, stream, error from hub.pull where run_id = :run and state = 'failed' order by 1, 2"
    return [dict(row) for row in db.execute(text(sql), {"run": run_id}).mappings()]


def letters(db: Connection, wanted: Filter, *, before: int = LARGEST_ID, limit: int = PAGE) -> list[Letter]:
    """List dead letters, newest first."""
    c = dead_letter.c
    columns = (c.id, c.run_id, c.kind, c.system, c.stream, c.origin, c.cause, c.field, c.message, c.remedy, c.payload)
    statement = select(*columns, c.at_us, c.settled_us).where(*wanted.conditions(), c.id < before)
    return [Letter(**row) for row in db.execute(statement.order_by(c.id.desc()).limit(limit)).mappings()]


def letter_numbers(db: Connection, wanted: Filter, limit: int) -> Sequence[int]:
    """List the numbers of the dead letters meant, oldest first."""
    statement = select(dead_letter.c.id).where(*wanted.conditions()).order_by(dead_letter.c.id).limit(limit)
    return db.execute(statement).scalars().all()


def groups(db: Connection, wanted: Filter) -> list[Group]:
    """Count dead letters by kind, system and cause, the most first; of the filter only run and state count."""
    c = dead_letter.c
    counted = func.count().label("n")
    conditions = Filter(run=wanted.run, settled=wanted.settled).conditions()
    statement = (
        select(c.kind, c.system, c.cause, counted, func.min(c.message))
        .where(*conditions)
        .group_by(c.kind, c.system, c.cause)
    )
    return [Group(*row) for row in db.execute(statement.order_by(counted.desc(), c.kind, c.system, c.cause))]


def waiting_letters(db: Connection) -> int:
    """Count the dead letters that wait for somebody."""
    c = dead_letter.c
    return int(db.execute(select(func.count()).select_from(dead_letter).where(c.settled_us.is_(None))).scalar_one())


def note_access(db: Connection, *, user: str, party_id: int, fields: Sequence[str], purpose: str) -> None:
    """Note that somebody was shown personal data."""
    db.execute(
        insert(access_log).values(
            at_us=now_us(), user_name=user, party_id=party_id, fields=list(fields), purpose=purpose
        )
    )


def record_names(db: Connection, viewer: Viewer, record_ids: Collection[int]) -> dict[int, RecordName]:
    """Name source records that the viewer sees, and the customers they belong to now."""
    rows = db.execute(text(_NAMES), {"ids": list(record_ids), "open": OPEN, **visibility.args(viewer)})
    return {row.id: RecordName(row.name, row.public_id, row.title) for row in rows}


def titles(db: Connection, viewer: Viewer, numbers: Collection[str]) -> dict[str, str]:
    """Give the agreed names of customers that the viewer sees, by customer number."""
    rows = db.execute(text(_TITLES), {"numbers": list(numbers), "open": OPEN, **visibility.args(viewer)})
    return {row.public_id: row.title for row in rows}


def origins(db: Connection, viewer: Viewer, version_ids: Collection[int]) -> dict[int, Origin]:
    """Say which visible records the versions belong to, and where each came from."""
    rows = db.execute(text(_ORIGINS), {"ids": list(version_ids), **visibility.args(viewer)})
    return {row.id: Origin(row.name, row.origin) for row in rows}


def visible_customers(db: Connection, viewer: Viewer, party_ids: Collection[int]) -> set[int]:
    """List those of some customers that the viewer sees."""
    return set(db.execute(text(_SEEN), {"ids": list(party_ids), **visibility.args(viewer)}).scalars())


def count_orders(db: Connection, viewer: Viewer, party_ids: Collection[int]) -> dict[int, int]:
    """Count the orders of customers."""
    rows = db.execute(text(_ORDERS), {"ids": list(party_ids), "open": OPEN, **visibility.args(viewer)})
    return {row.party_id: row.orders for row in rows}


def last_verdict(db: Connection, user: str) -> Decision | None:
    """Give a steward's newest verdict about a pair that can be taken back, among the latest decisions."""
    mine = recent(db, actor=user, limit=PAGE)
    return next((d for d in mine if d.verdict in ("same", "different", "related") and d.stands), None)


_VISIBLE = visibility.sql("r")

_NAMES = f"""
select r.id, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation) as name,
  p.public_id, coalesce(g.attrs ->> 'name', '') as title
from master.source_record r join master.source_system s on s.id = r.system_id
join master.membership m on m.record_id = r.id and m.to_cs = :open join master.party p on p.id = m.party_id
left join master.golden_version g on g.party_id = p.id and g.to_cs = :open
where r.id = any(:ids) and {_VISIBLE}
"""  # noqa: S608 - ours

_TITLES = f"""
select p.public_id, coalesce(g.attrs ->> 'name', g.attrs ->> 'english_name', '') as title
from master.party p left join master.golden_version g on g.party_id = p.id and g.to_cs = :open
where p.public_id = any(:numbers) and {visibility.customer_sql("p")}
"""  # noqa: S608 - ours

_ORIGINS = f"""
select v.id, coalesce(v.origin, '') as origin,
  s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation) as name
from master.source_record_version v join master.source_record r on r.id = v.record_id
join master.source_system s on s.id = r.system_id where v.id = any(:ids) and {_VISIBLE}
"""  # noqa: S608 - ours

_SEEN = f"""
select p.id from master.party p where p.id = any(:ids) and {visibility.customer_sql("p")}
"""  # noqa: S608 - ours

_ORDERS = f"""
select m.party_id, count(distinct r.id) as orders from master.membership m
join master.record_reference f on f.to_record_id = m.record_id
join master.source_record r on r.id = f.record_id and r.entity = 'order' and {_VISIBLE}
where m.party_id = any(:ids) and m.to_cs = :open group by m.party_id
"""  # noqa: S608 - ours
