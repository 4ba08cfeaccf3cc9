"""Runs migrations on a connection that :mod:`hicognition_widgets.catalog.revisions` gives."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from hicognition_widgets.catalog.models import Base

connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise SystemExit("run `hicognition catalog upgrade` instead of alembic itself")

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transactional_ddl=True,  # SQLite's definitions are transactional too
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
