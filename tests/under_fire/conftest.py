"""A PostgreSQL that may be ill-treated: nobody else's tests share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.databases import PostgresMissingError
from tests.requirements import require
from tests.under_fire.postgres import Postgres, own_postgres


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    """Give a server of this folder's own, or skip where there is none to be had."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(own_postgres())
        except PostgresMissingError as missing:
            require("PostgreSQL", available=False, why=str(missing))
        yield server
