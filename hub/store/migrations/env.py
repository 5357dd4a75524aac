"""Alembic's entry: runs the migrations of both schemas on the connection that ``hub.store.migrate`` hands over."""

from alembic import context
from sqlalchemy import text

from customer_master.store.schema import metadata as master
from hub.store.tables import metadata as hub

connection = context.config.attributes["connection"]
connection.execute(text("create schema if not exists hub"))
context.configure(
    connection=connection,
    target_metadata=[hub, master],
    include_schemas=True,
    version_table="schema_version",
    version_table_schema="hub",
)
with context.begin_transaction():
    context.run_migrations()
