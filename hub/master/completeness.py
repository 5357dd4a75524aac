"""Completeness claims: what a reading of everything there is does not name is gone, unless that would be too much.

A claim is *reading* until its last batch is landed, *open* until all its rows are recorded and none is a dead letter,
then *applied*, or *held* for a person if more is missing than the ceiling lets through. A newer claim makes it
*superseded*.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Engine, Row, text

from customer_master.store import tombstones
from customer_master.store.clock import Author
from customer_master.store.tables import OPEN
from hub.errors import UsageError
from hub.pipeline.work import Work
from hub.store.optimistic import optimistic


@dataclass(frozen=True, slots=True)
class Claim:
    """One complete reading and what came of it.

    Args:
        id: its number.
        system: code of the system.
        stream: its stream.
        state: reading, open, held, applied, refused or superseded.
        listed: live records it names.
        missing: live records it does not name.
        decided_by: who let it pass or refused it, ``None``: nobody had to.
        at_us: when it was landed, UTC microseconds since 1970.
        dead_letters: rows of it that wait among the dead letters: until they are settled nothing is missing.
    """

    id: int
    system: str
    stream: str
    state: str
    listed: int
    missing: int
    decided_by: str | None
    at_us: int
    dead_letters: int


def claims(db: Connection, *, state: str | None = None) -> list[Claim]:
    """List claims, the newest first; only those in a state, if one is named."""
    return [Claim(*row) for row in db.execute(text(_CLAIMS), {"state": state})]


def settle_claims(work: Work, systems: tuple[str, ...] | None = None) -> None:
    """Draw the consequences of readings that are recorded completely.

    Args:
        work: the run; holds the pipeline's lock.
        systems: only of these, ``None`` for all.
    """
    with work.engine.begin() as db:
        ready = list(db.execute(text(_READY), {"systems": None if systems is None else list(systems)}).scalars())
    for claim_id in ready:
        optimistic(work.engine, partial(_settle, work, claim_id))


def approve(engine: Engine, claim_id: int, user: str) -> int:
    """Let a held claim pass: what it does not name, and what has not come back since, gets its tombstone.

    Returns:
        How many records are gone.

    Raises:
        UsageError: no such claim is held.
        BusyError: others change the same customers all the time.
    """
    return optimistic(engine, lambda db, seen_cs: _approve(db, seen_cs, claim_id, user))


def refuse(engine: Engine, claim_id: int, user: str) -> None:
    """Refuse a held claim: the reading was not complete, nothing is gone.

    Raises:
        UsageError: no such claim is held.
    """
    with engine.begin() as db:
        _held(db, claim_id)
        _decide(db, claim_id, "refused", decided_by=user)


def _settle(work: Work, claim_id: int, db: Connection, seen_cs: int) -> None:
    claim = db.execute(text(_CLAIM), {"claim": claim_id}).one()
    if db.execute(text(_NEWER), {"claim": claim_id}).scalar_one():
        _decide(db, claim_id, "superseded")
        return
    db.execute(text(_SUPERSEDE_OTHERS), {"claim": claim_id})
    missing = _missing(db, claim)
    listed = int(db.execute(text(_LISTED), {"claim": claim_id, "open": OPEN}).scalar_one())
    passes = work.documents.connections[claim.system].deletions.lets_pass(listed, len(missing))
    _decide(db, claim_id, "applied" if passes else "held", listed=listed, missing=len(missing))
    if passes:
        _bury(db, claim, missing, work.author, seen_cs)


def _approve(db: Connection, seen_cs: int, claim_id: int, user: str) -> int:
    claim = _held(db, claim_id)
    missing = _missing(db, claim)
    _decide(db, claim_id, "applied", missing=len(missing), decided_by=user)
    _bury(db, claim, missing, Author(user, "user"), seen_cs)
    return len(missing)


def _bury(db: Connection, claim: Row[*tuple[object, ...]], missing: list[int], author: Author, seen_cs: int) -> None:
    tombstones.bury(
        db, missing, position=claim.position, reason=f"completeness claim {claim.id}", author=author, seen_cs=seen_cs
    )


def _held(db: Connection, claim_id: int) -> Row[*tuple[object, ...]]:
    claim = db.execute(text(_CLAIM), {"claim": claim_id}).one_or_none()
    if claim is None or claim.state != "held":
        raise UsageError(f"No claim {claim_id} is held", "List those that are with: hub master claims")
    return claim


def _missing(db: Connection, claim: Row[*tuple[object, ...]]) -> list[int]:
    return list(db.execute(text(_MISSING), {"claim": claim.id, "open": OPEN}).scalars())


def _decide(
    db: Connection,
    claim_id: int,
    state: str,
    *,
    listed: int | None = None,
    missing: int | None = None,
    decided_by: str | None = None,
) -> None:
    values = {"claim": claim_id, "state": state, "listed": listed, "missing": missing, "user": decided_by}
    db.execute(text(_DECIDE), values)


_CLAIM = "select id, system, position, state from hub.completeness_claim where id = :claim for update"

_CLAIMS = """
select c.id, c.system, c.stream, c.state, c.listed, c.missing, c.decided_by, c.at_us, (
  select count(*) from hub.landing_batch b join hub.mapping_pass p on p.batch_id = b.id
  join hub.dead_letter l on l.pass_id = p.id and l.settled_us is null
  where b.system = c.system and b.stream = c.stream and b.id between c.first_batch_id and c.last_batch_id)
from hub.completeness_claim c where cast(:state as text) is null or c.state = :state order by c.id desc
"""

# every batch of the reading is mapped, and no row of it waits among the dead letters
_READY = """
select c.id from hub.completeness_claim c
where c.state = 'open' and (cast(:systems as text[]) is null or c.system = any(:systems))
and not exists (
  select 1 from hub.landing_batch b left join hub.mapping_pass p on p.batch_id = b.id and p.kind = 'fresh'
  where b.system = c.system and b.stream = c.stream and b.id between c.first_batch_id and c.last_batch_id
  and p.state is distinct from 'done')
and not exists (
  select 1 from hub.landing_batch b join hub.mapping_pass p on p.batch_id = b.id
  join hub.dead_letter l on l.pass_id = p.id and l.settled_us is null
  where b.system = c.system and b.stream = c.stream and b.id between c.first_batch_id and c.last_batch_id)
order by c.id
"""

# by position, for files may come late; a reading that names nothing has none and goes by its number
_NEWER = """
select exists (
  select 1 from hub.completeness_claim c join hub.completeness_claim n on n.system = c.system and n.stream = c.stream
  where c.id = :claim and n.state in ('open','held','applied','refused') and case
    when c.position = '' or n.position = '' then n.id > c.id else (n.position, n.id) > (c.position, c.id) end)
"""

_SUPERSEDE_OTHERS = """
update hub.completeness_claim o set state = 'superseded' from hub.completeness_claim c
where c.id = :claim and o.system = c.system and o.stream = c.stream and o.id <> c.id and o.state in ('open','held')
"""

# a record that newer raw names is not missing, whenever that raw came
_MISSING = """
select r.id from hub.completeness_claim c
join hub.landing_batch b on b.system = c.system and b.stream = c.stream and b.id < c.first_batch_id
join master.source_record r on r.batch_id = b.id and (c.position = '' or r.position <= c.position)
join master.source_record_version v on v.record_id = r.id and v.to_cs = :open
where c.id = :claim
and not exists (select 1 from master.tombstone t where t.record_id = r.id and t.to_cs = :open) order by r.id
"""

_LISTED = """
select count(*) from hub.completeness_claim c
join hub.landing_batch b on b.system = c.system and b.stream = c.stream and b.id >= c.first_batch_id
join master.source_record r on r.batch_id = b.id
where c.id = :claim and not exists (select 1 from master.tombstone t where t.record_id = r.id and t.to_cs = :open)
"""

_DECIDE = """
update hub.completeness_claim set state = :state, listed = coalesce(:listed, listed),
  missing = coalesce(:missing, missing), decided_by = :user where id = :claim
"""
