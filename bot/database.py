"""The database from the command line."""

from __future__ import annotations

import sys

from bot.guarded import guarded
from bot.settings import load_settings
from bot.wiring import open_database_of
from core.store.schema import upgrade


def upgrade_database() -> int:
    """Bring the database to this release."""

    def upgraded() -> int:
        database = open_database_of(load_settings())
        try:
            upgrade(database)
        finally:
            database.dispose()
        sys.stdout.write("the database is at this release\n")
        return 0

    return guarded(upgraded)
