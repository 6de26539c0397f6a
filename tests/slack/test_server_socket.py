"""Socket Mode: connections come, go, are asked to come anew, and carry each envelope once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server.errors import Json
from tests.slack.server.rehearsal import Stage, bolt_app, over_socket_mode, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a workspace with an app connected over Socket Mode."""
    async with set_stage("socket mode") as stage:
        yield stage


def answering(stage: Stage) -> None:
    @stage.app.command("/slot")
    async def slot(ack: AsyncAck) -> None:
        await ack(text="here")


async def test_a_dropped_connection_comes_back_by_itself(stage: Stage) -> None:
    answering(stage)
    before = stage.slack.socket.connected
    stage.slack.socket.drop()
    assert "dispatch_failed" == (await stage.ann.type("/slot")).error
    await stage.slack.socket.wait_reconnected(after=before)
    assert "here" == (await stage.ann.type("/slot")).words


async def test_a_refresh_makes_a_new_connection(stage: Stage) -> None:
    answering(stage)
    before = stage.slack.socket.connected
    await stage.slack.socket.refresh()
    await stage.slack.socket.wait_reconnected(after=before)
    assert "here" == (await stage.ann.type("/slot")).words


async def test_every_connection_gets_its_turn(stage: Stage) -> None:
    other = bolt_app(stage.slack, stage.team)

    @other.command("/slot")
    async def slot(ack: AsyncAck) -> None:
        await ack(text="there")

    answering(stage)
    async with over_socket_mode(stage.slack, other):
        await stage.slack.socket.wait_connected(2)
        heard = {(await stage.ann.type("/slot")).words for _ in range(4)}
    assert {"here", "there"} == heard


async def test_a_ticket_is_good_once_and_there_are_ten_connections(stage: Stage) -> None:
    client = AsyncWebClient(base_url=stage.slack.api_url)
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(9):
            url = (await client.apps_connections_open(app_token=stage.team.app_token))["url"]
            sockets.append(await session.ws_connect(url))
            assert "hello" == (await sockets[-1].receive_json())["type"]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        with pytest.raises(SlackApiError, match="too_many_websockets"):
            await client.apps_connections_open(app_token=stage.team.app_token)


async def test_an_unknown_envelope_is_noted(stage: Stage) -> None:
    client = AsyncWebClient(base_url=stage.slack.api_url)
    url = (await client.apps_connections_open(app_token=stage.team.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_str(json.dumps({"envelope_id": "nonsense"}))
        await stage.slack.until(lambda: stage.slack.socket.open == 2)
        await stage.slack.until(lambda: stage.slack.protocol_errors)


async def test_an_envelope_repeated_keeps_its_id(stage: Stage) -> None:
    answering(stage)
    heard = await stage.ann.type("/slot")
    await stage.slack.repeat(heard)
    assert [heard.envelope_id] * 2 == stage.slack.socket.acknowledged


async def test_an_event_is_retried_until_it_is_acknowledged(stage: Stage) -> None:
    stage.slack.patience = 0.1

    @stage.app.event("channel_archive")
    async def archived(body: Json) -> None:
        stage.seen.append(body)

    @stage.app.middleware
    async def fail_first(
        body: Json, request: AsyncBoltRequest, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        if "x-slack-retry-num" not in request.headers:
            stage.seen.append(body)
            return BoltResponse(status=500)
        await next_()
        return None

    sent = await stage.slack.archive(stage.general)
    assert (True, 2) == (sent.acknowledged, sent.attempts)
    await stage.slack.until(lambda: len(stage.seen) == 2)
    assert stage.seen[0]["event_id"] == stage.seen[1]["event_id"]
    assert stage.general.archived


async def test_leaving_uninstalling_and_revoking_are_told(stage: Stage) -> None:
    kinds = ["member_left_channel", "tokens_revoked", "app_uninstalled"]
    for kind in kinds:

        @stage.app.event(kind)
        async def note(event: Json) -> None:
            stage.seen.append(event)

    await stage.slack.remove_bot(stage.general)
    await stage.slack.uninstall(stage.team)
    assert kinds == [event["type"] for event in stage.seen]


async def test_events_and_commands_that_are_not_declared_are_not_sent(stage: Stage) -> None:
    stage.slack.app.events, stage.slack.app.commands = set(), {"/slot"}
    assert 0 == (await stage.slack.archive(stage.general)).attempts
    assert "not_a_valid_command" == (await stage.ann.type("/slots")).error
