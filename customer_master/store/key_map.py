"""Former keys: a source that renumbers its records means the same ones, and late files still name the old keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from customer_master.store import audit, tombstones
from customer_master.store.clock import Author, tick
from customer_master.store.tables import OPEN
from mappings.normalize.text import fold

Identity = tuple[str, str, str]
"""System, record type and native key."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Why one pair of a key map cannot be followed.

    Args:
        index: place of the pair in the map, from 0.
        what: ``unknown`` (no record has the old key), ``taken`` (another record has the new one and keeps it),
            ``former`` (the new key was another record's, which late files still mean by it) or ``twice`` (the map
            names the old or the new key before).
    """

    index: int
    what: Literal["unknown", "taken", "former", "twice"]


def current_keys(connection: Connection, identities: Collection[Identity]) -> dict[Identity, str]:
    """Map those of the identities that use a former key to the key that the record has now."""
    if not identities or not connection.execute(text("select exists (select 1 from master.key_alias)")).scalar_one():
        return {}
    rows = connection.execute(text(_CURRENT), {**_columns(identities), "open": OPEN})
    return {(row.system, row.record_type, row.old_key): row.native_key for row in rows}


def clashes(
    connection: Connection, system_id: int, record_type: str, pairs: Collection[tuple[str, str]]
) -> list[Clash]:
    """List what stands in the way of a key map, in its order.

    A new key that a record has which is itself renumbered by the map is free; so is that of an awaited record: others
    refer to it, but it never came, so it is this one under its new key.
    """
    found = connection.execute(text(_STANDING), _arguments(system_id, record_type, pairs)).all()
    seen_old: set[str] = set()
    seen_new: set[str] = set()
    result = []
    for index, (old, new) in enumerate(pairs):
        state = found[index]
        if old in seen_old or new in seen_new:
            result.append(Clash(index, "twice"))
        elif not state.is_known:
            result.append(Clash(index, "unknown"))
        elif state.is_taken:
            result.append(Clash(index, "taken"))
        elif state.is_former:
            result.append(Clash(index, "former"))
        seen_old.add(old)
        seen_new.add(new)
    return result


def renumber(
    connection: Connection, system_id: int, record_type: str, pairs: Mapping[str, str], *, author: Author
) -> int:
    """Give records their new keys, in one change set; the old ones stay theirs where no other record has taken them.

    Among equal values the smallest key wins, so the records are queued to be resolved again.

    Args:
        connection: connection in a transaction, which the caller commits at once: every other writer waits for it.
        system_id: system of the records.
        record_type: their type.
        pairs: old key -> new key, without clashes; at least one.
        author: who says so.

    Returns:
        The commit number.
    """
    arguments = _arguments(system_id, record_type, list(pairs.items()))
    held = {row.old: row.id for row in connection.execute(text(_HELD), arguments)}
    connection.execute(text(_TAKE_OVER_REFERENCES), arguments)
    connection.execute(text(_FORGET_AWAITED_REFERENCES), arguments)
    connection.execute(text(_FORGET_AWAITED), arguments)
    connection.execute(text(_MAKE_ROOM), arguments)
    connection.execute(text(_RENAME), {**arguments, "ids": [held[old] for old in pairs]})
    tokens = [f"k:{fold(new)}" for new in pairs.values()]
    connection.execute(text(_FIND_BY_NEW), {"tokens": tokens, "ids": [held[old] for old in pairs]})
    tombstones.queue(connection, held.values())  # before the clock, as in resolving
    seal = audit.seal(("k", held[old], old) for old in pairs)
    cs = tick(connection, kind="renumber", author=author, seal=seal)  # from here on every other writer waits
    connection.execute(text(_CLOSE_ALIASES), {**arguments, "cs": cs})
    connection.execute(text(_OPEN_ALIASES), {**arguments, "cs": cs, "ids": [held[old] for old in pairs]})
    return cs


def _columns(identities: Collection[Identity]) -> dict[str, list[str]]:
    systems, types, keys = zip(*identities, strict=True)
    return {"systems": list(systems), "types": list(types), "keys": list(keys)}


def _arguments(system_id: int, record_type: str, pairs: Collection[tuple[str, str]]) -> dict[str, object]:
    return {
        "system": system_id, "type": record_type, "open": OPEN,
        "olds": [old for old, _ in pairs], "news": [new for _, new in pairs],
    }  # fmt: skip


_CURRENT = """
select n.system, n.record_type, n.old_key, r.native_key
from unnest(cast(:systems as text[]), cast(:types as text[]), cast(:keys as text[])) as n(system, record_type, old_key)
join master.source_system s on s.code = n.system
join master.key_alias a on a.system_id = s.id and a.record_type = n.record_type and a.old_key = n.old_key
  and a.to_cs = :open
join master.source_record r on r.id = a.record_id
"""

_PAIRS = "unnest(cast(:olds as text[]), cast(:news as text[])) with ordinality as n(old, new, place)"

_RECORD = "r.system_id = :system and r.record_type = :type"

_AWAITED = "not exists (select 1 from master.source_record_version v where v.record_id = r.id) and r.binding is null"

_STANDING = f"""
select exists (select 1 from master.source_record r where {_RECORD} and r.native_key = n.old) as is_known,
  exists (select 1 from master.source_record r where {_RECORD} and r.native_key = n.new
    and r.native_key <> all(:olds) and not ({_AWAITED})) as is_taken,
  exists (select 1 from master.key_alias a
    join master.source_record r on {_RECORD} and r.native_key = n.old and r.id <> a.record_id
    where a.system_id = :system and a.record_type = :type and a.old_key = n.new and a.to_cs = :open) as is_former
from {_PAIRS} order by n.place
"""  # noqa: S608 - ours

_HELD = f"""
select n.old, r.id from {_PAIRS} join master.source_record r on {_RECORD} and r.native_key = n.old
"""  # noqa: S608 - ours

_AWAITED_PAIRS = f"""
{_PAIRS} join master.source_record r on {_RECORD} and r.native_key = n.new and r.native_key <> all(:olds)
  and {_AWAITED}
"""

_TAKE_OVER_REFERENCES = f"""
insert into master.record_reference (record_id, relation, to_record_id)
select f.record_id, f.relation, o.id from {_AWAITED_PAIRS}
join master.source_record o on o.system_id = :system and o.record_type = :type and o.native_key = n.old
join master.record_reference f on f.to_record_id = r.id
on conflict do nothing
"""  # noqa: S608 - ours

_FORGET_AWAITED_REFERENCES = f"""
delete from master.record_reference where to_record_id in (select r.id from {_AWAITED_PAIRS})
"""  # noqa: S608 - ours

_FORGET_AWAITED = f"delete from master.source_record where id in (select r.id from {_AWAITED_PAIRS})"  # noqa: S608 - ours

# keys that wander in a circle or a chain must not meet, not even for a moment
_MAKE_ROOM = f"""
update master.source_record r set native_key = E'\\x01' || r.id
where {_RECORD} and r.native_key = any(:olds) and r.native_key = any(:news)
"""  # noqa: S608 - ours

_RENAME = """
update master.source_record r set native_key = n.new
from unnest(cast(:ids as bigint[]), cast(:news as text[])) as n(id, new) where r.id = n.id
"""

_FIND_BY_NEW = """
update master.search_entry e set tokens = array(select distinct t from unnest(e.tokens || n.token) t)
from unnest(cast(:ids as bigint[]), cast(:tokens as text[])) as n(id, token) where e.record_id = n.id
"""

_CLOSE_ALIASES = """
update master.key_alias set to_cs = :cs
where system_id = :system and record_type = :type and old_key = any(:news) and to_cs = :open
"""

# where another record has the old key now, it is noted but finds that one
_OPEN_ALIASES = f"""
insert into master.key_alias (system_id, record_type, old_key, record_id, from_cs, to_cs)
select :system, :type, n.old, n.id, :cs,
  case when exists (select 1 from master.source_record r where {_RECORD} and r.native_key = n.old)
    then :cs else :open end
from unnest(cast(:ids as bigint[]), cast(:olds as text[])) as n(id, old)
"""  # noqa: S608 - ours
