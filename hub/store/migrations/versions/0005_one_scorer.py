"""Records are keyed and compared by the engine's values; what the first version stored of them means nothing now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "record_values",
        sa.Column("record_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("said", JSONB(), nullable=False, comment="what matching compares of it, as read from its version"),
        sa.PrimaryKeyConstraint("record_id"),
        schema="master",
    )
    op.execute("delete from master.match_pair")
    op.execute("delete from master.blocking_key")
    op.execute(
        "insert into master.resolve_queue (record_id, stage)"
        " select v.record_id, 0 from master.source_record_version v"
        " join master.source_record r on r.id = v.record_id and r.entity = 'party'"
        " where v.to_cs = 4611686018427387904"  # in force
        " on conflict (record_id) do update set stage = 0"
    )
