"""Commands are written to Discord when they have changed, and at no other time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.discord import catalogue, sync, tree
from bot.discord.front import make_front
from bot.settings import Settings
from core.store.desk import Desk
from tests.databases import SqliteFiles
from tests.desks import SECRET, Clock, open_desk
from tests.discord.house import GUILD_ID, SOON, Stage, set_stage, settings_of
from tests.discord.server.faults import Fault, Refused, ServerError
from tests.discord.server.server import open_discord

EVERYWHERE = "PUT /applications/{application}/commands"
IN_GUILD = "PUT /applications/{application}/guilds/{guild}/commands"


@dataclass
class Town:
    """A Discord and a desk's database, for runs of the program one after the other."""

    stage: Stage
    desk: Desk
    clock: Clock
    settings: Settings

    @asynccontextmanager
    async def run(self, **settings: str) -> AsyncIterator[None]:
        """Run the front end until Discord knows its commands."""
        front = make_front(self.settings.model_copy(update=settings), self.desk)
        stop = asyncio.Event()
        running = asyncio.create_task(front.run(stop))
        try:
            await asyncio.wait_for(front.ready.wait(), SOON)
            yield
        finally:
            stop.set()
            await running
            await front.close()

    async def run_once(self, **settings: str) -> None:
        """Run it, and stop it again."""
        self.clock.now = self.clock.now.replace(minute=self.clock.now.minute + 1)
        async with self.run(**settings):
            pass

    def written(self, route: str) -> int:
        """Count how often commands were written."""
        return len(self.stage.discord.calls_of(route))


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    url = sqlite_files.fresh()
    with open_desk(url, clock) as desk:
        async with open_discord() as discord:
            made = Settings(
                data=tmp_path,
                database_url=url,
                secret_key=SECRET,
                **settings_of(discord),  # type: ignore[arg-type]  # names of settings
            )
            yield Town(set_stage(discord), desk, clock, made)
            assert [] == discord.protocol_errors


async def test_they_are_written_once(town: Town) -> None:
    for _ in range(3):
        await town.run_once()
    assert (1, 0) == (town.written(EVERYWHERE), town.written(IN_GUILD))
    (command,) = town.stage.discord.commands.values()
    assert "slot" == command.name


async def test_they_are_written_again_when_they_change_and_when_they_change_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.run_once()
    with monkeypatch.context() as patched:
        fewer = tuple(one for one in catalogue.SUB_COMMANDS if one.name != "key")
        patched.setattr(tree, "SUB_COMMANDS", fewer)
        await town.run_once()
        await town.run_once()
        assert 2 == town.written(EVERYWHERE)
    await town.run_once()
    await town.run_once()
    assert 3 == town.written(EVERYWHERE)


async def test_one_guild_has_them_at_once_and_nobody_sees_them_twice(town: Town) -> None:
    await town.run_once(discord_guild=str(GUILD_ID))
    await town.run_once(discord_guild=str(GUILD_ID))
    assert (0, 1) == (town.written(EVERYWHERE), town.written(IN_GUILD))
    assert 1 == len(town.stage.guild.commands)
    async with town.run(discord_guild=str(GUILD_ID)):
        heard = await town.stage.hanna.type("/slot help", town.stage.general)
        assert "Callboard" in heard.words


async def test_those_for_all_are_taken_away_where_one_guild_has_them(town: Town) -> None:
    await town.run_once()
    await town.run_once(discord_guild=str(GUILD_ID))
    assert {} == town.stage.discord.commands
    assert 1 == len(town.stage.guild.commands)


async def test_those_for_one_guild_are_taken_away_where_all_have_them(town: Town) -> None:
    await town.run_once(discord_guild=str(GUILD_ID))
    for _ in range(2):
        await town.run_once()
    assert (1, 2) == (town.written(EVERYWHERE), town.written(IN_GUILD))
    assert {} == town.stage.guild.commands
    assert 1 == len(town.stage.discord.commands)

    await town.run_once(discord_guild=str(GUILD_ID))
    assert 1 == len(town.stage.guild.commands)
    assert {} == town.stage.discord.commands


async def test_a_guild_that_no_longer_has_the_desk_holds_nothing_up(town: Town) -> None:
    await town.run_once(discord_guild=str(GUILD_ID))
    town.stage.guild.remove_bot()
    await town.run_once()
    assert 1 == len(town.stage.discord.commands)


async def test_a_guild_that_has_the_desk_again_has_the_commands_again(town: Town) -> None:
    await town.run_once(discord_guild=str(GUILD_ID))
    async with town.run(discord_guild=str(GUILD_ID)):
        town.stage.guild.remove_bot()
        town.stage.guild.invite_bot()
        await town.stage.discord.until(lambda: town.stage.guild.commands, within=SOON)


async def test_one_that_had_it_again_meanwhile_too(town: Town) -> None:
    await town.run_once(discord_guild=str(GUILD_ID))
    town.stage.guild.remove_bot()
    town.stage.guild.invite_bot()
    await town.run_once(discord_guild=str(GUILD_ID))
    assert 1 == len(town.stage.guild.commands)


async def test_a_failure_is_tried_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "_AGAIN_AFTER", 0.01)
    fault = town.stage.discord.faults.add(EVERYWHERE, ServerError(503), times=2)
    await town.run_once()
    assert 2 == fault.hits
    assert 1 == len(town.stage.discord.commands)


async def test_what_discord_refuses_is_logged_and_not_tried_for_ever(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    fault: Fault = town.stage.discord.faults.add(EVERYWHERE, Refused(50001), times=None)
    await town.run_once()
    assert 1 == fault.hits
    (record,) = [one for one in caplog.records if one.message == "discord.commands_not_written"]
    assert "50001" == record.__dict__["error"]
