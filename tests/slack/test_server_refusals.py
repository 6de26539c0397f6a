"""What the Web API refuses, under Slack's names, seen through the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import Channel, Person, SlackServer, Team, open_slack
from tests.slack.server.grants import grant_response_url, grant_trigger
from tests.slack.server.heard import Heard
from tests.slack.server.rehearsal import client_of

Json = dict[str, Any]
VIEW: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "x"},
    "blocks": [{"type": "divider"}],
}
HOME: Json = {"type": "home", "blocks": [{"type": "divider"}]}


@dataclass
class Stage:
    """A workspace with a client of its bot."""

    slack: SlackServer
    team: Team
    ann: Person
    general: Channel
    secret: Channel
    client: AsyncWebClient

    def heard(self) -> Heard:
        """Make something that Ann did."""
        return Heard(self.ann, "interactive", {}, "e1")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a workspace with a public and a private channel."""
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        ann = team.add_user("U0001", name="Ann")
        general = team.add_channel("C0001", name="general", members=[ann])
        secret = team.add_channel("C0002", name="secret", private=True, members=[ann])
        yield Stage(slack, team, ann, general, secret, client_of(slack, team))


async def refused(call: Awaitable[object]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    data: Json = caught.value.response.data
    return data


async def test_an_unknown_method_is_refused(stage: Stage) -> None:
    assert "unknown_method" == (await refused(stage.client.api_call("chat.shout")))["error"]


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-wrong", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(stage: Stage, token: str | None, error: str) -> None:
    token = stage.slack.app.token if token == "app" else token
    client = AsyncWebClient(token, base_url=stage.slack.api_url)
    assert error == (await refused(client.auth_test()))["error"]


async def test_a_revoked_token_and_an_uninstalled_app_are_told_apart(stage: Stage) -> None:
    await stage.client.auth_revoke()
    assert "token_revoked" == (await refused(stage.client.auth_test()))["error"]
    await stage.slack.uninstall(stage.team)
    assert "account_inactive" == (await refused(stage.client.auth_test()))["error"]


Call = Callable[[Stage], Awaitable[object]]


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", lambda s: s.client.chat_postMessage(channel="C0001", text="x")),
        ("channels:read", lambda s: s.client.conversations_info(channel="C0001")),
        ("groups:read", lambda s: s.client.conversations_list(types="private_channel")),
        ("channels:history", lambda s: s.client.conversations_history(channel="C0001")),
        ("im:history", lambda s: s.client.conversations_history(channel=s.ann.dm.id)),
        ("im:write", lambda s: s.client.conversations_open(users="U0001")),
        ("channels:join", lambda s: s.client.conversations_join(channel="C0001")),
        ("users:read", lambda s: s.client.users_info(user="U0001")),
        ("users:read.email", lambda s: s.client.users_lookupByEmail(email="x@example.com")),
        ("usergroups:read", lambda s: s.client.usergroups_list()),
        ("files:read", lambda s: s.client.files_info(file="F1")),
    ],
)
async def test_a_missing_scope_is_named(stage: Stage, scope: str, call: Call) -> None:
    stage.team.scopes.discard(scope)
    answer = await refused(call(stage))
    assert ("missing_scope", scope) == (answer["error"], answer["needed"])
    assert ",".join(sorted(stage.team.scopes)) == answer["provided"]


async def test_the_app_token_is_needed_for_a_connection(stage: Stage) -> None:
    client = AsyncWebClient(base_url=stage.slack.api_url)
    for token, error in (
        ("xapp-wrong", "invalid_auth"),
        (stage.team.bot_token, "not_allowed_token_type"),
    ):
        call = client.apps_connections_open(app_token=token)
        assert error == (await refused(call))["error"]
    stage.slack.app.token_scopes.clear()
    call = client.apps_connections_open(app_token=stage.slack.app.token)
    assert "connections:write" == (await refused(call))["needed"]


async def test_a_public_channel_may_be_posted_to_without_membership_but_not_read(
    stage: Stage,
) -> None:
    posted = await stage.client.chat_postMessage(channel="C0001", text="x")
    history = stage.client.conversations_history(channel="C0001")
    assert "not_in_channel" == (await refused(history))["error"]
    replies = stage.client.conversations_replies(channel="C0001", ts=posted["ts"])
    assert "not_in_channel" == (await refused(replies))["error"]
    stage.team.scopes.discard("chat:write.public")
    again = stage.client.chat_postMessage(channel="C0001", text="x")
    assert "not_in_channel" == (await refused(again))["error"]
    await stage.client.conversations_join(channel="C0001")
    await stage.client.chat_postMessage(channel="C0001", text="x")
    assert 2 == len((await stage.client.conversations_history(channel="C0001"))["messages"])


async def test_channels_that_cannot_be_posted_to(stage: Stage) -> None:
    async def error(channel: str) -> str:
        call = stage.client.chat_postMessage(channel=channel, text="x")
        return str((await refused(call))["error"])

    assert "channel_not_found" == await error("C9999")
    assert "channel_not_found" == await error("C0002")
    stage.general.post_refused = "restricted_action"
    assert "restricted_action" == await error("C0001")
    stage.general.archived = True
    assert "is_archived" == await error("C0001")


async def test_another_workspace_s_channels_are_unknown(stage: Stage) -> None:
    other = stage.slack.add_team("T0002", name="Other")
    client = client_of(stage.slack, other)
    call = client.chat_postMessage(channel="C0001", text="x")
    assert "channel_not_found" == (await refused(call))["error"]


@pytest.mark.parametrize(
    ("why", "opening"),
    [
        ("cannot_dm_bot", "cannot_dm_bot"),
        ("user_disabled", "user_disabled"),
        ("messages_tab_disabled", None),
    ],
)
async def test_people_who_cannot_be_written_to(stage: Stage, why: str, opening: str | None) -> None:
    stage.ann.dm_refused = why
    call = stage.client.chat_postMessage(channel="U0001", text="x")
    assert why == (await refused(call))["error"]
    if opening:
        assert opening == (await refused(stage.client.conversations_open(users="U0001")))["error"]
    else:
        await stage.client.conversations_open(users="U0001")


async def test_only_own_messages_that_are_there_can_be_changed(stage: Stage) -> None:
    foreign = stage.ann.say("hello", stage.general)
    own = await stage.client.chat_postMessage(channel="C0001", text="x")

    async def error(ts: str) -> str:
        call = stage.client.chat_update(channel="C0001", ts=ts, text="y")
        return str((await refused(call))["error"])

    assert "cant_update_message" == await error(foreign.ts)
    assert "message_not_found" == await error("1.2")
    await stage.client.chat_delete(channel="C0001", ts=own["ts"])
    assert "message_not_found" == await error(own["ts"])
    delete = stage.client.chat_delete(channel="C0001", ts=foreign.ts)
    assert "cant_delete_message" == (await refused(delete))["error"]


async def test_a_thread_needs_its_parent(stage: Stage) -> None:
    call = stage.client.chat_postMessage(channel="C0001", text="x", thread_ts="1.2")
    assert "thread_not_found" == (await refused(call))["error"]
    parent = await stage.client.chat_postMessage(channel="C0001", text="x")
    await stage.client.chat_postMessage(channel="C0001", text="y", thread_ts=parent["ts"])
    (message,) = stage.general.messages
    assert ["y"] == [reply.text for reply in message.replies]


async def test_an_update_keeps_what_is_not_given_unless_there_is_a_text(stage: Stage) -> None:
    blocks = [{"type": "divider"}]
    metadata = {"event_type": "card", "event_payload": {"code": "K7Q"}}
    posted = await stage.client.chat_postMessage(
        channel="C0001", text="x", blocks=blocks, metadata=metadata
    )
    (message,) = stage.general.messages
    await stage.client.api_call(
        "chat.update", json={"channel": "C0001", "ts": posted["ts"], "metadata": {}}
    )
    assert (1, None, "x") == (len(message.blocks), message.metadata, message.text)
    await stage.client.chat_update(channel="C0001", ts=posted["ts"], text="y")
    assert ([], "y") == (message.blocks, message.text)


async def test_metadata_is_told_only_to_those_who_ask(stage: Stage) -> None:
    stage.general.bot_is_member = True
    metadata = {"event_type": "card", "event_payload": {"code": "K7Q"}}
    await stage.client.chat_postMessage(channel="C0001", text="x", metadata=metadata)
    (told,) = (await stage.client.conversations_history(channel="C0001"))["messages"]
    assert "metadata" not in told
    history = await stage.client.conversations_history(channel="C0001", include_all_metadata=True)
    assert metadata == history["messages"][0]["metadata"]


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "x"}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {}, "more": 1}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": "b" * 8000}}, "metadata_too_large"),
    ],
)
async def test_wrong_metadata_is_refused(stage: Stage, metadata: Json, error: str) -> None:
    call = stage.client.chat_postMessage(channel="C0001", text="x", metadata=metadata)
    assert error == (await refused(call))["error"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        (
            {
                "text": "x",
                "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "y" * 3000}}]
                * 4,
            },
            "msg_blocks_too_long",
        ),
    ],
)
async def test_wrong_messages_are_refused(stage: Stage, content: Json, error: str) -> None:
    call = stage.client.api_call("chat.postMessage", json={"channel": "C0001", **content})
    assert error == (await refused(call))["error"]
    assert error == stage.slack.refusals[-1].outcome


async def test_a_refusal_of_blocks_says_where(stage: Stage) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await refused(stage.client.chat_postMessage(channel="C0001", text="x", blocks=blocks))
    said = "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert said in answer["response_metadata"]["messages"]


async def test_an_ephemeral_message_needs_both_in_the_channel(stage: Stage) -> None:
    async def error(user: str) -> str:
        call = stage.client.chat_postEphemeral(channel="C0001", user=user, text="x")
        return str((await refused(call))["error"])

    assert "not_in_channel" == await error("U0001")
    stage.general.bot_is_member = True
    stage.team.add_user("U0002", name="Bob")
    assert "user_not_in_channel" == await error("U0002")
    await stage.client.chat_postEphemeral(channel="C0001", user="U0001", text="x")
    assert ["x"] == [one.text for one in stage.ann.ephemeral]


async def test_a_trigger_opens_one_view_within_three_seconds(stage: Stage) -> None:
    async def error(trigger_id: str) -> str:
        call = stage.client.views_open(trigger_id=trigger_id, view=VIEW)
        return str((await refused(call))["error"])

    assert "invalid_trigger_id" == await error("1.2.3")
    used = grant_trigger(stage.slack, stage.heard())
    await stage.client.views_open(trigger_id=used, view=VIEW)
    assert "exchanged_trigger_id" == await error(used)
    old = grant_trigger(stage.slack, stage.heard())
    stage.slack.clock.advance(3.1)
    assert "expired_trigger_id" == await error(old)


async def test_three_views_may_be_stacked(stage: Stage) -> None:
    push = stage.client.views_push
    trigger = grant_trigger(stage.slack, stage.heard())
    assert "not_found" == (await refused(push(trigger_id=trigger, view=VIEW)))["error"]
    await stage.client.views_open(trigger_id=trigger, view=VIEW)
    for _ in range(2):
        trigger = grant_trigger(stage.slack, stage.heard())
        await push(trigger_id=trigger, view=VIEW)
    trigger = grant_trigger(stage.slack, stage.heard())
    assert "push_limit_reached" == (await refused(push(trigger_id=trigger, view=VIEW)))["error"]


async def test_a_view_is_updated_by_its_newest_hash_and_never_echoed(stage: Stage) -> None:
    trigger = grant_trigger(stage.slack, stage.heard())
    view = (await stage.client.views_open(trigger_id=trigger, view=VIEW))["view"]
    update = stage.client.views_update
    await update(view_id=view["id"], hash=view["hash"], view=VIEW)
    stale = update(view_id=view["id"], hash=view["hash"], view=VIEW)
    assert "hash_conflict" == (await refused(stale))["error"]
    unknown = update(view_id="V404", view=VIEW)
    assert "not_found" == (await refused(unknown))["error"]
    echoed = await refused(update(view_id=view["id"], view=view))
    assert "invalid_arguments" == echoed["error"]
    assert (
        "[ERROR] invalid additional property: hash [json-pointer:/view]"
        in (echoed["response_metadata"]["messages"])
    )


async def test_a_home_is_refused_for_nobody_and_when_switched_off(stage: Stage) -> None:
    publish = stage.client.views_publish
    await publish(user_id="U0001", view=HOME)
    nobody = publish(user_id="U9999", view=HOME)
    assert "invalid_arguments" == (await refused(nobody))["error"]
    stale = publish(user_id="U0001", view=HOME, hash="1.2")
    assert "hash_conflict" == (await refused(stale))["error"]
    stage.slack.app.home_enabled = False
    assert "not_enabled" == (await refused(publish(user_id="U0001", view=HOME)))["error"]


async def test_a_response_url_has_five_uses_and_thirty_minutes(stage: Stage) -> None:
    async def post(url: str) -> str:
        async with aiohttp.ClientSession() as session, session.post(url, json={"text": "x"}) as got:
            return await got.text()

    url = grant_response_url(stage.slack, stage.heard(), stage.secret)
    assert ["ok"] * 5 == [await post(url) for _ in range(5)]
    assert "used_url" in await post(url)
    old = grant_response_url(stage.slack, stage.heard(), stage.secret)
    stage.slack.clock.advance(30 * 60 + 1)
    assert "expired_url" in await post(old)
    assert 5 == len(stage.ann.ephemeral)


async def test_calls_may_come_as_forms_and_as_json(stage: Stage) -> None:
    form = await stage.client.api_call(
        "chat.postMessage",
        data={"channel": "C0001", "text": "x", "blocks": '[{"type": "divider"}]'},
    )
    assert "divider" == form["message"]["blocks"][0]["type"]
    assert '[{"type": "divider"}]' == stage.slack.calls[-1].arguments["blocks"]
