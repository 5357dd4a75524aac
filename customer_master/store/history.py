"""What happened to a customer: every change set that touched it, newest first, with who, when, why and what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store import visibility
from customer_master.store.numbers import NOW
from customer_master.store.visibility import Viewer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Act:
    """The decision of a change set.

    Args:
        decision_id: its number.
        verdict: what was decided.
        actor: who decided.
        second_actor: who agreed, if two had to.
        reason_code: reason from the list.
        reason: reason in the steward's words.
        source: steward, import, api or batch.
        undoes_cs: the change it takes back.
        undone_cs: the change that took it back.
    """

    decision_id: int
    verdict: str
    actor: str
    second_actor: str | None
    reason_code: str
    reason: str
    source: str
    undoes_cs: int | None
    undone_cs: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """A record that came, went, was taken back by its source (``gone``), or came back from there (``returned``).

    Args:
        record: ``system/record_type/key``.
        what: joined, left, gone or returned.
        customer: number of the customer the record is about to belong to, or belongs to.
        other: number of the customer it came from or went to; ``None`` if there is none.
        by: kind of the membership.
    """

    record: str
    what: str
    customer: str
    other: str | None
    by: str


@dataclass(frozen=True, slots=True)
class ValueChange:
    """An agreed value that became another one.

    Args:
        customer: its number.
        attribute: such as ``name``.
        before: what it was, ``None`` if nothing.
        after: what it became, ``None`` if nothing.
        why: step of the survivorship rule that decided.
        record: visible record it comes from.
    """

    customer: str
    attribute: str
    before: Any
    after: Any
    why: str
    record: str | None


@dataclass(frozen=True, slots=True)
class Effect:
    """A constraint, relation or pin that a decision put in force (``opened``) or ended (``closed``).

    Args:
        what: must, cannot, a relation's type, or the attribute of a pin.
        kind: constraint, relation or pin.
        opened: whether it begins here; else it ends.
        records: the visible records it is about.
        decision_id: decision that it belongs to.
    """

    what: str
    kind: str
    opened: bool
    records: tuple[str, ...]
    decision_id: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event that consumers were told of."""

    type: str
    customer: str


@dataclass(slots=True)
class Change:
    """One change set, as far as it is about the customer.

    Args:
        cs: its commit number.
        at_us: when, UTC microseconds since 1970.
        kind: record, resolve, publish, decision, tombstone, renumber or erase.
        actor: run or user.
        actor_kind: run, user or system.
        act: the decision, if it was one.
        moves: records that came and went.
        values: agreed values that changed.
        effects: what was put in force or ended.
        events: what consumers were told.
    """

    cs: int
    at_us: int
    kind: str
    actor: str
    actor_kind: str
    act: Act | None = None
    moves: list[Move] = field(default_factory=list)
    values: list[ValueChange] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def history(db: Connection, party_id: int, viewer: Viewer, *, before_cs: int = NOW, limit: int = 50) -> list[Change]:
    """List what happened to a customer and to those that were merged into it, newest first.

    Args:
        db: connection.
        party_id: the customer.
        viewer: who reads; what only records of other units tell is left out.
        before_cs: only commits before this one: the last of the page before.
        limit: how many at most.

    Raises:
        UnknownError: there is no such customer, or none of its records is visible.
    """
    seen = visibility.args(viewer)
    if db.execute(text(_CUSTOMER), {"party": party_id, **seen}).first() is None:
        raise UnknownError("There is no such customer", "Search by name")
    parties = db.execute(text(_LINE), {"party": party_id}).scalars().all()
    args: dict[str, Any] = {"parties": list(parties), "before": before_cs, "limit": limit, **seen}
    changes = {row.cs: Change(*row) for row in db.execute(text(_CHANGES), args)}
    args["commits"] = list(changes)
    for change, act in _rows(db, _ACTS, args, changes, Act):
        change.act = act
    for change, move in _rows(db, _MOVES, args, changes, Move):
        change.moves.append(move)
    for change, value in _rows(db, _VALUES, args, changes, ValueChange):
        change.values.append(value)
    for change, effect in _rows(db, _EFFECTS, args, changes, _effect):
        change.effects.append(effect)
    for change, event in _rows(db, _EVENTS, args, changes, Event):
        change.events.append(event)
    return list(changes.values())


def _rows(
    db: Connection, sql: str, args: Mapping[str, Any], changes: Mapping[int, Change], make: Callable[..., T]
) -> Iterable[tuple[Change, T]]:
    for cs, *values in db.execute(text(sql), args):
        yield changes[cs], make(*values)


def _effect(what: str, kind: str, opened: bool, records: Sequence[str], decision_id: int) -> Effect:
    return Effect(what, kind, opened, tuple(records), decision_id)


_VISIBLE = visibility.sql("r")

_CUSTOMER = f"select 1 from master.party p where p.id = :party and {visibility.customer_sql('p')}"  # noqa: S608 - ours

# whoever it stands for: itself, and those that were merged into it or parted into it
_LINE = """
with recursive line(id) as (
  select cast(:party as bigint) union select s.party_id from line
  join master.party_successor s on s.successor_id = line.id and s.to_cs = 4611686018427387904)
select id from line
"""

# a decision is about records, so it belongs to whoever had them before or after it
_CHANGES = """
with own as materialized (
  select record_id, from_cs, to_cs from master.membership where party_id = any(:parties)
), touched(cs) as (
  select from_cs from own union select to_cs from own
  union select from_cs from master.golden_version where party_id = any(:parties)
  union select from_cs from master.party_state where party_id = any(:parties)
  union select cs from master.event where party_id = any(:parties)
  union select d.cs from own join master.decision d on d.records @> array[own.record_id]
    and d.cs between own.from_cs and own.to_cs
  union select t.from_cs from own join master.tombstone t on t.record_id = own.record_id
    and t.from_cs between own.from_cs and own.to_cs
  union select t.to_cs from own join master.tombstone t on t.record_id = own.record_id
    and t.to_cs between own.from_cs and own.to_cs
)
select c.cs, c.at_us, c.kind, c.actor, c.actor_kind from touched
join master.change_set c on c.cs = touched.cs where c.cs < :before order by c.cs desc limit :limit
"""

_ACTS = """
select d.cs, d.id, d.verdict, d.actor, d.second_actor, d.reason_code, d.reason, d.source, d.undoes_cs,
  (select u.cs from master.decision u where u.undoes_cs = d.cs order by u.cs desc limit 1)
from master.decision d where d.cs = any(:commits)
"""

_NAME = "s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation)"

_MOVES = f"""
select x.cs, {_NAME}, x.what, p.public_id, o.public_id, x.kind from (
  select m.from_cs as cs, m.record_id, 'joined' as what, m.party_id, b.party_id as other_id, m.kind
  from master.membership m left join master.membership b on b.record_id = m.record_id and b.to_cs = m.from_cs
  where m.party_id = any(:parties) and m.from_cs = any(:commits)
  union all
  select m.to_cs, m.record_id, 'left', m.party_id, a.party_id, m.kind
  from master.membership m left join master.membership a on a.record_id = m.record_id and a.from_cs = m.to_cs
  where m.party_id = any(:parties) and m.to_cs = any(:commits) and not coalesce(a.party_id = any(:parties), false)
  union all
  select t.from_cs, m.record_id, 'gone', m.party_id, null, m.kind
  from master.membership m join master.tombstone t on t.record_id = m.record_id
    and t.from_cs >= m.from_cs and t.from_cs < m.to_cs
  where m.party_id = any(:parties) and t.from_cs = any(:commits)
  union all
  select t.to_cs, m.record_id, 'returned', m.party_id, null, m.kind
  from master.membership m join master.tombstone t on t.record_id = m.record_id
    and t.to_cs >= m.from_cs and t.to_cs < m.to_cs
  where m.party_id = any(:parties) and t.to_cs = any(:commits)
) x
join master.source_record r on r.id = x.record_id and {_VISIBLE}
join master.source_system s on s.id = r.system_id
join master.party p on p.id = x.party_id left join master.party o on o.id = x.other_id
order by x.cs, 2, x.what
"""  # noqa: S608 - ours

_VALUES = f"""
select g.from_cs, p.public_id, a.key, b.attrs -> a.key, a.value, coalesce(g.prov -> a.key ->> 'why', ''), (
    select {_NAME} from master.source_record_version v join master.source_record r on r.id = v.record_id
    join master.source_system s on s.id = r.system_id
    where v.id = (g.prov -> a.key ->> 'v')::bigint and {_VISIBLE})
from master.golden_version g join master.party p on p.id = g.party_id
left join lateral (
  select e.attrs from master.golden_version e where e.party_id = g.party_id and e.from_cs < g.from_cs
  order by e.from_cs desc limit 1) b on true
cross join lateral jsonb_each(g.attrs) a
where g.party_id = any(:parties) and g.from_cs = any(:commits)
  and coalesce(b.attrs -> a.key, 'null') is distinct from a.value
order by g.from_cs, p.id, a.key
"""  # noqa: S608 - ours

_DECIDED = {
    "pair_constraint": "case polarity when 1 then 'must' else 'cannot' end, 'constraint', array[lo, hi]",
    "record_relation": "type, 'relation', array[from_record_id, to_record_id]",
    "pin": "attribute, 'pin', array[anchor_record_id]",
}
"""Table of what decisions put in force -> what, kind and records of a row."""

# each end of an interval by its own index
_ENDS = " union all ".join(
    f"select {end}, {is_opened}, {shown}, decision_id from master.{table} where {end} = any(:commits)"  # noqa: S608 - ours
    for table, shown in _DECIDED.items()
    for end, is_opened in (("from_cs", "true"), ("to_cs", "false"))
)

_EFFECTS = f"""
with own as materialized (
  select record_id from master.membership where party_id = any(:parties)
), effect(cs, opened, what, kind, records, decision_id) as ({_ENDS})
select x.cs, x.what, x.kind, x.opened, (
    select coalesce(array_agg({_NAME} order by array_position(x.records, r.id)), '{{}}')
    from master.source_record r join master.source_system s on s.id = r.system_id
    where r.id = any(x.records) and {_VISIBLE}), x.decision_id
from effect x where exists (select 1 from own where own.record_id = any(x.records))
order by x.cs, x.kind, x.opened desc, x.decision_id, x.records
"""  # noqa: S608 - ours

_EVENTS = """
select e.cs, e.type, p.public_id from master.event e join master.party p on p.id = e.party_id
where e.party_id = any(:parties) and e.cs = any(:commits) order by e.cs, e.ord
"""
