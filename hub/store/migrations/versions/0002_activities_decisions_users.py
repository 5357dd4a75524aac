"""Activities, decisions, users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from customer_master.store.derived import Statement, add
from customer_master.store.tables import OPEN

revision = "0002"
down_revision = "0001"

# what the words in a column may be: the first tables did not hold it
_WORDS = {
    "hub.run": {"known_state": "state in ('open','green','red')"},
    "hub.pull": {"known_state": "state in ('done','failed')"},
    "hub.mapping_pass": {
        "known_kind": "kind in ('fresh','remap','replay')",
        "known_state": "state in ('open','done')",
        "replay_names_rows": "(kind = 'replay') = (rows is not null)",
    },
    "hub.fate": {"known_fate": "fate in ('recorded','unchanged','filtered','rejected','quarantined')"},
    "hub.delivery": {
        "known_state": (
            "state in ('pending','sent','delivered','already-equal','superseded','held','parked','in-doubt')"
        )
    },
    "hub.delivery_outcome": {
        "known_state": "state in ('pending','delivered','already-equal','superseded','held','parked','in-doubt')",
        "known_action": "action in ('create','update','none')",
    },
    "hub.dead_letter": {"known_kind": "kind in ('rejected','quarantined','parked')"},
    "master.clock": {"known_id": "id = 1"},
    "master.change_set": {"known_actor_kind": "actor_kind in ('user','run','system')"},
    "master.source_record": {
        "known_entity": "entity in ('party','interaction','case','order','holding','item')",
        "known_binding": "binding in ('intended','sent','in_doubt','bound')",
    },
    "master.match_pair": {"known_band": "band in ('match','review','related')"},
    "master.party": {"known_kind": "kind in ('organisation','person','site')"},
    "master.party_state": {"known_status": "status in ('active','merged','split','retired','erased')"},
    "master.membership": {"known_kind": "kind in ('seed','auto','steward','trusted_key')"},
    "master.event": {
        "known_type": "type in ('created','changed','merged','split','reopened','retired','erased','relinked')"
    },
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False, comment="personal data that was shown"),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="hub",
    )
    op.create_index("access_log_party", "access_log", ["party_id", "id"], unique=False, schema="hub")
    op.create_table(
        "app_user",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False, comment="viewer, steward, operator, admin"),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "disabled_us", sa.BigInteger(), nullable=True, comment="when the account was closed; NULL: it is open"
        ),
        sa.CheckConstraint("language in ('','zh','en')", name="known_language"),
        sa.CheckConstraint("roles <@ array['viewer','steward','operator','admin']", name="known_roles"),
        sa.PrimaryKeyConstraint("name"),
        schema="hub",
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.Text(), nullable=False, comment="sha256 of the cookie's token"),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["hub.app_user.name"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
        schema="hub",
    )
    op.create_index("web_session_user", "web_session", ["user_name"], unique=False, schema="hub")
    op.create_table(
        "contact_point",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="E.164 number, address or domain in lower case"),
        sa.Column(
            "role", sa.Text(), nullable=False, comment="where an interaction or case mentions it; empty: a party has it"
        ),
        sa.CheckConstraint("kind in ('phone','email','domain')", name="known_kind"),
        sa.ForeignKeyConstraint(["record_id"], ["master.source_record.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("record_id", "kind", "value", "role"),
        schema="master",
    )
    op.create_index("contact_point_value", "contact_point", ["kind", "value"], unique=False, schema="master")
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cs", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True, comment="the decision taken back"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "weight", sa.Double(), nullable=True, comment="bits the machine gave the pair; NULL: it had no opinion"
        ),
        sa.Column("elapsed_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("verdict in ('same','different','undo')", name="known_verdict"),
        sa.CheckConstraint("(verdict = 'undo') = (undoes_id is not null)", name="undo_names_a_decision"),
        sa.CheckConstraint("lo < hi", name="ordered"),
        sa.ForeignKeyConstraint(
            ["cs"],
            ["master.change_set.cs"],
        ),
        sa.ForeignKeyConstraint(
            ["hi"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lo"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["master.decision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cs"),
        sa.UniqueConstraint("undoes_id"),
        schema="master",
    )
    op.create_index("decision_actor", "decision", ["actor", "id"], unique=False, schema="master")
    op.create_table(
        "record_reference",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("to_record_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["master.source_record.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["to_record_id"], ["master.source_record.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("record_id", "relation", "to_record_id"),
        schema="master",
    )
    op.create_index("record_reference_to", "record_reference", ["to_record_id"], unique=False, schema="master")
    op.create_table(
        "search_entry",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("tokens", postgresql.ARRAY(sa.Text()), nullable=False, comment="what the record is found by"),
        sa.ForeignKeyConstraint(["record_id"], ["master.source_record.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("record_id"),
        schema="master",
    )
    op.create_index(
        "search_entry_tokens", "search_entry", ["tokens"], unique=False, schema="master", postgresql_using="gin"
    )
    op.create_table(
        "pair_constraint",
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("polarity", sa.SmallInteger(), nullable=False, comment="1 must, -1 cannot link"),
        sa.Column("from_cs", sa.BigInteger(), nullable=False),
        sa.Column("to_cs", sa.BigInteger(), server_default="4611686018427387904", nullable=False),
        sa.CheckConstraint("polarity in (-1, 1)", name="known_polarity"),
        sa.CheckConstraint("lo < hi", name="ordered"),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["master.decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hi"],
            ["master.source_record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lo"],
            ["master.source_record.id"],
        ),
        sa.PrimaryKeyConstraint("decision_id"),
        schema="master",
    )
    op.create_index("pair_constraint_hi", "pair_constraint", ["hi"], unique=False, schema="master")
    op.create_index(
        "pair_constraint_open",
        "pair_constraint",
        ["lo", "hi"],
        unique=True,
        schema="master",
        postgresql_where=sa.text("to_cs = 4611686018427387904"),
    )
    op.add_column(
        "dead_letter",
        sa.Column("settled_us", sa.BigInteger(), nullable=True, comment="when it was no longer one; NULL: it waits"),
        schema="hub",
    )
    op.create_index(
        "dead_letter_waiting",
        "dead_letter",
        ["id"],
        unique=False,
        schema="hub",
        postgresql_where=sa.text("settled_us is null"),
    )
    op.add_column(
        "mapping_pass",
        sa.Column(
            "rows",
            postgresql.ARRAY(sa.Integer()),
            nullable=True,
            comment="rows that a replay is about; NULL: all that the kind says",
        ),
        schema="hub",
    )
    op.drop_constraint(op.f("mapping_pass_batch_id_activation_id_key"), "mapping_pass", schema="hub", type_="unique")
    op.create_index(
        "mapping_pass_once",
        "mapping_pass",
        ["batch_id", "activation_id"],
        unique=True,
        schema="hub",
        postgresql_where=sa.text("kind <> 'replay'"),
    )
    op.add_column(
        "source_record", sa.Column("entity", sa.Text(), server_default="party", nullable=False), schema="master"
    )
    for place, checks in _WORDS.items():
        schema, table = place.split(".")
        for name, condition in checks.items():
            op.create_check_constraint(name, table, condition, schema=schema)
    _index_what_is_recorded()


def _index_what_is_recorded() -> None:
    """Fill the derived tables for records that are there already: all are parties."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "select r.id, r.native_key, v.payload from master.source_record r"
            " join master.source_record_version v on v.record_id = r.id and v.to_cs = :open order by r.id"
        ),
        {"open": OPEN},
    )
    for part in _batches(rows):
        add(connection, {row.id: Statement("party", row.native_key, row.payload) for row in part}, {})


def _batches(rows: Iterable[Any], size: int = 1000) -> Iterator[list[Any]]:
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part
