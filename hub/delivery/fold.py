"""Fold the master's events into one delivery row for each target record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store import parties
from customer_master.store.clock import last_commit, now_us
from customer_master.store.parties import ChangeSet, GoldenRow
from customer_master.store.tables import OPEN, membership, source_record, source_record_version
from hub.pipeline.work import Work
from hub.project import Subscription
from hub.store import offsets
from hub.store.optimistic import optimistic
from hub.store.tables import delivery, delivery_outcome
from mappings.canonical import canonical_hash

_CHUNK = 300

# whether a record is active is told inside payloads of every model alike: mappings.canonical.reading.SEEN_BY_SQL


def fold(work: Work, subscription: Subscription, system_id: int, org_unit: str) -> int:
    """Take the events since the last fold and put what they ask for into delivery rows.

    Args:
        work: the run.
        subscription: which target gets what.
        system_id: the target's number in the master.
        org_unit: the target's org unit.

    Returns:
        How many parties were looked at.
    """
    consumer = f"delivery:{subscription.subscription}"
    with work.engine.begin() as db:
        offset = offsets.get(db, consumer)
        upto = last_commit(db)
        concerned = _concerned(db, system_id, offset, upto)
    for start in range(0, len(concerned), _CHUNK):
        chunk = concerned[start : start + _CHUNK]
        if subscription.create:
            _intend_missing(work, subscription, system_id, org_unit, chunk)
        with work.engine.begin() as db:
            _fold_parties(db, work, subscription, system_id, chunk)
        work.report("publish: plan", min(start + _CHUNK, len(concerned)), len(concerned))
    with work.engine.begin() as db:
        offsets.put(db, consumer, upto)
    return len(concerned)


def _concerned(db: Connection, system_id: int, offset: int, upto: int) -> list[int]:
    """List parties with an event, or with a record in the target that changed, between two commit numbers."""
    rows = db.execute(
        text(
            "select party_id from master.event where cs > :offset and cs <= :upto"
            " union select m.party_id from master.source_record_version v"
            " join master.source_record r on r.id = v.record_id and r.system_id = :system"
            " join master.membership m on m.record_id = r.id and m.to_cs = :open"
            " where v.from_cs > :offset and v.from_cs <= :upto order by 1"
        ),
        {"offset": offset, "upto": upto, "system": system_id, "open": OPEN},
    )
    return list(rows.scalars())


def _fold_parties(
    db: Connection, work: Work, subscription: Subscription, system_id: int, party_ids: Sequence[int]
) -> None:
    wanted = _wanted(db, subscription, party_ids)
    targets = _targets(db, system_id, subscription.record_type, list(wanted))
    standing = _standing(db, [r for records in targets.values() for r in records])
    for party_id, agreed in wanted.items():
        desired = _desired(subscription, agreed)
        for record_id in targets.get(party_id, ()):
            _ask(db, work, subscription, party_id, record_id, desired, standing.get(record_id))


def _wanted(db: Connection, subscription: Subscription, party_ids: Sequence[int]) -> dict[int, GoldenRow]:
    """Map the parties that the subscription is about, and that have a name, to their golden versions."""
    golden = parties.golden_of(db, party_ids)
    return {p: g for p, g in golden.items() if g.attrs["kind"] in subscription.kinds and g.attrs.get("name")}


def _targets(db: Connection, system_id: int, record_type: str, party_ids: Collection[int]) -> dict[int, list[int]]:
    """Map parties to their records in the target; inactive ones are left in peace."""
    m, r, v = membership.c, source_record.c, source_record_version.c
    rows = db.execute(
        select(m.party_id, r.id, v.payload["active"].as_boolean())
        .select_from(
            membership.join(source_record, r.id == m.record_id).outerjoin(
                source_record_version, (v.record_id == r.id) & (v.to_cs == OPEN)
            )
        )
        .where(
            m.party_id == func.any(list(party_ids)), m.to_cs == OPEN, r.system_id == system_id,
            r.record_type == record_type,
        )
        .order_by(r.id)
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    for party_id, record_id, active in rows:
        own = found.setdefault(party_id, [])
        if active is not False:
            own.append(record_id)
    return found


def _alive(db: Connection, party_ids: Sequence[int]) -> list[int]:
    """Leave out parties that every source has put out of use: a target need not learn of them."""
    m, v = membership.c, source_record_version.c
    rows = db.execute(
        select(m.party_id)
        .distinct()
        .select_from(membership.join(source_record_version, (v.record_id == m.record_id) & (v.to_cs == OPEN)))
        .where(m.party_id == func.any(list(party_ids)), m.to_cs == OPEN, v.payload["active"].as_boolean())
        .order_by(m.party_id)
    )
    return list(rows.scalars())


def _intend_missing(
    work: Work, subscription: Subscription, system_id: int, org_unit: str, party_ids: Sequence[int]
) -> None:
    """Intend a target record for every party that has none; a commit of its own, for it holds the commit clock."""

    def intend(db: Connection, seen_cs: int) -> None:
        wanted = _wanted(db, subscription, party_ids)
        targets = _targets(db, system_id, subscription.record_type, list(wanted))
        without = _alive(db, [p for p in wanted if p not in targets])
        if without:
            record = {
                "system_id": system_id, "record_type": subscription.record_type, "org_unit": org_unit,
                "binding": "intended", "position": "", "first_cs": seen_cs,
            }  # fmt: skip
            _intend(db, work, record, without)

    optimistic(work.engine, intend)


def _intend(db: Connection, work: Work, record: dict[str, Any], party_ids: Sequence[int]) -> None:
    """Put the target records to be made into the master, with the correlation values that the target will store."""
    members = parties.members_of(db, party_ids)
    numbers = db.execute(
        text("select nextval(pg_get_serial_sequence('master.source_record', 'id')) from generate_series(1, :n)"),
        {"n": len(party_ids)},
    ).scalars().all()  # fmt: skip
    made = dict(zip(party_ids, numbers, strict=True))
    db.execute(
        insert(source_record),
        [
            {**record, "id": record_id, "correlation": f"HUB-{record_id}", "anchor_id": min(members[party_id])}
            for party_id, record_id in made.items()
        ],
    )
    change = ChangeSet(joined={record_id: (party_id, "trusted_key") for party_id, record_id in made.items()})
    done = parties.commit(db, change, author=work.author, kind="publish", seen_cs=record["first_cs"])
    assert done is not None  # noqa: S101 - there are parties without a record, so something joined
    db.execute(update(source_record).where(source_record.c.id == func.any(list(numbers))).values(first_cs=done.cs))


def _standing(db: Connection, record_ids: Collection[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    d = delivery.c
    rows = db.execute(
        select(d.id, d.record_id, d.party_id, d.desired_hash, d.confirmed_hash, d.state).where(
            d.record_id == func.any(list(record_ids))
        )
    )
    return {row.record_id: row for row in rows}


def _desired(subscription: Subscription, agreed: GoldenRow) -> dict[str, Any]:
    return {a: agreed.attrs[a] for a in subscription.fields if agreed.attrs.get(a)}


def _ask(
    db: Connection, work: Work, subscription: Subscription, party_id: int, record_id: int, desired: dict[str, Any],
    standing: Row[*tuple[Any, ...]] | None,
) -> None:  # fmt: skip
    """Note the desired state of one target record; whether anything must be written is decided when it is sent."""
    desired_hash = canonical_hash(desired)
    statement = upsert(delivery).values(
        target=subscription.target, party_id=party_id, record_id=record_id, desired=desired, desired_hash=desired_hash,
        state="pending", updated_us=now_us(),
    )  # fmt: skip
    delivery_id = db.execute(
        statement.on_conflict_do_update(
            index_elements=["record_id"],
            set_={c: statement.excluded[c] for c in ("party_id", "desired", "desired_hash", "state", "updated_us")},
        ).returning(delivery.c.id)
    ).scalar_one()
    if standing is not None and standing.desired_hash != desired_hash:
        db.execute(
            update(delivery_outcome)
            .where(delivery_outcome.c.delivery_id == delivery_id, delivery_outcome.c.state == "pending")
            .values(state="superseded")
        )
    # what this run delivered stays delivered when its echo comes back
    outcome = upsert(delivery_outcome).values(
        run_id=work.run_id, delivery_id=delivery_id, state="pending", action="none"
    )
    is_new_wish = standing is None or standing.desired_hash != desired_hash
    db.execute(
        outcome.on_conflict_do_update(index_elements=["run_id", "delivery_id"], set_={"state": "pending"})
        if is_new_wish
        else outcome.on_conflict_do_nothing()
    )
