"""Calls, mails and orders put into a workshop's master without any source system."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from customer_master.store import recording
from customer_master.store.recording import Incoming
from mappings.canonical import (
    CanonicalRecord,
    Channel,
    Direction,
    Interaction,
    Mention,
    MentionRole,
    Order,
    PointKind,
    Reference,
)
from tests.store.workshop import Workshop

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def call(key: str, *phones: str) -> CanonicalRecord:
    mentions = tuple(Mention(PointKind.PHONE, phone, MentionRole.CALLER) for phone in phones)
    return CanonicalRecord(
        "interaction", "call", key, Interaction(Channel.CALL, Direction.INBOUND, NOON, mentions=mentions)
    )


def mail(key: str, sender: str, *signature: str) -> CanonicalRecord:
    mentions = (
        Mention(PointKind.EMAIL, sender, MentionRole.SENDER),
        *(Mention(PointKind.PHONE, phone, MentionRole.SIGNATURE) for phone in signature),
    )
    return CanonicalRecord(
        "interaction", "message", key, Interaction(Channel.EMAIL, Direction.INBOUND, NOON, mentions=mentions)
    )


def order(key: str, party: str) -> CanonicalRecord:
    content = Order(f"SO-{key}", "confirmed", NOON.date(), "CNY", Decimal("1200.50"))
    return CanonicalRecord("order", "sale", key, content, references=(Reference("ordered_by", "erp", "party", party),))


def take(workshop: Workshop, *records: CanonicalRecord, system: str = "erp", position: str = "2026-11-20") -> None:
    """Record what a system says, as the pipeline does after mapping."""
    batch = workshop.sql("select coalesce(max(id), 0) from hub.landing_batch")[0][0]
    incoming = [Incoming(r, position, batch, n, f"{r.record_type}:{r.key}", "test") for n, r in enumerate(records)]
    with workshop.engine.begin() as db:
        system_id = recording.ensure_system(db, code=system, kind="erp", org_unit="head-office")
        decision = recording.decide(incoming, recording.lookup(db, system_id, incoming), {})
        recording.record(db, decision, system_id=system_id, org_unit="head-office", actor="test")
