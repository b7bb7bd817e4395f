"""Runs migrations on the connection handed over by addrsvc.db.migrate, one transaction each."""

import sqlalchemy as sa
from alembic import context

from addrsvc.db.metadata import metadata

connection: sa.Connection = context.config.attributes["connection"]
connection.execute(sa.text("SET lock_timeout = '5s'"))
connection.execute(sa.text("SET client_min_messages = warning"))
connection.commit()
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
