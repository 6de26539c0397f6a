"""HTTP: requests are signed as Slack signs them, and those that are not reach the app as well."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck

from tests.slack.server.errors import Json
from tests.slack.server.http_mode import sign
from tests.slack.server.rehearsal import Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a workspace with an app that answers over HTTP."""
    async with set_stage("http") as stage:

        @stage.app.command("/slot")
        async def slot(ack: AsyncAck, body: Json) -> None:
            stage.seen.append(body)
            await ack(text="here")

        yield stage


async def test_the_signature_is_slack_s() -> None:
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015"
        ".47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    wanted = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert wanted == sign(secret, "1531420618", body)


async def test_what_is_not_signed_right_is_the_app_s_to_refuse(stage: Stage) -> None:
    heard = await stage.ann.type("/slot")
    send, payload = stage.slack.http.send, heard.payload
    now = int(time.time())
    assert 200 == (await send(payload)).status
    assert 401 == (await send(payload, signature="v0=0123")).status
    assert 401 == (await send(payload, timestamp=now - 301)).status
    assert 401 == (await send(payload, timestamp=now + 301)).status
    assert 401 == (await send(payload, unsigned=True)).status
    assert 2 == len(stage.seen)


async def test_a_request_can_be_replayed_byte_for_byte(stage: Stage) -> None:
    await stage.ann.type("/slot")
    assert 200 == (await stage.slack.http.replay()).status
    assert stage.slack.http.sent[0] == stage.slack.http.sent[1]
    assert stage.seen[0] == stage.seen[1]


async def test_ssl_check_and_url_verification_are_answered_by_bolt(stage: Stage) -> None:
    assert 200 == (await stage.slack.http.ssl_check()).status
    verified = await stage.slack.http.verify_url("abc")
    assert (200, True) == (verified.status, "abc" in verified.body)


async def test_a_retried_event_says_so_in_its_headers(stage: Stage) -> None:
    sent = await stage.slack.send_event(stage.team, {"type": "channel_rename"}, retries=2)
    assert (False, 3) == (sent.acknowledged, sent.attempts)
    numbers = [one.headers.get("X-Slack-Retry-Num") for one in stage.slack.http.sent]
    assert [None, "1", "2"] == numbers
    assert "http_error" == stage.slack.http.sent[-1].headers["X-Slack-Retry-Reason"]


async def test_an_app_that_is_not_there_fails(stage: Stage) -> None:
    stage.slack.http_target = "http://127.0.0.1:9/slack/events"
    assert "dispatch_failed" == (await stage.ann.type("/slot")).error


async def get(url: str, token: str | None = None) -> tuple[int, bytes, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), str(answer.url)


async def test_a_file_needs_the_token_and_the_scope(stage: Stage) -> None:
    file = stage.ann.upload("people.csv", b"a@example.com")
    info = (await stage.app.client.files_info(file=file.id))["file"]
    url = info["url_private_download"]
    assert b"a@example.com" == (await get(url, stage.team.bot_token))[1]
    for token in (None, "xoxb-wrong"):
        status, page, _ = await get(url, token)
        assert (200, True) == (status, b"Sign in" in page)
    stage.team.scopes.discard("files:read")
    assert b"Sign in" in (await get(url, stage.team.bot_token))[1]


async def test_an_installation_gives_a_token_once(stage: Stage) -> None:
    slack, team = stage.slack, stage.slack.add_team("T0002", name="Two", installed=False)
    slack.installs_for = team.add_user("U0002", name="Owner", is_owner=True)
    slack.app.redirect_uri = f"{slack.base_url}/signin"
    client_id, secret = slack.app.client_id, slack.app.client_secret
    asked = f"{slack.authorize_url}?client_id={client_id}&scope=chat:write&state=s1"
    _, _, landed = await get(asked)
    query = parse_qs(urlsplit(landed).query)
    assert ["s1"] == query["state"]

    async def exchange(secret: str) -> Json:
        form = {"code": query["code"][0], "client_id": client_id, "client_secret": secret}
        url = f"{slack.api_url}oauth.v2.access"
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
            body: Json = await answer.json()
            return body

    assert "bad_client_secret" == (await exchange("wrong"))["error"]
    got = await exchange(secret)
    assert ("T0002", "U0002", team.bot_token) == (
        got["team"]["id"],
        got["authed_user"]["id"],
        got["access_token"],
    )
    assert "code_already_used" == (await exchange(secret))["error"]
    told = await stage.app.client.auth_test(token=team.bot_token)
    assert "T0002" == told["team_id"]
