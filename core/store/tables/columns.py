"""Columns and constraints that several tables share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Integer
from sqlmodel import Field

# SQLite counts up only a column declared INTEGER; PostgreSQL should have eight bytes
ROW_ID = BigInteger().with_variant(Integer, "sqlite")


def row_id() -> Any:  # noqa: ANN401 - what SQLModel's own Field returns
    """Declare a table's own number, given by the database."""
    return Field(default=None, primary_key=True, sa_type=ROW_ID)


def one_of(table: str, column: str, words: type[StrEnum]) -> CheckConstraint:
    """Make the constraint that a column holds one of an enumeration's words."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")
