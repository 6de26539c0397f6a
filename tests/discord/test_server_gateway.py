"""Sessions with the real discord.py: they break and are gone on with, one for each shard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest

from tests.discord.server.guild import Guild
from tests.discord.server.rehearsal import (
    Stage,
    plain_client,
    pointed_at,
    running,
    set_stage,
    sharded_client,
)
from tests.discord.server.server import DiscordServer, open_discord


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """Give a Discord without anybody in it."""
    async with open_discord() as server:
        yield server


async def test_a_dropped_connection_loses_and_doubles_nothing(stage: Stage) -> None:
    gateway, created = stage.server.gateway, list[str]()

    async def on_guild_channel_create(channel: discord.abc.GuildChannel) -> None:
        created.append(channel.name)

    stage.client.event(on_guild_channel_create)
    coming = stage.client.wait_for("guild_channel_create", timeout=5)
    stage.guild.add_channel("before")
    await coming
    before = gateway.connected
    with gateway.holding():
        gateway.drop()
        for name in ("one", "two", "three"):
            stage.guild.add_channel(name)
    resumed = stage.client.wait_for("resumed", timeout=5)
    await gateway.wait_connected(after=before)
    await resumed
    assert ["before", "one", "two", "three"] == created
    assert (1, 1) == (gateway.identified, gateway.resumed)


async def test_being_asked_to_reconnect_goes_on_with_the_session(stage: Stage) -> None:
    gateway = stage.server.gateway
    before = gateway.connected
    gateway.reconnect()
    await gateway.wait_connected(after=before)
    assert (1, 1) == (gateway.identified, gateway.resumed)


@pytest.mark.parametrize(("resumable", "sessions"), [(True, (1, 1)), (False, (2, 0))])
async def test_an_invalid_session_is_gone_on_with_only_if_it_can_be(
    stage: Stage, *, resumable: bool, sessions: tuple[int, int]
) -> None:
    gateway = stage.server.gateway
    before = gateway.connected
    gateway.invalidate(resumable=resumable)
    assert resumable == bool(gateway.sessions)
    await gateway.wait_connected(after=before)
    assert sessions == (gateway.identified, gateway.resumed)
    assert (1, before + 1) == (len(gateway.sessions), gateway.connected)


async def test_a_session_forgotten_meanwhile_is_begun_anew(stage: Stage) -> None:
    gateway = stage.server.gateway
    before = gateway.connected
    with gateway.holding():
        gateway.drop()
        gateway.forget()
        stage.guild.add_channel("meanwhile")
    await gateway.wait_connected(after=before)
    await stage.client.wait_for("ready", timeout=5)
    assert (2, 0) == (gateway.identified, gateway.resumed)
    assert ["general", "meanwhile"] == [one.name for one in stage.client.guilds[0].text_channels]


async def test_a_close_code_that_is_final_ends_the_client(server: DiscordServer) -> None:
    with pointed_at(server):
        async with running(server, plain_client()) as task:
            server.gateway.close_with(4010)
            with pytest.raises(discord.ConnectionClosed, match="4010"):
                await asyncio.wait_for(task, 5)


async def test_a_connection_without_acknowledgements_is_given_up(server: DiscordServer) -> None:
    gateway, client = server.gateway, plain_client(heartbeat_timeout=0.5)
    gateway.heartbeat_interval = 0.1
    with pointed_at(server):
        async with running(server, client):
            # that it lasts longer than the client's patience is what the answers are for
            await server.until(lambda: gateway.sessions[0].heartbeats > 6)
            assert 1 == gateway.connected
            gateway.acknowledges = False
            await gateway.wait_connected(after=1)
            gateway.acknowledges = True
            assert (1, True) == (gateway.identified, gateway.resumed >= 1)


def two_guilds(server: DiscordServer) -> list[Guild]:
    owner = server.add_person("Olga")
    return [server.add_guild(f"G{n}", owner=owner, guild_id=n << 22) for n in (10, 11)]


async def test_each_shard_serves_its_guilds_and_breaks_by_itself(server: DiscordServer) -> None:
    even, odd = two_guilds(server)
    client, gateway = sharded_client(2), server.gateway
    with pointed_at(server):
        async with running(server, client):
            assert {even.id: 0, odd.id: 1} == {one.id: one.shard_id for one in client.guilds}
            before = gateway.connected
            coming = client.wait_for("guild_channel_create", timeout=5)
            with gateway.holding():
                gateway.drop(shard=1)
                odd.add_channel("missed")
                even.add_channel("over the other shard")
                assert "over the other shard" == (await coming).name
                assert ["over the other shard"] == [one.name for one in client.get_all_channels()]
                coming = client.wait_for("guild_channel_create", timeout=5)
            assert "missed" == (await coming).name
            await gateway.wait_connected(after=before)
            assert (2, 1) == (gateway.identified, gateway.resumed)
