"""First tables: hub and master."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.execute("create schema master")
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False, comment="the target's source record"),
        sa.Column(
            "desired",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="agreed values, attribute -> value",
        ),
        sa.Column("desired_hash", sa.Text(), nullable=False),
        sa.Column("confirmed_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "written",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="elements that are the hub's own writing",
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("record_id"),
        schema="hub",
    )
    op.create_index("delivery_party", "delivery", ["party_id"], unique=False, schema="hub")
    op.create_index("delivery_work", "delivery", ["target", "state", "party_id"], unique=False, schema="hub")
    op.create_table(
        "document",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="mapping, quality, match, survivorship, connection, subscription"
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("loaded_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
        schema="hub",
    )
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column(
            "seconds",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="step -> seconds",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="why it was broken off; NULL: it was not"),
        sa.PrimaryKeyConstraint("id"),
        schema="hub",
    )
    op.create_table(
        "activation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("activated_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"],
            ["hub.document.hash"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="hub",
    )
    op.create_index("activation_latest", "activation", ["kind", "name", "id"], unique=False, schema="hub")
    op.create_table(
        "delivery_outcome",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["hub.delivery.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "delivery_id"),
        schema="hub",
    )
    op.create_table(
        "landing_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("cursor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("landed_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
        schema="hub",
    )
    op.create_index("landing_batch_run", "landing_batch", ["run_id"], unique=False, schema="hub")
    op.create_table(
        "pull",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="class, sentence, remedy"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "system", "stream"),
        schema="hub",
    )
    op.create_table(
        "cursor",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["hub.landing_batch.id"],
        ),
        sa.PrimaryKeyConstraint("system", "stream"),
        schema="hub",
    )
    op.create_table(
        "mapping_pass",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("activation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False, comment="rows that must have a fate"),
        sa.Column(
            "warnings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="quality rule -> rows it warns about",
        ),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.ForeignKeyConstraint(
            ["activation_id"],
            ["hub.activation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["hub.landing_batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "activation_id"),
        schema="hub",
    )
    op.create_index(
        "mapping_pass_fresh",
        "mapping_pass",
        ["batch_id"],
        unique=True,
        schema="hub",
        postgresql_where=sa.text("kind = 'fresh'"),
    )
    op.create_index("mapping_pass_run", "mapping_pass", ["run_id"], unique=False, schema="hub")
    op.create_table(
        "fate",
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["pass_id"],
            ["hub.mapping_pass.id"],
        ),
        sa.PrimaryKeyConstraint("pass_id", "row_no"),
        schema="hub",
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=True),
        sa.Column("row_no", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(pass_id is null) <> (delivery_id is null)", name="of_a_row_or_of_a_delivery"),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["hub.delivery.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pass_id", "row_no"],
            ["hub.fate.pass_id", "hub.fate.row_no"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="hub",
    )
    op.create_index(
        "dead_letter_row",
        "dead_letter",
        ["pass_id", "row_no"],
        unique=True,
        schema="hub",
        postgresql_where=sa.text("pass_id is not null"),
    )
    op.create_index("dead_letter_run", "dead_letter", ["run_id"], unique=False, schema="hub")
    op.create_table(
        "blocking_key",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "record_id"),
        schema="master",
    )
    op.create_index("blocking_key_record", "blocking_key", ["record_id"], unique=False, schema="master")
    op.create_table(
        "change_set",
        sa.Column("cs", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="UTC, microseconds since 1970"),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="record, resolve, publish"),
        sa.PrimaryKeyConstraint("cs"),
        schema="master",
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("last_cs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_table(
        "consumer_offset",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("cs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer"),
        schema="master",
    )
    op.create_table(
        "match_pair",
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="comparison levels, one byte an attribute"),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("lo < hi", name="ordered"),
        sa.PrimaryKeyConstraint("lo", "hi"),
        schema="master",
    )
    op.create_index("match_pair_hi", "match_pair", ["hi"], unique=False, schema="master")
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_cs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        schema="master",
    )
    op.create_table(
        "source_system",
        sa.Column("id", sa.SmallInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("org_unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        schema="master",
    )
    op.create_table(
        "event",
        sa.Column("cs", sa.BigInteger(), nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["cs"],
            ["master.change_set.cs"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["master.party.id"],
        ),
        sa.PrimaryKeyConstraint("cs", "ord"),
        schema="master",
    )
    op.create_table(
        "golden_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.Column("attrs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "prov",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="attribute -> version id, rule, number of candidates, why",
        ),
        sa.Column("conflicts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attrs_hash", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["master.party.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_index("golden_version_history", "golden_version", ["party_id", "from_cs"], unique=False, schema="master")
    op.create_index(
        "golden_version_open",
        "golden_version",
        ["party_id"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_table(
        "party_state",
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["master.party.id"],
        ),
        sa.PrimaryKeyConstraint("party_id", "from_cs"),
        schema="master",
    )
    op.create_index(
        "party_state_open",
        "party_state",
        ["party_id"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_table(
        "party_successor",
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["master.party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["master.party.id"],
        ),
        sa.PrimaryKeyConstraint("party_id", "successor_id", "from_cs"),
        schema="master",
    )
    op.create_table(
        "source_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.SmallInteger(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("native_key", sa.Text(), nullable=True, comment="NULL until a record that the hub creates is bound"),
        sa.Column("org_unit", sa.Text(), nullable=False),
        sa.Column("first_cs", sa.BigInteger(), nullable=False),
        sa.Column(
            "correlation",
            sa.Text(),
            nullable=True,
            comment="our value that the target stores with a record made by the hub",
        ),
        sa.Column("binding", sa.Text(), nullable=True, comment="NULL for records that came from the system itself"),
        sa.Column("anchor_id", sa.BigInteger(), nullable=True, comment="record it was made for"),
        sa.Column("position", sa.Text(), nullable=False, comment="newest source position seen"),
        sa.Column("batch_id", sa.BigInteger(), nullable=True, comment="landing batch of the newest raw"),
        sa.Column("row_no", sa.Integer(), nullable=True, comment="row in that batch"),
        sa.Column("token", sa.Text(), server_default="", nullable=False, comment="concurrency token for writing back"),
        sa.CheckConstraint(
            "native_key is not null or binding in ('intended','sent','in_doubt')", name="key_unless_unbound"
        ),
        sa.CheckConstraint("(correlation is null) = (binding is null)", name="correlation_with_binding"),
        sa.ForeignKeyConstraint(
            ["anchor_id"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["master.source_system.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_index(
        "source_record_anchor",
        "source_record",
        ["anchor_id"],
        unique=False,
        schema="master",
        postgresql_where=sa.text("anchor_id is not null"),
    )
    op.create_index("source_record_batch", "source_record", ["batch_id", "row_no"], unique=False, schema="master")
    op.create_index(
        "source_record_correlation",
        "source_record",
        ["system_id", "correlation"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("correlation is not null"),
    )
    op.create_index(
        "source_record_key",
        "source_record",
        ["system_id", "record_type", "native_key"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("native_key is not null"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["master.party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_index(
        "membership_open",
        "membership",
        ["record_id"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_index("membership_party", "membership", ["party_id", "from_cs"], unique=False, schema="master")
    op.create_index("membership_record", "membership", ["record_id", "from_cs"], unique=False, schema="master")
    op.create_table(
        "resolve_queue",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "stage", sa.SmallInteger(), server_default="0", nullable=False, comment="0 changed, 1 keyed, 2 scored"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("record_id"),
        schema="master",
    )
    op.create_index("resolve_queue_stage", "resolve_queue", ["stage", "record_id"], unique=False, schema="master")
    op.create_table(
        "source_record_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="canonical content as the source says it",
        ),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column(
            "evidence",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="payload without what the hub itself wrote; NULL: all of it is the source's own",
        ),
        sa.Column("evidence_hash", sa.Text(), nullable=False),
        sa.Column(
            "evidence_position", sa.Text(), nullable=False, comment="source position at which the evidence last changed"
        ),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("mapping_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_index("source_record_version_from", "source_record_version", ["from_cs"], unique=False, schema="master")
    op.create_index(
        "source_record_version_history",
        "source_record_version",
        ["record_id", "from_cs"],
        unique=False,
        schema="master",
    )
    op.create_index(
        "source_record_version_open",
        "source_record_version",
        ["record_id"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.execute("insert into master.clock (id, last_cs) values (1, 0)")
