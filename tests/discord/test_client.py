"""The connection to Discord: it comes about, comes back, and changes nothing for other clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord import front as front_module
from bot.discord.client import INTENTS, Client
from bot.discord.front import DiscordFront, make_front
from bot.settings import Settings
from core.store.desk import Desk
from tests.databases import SqliteFiles
from tests.desks import SECRET, Clock, open_desk
from tests.discord.house import SOON, DiscordHouse, Stage, set_stage, settings_of
from tests.discord.server.faults import ServerError
from tests.discord.server.server import open_discord

ME = "GET /users/@me"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a Discord with a guild."""
    async with open_discord() as server:
        yield set_stage(server)


@pytest.fixture
def front(stage: Stage, tmp_path: Path, desk_of_sqlite: Desk) -> DiscordFront:
    """Give a front end that does not run yet."""
    made = Settings(
        data=tmp_path,
        secret_key=SECRET,
        **settings_of(stage.discord),  # type: ignore[arg-type]  # names of settings
    )
    return make_front(made, desk_of_sqlite)


@pytest.fixture
def desk_of_sqlite(sqlite_files: SqliteFiles, clock: Clock) -> Iterator[Desk]:
    """Give a desk."""
    with open_desk(sqlite_files.fresh(), clock) as desk:
        yield desk


@asynccontextmanager
async def running(front: DiscordFront) -> AsyncIterator[None]:
    """Let a front end run, whether or not it is connected."""
    stop = asyncio.Event()
    task = asyncio.create_task(front.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task
        await front.close()


async def answers(stage: Stage, front: DiscordFront) -> bool:
    """Tell whether somebody is answered."""
    await asyncio.wait_for(front.ready.wait(), SOON)
    heard = await stage.hanna.type("/slot help", stage.general)
    return "Callboard" in heard.words


async def test_other_clients_still_go_to_discord_itself(house: DiscordHouse) -> None:
    assert "nothing reserved" in (await house.hanna.type("/slot list", house.general)).words
    assert "https://discord.com/api/v10" == Route.BASE
    assert yarl.URL("wss://gateway.discord.gg/") == DiscordWebSocket.DEFAULT_GATEWAY
    assert Route("GET", "/users/@me").url.startswith(Route.BASE)


async def test_it_hears_of_guilds_alone_and_pings_nobody() -> None:
    client = Client()
    assert discord.Intents(guilds=True) == INTENTS == client.intents
    assert discord.AllowedMentions.none().to_dict() == (
        client.allowed_mentions and client.allowed_mentions.to_dict()
    )
    assert 30 == client.http.max_ratelimit_timeout


async def test_a_session_that_is_no_good_any_more_is_begun_anew(
    stage: Stage, front: DiscordFront
) -> None:
    async with running(front):
        assert await answers(stage, front)
        stage.discord.gateway.invalidate(resumable=False)
        await stage.discord.gateway.wait_connected(after=1, within=2 * SOON)
        await front.connected.wait()
        assert await answers(stage, front)


async def test_a_connection_that_drops_is_taken_up_again(stage: Stage, front: DiscordFront) -> None:
    async with running(front):
        assert await answers(stage, front)
        stage.discord.gateway.drop()
        await stage.discord.until(lambda: stage.discord.gateway.resumed, within=SOON)
        assert await answers(stage, front)


async def test_a_refused_token_is_logged_and_the_desk_goes_on(
    stage: Stage,
    front: DiscordFront,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front_module, "_PAUSE", 0.01)
    stage.discord.application.token_good = False
    async with running(front):
        await stage.discord.until(lambda: stage.discord.calls_of(ME))
        stage.discord.application.token_good = True
        assert await answers(stage, front)
    assert "discord.token_refused" in [one.message for one in caplog.records]
    assert stage.discord.application.token not in caplog.text


async def test_a_discord_that_is_away_at_the_start_is_waited_for(
    stage: Stage, front: DiscordFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_module, "_PAUSE", 0.01)
    fault = stage.discord.faults.add(ME, ServerError(503), times=3)
    async with running(front):
        assert await answers(stage, front)
    assert 3 == fault.hits


async def test_many_shards_are_answered_alike(stage: Stage, front: DiscordFront) -> None:
    stage.discord.shards = 2
    nora = stage.discord.add_person("Nora")
    lobbies = [
        stage.discord.add_guild(f"Guild {number}", owner=nora, guild_id=number << 22).add_channel(
            "lobby"
        )
        for number in (101, 102)
    ]
    async with running(front):
        await asyncio.wait_for(front.ready.wait(), SOON)
        await stage.discord.gateway.wait_connected(shards=2, within=SOON)
        for lobby in lobbies:
            heard = await nora.type("/slot help", lobby)
            assert "Callboard" in heard.words


async def test_it_stops_while_it_connects(stage: Stage, front: DiscordFront) -> None:
    async with running(front):
        await stage.discord.until(lambda: stage.discord.calls_of(ME))
