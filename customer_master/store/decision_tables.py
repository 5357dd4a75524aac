"""Tables of what people decide: decisions, and the constraints, relations and pins they put in force."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer_master.store.tables import interval, metadata, one_open

RELATIONS = (
    "branch_of", "subsidiary_of", "site_of", "distributes_for", "retails_for", "bill_to", "ship_to", "contact_of",
    "successor_of",
)  # fmt: skip
"""What one record can be to another; the direction is from the first record to the second."""

decision = Table(
    "decision",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("cs", BigInteger, ForeignKey("master.change_set.cs"), nullable=False, unique=True),
    Column("verdict", Text, nullable=False),
    Column("records", ARRAY(BigInteger), nullable=False, comment="source records it is about"),
    Column("detail", JSONB, nullable=False, server_default="{}", comment="what belongs to the verdict, e.g. groups"),
    Column("undoes_cs", BigInteger, ForeignKey("master.change_set.cs"), comment="the change taken back"),
    Column("actor", Text, nullable=False),
    Column("second_actor", Text, comment="who agreed, where a policy asks for four eyes"),
    Column("task_id", BigInteger, comment="the task it answers"),
    Column("reason_code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("evidence", JSONB, nullable=False, server_default="{}", comment="what the machine thought, no values"),
    Column("evidence_hash", Text, nullable=False, server_default="", comment="of what the records said then"),
    Column("policy_hash", Text, nullable=False, server_default="", comment="match document in force"),
    Column("weight", Double, comment="bits the machine gave a pair; NULL: it had no opinion"),
    Column("elapsed_ms", Integer, nullable=False, server_default="0"),
    Column("source", Text, nullable=False, server_default="steward"),
    Column("at_us", BigInteger, nullable=False),
    CheckConstraint("(verdict = 'undo') = (undoes_cs is not null)", name="undo_names_a_change"),
    CheckConstraint(
        "verdict in ('same','different','unsure','merge','split','related','unrelated','pin','unpin','undo')",
        name="known_verdict",
    ),
    CheckConstraint("source in ('steward','import','api','batch')", name="known_source"),
    CheckConstraint("second_actor is distinct from actor", name="four_eyes"),
    Index("decision_actor", "actor", "id"),
    Index("decision_records", "records", postgresql_using="gin"),
    Index("decision_undoes", "undoes_cs"),
)

pair_constraint = Table(
    "pair_constraint",
    metadata,
    Column("decision_id", BigInteger, ForeignKey("master.decision.id"), nullable=False),
    Column("lo", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    Column("hi", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    Column("polarity", SmallInteger, nullable=False, comment="1 must, -1 cannot link"),
    *interval(),
    PrimaryKeyConstraint("decision_id", "lo", "hi", "from_cs"),
    CheckConstraint("lo < hi", name="ordered"),
    CheckConstraint("polarity in (-1, 1)", name="known_polarity"),
    one_open("pair_constraint_open", "lo", "hi", "decision_id"),
    Index("pair_constraint_hi", "hi"),
    Index("pair_constraint_from", "from_cs"),
    Index("pair_constraint_to", "to_cs"),
)

record_relation = Table(
    "record_relation",
    metadata,
    Column("decision_id", BigInteger, ForeignKey("master.decision.id"), nullable=False),
    Column("from_record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    Column("to_record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    Column("type", Text, nullable=False),
    Column("share", Numeric(5, 2), comment="per cent, e.g. of a subsidiary"),
    Column("effective_from", Date),
    Column("effective_to", Date),
    *interval(),
    PrimaryKeyConstraint("from_record_id", "to_record_id", "type", "from_cs"),
    CheckConstraint("from_record_id <> to_record_id", name="two_records"),
    CheckConstraint(f"type in ({', '.join(repr(r) for r in RELATIONS)})", name="known_type"),
    CheckConstraint("share > 0 and share <= 100", name="share_in_percent"),
    CheckConstraint("effective_to >= effective_from", name="ends_after_it_begins"),
    one_open("record_relation_open", "from_record_id", "to_record_id", "type"),
    Index("record_relation_to", "to_record_id"),
    Index("record_relation_from_cs", "from_cs"),
    Index("record_relation_to_cs", "to_cs"),
    Index("record_relation_decision", "decision_id"),
)

pin_number = Sequence("pin_number", metadata=metadata, schema="master")

pin = Table(
    "pin",
    metadata,
    Column("id", BigInteger, nullable=False, comment="the same for ever, whenever an undo puts it in force again"),
    Column("decision_id", BigInteger, ForeignKey("master.decision.id"), nullable=False),
    Column("anchor_record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False,
           comment="the pin goes where this record goes"),
    Column("attribute", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("mode", Text, nullable=False),
    Column("baseline_hash", Text, nullable=False, server_default="", comment="what the source said when it was set"),
    Column("expires_us", BigInteger),
    Column("reminded_us", BigInteger, comment="when its owner was told that it ends soon"),
    *interval(),
    PrimaryKeyConstraint("id", "from_cs"),
    CheckConstraint("mode in ('forever','until_date','until_source_changes','until_any_newer')", name="known_mode"),
    CheckConstraint("(mode = 'until_date') = (expires_us is not null)", name="date_if_until_date"),
    one_open("pin_open", "anchor_record_id", "attribute"),
    Index("pin_anchor", "anchor_record_id"),
    Index("pin_expires", "expires_us"),
    Index("pin_from_cs", "from_cs"),
    Index("pin_to_cs", "to_cs"),
    Index("pin_decision", "decision_id"),
)  # fmt: skip
