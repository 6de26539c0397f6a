"""What goes wrong on the way, as discord.py meets it."""

from __future__ import annotations

import asyncio

import aiohttp
import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.faults import (
    Banned,
    DropAfter,
    DropBefore,
    Garbage,
    RateLimited,
    Refused,
    ServerError,
    Stall,
)

POST = "POST /channels/{channel}/messages"


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_too_much_is_tried_again_after_a_while(scene: Scene, scope: str) -> None:
    fault = scene.discord.faults.add(POST, RateLimited(0.05, scope=scope), times=2)
    await scene.channel.send("x")
    assert (2, ["RateLimited", "RateLimited", "ok"]) == (
        fault.hits,
        [call.outcome for call in scene.discord.calls_of(POST)],
    )
    assert ([], 1) == (scene.discord.refusals, len(scene.general.messages))


async def test_the_headers_of_429_are_discords(scene: Scene) -> None:
    scene.discord.faults.add("GET /gateway", RateLimited(1.5, scope="global"))
    async with scene.session.get(f"{scene.discord.api_url}/gateway") as reply:
        told = await reply.json()
        assert (429, "2", "true", "global", True) == (
            reply.status,
            reply.headers["Retry-After"],
            reply.headers["X-RateLimit-Global"],
            reply.headers["X-RateLimit-Scope"],
            "Via" in reply.headers,
        )
    assert {
        "message": "You are being rate limited.",
        "retry_after": 1.5,
        "global": True,
    } == told


async def test_a_limit_that_a_test_sets_is_kept_by_waiting(scene: Scene) -> None:
    scene.discord.pace.limit(POST, 2, 0.2)
    for _ in range(4):
        await scene.channel.send("x")
    # discord.py reads the headers and never has to be refused
    assert ["ok"] * 4 == [call.outcome for call in scene.discord.calls_of(POST)]
    times = [call.at for call in scene.discord.calls_of(POST)]
    assert times[2] - times[0] >= 0.15


async def test_more_than_a_limit_is_refused_in_each_place_for_itself(scene: Scene) -> None:
    scene.discord.pace.limit(POST, 1, 60)
    other = scene.guild.add_channel("other")
    codes = [
        (await scene.call("POST", path, {"content": "x"}))[0]
        for path in (scene.messages, scene.messages, f"/channels/{other.id}/messages")
    ]
    assert [200, 429, 200] == codes
    scene.discord.pace.per_second = 1
    assert [200, 429] == [(await scene.call("GET", "/users/@me"))[0] for _ in range(2)]


async def test_a_ban_is_given_up_at_once(scene: Scene) -> None:
    fault = scene.discord.faults.add(POST, Banned())
    with pytest.raises(library.HTTPException) as caught:
        await scene.channel.send("x")
    assert (429, 1) == (caught.value.status, fault.hits)


async def test_a_failure_after_the_deed_posts_no_second_message(scene: Scene) -> None:
    scene.discord.faults.add(POST, ServerError(502, acting=True))
    await scene.channel.send("x")
    assert (1, ["ServerError", "ok"]) == (
        len(scene.general.messages),
        [call.outcome for call in scene.discord.calls_of(POST)],
    )
    again = scene.discord.calls_of(POST)[1]
    assert again.at - scene.general.messages[0].at > 0.5  # discord.py waits for a second


async def test_a_failure_before_the_deed_does_nothing(scene: Scene) -> None:
    scene.discord.faults.add(POST, ServerError(503))
    with pytest.raises(library.DiscordServerError):
        await scene.channel.send("x")
    assert ([], []) == (scene.general.messages, scene.discord.refusals)


async def test_the_connection_breaks_before_or_after_the_deed(scene: Scene) -> None:
    scene.discord.faults.add(POST, DropBefore())
    with pytest.raises(aiohttp.ClientError):
        await scene.channel.send("x")
    assert [] == scene.general.messages
    scene.discord.faults.add(POST, DropAfter())
    with pytest.raises(aiohttp.ClientError):
        await scene.channel.send("y")
    assert ["y"] == [one.content for one in scene.general.messages]


async def test_a_fault_strikes_in_its_place_alone(scene: Scene) -> None:
    other = scene.guild.add_channel("other")
    scene.discord.faults.add(POST, Refused(50013), times=None, where=other.id)
    await scene.channel.send("x")
    elsewhere = scene.client.get_partial_messageable(other.id)
    for _ in range(2):
        with pytest.raises(library.Forbidden) as caught:
            await elsewhere.send("x")
        assert 50013 == caught.value.code
    scene.discord.faults.clear()
    await elsewhere.send("x")
    assert 1 == len(other.messages)


async def test_nonsense_and_silence(scene: Scene) -> None:
    scene.discord.faults.add("GET /users/@me", Garbage())
    with pytest.raises(ValueError, match=r"."):
        await scene.client.http.request(library.http.Route("GET", "/users/@me"))
    stall = scene.discord.faults.add(POST, Stall(acting=True))
    sending = asyncio.create_task(scene.channel.send("x"))
    await stall.reached.wait()
    await scene.discord.until(lambda: scene.general.messages)
    assert not sending.done()
    stall.go_on()
    assert "x" == (await sending).content


async def test_a_refusal_is_kept_although_its_answer_was_lost(scene: Scene) -> None:
    scene.discord.faults.add(POST, DropAfter())
    with pytest.raises(aiohttp.ClientError):
        await scene.call("POST", scene.messages, {"content": "x" * 2001})
    assert ["DropAfter"] == [call.outcome for call in scene.discord.refusals]
