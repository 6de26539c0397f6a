"""What the Web API does and refuses with messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.slack.server.errors import Json
from tests.slack.server.rehearsal import Workspace, open_workspace, refused


@pytest.fixture
async def stage() -> AsyncIterator[Workspace]:
    """Give a workspace with a public and a private channel."""
    async with open_workspace() as workspace:
        yield workspace


async def test_only_own_messages_that_are_there_can_be_changed(stage: Workspace) -> None:
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


async def test_a_thread_needs_its_parent(stage: Workspace) -> None:
    call = stage.client.chat_postMessage(channel="C0001", text="x", thread_ts="1.2")
    assert "thread_not_found" == (await refused(call))["error"]
    parent = await stage.client.chat_postMessage(channel="C0001", text="x")
    await stage.client.chat_postMessage(channel="C0001", text="y", thread_ts=parent["ts"])
    (message,) = stage.general.messages
    assert ["y"] == [reply.text for reply in message.replies]


async def test_an_update_keeps_what_is_not_given_unless_there_is_a_text(stage: Workspace) -> None:
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


async def test_metadata_is_told_only_to_those_who_ask(stage: Workspace) -> None:
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
async def test_wrong_metadata_is_refused(stage: Workspace, metadata: Json, error: str) -> None:
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
async def test_wrong_messages_are_refused(stage: Workspace, content: Json, error: str) -> None:
    call = stage.client.api_call("chat.postMessage", json={"channel": "C0001", **content})
    assert error == (await refused(call))["error"]
    assert error == stage.slack.refusals[-1].outcome


async def test_a_refusal_of_blocks_says_where(stage: Workspace) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await refused(stage.client.chat_postMessage(channel="C0001", text="x", blocks=blocks))
    said = "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert said in answer["response_metadata"]["messages"]


async def test_an_ephemeral_message_needs_both_in_the_channel(stage: Workspace) -> None:
    async def error(user: str) -> str:
        call = stage.client.chat_postEphemeral(channel="C0001", user=user, text="x")
        return str((await refused(call))["error"])

    assert "not_in_channel" == await error("U0001")
    stage.general.bot_is_member = True
    stage.team.add_user("U0002", name="Bob")
    assert "user_not_in_channel" == await error("U0002")
    await stage.client.chat_postEphemeral(channel="C0001", user="U0001", text="x")
    assert ["x"] == [one.text for one in stage.ann.ephemeral]


async def test_calls_may_come_as_forms_and_as_json(stage: Workspace) -> None:
    form = await stage.client.api_call(
        "chat.postMessage",
        data={"channel": "C0001", "text": "x", "blocks": '[{"type": "divider"}]'},
    )
    assert "divider" == form["message"]["blocks"][0]["type"]
    assert '[{"type": "divider"}]' == stage.slack.calls[-1].arguments["blocks"]


async def test_channels_are_listed_as_the_bot_sees_them_by_page(
    stage: Workspace,
) -> None:
    stage.team.add_channel("C0003", name="more", archived=True)
    listed = stage.client.conversations_list
    first = await listed(types="public_channel,private_channel", limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    second = await listed(types="public_channel,private_channel", limit=1, cursor=cursor)
    assert ["C0001", "C0003"] == [page["channels"][0]["id"] for page in (first, second)]
    assert "" == second["response_metadata"]["next_cursor"]
    assert 1 == len((await listed(exclude_archived=True))["channels"])
    assert "invalid_types" == (await refused(listed(types="secret")))["error"]
    assert "invalid_cursor" == (await refused(listed(cursor="???")))["error"]


async def test_history_is_bounded_and_newest_first(stage: Workspace) -> None:
    stage.general.bot_is_member = True
    said = [stage.ann.say(str(number), stage.general) for number in range(4)]

    async def texts(**bounds: Any) -> list[str]:  # noqa: ANN401 - the client's own arguments
        got = await stage.client.conversations_history(channel="C0001", **bounds)
        return [message["text"] for message in got["messages"]]

    assert ["3", "2", "1", "0"] == await texts()
    assert ["2"] == await texts(oldest=said[1].ts, latest=said[3].ts)
    assert ["3", "2", "1"] == await texts(oldest=said[1].ts, latest=said[3].ts, inclusive=True)
    assert ["3"] == await texts(limit=1)


async def test_a_permalink_needs_its_message(stage: Workspace) -> None:
    said = stage.ann.say("x", stage.general)
    link = await stage.client.chat_getPermalink(channel="C0001", message_ts=said.ts)
    wanted = f"https://stage.slack.com/archives/C0001/p{said.ts.replace('.', '')}"
    assert wanted == link["permalink"]
    unknown = stage.client.chat_getPermalink(channel="C0001", message_ts="1.2")
    assert "message_not_found" == (await refused(unknown))["error"]


async def test_an_argument_that_is_missing_is_named(stage: Workspace) -> None:
    answer = await refused(stage.client.api_call("users.info"))
    assert ("invalid_arguments", True) == (
        answer["error"],
        "user" in answer["response_metadata"]["messages"][0],
    )


async def test_what_is_told_of_a_message_and_a_conversation_is_of_its_kind(
    stage: Workspace,
) -> None:
    stage.general.bot_is_member = True
    stage.ann.say("by a person", stage.general)
    await stage.client.chat_postMessage(channel="C0001", text="by the bot")
    history = await stage.client.conversations_history(channel="C0001")
    assert [stage.team.bot_id, None] == [one.get("bot_id") for one in history["messages"]]
    info = stage.client.conversations_info
    opened = await stage.client.conversations_open(users="U0001")
    im = (await info(channel=opened["channel"]["id"]))["channel"]
    assert (True, "U0001", None) == (im["is_im"], im["user"], im.get("name"))
    channel = (await info(channel="C0001", include_num_members=True))["channel"]
    assert (False, "general", 2) == (channel["is_im"], channel["name"], channel["num_members"])
    assert "num_members" not in (await info(channel="C0001"))["channel"]
