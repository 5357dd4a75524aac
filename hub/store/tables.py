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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("state", Text, nullable=False, server_default="open"),
    Column("seconds", JSONB, nullable=False, server_default="{}", comment="step -> seconds"),
    Column("error", Text, comment="why it was broken off; NULL: it was not"),
    CheckConstraint("state in ('open','green','red')", name="known_state"),
)

pull = Table(
    "pull",
    metadata,
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", JSONB(none_as_null=True), comment="class, sentence, remedy"),
    PrimaryKeyConstraint("run_id", "system", "stream"),
    CheckConstraint("state in ('done','failed')", name="known_state"),
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
    Column("kind", Text, nullable=False),
    Column("expected", Integer, nullable=False, comment="rows that must have a fate"),
    Column("rows", ARRAY(Integer), comment="rows that a replay is about; NULL: all that the kind says"),
    Column("warnings", JSONB, nullable=False, server_default="{}", comment="quality rule -> rows it warns about"),
    Column("state", Text, nullable=False, server_default="open"),
    CheckConstraint("(kind = 'replay') = (rows is not null)", name="replay_names_rows"),
    Index("mapping_pass_once", "batch_id", "activation_id", unique=True, postgresql_where=text("kind <> 'replay'")),
    Index("mapping_pass_run", "run_id"),
    Index("mapping_pass_fresh", "batch_id", unique=True, postgresql_where=text("kind = 'fresh'")),
    CheckConstraint("kind in ('fresh','remap','replay')", name="known_kind"),
    CheckConstraint("state in ('open','done')", name="known_state"),
)

fate = Table(
    "fate",
    metadata,
    Column("pass_id", BigInteger, ForeignKey("hub.mapping_pass.id"), nullable=False),
    Column("row_no", Integer, nullable=False),
    Column(
        "fate",
        Text,
        nullable=False,
    ),
    Column("reason", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("pass_id", "row_no"),
    CheckConstraint("fate in ('recorded','unchanged','filtered','rejected','quarantined')", name="known_fate"),
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
        nullable=False,
    ),
    Column("written", JSONB, nullable=False, server_default="[]", comment="elements that are the hub's own writing"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message", Text, nullable=False, server_default=""),
    Column("updated_us", BigInteger, nullable=False),
    Index("delivery_work", "target", "state", "party_id"),
    Index("delivery_party", "party_id"),
    CheckConstraint(
        "state in ('pending','sent','delivered','already-equal','superseded','held','parked','in-doubt')",
        name="known_state",
    ),
)

delivery_outcome = Table(
    "delivery_outcome",
    metadata,
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("delivery_id", BigInteger, ForeignKey("hub.delivery.id"), nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
    ),
    Column("action", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "delivery_id"),
    CheckConstraint(
        "state in ('pending','delivered','already-equal','superseded','held','parked','in-doubt')", name="known_state"
    ),
    CheckConstraint("action in ('create','update','none')", name="known_action"),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("kind", Text, nullable=False),
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
    Column("settled_us", BigInteger, comment="when it was no longer one; NULL: it waits"),
    ForeignKeyConstraint(["pass_id", "row_no"], ["hub.fate.pass_id", "hub.fate.row_no"]),
    CheckConstraint("(pass_id is null) <> (delivery_id is null)", name="of_a_row_or_of_a_delivery"),
    Index("dead_letter_row", "pass_id", "row_no", unique=True, postgresql_where=text("pass_id is not null")),
    Index("dead_letter_run", "run_id"),
    Index("dead_letter_waiting", "id", postgresql_where=text("settled_us is null")),
    CheckConstraint("kind in ('rejected','quarantined','parked')", name="known_kind"),
)

app_user = Table(
    "app_user",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False, comment="argon2id"),
    Column("roles", ARRAY(Text), nullable=False, comment="viewer, steward, operator, admin"),
    Column("language", Text, nullable=False, server_default=""),
    Column("created_us", BigInteger, nullable=False),
    Column("disabled_us", BigInteger, comment="when the account was closed; NULL: it is open"),
    Column("org_units", ARRAY(Text), nullable=False, server_default="{*}", comment="whose records it sees; * all"),
    CheckConstraint("roles <@ array['viewer','steward','operator','admin']", name="known_roles"),
    CheckConstraint("language in ('','zh','en')", name="known_language"),
)

web_session = Table(
    "web_session",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="sha256 of the cookie's token"),
    Column("user_name", Text, ForeignKey("hub.app_user.name"), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Index("web_session_user", "user_name"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("party_id", BigInteger, nullable=False),
    Column("fields", ARRAY(Text), nullable=False, comment="personal data that was shown"),
    Column("purpose", Text, nullable=False, server_default=""),
    Index("access_log_party", "party_id", "id"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="sha256 of the token"),
    Column("user_name", Text, ForeignKey("hub.app_user.name"), nullable=False),
    Column("label", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Index("api_token_user", "user_name"),
)

api_answer = Table(
    "api_answer",
    metadata,
    Column("user_name", Text, nullable=False),
    Column("key", Text, nullable=False, comment="the caller's idempotency key"),
    Column("request_hash", Text, nullable=False),
    Column("status", Integer, nullable=False, comment="HTTP status; 0 while the first request is at work"),
    Column("body", JSONB, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("user_name", "key"),
    Index("api_answer_at", "at_us"),
)

completeness_claim = Table(
    "completeness_claim",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("hub.run.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("first_batch_id", BigInteger, nullable=False, comment="the reading that was complete"),
    Column("last_batch_id", BigInteger, nullable=False),
    Column("listed", Integer, nullable=False, comment="live records it names"),
    Column("missing", Integer, nullable=False, comment="live records it does not name"),
    Column("position", Text, nullable=False, server_default="", comment="source position; empty: it names nothing"),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, comment="who let a held claim pass or refused it"),
    Column("at_us", BigInteger, nullable=False),
    CheckConstraint("state in ('reading','open','held','applied','refused','superseded')", name="known_state"),
    Index("completeness_claim_stream", "system", "stream", "id"),
)
