"""Tables of the customer master (schema ``master``): records, matching, parties, golden values, events.

What people decide is in :mod:`customer_master.store.decision_tables`, their work in
:mod:`customer_master.store.work_tables`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

OPEN = 2**62
"""The open end of an interval. A number, not NULL, so that partial unique indexes and range tests stay simple."""

metadata = MetaData(schema="master")


def interval() -> tuple[Column[int], Column[int]]:
    """Give the columns of an interval of commit numbers, open until it is closed."""
    return (
        Column("from_cs", BigInteger, nullable=False),
        Column("to_cs", BigInteger, nullable=False, server_default=str(OPEN)),
    )


def one_open(name: str, *columns: str) -> Index:
    """Let at most one interval be open at a time."""
    return Index(name, *columns, unique=True, postgresql_where=text(f"to_cs = {OPEN}"))


clock = Table(
    "clock",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("last_cs", BigInteger, nullable=False),
    Column("last_at_us", BigInteger, nullable=False, server_default="0", comment="time of the last commit; only grows"),
    Column("last_hash", Text, nullable=False, server_default="", comment="hash of the last change set"),
    CheckConstraint("id = 1", name="known_id"),
)

change_set = Table(
    "change_set",
    metadata,
    Column("cs", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False, comment="UTC, microseconds since 1970"),
    Column("actor_kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="record, resolve, publish, decision, tombstone, renumber, erase"),
    Column("digest", Text, nullable=False, server_default="", comment="salted hash of the rows it wrote"),
    Column("salt", Text, nullable=False, server_default="", comment="empty: rows of it were erased, or it predates"),
    Column("hash", Text, nullable=False, server_default="", comment="hash of the one before, this row, the digest"),
    CheckConstraint("actor_kind in ('user','run','system')", name="known_actor_kind"),
    Index("change_set_at", "at_us"),
)

source_system = Table(
    "source_system",
    metadata,
    Column("id", SmallInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("org_unit", Text, nullable=False),
)

source_record = Table(
    "source_record",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system_id", SmallInteger, ForeignKey("master.source_system.id"), nullable=False),
    Column(
        "entity",
        Text,
        nullable=False,
        server_default="party",
    ),
    Column("record_type", Text, nullable=False),
    Column("native_key", Text, comment="NULL until a record that the hub creates is bound"),
    Column("org_unit", Text, nullable=False),
    Column("first_cs", BigInteger, nullable=False),
    Column("correlation", Text, comment="our value that the target stores with a record made by the hub"),
    Column(
        "binding",
        Text,
        comment="NULL for records that came from the system itself",
    ),
    Column("anchor_id", BigInteger, ForeignKey("master.source_record.id"), comment="record it was made for"),
    Column("position", Text, nullable=False, comment="newest source position seen"),
    Column("batch_id", BigInteger, comment="landing batch of the newest raw"),
    Column("row_no", Integer, comment="row in that batch"),
    Column("token", Text, nullable=False, server_default="", comment="concurrency token for writing back"),
    CheckConstraint("native_key is not null or binding in ('intended','sent','in_doubt')", name="key_unless_unbound"),
    CheckConstraint("(correlation is null) = (binding is null)", name="correlation_with_binding"),
    Index(
        "source_record_key", "system_id", "record_type", "native_key", unique=True,
        postgresql_where=text("native_key is not null"),
    ),
    Index(
        "source_record_correlation", "system_id", "correlation", unique=True,
        postgresql_where=text("correlation is not null"),
    ),
    Index("source_record_batch", "batch_id", "row_no"),
    Index("source_record_anchor", "anchor_id", postgresql_where=text("anchor_id is not null")),
    CheckConstraint(
        "entity in ('party','interaction','case','order','holding','item','consent','channel_stock','sell_through')",
        name="known_entity",
    ),
    CheckConstraint("binding in ('intended','sent','in_doubt','bound')", name="known_binding"),
)  # fmt: skip

source_record_version = Table(
    "source_record_version",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    *interval(),
    Column("payload", JSONB, nullable=False, comment="canonical content as the source says it"),
    Column("payload_hash", Text, nullable=False),
    Column(
        "evidence",
        JSONB(none_as_null=True),
        comment="payload without what the hub itself wrote; NULL: all of it is the source's own",
    ),
    Column("evidence_hash", Text, nullable=False),
    Column("evidence_position", Text, nullable=False, comment="source position at which the evidence last changed"),
    Column("position", Text, nullable=False),
    Column("batch_id", BigInteger, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("mapping_hash", Text, nullable=False),
    one_open("source_record_version_open", "record_id"),
    Index("source_record_version_history", "record_id", "from_cs"),
    Index("source_record_version_from", "from_cs"),
)

contact_point = Table(
    "contact_point",
    metadata,
    Column(
        "record_id",
        BigInteger,
        ForeignKey("master.source_record.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False, comment="E.164 number, address or domain in lower case"),
    Column("role", Text, nullable=False, comment="where an interaction or case mentions it; empty: a party has it"),
    PrimaryKeyConstraint("record_id", "kind", "value", "role"),
    Index("contact_point_value", "kind", "value"),
    CheckConstraint("kind in ('phone','email','domain')", name="known_kind"),
)

record_reference = Table(
    "record_reference",
    metadata,
    Column(
        "record_id",
        BigInteger,
        ForeignKey("master.source_record.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("relation", Text, nullable=False),
    Column(
        "to_record_id",
        BigInteger,
        ForeignKey("master.source_record.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    PrimaryKeyConstraint("record_id", "relation", "to_record_id"),
    Index("record_reference_to", "to_record_id"),
)

search_entry = Table(
    "search_entry",
    metadata,
    Column(
        "record_id",
        BigInteger,
        ForeignKey("master.source_record.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("tokens", ARRAY(Text), nullable=False, comment="what the record is found by"),
    Index("search_entry_tokens", "tokens", postgresql_using="gin"),
)

resolve_queue = Table(
    "resolve_queue",
    metadata,
    Column("record_id", BigInteger, ForeignKey("master.source_record.id"), primary_key=True),
    Column("stage", SmallInteger, nullable=False, server_default="0", comment="0 changed, 1 keyed, 2 scored"),
    Index("resolve_queue_stage", "stage", "record_id"),
)

blocking_key = Table(
    "blocking_key",
    metadata,
    Column("hash", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    PrimaryKeyConstraint("hash", "record_id"),
    Index("blocking_key_record", "record_id"),
)

record_values = Table(
    "record_values",
    metadata,
    Column("record_id", BigInteger, primary_key=True, autoincrement=False),
    Column("said", JSONB, nullable=False, comment="what matching compares of it, as read from its version"),
)

match_pair = Table(
    "match_pair",
    metadata,
    Column("lo", BigInteger, nullable=False),
    Column("hi", BigInteger, nullable=False),
    Column("weight", Double, nullable=False),
    Column("band", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False, comment="comparison levels, one byte an attribute"),
    Column("policy_hash", Text, nullable=False),
    PrimaryKeyConstraint("lo", "hi"),
    CheckConstraint("lo < hi", name="ordered"),
    Index("match_pair_hi", "hi"),
    CheckConstraint("band in ('match','review','related')", name="known_band"),
)

party = Table(
    "party",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("created_cs", BigInteger, nullable=False),
    Column(
        "touched_cs", BigInteger, nullable=False, server_default="0",
        comment="last commit that was about it: what an optimistic writer and an ETag compare",
    ),
    CheckConstraint("kind in ('organisation','person','site')", name="known_kind"),
)  # fmt: skip

party_state = Table(
    "party_state",
    metadata,
    Column("party_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    *interval(),
    Column("status", Text, nullable=False),
    PrimaryKeyConstraint("party_id", "from_cs"),
    one_open("party_state_open", "party_id"),
    CheckConstraint("status in ('active','merged','split','retired','erased')", name="known_status"),
)

party_successor = Table(
    "party_successor",
    metadata,
    Column("party_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    Column("successor_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    *interval(),
    PrimaryKeyConstraint("party_id", "successor_id", "from_cs"),
    Index("party_successor_heir", "successor_id", "party_id"),
)

membership = Table(
    "membership",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    Column("party_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    *interval(),
    Column("kind", Text, nullable=False),
    one_open("membership_open", "record_id"),
    Index("membership_party", "party_id", "from_cs"),
    Index("membership_record", "record_id", "from_cs"),
    Index("membership_from", "from_cs"),
    CheckConstraint("kind in ('seed','auto','steward','trusted_key')", name="known_kind"),
)

golden_version = Table(
    "golden_version",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("party_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    *interval(),
    Column("attrs", JSONB, nullable=False),
    Column("prov", JSONB, nullable=False, comment="attribute -> version id, rule, number of candidates, why"),
    Column("conflicts", JSONB, nullable=False),
    Column("attrs_hash", Text, nullable=False),
    Column("policy_hash", Text, nullable=False),
    one_open("golden_version_open", "party_id"),
    Index("golden_version_history", "party_id", "from_cs"),
)

event = Table(
    "event",
    metadata,
    Column("cs", BigInteger, ForeignKey("master.change_set.cs"), nullable=False),
    Column("ord", Integer, nullable=False),
    Column(
        "type",
        Text,
        nullable=False,
    ),
    Column("party_id", BigInteger, ForeignKey("master.party.id"), nullable=False),
    Column("payload", JSONB, nullable=False),
    PrimaryKeyConstraint("cs", "ord"),
    CheckConstraint(
        "type in ('created','changed','merged','split','reopened','retired','erased','relinked','related')",
        name="known_type",
    ),
    Index("event_party", "party_id", "cs"),
)

consumer_offset = Table(
    "consumer_offset",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("cs", BigInteger, nullable=False),
    Column("ord", Integer, nullable=False, server_default="0", comment="last event within the commit that it has"),
)
