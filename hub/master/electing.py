"""The deepest check of golden values: every customer's survive once more, under the document that chose them (I9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from customer_master.golden.policy import SurvivorshipPolicy, load_policy
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.policies.documents import PolicyError
from customer_master.store import parties
from customer_master.store.laws import MOST, RESTORE, Damage
from customer_master.store.public_id import encode
from customer_master.store.tables import OPEN
from hub.pipeline.scene import scene
from hub.pipeline.values import witnesses
from hub.pipeline.work import Report, silent

_BATCH = 500


def elect_again(engine: Engine, report: Report = silent) -> list[Damage]:
    """Find customers whose golden values are not what their records and pins give; no more than the first 100.

    Customers with a record that waits to be resolved are left out.

    Args:
        engine: the hub's database.
        report: where progress goes.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        db.execute(text("set transaction read only"))
        return list(islice(elections(db, report), MOST))


def elections(db: Connection, report: Report = silent) -> Iterator[Damage]:
    """Find the damages as :func:`elect_again` does, in what a running transaction sees."""
    policies = _policies(db)
    total = int(db.execute(text("select count(*) from master.party")).scalar_one())
    done = after = 0
    while batch := db.execute(text(_GOLDEN), {"after": after, "open": OPEN, "limit": _BATCH}).all():
        yield from _of_batch(db, batch, policies)
        after = batch[-1].party_id
        done += len(batch)
        report("fsck: golden values", done, total)


def _of_batch(
    db: Connection, batch: Sequence[Row[Any]], policies: dict[str, SurvivorshipPolicy | None]
) -> Iterator[Damage]:
    members = parties.members_of(db, [row.party_id for row in batch])
    seen = scene(db, sorted({r for own in members.values() for r in own}), [])
    for row in batch:
        place = f"customer {encode(row.party_id)}"
        policy = policies.get(row.policy_hash)
        if policy is None:
            what = f"the survivorship document {row.policy_hash[:12]} of its golden values cannot be read"
            yield Damage("I9", place, what, "Run: hub apply, then hub run resolve")
            continue
        group = frozenset(members.get(row.party_id, ()))
        own = witnesses(seen, group)
        pins = [pin for pin in seen.pins if pin.anchor_record_id in group]
        if own and golden_hash(survive(own, policy, pins).attrs) != row.attrs_hash:
            what = "its golden values are not those its records and pins give"
            yield Damage("I9", place, what, RESTORE)


def _policies(db: Connection) -> dict[str, SurvivorshipPolicy | None]:
    """Read every survivorship document there ever was; ``None`` for one that this program cannot read."""
    rows = db.execute(text("select hash, body from hub.document where kind = 'survivorship'"))
    return {row.hash: _policy(row.body) for row in rows}


def _policy(body: str) -> SurvivorshipPolicy | None:
    try:
        return load_policy(body)
    except PolicyError:
        return None


_GOLDEN = """
select g.party_id, g.attrs_hash, g.policy_hash from master.golden_version g
join master.party_state s on s.party_id = g.party_id and s.to_cs = :open and s.status = 'active'
where g.party_id > :after and g.to_cs = :open and not exists (
  select 1 from master.membership m join master.resolve_queue q on q.record_id = m.record_id
  where m.party_id = g.party_id and m.to_cs = :open)
order by g.party_id limit :limit
"""
