"""A customer as it was at any commit: its values, records, relations and pins then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from customer_master.stewardship.errors import UnknownError
from customer_master.store import visibility
from customer_master.store.visibility import Viewer
from mappings.canonical import upcast


@dataclass(frozen=True, slots=True)
class Member:
    """A source record of the customer and what it said then.

    Args:
        record_id: the source record.
        name: ``system/record_type/key``, by the key it had then.
        version_id: its version then, ``None`` if it had not said anything yet.
        payload: what it said, canonical content.
        position: source position of that version.
        origin: file and row, or model and id, in the source.
        joined_by: kind of its membership.
        taken_back: whether its source had taken it back.
    """

    record_id: int
    name: str
    version_id: int | None
    payload: Mapping[str, Any] | None
    position: str
    origin: str
    joined_by: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """What a record of the customer was to a record of another one.

    Args:
        type: such as ``branch_of``.
        outgoing: whether it goes from this customer to the other.
        record_id: record of this customer.
        other_record_id: record of the other.
        other_id: number of the other customer, ``None`` if the record was in none or is not visible.
        share: per cent, if known.
        effective_from: ISO date, if known.
        effective_to: ISO date, if known.
        decision_id: who said so.
    """

    type: str
    outgoing: bool
    record_id: int
    other_record_id: int
    other_id: str | None
    share: float | None
    effective_from: str | None
    effective_to: str | None
    decision_id: int


@dataclass(frozen=True, slots=True)
class PinnedValue:
    """A value that a steward had fixed.

    Args:
        pin_id: its number.
        attribute: attribute of the golden record.
        value: in its stored form.
        mode: how long it holds.
        expires_us: until when, UTC microseconds since 1970, if it has a date.
        anchor_record_id: record it goes with.
        decision_id: who said so.
        actor: that person.
        reason: in its own words.
    """

    pin_id: int
    attribute: str
    value: Any
    mode: str
    expires_us: int | None
    anchor_record_id: int
    decision_id: int
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerAsOf:
    """A customer at one commit.

    Args:
        party_id: internal number.
        public_id: customer number.
        kind: organisation, person or site.
        status: active, merged, split, retired or erased.
        cs: the commit.
        at_us: when that commit was, UTC microseconds since 1970.
        golden_cs: commit of its golden version, ``None`` if it had none.
        attrs: agreed values.
        prov: where each comes from.
        conflicts: what they had to beat, as far as it comes from visible records.
        members: its visible records.
        hidden: how many more records it had in other units.
        relations: what its visible records were to others.
        pins: values fixed on its visible records.
    """

    party_id: int
    public_id: str
    kind: str
    status: str
    cs: int
    at_us: int
    golden_cs: int | None
    attrs: Mapping[str, Any]
    prov: Mapping[str, Any]
    conflicts: list[Mapping[str, Any]]
    members: list[Member]
    hidden: int
    relations: list[Relation]
    pins: list[PinnedValue]


def commit_at(db: Connection, at_us: int) -> int:
    """Give the last commit at or before an instant, 0 if there was none yet.

    Args:
        db: connection.
        at_us: UTC microseconds since 1970.
    """
    sql = "select cs from master.change_set where at_us <= :at order by at_us desc, cs desc limit 1"
    return int(db.execute(text(sql), {"at": at_us}).scalar() or 0)


def customer_as_of(db: Connection, party_id: int, cs: int, viewer: Viewer) -> CustomerAsOf:
    """Read a customer as it was after a commit.

    Args:
        db: connection.
        party_id: the customer.
        cs: the commit, see :func:`commit_at`.
        viewer: who reads.

    Raises:
        UnknownError: there was no such customer then, no such commit, or none of its records is visible.
    """
    args = {"party": party_id, "cs": cs, **visibility.args(viewer)}
    row = db.execute(text(_PARTY), args).one_or_none()
    records = db.execute(text(_MEMBERS), args).all()
    members = [_member(r) for r in records if r.visible]
    if row is None or (viewer.units is not None and not members and (records or not _was_seen(db, args))):
        raise UnknownError(f"No such customer at commit {cs}", "Give another number or another time")
    own = {**args, "records": [m.record_id for m in members]}
    return CustomerAsOf(
        party_id, row.public_id, row.kind, row.status, cs, row.at_us,
        row.golden_cs, row.attrs or {}, row.prov or {}, _visible_conflicts(db, row.conflicts or [], viewer),
        members, len(records) - len(members),
        [Relation(*r) for r in db.execute(text(_RELATIONS), own)],
        [PinnedValue(*r) for r in db.execute(text(_PINS), own)],
    )  # fmt: skip


def _member(r: Row[Any]) -> Member:
    payload = None if r.payload is None else upcast(r.payload)
    return Member(
        r.record_id, r.name, r.version_id, payload, r.position or "", r.origin or "", r.joined_by, r.taken_back
    )


def _was_seen(db: Connection, args: Mapping[str, Any]) -> bool:
    """Tell whether a customer without records then had a visible one before."""
    return db.execute(text(_EVER), args).first() is not None


def _visible_conflicts(db: Connection, conflicts: list[Mapping[str, Any]], viewer: Viewer) -> list[Mapping[str, Any]]:
    """Leave out what records of other units say."""
    if viewer.units is None:
        return conflicts
    versions = [loser["v"] for c in conflicts for loser in c["losers"] if "v" in loser]
    seen = set(db.execute(text(_SEEN_VERSIONS), {"versions": versions, **visibility.args(viewer)}).scalars())
    kept = [{**c, "losers": [loser for loser in c["losers"] if loser.get("v") in seen]} for c in conflicts]
    return [c for c in kept if c["losers"]]


_VISIBLE = visibility.sql("r")

_PARTY = """
select p.public_id, p.kind, s.status, c.at_us, g.from_cs as golden_cs, g.attrs, g.prov, g.conflicts
from master.party p
join master.party_state s on s.party_id = p.id and s.from_cs <= :cs and s.to_cs > :cs
join master.change_set c on c.cs = :cs
left join master.golden_version g on g.party_id = p.id and g.from_cs <= :cs and g.to_cs > :cs
where p.id = :party
"""

# an alias opens when the record leaves that key, so the next one to open is the key of before
_MEMBERS = f"""
select m.record_id, v.id as version_id, v.payload, v.position, v.origin, m.kind as joined_by,
  s.code || '/' || r.record_type || '/' || coalesce((
    select k.old_key from master.key_alias k where k.record_id = r.id and k.from_cs > :cs order by k.from_cs limit 1),
    r.native_key, r.correlation) as name,
  exists (select 1 from master.tombstone t
    where t.record_id = r.id and t.from_cs <= :cs and t.to_cs > :cs) as taken_back,
  {_VISIBLE} as visible
from master.membership m join master.source_record r on r.id = m.record_id
join master.source_system s on s.id = r.system_id
left join master.source_record_version v on v.record_id = r.id and v.from_cs <= :cs and v.to_cs > :cs
where m.party_id = :party and m.from_cs <= :cs and m.to_cs > :cs order by name
"""  # noqa: S608 - ours

_EVER = f"""
select 1 from master.membership m join master.source_record r on r.id = m.record_id
where m.party_id = :party and m.from_cs <= :cs and {_VISIBLE} limit 1
"""  # noqa: S608 - ours

_SEEN_VERSIONS = f"""
select v.id from master.source_record_version v join master.source_record r on r.id = v.record_id
where v.id = any(:versions) and {_VISIBLE}
"""  # noqa: S608 - ours

_RELATIONS = f"""
select n.type, n.outgoing, n.record_id, n.other_record_id, p.public_id, n.share::float, n.effective_from::text,
  n.effective_to::text, n.decision_id
from (
  select type, true as outgoing, from_record_id as record_id, to_record_id as other_record_id, share, effective_from,
    effective_to, decision_id from master.record_relation
  where from_record_id = any(:records) and from_cs <= :cs and to_cs > :cs
  union all
  select type, false, to_record_id, from_record_id, share, effective_from, effective_to, decision_id
  from master.record_relation where to_record_id = any(:records) and from_cs <= :cs and to_cs > :cs
) n
left join master.source_record r on r.id = n.other_record_id and {_VISIBLE}
left join master.membership m on m.record_id = r.id and m.from_cs <= :cs and m.to_cs > :cs
left join master.party p on p.id = m.party_id order by n.type, n.outgoing desc, n.other_record_id
"""  # noqa: S608 - ours

_PINS = """
select i.id, i.attribute, i.value, i.mode, i.expires_us, i.anchor_record_id, i.decision_id, d.actor, d.reason
from master.pin i join master.decision d on d.id = i.decision_id
where i.anchor_record_id = any(:records) and i.from_cs <= :cs and i.to_cs > :cs order by i.attribute, i.id
"""
