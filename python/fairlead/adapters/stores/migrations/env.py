"""Runs changes of tables on the connection it is given; Alembic executes this file."""

from alembic import context

from fairlead.adapters.stores import access_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=access_tables.METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
