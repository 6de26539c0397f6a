"""Each fault that can be put in makes the Web API fail in its own way, and only there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import (
    Channel,
    DropAfter,
    DropBefore,
    Error,
    Garbage,
    RateLimited,
    ServerError,
    SlackServer,
    Stall,
    open_slack,
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """Give a Slack with a workspace."""
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        team.add_channel("C0001", name="general")
        team.add_channel("C0002", name="other")
        yield slack


@pytest.fixture
def general(slack: SlackServer) -> Channel:
    """Give its channel."""
    return slack.teams["T0001"].channels["C0001"]


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    """Give a client that tries once only."""
    token = slack.teams["T0001"].bot_token
    return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])


async def post(client: AsyncWebClient, channel: str = "C0001") -> None:
    await client.chat_postMessage(channel=channel, text="x")


async def test_a_rate_limit_says_when_to_come_again(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    slack.faults.add("chat.postMessage", RateLimited(retry_after=7))
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    response = caught.value.response
    assert (429, "7", "ratelimited") == (
        response.status_code,
        response.headers["Retry-After"],
        response["error"],
    )
    await post(client)
    assert 1 == len(general.messages)
    assert ["RateLimited", "ok"] == [call.outcome for call in slack.calls]


async def test_a_rate_limit_of_nothing_is_retried_by_the_real_handler(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    fault = slack.faults.add("chat.postMessage", RateLimited(retry_after=0))
    await post(client)
    assert (1, 1) == (fault.hits, len(general.messages))


async def test_a_server_error_does_nothing(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    slack.faults.add("*", ServerError(503))
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert (503, []) == (caught.value.response.status_code, general.messages)


async def test_an_error_is_answered_as_slack_does(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    slack.faults.add("chat.postMessage", Error("fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await post(client)
    assert ([], "fatal_error") == (general.messages, slack.calls[-1].outcome)


async def test_garbage_is_no_answer(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.faults.add("chat.postMessage", Garbage())
    with pytest.raises(SlackApiError):
        await post(client)


@pytest.mark.parametrize(("fault", "posted"), [(DropBefore, 0), (DropAfter, 1)])
async def test_a_cut_connection_hides_whether_it_was_done(
    slack: SlackServer,
    client: AsyncWebClient,
    general: Channel,
    fault: type[DropBefore | DropAfter],
    posted: int,
) -> None:
    slack.faults.add("chat.postMessage", fault())
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client)
    assert posted == len(general.messages)


@pytest.mark.parametrize("acting", [False, True])
async def test_a_stall_lasts_until_it_is_ended(
    slack: SlackServer, client: AsyncWebClient, general: Channel, *, acting: bool
) -> None:
    stall = slack.faults.add("chat.postMessage", Stall(acting=acting))
    posting = asyncio.create_task(post(client))
    await stall.reached.wait()
    assert not posting.done()
    stall.go_on()
    if acting:
        await posting
    else:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await posting
    assert int(acting) == len(general.messages)


async def test_a_fault_may_lie_in_one_channel_and_last_until_it_is_cleared(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    slack.faults.add("chat.postMessage", Error("fatal_error"), times=None, channel="C0001")
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await post(client)
        await post(client, "C0002")
    slack.faults.clear()
    await post(client)


async def test_the_pace_of_a_channel_is_one_a_second_after_a_burst(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    slack.pace.on = True
    for _ in range(slack.pace.burst):
        await post(client)
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert "1" == caught.value.response.headers["Retry-After"]
    await post(client, "C0002")
    slack.clock.advance(1)
    await post(client)
    with pytest.raises(SlackApiError):
        await post(client)
