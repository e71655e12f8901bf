"""Runs changes of tables on the connection it is given; Alembic executes this file."""

from alembic import context

from fairlead.adapters.stores.every_table import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
