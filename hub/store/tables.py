"""Tables of the hub itself (schema ``hub``): documents, runs, manifests, cursors, fates, dead letters, deliveries."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="hub")

document = Table(
    "document",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment="mapping, quality, match, survivorship, connection, subscription"),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("loaded_us", BigInteger, nullable=False),
)

activation = Table(
    "activation",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hash", Text, ForeignKey("hub.document.hash"), nullable=False),
    Column("activated_us", BigInteger, nullable=False),
    Index("activation_latest", "kind", "name", "id"),
)

run = Table(
    "run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("state", Text, CheckConstraint("state in ('open','green','red')"), nullable=False, server_default="open"),
    Column("seconds", JSONB, nullable=False, server_default="{}", comment="step -> seconds"),
    Column("error", Text, comment="why it was broken off; NULL: it was not"),
)

pull = Table(
    "pull",
    metadata,
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("state", Text, CheckConstraint("state in ('done','failed')"), nullable=False),
    Column("error", JSONB(none_as_null=True), comment="class, sentence, remedy"),
    PrimaryKeyConstraint("run_id", "system", "stream"),
)

landing_batch = Table(
    "landing_batch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("cursor", JSONB, nullable=False),
    Column("landed_us", BigInteger, nullable=False),
    Index("landing_batch_run", "run_id"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("batch_id", BigInteger, ForeignKey("hub.landing_batch.id"), nullable=False),
    PrimaryKeyConstraint("system", "stream"),
)

mapping_pass = Table(
    "mapping_pass",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("batch_id", BigInteger, ForeignKey("hub.landing_batch.id"), nullable=False),
    Column("activation_id", BigInteger, ForeignKey("hub.activation.id"), nullable=False),
    Column("kind", Text, CheckConstraint("kind in ('fresh','remap')"), nullable=False),
    Column("expected", Integer, nullable=False, comment="rows that must have a fate"),
    Column("warnings", JSONB, nullable=False, server_default="{}", comment="quality rule -> rows it warns about"),
    Column("state", Text, CheckConstraint("state in ('open','done')"), nullable=False, server_default="open"),
    UniqueConstraint("batch_id", "activation_id"),
    Index("mapping_pass_run", "run_id"),
    Index("mapping_pass_fresh", "batch_id", unique=True, postgresql_where=text("kind = 'fresh'")),
)

fate = Table(
    "fate",
    metadata,
    Column("pass_id", BigInteger, ForeignKey("hub.mapping_pass.id"), nullable=False),
    Column("row_no", Integer, nullable=False),
    Column(
        "fate",
        Text,
        CheckConstraint("fate in ('recorded','unchanged','filtered','rejected','quarantined')"),
        nullable=False,
    ),
    Column("reason", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("pass_id", "row_no"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("target", Text, nullable=False),
    Column("party_id", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False, unique=True, comment="the target's source record"),
    Column("desired", JSONB, nullable=False, comment="agreed values, attribute -> value"),
    Column("desired_hash", Text, nullable=False),
    Column("confirmed_hash", Text, nullable=False, server_default=""),
    Column(
        "state",
        Text,
        CheckConstraint(
            "state in ('pending','sent','delivered','already-equal','superseded','held','parked','in-doubt')"
        ),
        nullable=False,
    ),
    Column("written", JSONB, nullable=False, server_default="[]", comment="elements that are the hub's own writing"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message", Text, nullable=False, server_default=""),
    Column("updated_us", BigInteger, nullable=False),
    Index("delivery_work", "target", "state", "party_id"),
    Index("delivery_party", "party_id"),
)

delivery_outcome = Table(
    "delivery_outcome",
    metadata,
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("delivery_id", BigInteger, ForeignKey("hub.delivery.id"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state in ('pending','delivered','already-equal','superseded','held','parked','in-doubt')"),
        nullable=False,
    ),
    Column("action", Text, CheckConstraint("action in ('create','update','none')"), nullable=False),
    PrimaryKeyConstraint("run_id", "delivery_id"),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("kind", Text, CheckConstraint("kind in ('rejected','quarantined','parked')"), nullable=False),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("field", Text, nullable=False, server_default=""),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("pass_id", BigInteger),
    Column("row_no", Integer),
    Column("delivery_id", BigInteger, ForeignKey("hub.delivery.id")),
    ForeignKeyConstraint(["pass_id", "row_no"], ["hub.fate.pass_id", "hub.fate.row_no"]),
    CheckConstraint("(pass_id is null) <> (delivery_id is null)", name="of_a_row_or_of_a_delivery"),
    Index("dead_letter_row", "pass_id", "row_no", unique=True, postgresql_where=text("pass_id is not null")),
    Index("dead_letter_run", "run_id"),
)
