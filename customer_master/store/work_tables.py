"""Tables of people's work: proposals, tasks, what happened to them; and of what sources take back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer_master.store.tables import interval, metadata, one_open

proposal = Table(
    "proposal",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("fingerprint", Text, nullable=False, unique=True, comment="hash of kind, records and what is new"),
    Column("records", ARRAY(BigInteger), nullable=False),
    Column("detail", JSONB, nullable=False, server_default="{}", comment="weight, suggested groups, the verdict asked"),
    Column("policy_hash", Text, nullable=False, server_default=""),
    Column(
        "lapses", Boolean, nullable=False, server_default="false",
        comment="asked by resolving, and withdrawn when resolving does not ask it any more",
    ),
    Column("created_cs", BigInteger, nullable=False),
    CheckConstraint(
        "kind in ('merge','split','overlay','value_conflict','reconsider','id_clash','relation','approval')",
        name="known_kind",
    ),
    # without a list of pending entries, which every look-up of a run would have to read through
    Index("proposal_records", "records", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
)  # fmt: skip

task = Table(
    "task",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("proposal_id", BigInteger, ForeignKey("master.proposal.id"), nullable=False, unique=True),
    Column("queue", Text, nullable=False),
    Column("org_units", ARRAY(Text), nullable=False, server_default="{}", comment="who sees all of them sees the task"),
    Column("state", Text, nullable=False, server_default="open"),
    Column("priority", Integer, nullable=False, server_default="0", comment="higher comes first"),
    Column(
        "value_at_risk", BigInteger, nullable=False, server_default="0", comment="whole units of the house currency"
    ),
    Column("created_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("escalation_level", SmallInteger, nullable=False, server_default="0"),
    Column("assignee", Text),
    Column("lease_until_us", BigInteger),
    Column("snooze_until_us", BigInteger),
    Column("proposed_by", Text, comment="who has decided and waits for a second pair of eyes"),
    Column("verdict", JSONB(none_as_null=True), comment="what the first has decided"),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint(
        "state in ('open','claimed','waiting_answer','awaiting_second','done','obsolete')", name="known_state"
    ),
    CheckConstraint("(state = 'claimed') = (lease_until_us is not null)", name="lease_while_claimed"),
    CheckConstraint("(state = 'awaiting_second') = (verdict is not null)", name="verdict_while_awaiting"),
    CheckConstraint("state <> 'claimed' or assignee is not null", name="claimed_by_somebody"),
    Index(
        "task_next", "queue", text("priority desc"), "id", postgresql_where=text("state in ('open','awaiting_second')")
    ),
    Index("task_lease", "lease_until_us", postgresql_where=text("state = 'claimed'")),
    Index("task_waiting", "due_us", postgresql_where=text("state = 'waiting_answer'")),
    Index("task_due", "due_us", postgresql_where=text("state not in ('done','obsolete')")),
    Index("task_assignee", "assignee", "state"),
)

task_event = Table(
    "task_event",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("task_id", BigInteger, ForeignKey("master.task.id"), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("cs", BigInteger, comment="the change set it belongs to, if it changed the master"),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    CheckConstraint(
        "kind in ('made','claimed','handed_back','lease_ended','commented','asked','snoozed','escalated','assigned',"
        "'proposed','approved','rejected','decided','obsolete','reopened')",
        name="known_kind",
    ),
    Index("task_event_task", "task_id", "id"),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    *interval(),
    Column("reason", Text, nullable=False, comment="the completeness claim or deletion that says so"),
    Column("position", Text, nullable=False, comment="source position since which it is gone"),
    PrimaryKeyConstraint("record_id", "from_cs"),
    one_open("tombstone_open", "record_id"),
)

key_alias = Table(
    "key_alias",
    metadata,
    Column("system_id", SmallInteger, ForeignKey("master.source_system.id"), nullable=False),
    Column("record_type", Text, nullable=False),
    Column("old_key", Text, nullable=False),
    Column("record_id", BigInteger, ForeignKey("master.source_record.id"), nullable=False),
    *interval(),
    PrimaryKeyConstraint("system_id", "record_type", "old_key", "from_cs"),
    one_open("key_alias_open", "system_id", "record_type", "old_key"),
    Index("key_alias_record", "record_id"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("cs", BigInteger, ForeignKey("master.change_set.cs"), nullable=False),
    Column("records", ARRAY(BigInteger), nullable=False),
    Column("requested_us", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False, server_default="false", comment="landing files are rewritten, too"),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("certificate", JSONB, nullable=False, server_default="{}"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("fingerprint", Text, primary_key=True, comment="keyed hash of system, type and key"),
    Column("erasure_id", BigInteger, ForeignKey("master.erasure.id"), nullable=False),
)
