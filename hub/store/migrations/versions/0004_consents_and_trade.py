"""Records may be consents, stock of a dealer and what it sold."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_ENTITIES = "'party','interaction','case','order','holding','item','consent','channel_stock','sell_through'"


def upgrade() -> None:
    """Apply."""
    op.drop_constraint("known_entity", "source_record", schema="master", type_="check")
    op.create_check_constraint("known_entity", "source_record", f"entity in ({_ENTITIES})", schema="master")
