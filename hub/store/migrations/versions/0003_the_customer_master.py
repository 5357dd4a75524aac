"""Decisions of every kind, pins, relations, tasks, tombstones, erasures; the hash chain; the API's tokens."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

_OPEN = 2**62


def upgrade() -> None:
    """Apply."""
    _audit()
    _decisions()
    _parties()
    _access()
    _create()


def _audit() -> None:
    """Let every change set be chained to the one before; those of before stay outside the chain."""
    for name, comment in (
        ("digest", "salted hash of the rows it wrote"),
        ("salt", "empty: rows of it were erased, or it predates"),
        ("hash", "hash of the one before, this row, the digest"),
    ):
        op.add_column(
            "change_set", sa.Column(name, sa.Text(), server_default="", nullable=False, comment=comment),
            schema="master",
        )  # fmt: skip
    op.alter_column(
        "change_set", "kind", existing_type=sa.Text(), existing_nullable=False, schema="master",
        comment="record, resolve, publish, decision, tombstone, renumber, erase",
    )  # fmt: skip
    op.create_index("change_set_at", "change_set", ["at_us"], schema="master")
    op.add_column(
        "clock",
        sa.Column(
            "last_at_us", sa.BigInteger(), server_default="0", nullable=False,
            comment="time of the last commit; only grows",
        ),
        schema="master",
    )  # fmt: skip
    op.add_column(
        "clock",
        sa.Column("last_hash", sa.Text(), server_default="", nullable=False, comment="hash of the last change set"),
        schema="master",
    )
    op.execute("update master.clock set last_at_us = coalesce((select max(at_us) from master.change_set), 0)")


def _decisions() -> None:
    """A decision is about any number of records, and takes back a change instead of another decision."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column(
            "records", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False,
            comment="source records it is about",
        ),
        sa.Column(
            "detail", postgresql.JSONB(), server_default="{}", nullable=False,
            comment="what belongs to the verdict, e.g. groups",
        ),
        sa.Column("undoes_cs", sa.BigInteger(), comment="the change taken back"),
        sa.Column("second_actor", sa.Text(), comment="who agreed, where a policy asks for four eyes"),
        sa.Column("task_id", sa.BigInteger(), comment="the task it answers"),
        sa.Column("reason_code", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "evidence", postgresql.JSONB(), server_default="{}", nullable=False,
            comment="what the machine thought, no values",
        ),
        sa.Column(
            "evidence_hash", sa.Text(), server_default="", nullable=False, comment="of what the records said then"
        ),
        sa.Column("policy_hash", sa.Text(), server_default="", nullable=False, comment="match document in force"),
        sa.Column("source", sa.Text(), server_default="steward", nullable=False),
    )  # fmt: skip
    for column in columns:
        op.add_column("decision", column, schema="master")
    op.execute(
        "update master.decision d set records = array[d.lo, d.hi],"
        " undoes_cs = (select u.cs from master.decision u where u.id = d.undoes_id)"
    )
    op.alter_column("decision", "records", server_default=None, existing_type=postgresql.ARRAY(sa.BigInteger()),
                    existing_nullable=False, schema="master")  # fmt: skip
    op.alter_column("decision", "weight", existing_type=sa.Double(), existing_nullable=True, schema="master",
                    comment="bits the machine gave a pair; NULL: it had no opinion")  # fmt: skip
    for name in ("known_verdict", "ordered", "undo_names_a_decision"):
        op.drop_constraint(name, "decision", schema="master", type_="check")
    for name in ("lo", "hi", "undoes_id"):
        op.drop_column("decision", name, schema="master")
    for name, condition in (
        ("undo_names_a_change", "(verdict = 'undo') = (undoes_cs is not null)"),
        (
            "known_verdict",
            "verdict in ('same','different','unsure','merge','split','related','unrelated','pin','unpin','undo')",
        ),
        ("known_source", "source in ('steward','import','api','batch')"),
        ("four_eyes", "second_actor is distinct from actor"),
    ):
        op.create_check_constraint(name, "decision", condition, schema="master")
    op.create_foreign_key(
        None, "decision", "change_set", ["undoes_cs"], ["cs"], source_schema="master", referent_schema="master"
    )
    op.create_index("decision_records", "decision", ["records"], schema="master", postgresql_using="gin")
    op.create_index("decision_undoes", "decision", ["undoes_cs"], schema="master")
    op.drop_index("pair_constraint_open", "pair_constraint", schema="master")
    op.drop_constraint("pair_constraint_pkey", "pair_constraint", schema="master")
    op.create_primary_key(
        "pair_constraint_pkey", "pair_constraint", ["decision_id", "lo", "hi", "from_cs"], schema="master"
    )
    op.create_index(
        "pair_constraint_open", "pair_constraint", ["lo", "hi", "decision_id"], unique=True, schema="master",
        postgresql_where=sa.text(f"to_cs = {_OPEN}"),
    )  # fmt: skip
    op.create_index("pair_constraint_from", "pair_constraint", ["from_cs"], schema="master")
    op.create_index("pair_constraint_to", "pair_constraint", ["to_cs"], schema="master")


def _parties() -> None:
    op.add_column(
        "party",
        sa.Column(
            "touched_cs", sa.BigInteger(), server_default="0", nullable=False,
            comment="last commit that was about it: what an optimistic writer and an ETag compare",
        ),
        schema="master",
    )  # fmt: skip
    op.execute(
        "update master.party p set touched_cs = coalesce("
        "(select max(e.cs) from master.event e where e.party_id = p.id), p.created_cs)"
    )
    op.create_index("party_successor_heir", "party_successor", ["successor_id", "party_id"], schema="master")
    op.create_index("membership_from", "membership", ["from_cs"], schema="master")
    op.create_index("event_party", "event", ["party_id", "cs"], schema="master")
    op.drop_constraint("known_type", "event", schema="master", type_="check")
    op.create_check_constraint(
        "known_type",
        "event",
        "type in ('created','changed','merged','split','reopened','retired','erased','relinked','related')",
        schema="master",
    )


def _access() -> None:
    op.add_column(
        "app_user",
        sa.Column(
            "org_units", postgresql.ARRAY(sa.Text()), server_default="{*}", nullable=False,
            comment="whose records it sees; * all",
        ),
        schema="hub",
    )  # fmt: skip
    op.add_column(
        "consumer_offset",
        sa.Column(
            "ord", sa.Integer(), server_default="0", nullable=False,
            comment="last event within the commit that it has",
        ),
        schema="master",
    )  # fmt: skip


def _create() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("pin_number", schema="master")))
    op.create_table(
        "api_answer",
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the caller's idempotency key"),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status; 0 while the first request is at work"),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_name", "key"),
        schema="hub",
    )
    op.create_index("api_answer_at", "api_answer", ["at_us"], unique=False, schema="hub")
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.Text(), nullable=False, comment="sha256 of the token"),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["hub.app_user.name"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
        schema="hub",
    )
    op.create_index("api_token_user", "api_token", ["user_name"], unique=False, schema="hub")
    op.create_table(
        "completeness_claim",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("first_batch_id", sa.BigInteger(), nullable=False, comment="the reading that was complete"),
        sa.Column("last_batch_id", sa.BigInteger(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False, comment="live records it names"),
        sa.Column("missing", sa.Integer(), nullable=False, comment="live records it does not name"),
        sa.Column(
            "position", sa.Text(), server_default="", nullable=False, comment="source position; empty: it names nothing"
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True, comment="who let a held claim pass or refused it"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('reading','open','held','applied','refused','superseded')", name="known_state"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["hub.run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="hub",
    )
    op.create_index(
        "completeness_claim_stream", "completeness_claim", ["system", "stream", "id"], unique=False, schema="hub"
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="hash of kind, records and what is new"),
        sa.Column("records", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column(
            "detail",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="weight, suggested groups, the verdict asked",
        ),
        sa.Column("policy_hash", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "lapses",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="asked by resolving, and withdrawn when resolving does not ask it any more",
        ),
        sa.Column("created_cs", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind in ('merge','split','overlay','value_conflict','reconsider','id_clash','relation','approval')",
            name="known_kind",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fingerprint"),
        schema="master",
    )
    op.create_index(
        "proposal_records",
        "proposal",
        ["records"],
        unique=False,
        schema="master",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cs", sa.BigInteger(), nullable=False),
        sa.Column("records", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("requested_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "done", sa.Boolean(), server_default="false", nullable=False, comment="landing files are rewritten, too"
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("certificate", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["cs"],
            ["master.change_set.cs"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column(
            "org_units",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="who sees all of them sees the task",
        ),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False, comment="higher comes first"),
        sa.Column(
            "value_at_risk",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="whole units of the house currency",
        ),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("escalation_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("lease_until_us", sa.BigInteger(), nullable=True),
        sa.Column("snooze_until_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "proposed_by", sa.Text(), nullable=True, comment="who has decided and waits for a second pair of eyes"
        ),
        sa.Column(
            "verdict",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
            comment="what the first has decided",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'awaiting_second') = (verdict is not null)", name="verdict_while_awaiting"),
        sa.CheckConstraint("(state = 'claimed') = (lease_until_us is not null)", name="lease_while_claimed"),
        sa.CheckConstraint("state <> 'claimed' or assignee is not null", name="claimed_by_somebody"),
        sa.CheckConstraint(
            "state in ('open','claimed','waiting_answer','awaiting_second','done','obsolete')", name="known_state"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["master.proposal.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proposal_id"),
        schema="master",
    )
    op.create_index("task_assignee", "task", ["assignee", "state"], unique=False, schema="master")
    op.create_index(
        "task_waiting",
        "task",
        ["due_us"],
        unique=False,
        schema="master",
        postgresql_where=sa.text("state = 'waiting_answer'"),
    )
    op.create_index(
        "task_due",
        "task",
        ["due_us"],
        unique=False,
        schema="master",
        postgresql_where=sa.text("state not in ('done','obsolete')"),
    )
    op.create_index(
        "task_lease",
        "task",
        ["lease_until_us"],
        unique=False,
        schema="master",
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        "task_next",
        "task",
        ["queue", sa.literal_column("priority desc"), "id"],
        unique=False,
        schema="master",
        postgresql_where=sa.text("state in ('open','awaiting_second')"),
    )
    op.create_table(
        "key_alias",
        sa.Column("system_id", sa.SmallInteger(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("old_key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["master.source_system.id"],
        ),
        sa.PrimaryKeyConstraint("system_id", "record_type", "old_key", "from_cs"),
        schema="master",
    )
    op.create_index(
        "key_alias_open",
        "key_alias",
        ["system_id", "record_type", "old_key"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_index("key_alias_record", "key_alias", ["record_id"], unique=False, schema="master")
    op.create_table(
        "pin",
        sa.Column(
            "id", sa.BigInteger(), nullable=False, comment="the same for ever, whenever an undo puts it in force again"
        ),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("anchor_record_id", sa.BigInteger(), nullable=False, comment="the pin goes where this record goes"),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column(
            "baseline_hash",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="what the source said when it was set",
        ),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("reminded_us", sa.BigInteger(), nullable=True, comment="when its owner was told that it ends soon"),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.CheckConstraint("(mode = 'until_date') = (expires_us is not null)", name="date_if_until_date"),
        sa.CheckConstraint(
            "mode in ('forever','until_date','until_source_changes','until_any_newer')", name="known_mode"
        ),
        sa.ForeignKeyConstraint(
            ["anchor_record_id"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["master.decision.id"],
        ),
        sa.PrimaryKeyConstraint("id", "from_cs"),
        schema="master",
    )
    op.create_index("pin_anchor", "pin", ["anchor_record_id"], unique=False, schema="master")
    op.create_index("pin_expires", "pin", ["expires_us"], unique=False, schema="master")
    op.create_index("pin_from_cs", "pin", ["from_cs"], unique=False, schema="master")
    op.create_index(
        "pin_open",
        "pin",
        ["anchor_record_id", "attribute"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_index("pin_to_cs", "pin", ["to_cs"], unique=False, schema="master")
    op.create_index("pin_decision", "pin", ["decision_id"], unique=False, schema="master")
    op.create_table(
        "record_relation",
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("from_record_id", sa.BigInteger(), nullable=False),
        sa.Column("to_record_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(precision=5, scale=2), nullable=True, comment="per cent, e.g. of a subsidiary"),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.CheckConstraint(
            "type in ('branch_of', 'subsidiary_of', 'site_of', 'distributes_for', 'retails_for', 'bill_to',"
            " 'ship_to', 'contact_of', 'successor_of')",
            name="known_type",
        ),
        sa.CheckConstraint("effective_to >= effective_from", name="ends_after_it_begins"),
        sa.CheckConstraint("from_record_id <> to_record_id", name="two_records"),
        sa.CheckConstraint("share > 0 and share <= 100", name="share_in_percent"),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["master.decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_record_id"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_record_id"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("from_record_id", "to_record_id", "type", "from_cs"),
        schema="master",
    )
    op.create_index("record_relation_from_cs", "record_relation", ["from_cs"], unique=False, schema="master")
    op.create_index(
        "record_relation_open",
        "record_relation",
        ["from_record_id", "to_record_id", "type"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.create_index("record_relation_to", "record_relation", ["to_record_id"], unique=False, schema="master")
    op.create_index("record_relation_to_cs", "record_relation", ["to_cs"], unique=False, schema="master")
    op.create_index("record_relation_decision", "record_relation", ["decision_id"], unique=False, schema="master")
    op.create_table(
        "suppression",
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="keyed hash of system, type and key"),
        sa.Column("erasure_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["master.erasure.id"],
        ),
        sa.PrimaryKeyConstraint("fingerprint"),
        schema="master",
    )
    op.create_table(
        "task_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "cs", sa.BigInteger(), nullable=True, comment="the change set it belongs to, if it changed the master"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "kind in ('made','claimed','handed_back','lease_ended','commented','asked','snoozed',"
            "'escalated','assigned','proposed','approved','rejected','decided','obsolete','reopened')",
            name="known_kind",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["master.task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="master",
    )
    op.create_index("task_event_task", "task_event", ["task_id", "id"], unique=False, schema="master")
    op.create_table(
        "tombstone",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="the completeness claim or deletion that says so"),
        sa.Column("position", sa.Text(), nullable=False, comment="source position since which it is gone"),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("record_id", "from_cs"),
        schema="master",
    )
    op.create_index(
        "tombstone_open",
        "tombstone",
        ["record_id"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
