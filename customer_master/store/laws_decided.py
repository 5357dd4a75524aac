"""Laws about what people decide, and that customers, events and work agree with it."""

from __future__ import annotations

from customer_master.store.laws import RESTORE, Law

_RESOLVE = "Run: hub run resolve; if it stays, " + RESTORE[0].lower() + RESTORE[1:]

# a pair of records that is no longer of one kind cannot be one customer, whatever was decided
CONSTRAINTS = (
    Law("I3", """
select 'decision ' || c.decision_id,
  'records ' || c.lo || ' and ' || c.hi || ' must be one customer and are two'
from master.pair_constraint c
join master.membership a on a.record_id = c.lo and a.to_cs = :open
join master.membership b on b.record_id = c.hi and b.to_cs = :open
join master.party p on p.id = a.party_id join master.party q on q.id = b.party_id
where c.to_cs = :open and c.polarity = 1 and a.party_id <> b.party_id and p.kind = q.kind
""", _RESOLVE),
    Law("I3", """
select 'decision ' || c.decision_id,
  'records ' || c.lo || ' and ' || c.hi || ' must not be one customer and are'
from master.pair_constraint c
join master.membership a on a.record_id = c.lo and a.to_cs = :open
join master.membership b on b.record_id = c.hi and b.to_cs = :open and b.party_id = a.party_id
where c.to_cs = :open and c.polarity = -1
""", _RESOLVE),
    Law("I4", """
with recursive reach(decision_id, lo, hi, at) as (
  select decision_id, lo, hi, lo from master.pair_constraint where to_cs = :open and polarity = -1
  union
  select reach.decision_id, reach.lo, reach.hi, next.record_id from reach cross join lateral (
    select hi as record_id from master.pair_constraint where lo = reach.at and to_cs = :open and polarity = 1
    union all select lo from master.pair_constraint where hi = reach.at and to_cs = :open and polarity = 1
    union all select anchor_id from master.source_record where id = reach.at and anchor_id is not null
    union all select id from master.source_record where anchor_id = reach.at) next
)
select 'decision ' || decision_id,
  'it keeps records ' || lo || ' and ' || hi || ' apart, and other decisions in force make them one'
from reach where at = hi
""", "Undo one of the decisions: hub master undo"),
)  # fmt: skip


def _of_a_decision(table: str, place: str) -> tuple[Law, ...]:
    begins = f"select {place}, 'it begins with commit ' || x.from_cs || ', "
    return (
        Law("decisions", f"""
{begins}which is no decision'
from master.{table} x where not exists (select 1 from master.decision d where d.cs = x.from_cs)
"""),  # noqa: S608 - ours
        Law("decisions", f"""
{begins}before decision ' || d.id || ' that it belongs to'
from master.{table} x join master.decision d on d.id = x.decision_id and d.cs > x.from_cs
"""),
    )  # fmt: skip


def _undone(table: str, place: str, key: str) -> tuple[Law, ...]:
    undone = f"select {place}, 'decision ' || d.id || ' has undone commit ' || d.undoes_cs || ' that "
    # what sources or the time have ended lapses again at once
    unless = " and x.mode = 'forever'" if table == "pin" else ""
    same = " and ".join(f"y.{column} = x.{column}" for column in key.split(", "))
    return (
        Law("I7", f"""
{undone}began it, and it is in force'
from master.decision d join master.{table} x on x.from_cs = d.undoes_cs and x.to_cs > d.cs
"""),
        Law("I7", f"""
{undone}ended it, and it did not return'
from master.decision d join master.{table} x on x.to_cs = d.undoes_cs{unless}
where not exists (select 1 from master.{table} y where y.from_cs = d.cs and {same})
"""),  # noqa: S608 - ours
    )  # fmt: skip


_PLACES = {
    "pair_constraint": ("'constraint of records ' || x.lo || ' and ' || x.hi", "decision_id, lo, hi"),
    "record_relation": (
        "'relation of records ' || x.from_record_id || ' and ' || x.to_record_id",
        "decision_id, from_record_id, to_record_id, type",
    ),
    "pin": ("'pin ' || x.id", "id"),
}

DECISIONS = (
    *(law for table, (place, _) in _PLACES.items() for law in _of_a_decision(table, place)),
    *(law for table, (place, key) in _PLACES.items() for law in _undone(table, place, key)),
    Law("decisions", """
select 'decision ' || d.id, 'it is about record ' || n.record_id || ', which does not exist'
from master.decision d cross join lateral unnest(d.records) as n(record_id)
where not exists (select 1 from master.source_record r where r.id = n.record_id)
"""),
    Law("decisions", """
select 'decision ' || id, 'it undoes commit ' || undoes_cs || ', which came after it' from master.decision
where undoes_cs >= cs
"""),
)  # fmt: skip

EVENTS = (
    Law("events", """
select 'customer ' || p.public_id, 'it became ' || s.status || ' with commit ' || s.from_cs || ', and no event says so'
from master.party_state s join master.party p on p.id = s.party_id
where not (s.status = 'active' and s.from_cs = p.created_cs) and not exists (
  select 1 from master.event e where e.party_id = s.party_id and e.cs = s.from_cs
  and e.type = case s.status when 'active' then 'reopened' else s.status end)
"""),
    Law("events", """
select 'customer ' || p.public_id, 'the event ' || e.type || ' of commit ' || e.cs || ' changed no state'
from master.event e join master.party p on p.id = e.party_id
where e.type in ('created', 'merged', 'split', 'reopened', 'retired', 'erased') and not exists (
  select 1 from master.party_state s where s.party_id = e.party_id and s.from_cs = e.cs
  and s.status = case when e.type in ('created', 'reopened') then 'active' else e.type end)
"""),
    Law("events", """
select 'customer ' || p.public_id, 'its values changed with commit ' || g.from_cs || ', and no event says so'
from master.golden_version g join master.party p on p.id = g.party_id
where not exists (select 1 from master.event e where e.party_id = g.party_id and e.cs = g.from_cs)
"""),
)  # fmt: skip


def _touches(table: str, *records: str) -> str:
    """List (party, commit) of what begins or ends about a party's records; before the chain nobody noted it."""
    return " union all ".join(
        f"select m.party_id, n.cs from master.{table} x"  # noqa: S608 - ours
        f" cross join lateral (values (x.from_cs), (x.to_cs)) as n(cs)"
        f" join master.change_set c on c.cs = n.cs and c.hash <> ''"
        f" join master.membership m on m.record_id = x.{record} and m.from_cs <= n.cs and m.to_cs > n.cs"
        for record in records
    )


TOUCHED = (
    Law("touched", f"""
select 'customer ' || p.public_id, 'commit ' || max(t.cs) || ' is about it, and it says ' || p.touched_cs
from (
  select party_id, from_cs as cs from master.membership union all select party_id, to_cs from master.membership
  union all select party_id, from_cs from master.party_state
  union all select party_id, from_cs from master.golden_version
  union all {_touches("pair_constraint", "lo", "hi")}
  union all {_touches("record_relation", "from_record_id", "to_record_id")}
  union all {_touches("pin", "anchor_record_id")}
) t join master.party p on p.id = t.party_id and t.cs > p.touched_cs and t.cs <> :open
group by p.public_id, p.touched_cs
"""),  # noqa: S608 - ours
    Law("touched", """
select 'customer ' || p.public_id, 'it says that commit ' || p.touched_cs || ' is about it, which does not exist'
from master.party p cross join master.clock k where p.touched_cs > k.last_cs
"""),
)  # fmt: skip

WORK = (
    Law("queue", """
select 'record ' || q.record_id, 'it waits to be resolved and has nothing to resolve' from master.resolve_queue q
join master.source_record r on r.id = q.record_id
where r.entity <> 'party' or (r.binding is null and not exists (
  select 1 from master.source_record_version v where v.record_id = r.id and v.to_cs = :open))
""", _RESOLVE),
    Law("derived", """
select 'record ' || n.record_id, 'it is erased and can still be found'
from master.erasure e cross join lateral unnest(e.records) as n(record_id)
where exists (select 1 from master.search_entry s where s.record_id = n.record_id)
  or exists (select 1 from master.contact_point c where c.record_id = n.record_id)
  or exists (select 1 from master.blocking_key k where k.record_id = n.record_id)
  or exists (select 1 from master.record_values v where v.record_id = n.record_id)
"""),
    Law("derived", """
select 'record ' || k.record_id, 'it has matching keys and does not exist' from master.blocking_key k
where not exists (select 1 from master.source_record r where r.id = k.record_id) group by k.record_id
""", _RESOLVE),
    Law("derived", """
select 'records ' || p.lo || ' and ' || p.hi, 'they are scored and one does not exist' from master.match_pair p
where not exists (select 1 from master.source_record r where r.id = p.lo)
  or not exists (select 1 from master.source_record r where r.id = p.hi)
""", _RESOLVE),
)  # fmt: skip
