"""What the Web API refuses about tokens, scopes, channels and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server.rehearsal import Workspace, client_of, open_workspace, refused


@pytest.fixture
async def stage() -> AsyncIterator[Workspace]:
    """Give a workspace with a public and a private channel."""
    async with open_workspace() as workspace:
        yield workspace


async def test_an_unknown_method_is_refused(stage: Workspace) -> None:
    assert "unknown_method" == (await refused(stage.client.api_call("chat.shout")))["error"]


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-wrong", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(stage: Workspace, token: str | None, error: str) -> None:
    token = stage.slack.app.token if token == "app" else token
    client = AsyncWebClient(token, base_url=stage.slack.api_url)
    assert error == (await refused(client.auth_test()))["error"]


async def test_a_revoked_token_and_an_uninstalled_app_are_told_apart(stage: Workspace) -> None:
    await stage.client.auth_revoke()
    assert "token_revoked" == (await refused(stage.client.auth_test()))["error"]
    await stage.slack.uninstall(stage.team)
    assert "account_inactive" == (await refused(stage.client.auth_test()))["error"]


Call = Callable[[Workspace], Awaitable[object]]


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
async def test_a_missing_scope_is_named(stage: Workspace, scope: str, call: Call) -> None:
    stage.team.scopes.discard(scope)
    answer = await refused(call(stage))
    assert ("missing_scope", scope) == (answer["error"], answer["needed"])
    assert ",".join(sorted(stage.team.scopes)) == answer["provided"]


async def test_the_app_token_is_needed_for_a_connection(stage: Workspace) -> None:
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
    stage: Workspace,
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


async def test_channels_that_cannot_be_posted_to(stage: Workspace) -> None:
    async def error(channel: str) -> str:
        call = stage.client.chat_postMessage(channel=channel, text="x")
        return str((await refused(call))["error"])

    assert "channel_not_found" == await error("C9999")
    assert "channel_not_found" == await error("C0002")
    stage.general.post_refused = "restricted_action"
    assert "restricted_action" == await error("C0001")
    stage.general.archived = True
    assert "is_archived" == await error("C0001")


async def test_another_workspace_s_channels_are_unknown(stage: Workspace) -> None:
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
async def test_people_who_cannot_be_written_to(
    stage: Workspace, why: str, opening: str | None
) -> None:
    stage.ann.dm_refused = why
    call = stage.client.chat_postMessage(channel="U0001", text="x")
    assert why == (await refused(call))["error"]
    if opening:
        assert opening == (await refused(stage.client.conversations_open(users="U0001")))["error"]
    else:
        await stage.client.conversations_open(users="U0001")


async def test_only_open_public_channels_can_be_joined(stage: Workspace) -> None:
    stage.team.scopes.add("groups:read")
    stage.secret.bot_is_member = True
    join = stage.client.conversations_join
    error = (await refused(join(channel="C0002")))["error"]
    assert "method_not_supported_for_channel_type" == error
    assert ["already_in_channel"] != (await join(channel="C0001")).get("warning")
    assert "already_in_channel" == (await join(channel="C0001"))["warning"]
    stage.general.archived = True
    assert "is_archived" == (await refused(join(channel="C0001")))["error"]


async def test_people_and_groups_are_told_as_slack_tells_them(stage: Workspace) -> None:
    stage.team.add_user_group("S0001", handle="desk-admins", users=[stage.ann])
    stage.team.add_user_group("S0002", handle="old", disabled=True)
    (group,) = (await stage.client.usergroups_list(include_users=True))["usergroups"]
    assert ("desk-admins", ["U0001"]) == (group["handle"], group["users"])
    assert ["U0001"] == (await stage.client.usergroups_users_list(usergroup="S0001"))["users"]
    gone = stage.client.usergroups_users_list(usergroup="S0002")
    assert "no_such_subteam" == (await refused(gone))["error"]
    ann = (await stage.client.users_info(user="U0001"))["user"]
    assert ("Europe/Berlin", "u0001@example.com") == (ann["tz"], ann["profile"]["email"])
    stage.team.scopes.discard("users:read.email")
    told = (await stage.client.users_info(user="U0001"))["user"]
    assert "email" not in told["profile"]
    assert "user_not_found" == (await refused(stage.client.users_info(user="U9")))["error"]
    assert stage.team.bot_id == (await stage.client.bots_info(bot=stage.team.bot_id))["bot"]["id"]
