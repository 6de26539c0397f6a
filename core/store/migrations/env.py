"""Runs migrations over the connection that `core.store.schema` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from core.store import tables

assert tables.__all__  # noqa: S101 - importing the package declares every table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
