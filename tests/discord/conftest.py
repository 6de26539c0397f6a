"""What tests in Discord begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.house import DiscordHouse, open_discord_house
from tests.discord.scene import Scene, open_scene


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Give a guild, with discord.py logged in by REST alone."""
    async with open_scene() as opened:
        yield opened


@pytest.fixture
async def house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[DiscordHouse]:
    """Give a desk in a guild; in the end Discord had nothing to complain of."""
    async with open_discord_house(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened
        opened.nothing_refused()
