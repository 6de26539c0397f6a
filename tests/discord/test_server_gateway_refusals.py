"""What the gateway refuses, with the close codes that Discord documents."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord.server import intents
from tests.discord.server.rehearsal import plain_client, set_stage
from tests.discord.server.server import DiscordServer, open_discord

HEARTBEAT = {"op": 1, "d": None}


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """Give a Discord without anybody in it."""
    async with open_discord() as server:
        yield server


def identify(server: DiscordServer, **told: object) -> dict[str, Any]:
    known = {"token": server.application.token, "intents": 1, "properties": {"os": "linux"}}
    return {"op": 2, "d": known | told}


async def converse(
    server: DiscordServer, *commands: dict[str, Any] | str, version: int = 10
) -> tuple[list[dict[str, Any]], int | None]:
    """Send commands over a socket of our own, and give the answers and the close code."""
    url = f"{server.gateway.url}/?v={version}&encoding=json"
    answers = []
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        for command in commands:
            await socket.send_str(command if isinstance(command, str) else json.dumps(command))
        async with asyncio.timeout(5):
            async for message in socket:
                answers.append(json.loads(message.data))
                if answers[-1]["op"] == 9:
                    break
    return answers, socket.close_code


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (4004, {"token": "another"}),
        (4014, {"intents": 1 | intents.GUILD_MEMBERS}),
        (4013, {"intents": 1 << 30}),
        (4010, {"shard": [2, 2]}),
        (4002, {"properties": None}),
    ],
)
async def test_identifying_wrongly_is_refused(
    server: DiscordServer, code: int, told: dict[str, object]
) -> None:
    _, closed = await converse(server, identify(server, **told))
    assert (code, [code]) == (closed, server.gateway.farewells)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        (4003, {"op": 3, "d": {}}),
        (4002, "no JSON"),
        (4002, json.dumps({"op": 1, "d": "x" * 5000})),
        (4002, "[]"),
    ],
)
async def test_what_is_no_command_is_refused(
    server: DiscordServer, code: int, command: dict[str, Any] | str
) -> None:
    assert code == (await converse(server, command))[1]


async def test_identifying_twice_and_unknown_opcodes_are_refused(server: DiscordServer) -> None:
    begin = identify(server)
    assert 4005 == (await converse(server, begin, begin))[1]
    assert 4001 == (await converse(server, begin, {"op": 77, "d": None}))[1]


async def test_another_version_is_refused(server: DiscordServer) -> None:
    assert 4012 == (await converse(server, version=9))[1]


async def test_too_many_commands_are_refused(server: DiscordServer) -> None:
    assert 4008 == (await converse(server, *[HEARTBEAT] * 121))[1]


async def test_more_guilds_than_a_session_carries_ask_for_shards(server: DiscordServer) -> None:
    server.gateway.most_guilds = 1
    owner = server.add_person("Olga")
    for number in (1, 2):
        server.add_guild("G", owner=owner, guild_id=number << 22)
    assert 4011 == (await converse(server, identify(server)))[1]


async def test_a_silent_client_is_let_go(server: DiscordServer) -> None:
    server.gateway.heartbeat_interval = server.gateway.heartbeat_grace = 0.05
    assert 4009 == (await converse(server, identify(server)))[1]
    assert [] == server.gateway.sessions


async def test_identifying_too_often_is_answered_with_an_invalid_session(
    server: DiscordServer,
) -> None:
    server.gateway.identify_period = 5.0
    server.gateway.max_concurrency = 2
    assert 4001 == (await converse(server, identify(server), {"op": 77}))[1]
    answers, _ = await converse(server, identify(server))
    assert (9, False) == (answers[-1]["op"], answers[-1]["d"])
    assert 4001 == (await converse(server, identify(server, shard=[1, 2]), {"op": 77}))[1]


async def test_resuming_wrongly_is_refused(server: DiscordServer) -> None:
    answers, _ = await converse(server, identify(server), {"op": 77})
    told = {"token": server.application.token, "session_id": answers[1]["d"]["session_id"]}
    assert 4007 == (await converse(server, {"op": 6, "d": told | {"seq": 99}}))[1]
    wrong = told | {"seq": 1, "token": "another"}
    assert 4004 == (await converse(server, {"op": 6, "d": wrong}))[1]
    unknown = told | {"seq": 1, "session_id": "unknown"}
    answers, _ = await converse(server, {"op": 6, "d": unknown})
    assert (9, False) == (answers[-1]["op"], answers[-1]["d"])


@pytest.mark.parametrize(("code", "left"), [(1000, 0), (4000, 1)])
async def test_how_a_client_closes_decides_whether_it_may_come_back(
    server: DiscordServer, code: int, left: int
) -> None:
    url = f"{server.gateway.url}/?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json(identify(server))
        await server.gateway.wait_connected()
        await socket.close(code=code)
    await server.until(lambda: not server.gateway.live)
    assert left == len(server.gateway.sessions)


async def test_discord_py_reports_an_intent_that_was_not_granted() -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with set_stage(plain_client(discord.Intents(guilds=True, members=True))):
            pass
