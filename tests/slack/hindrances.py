"""What gets in the desk's way: a database that somebody else holds, mail that does not go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

_TABLES = "reservation, delivery, person, account, submission, errand, slack_installation"


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """Hold the database against everybody who wants to write, as another process would."""
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
    else:
        with _locked(database_url, "EXCLUSIVE"):
            yield


@contextmanager
def shut(database_url: str) -> Iterator[None]:
    """Hold a PostgreSQL database against everybody who wants so much as to look."""
    with _locked(database_url, "ACCESS EXCLUSIVE"):
        yield


@contextmanager
def _locked(database_url: str, mode: str) -> Iterator[None]:
    with psycopg.connect(database_url) as connection:
        connection.execute(f"LOCK TABLE {_TABLES} IN {mode} MODE".encode())
        yield
        connection.rollback()
