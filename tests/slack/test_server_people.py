"""What people do reaches a real Bolt app, and its answers reach them, over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import NeverHappenedError, NotThereError
from tests.slack.server.errors import Json
from tests.slack.server.rehearsal import TRANSPORTS, Stage, plain, set_stage

BUTTON: Json = {
    "type": "button",
    "action_id": "slot:cancel",
    "value": "K7Q",
    "text": plain("Cancel"),
}
BUTTONS: Json = {"type": "actions", "block_id": "acts", "elements": [BUTTON]}


@pytest.fixture(params=TRANSPORTS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Give a workspace with a connected app, once over each transport."""
    async with set_stage(request.param) as stage:
        yield stage


async def test_a_command_is_heard_with_slack_s_fields(stage: Stage) -> None:
    @stage.app.command("/slot")
    async def slot(ack: AsyncAck, body: Json) -> None:
        stage.seen.append(body)
        await ack(text="done", response_type="ephemeral")

    heard = await stage.ann.type("/slot reserve  fri 20:00 ", channel=stage.general)

    body = stage.seen[0]
    assert "reserve  fri 20:00" == body["text"]
    assert ("T0001", "C0001", "general") == (
        body["team_id"],
        body["channel_id"],
        body["channel_name"],
    )
    assert ("U0001", "ann.example") == (body["user_id"], body["user_name"])
    assert ["done"] == [message.words for message in heard.messages]
    assert heard.messages == stage.ann.ephemeral
    assert heard.acknowledged_in is not None
    assert [] == stage.general.messages


async def test_an_answer_by_the_response_url_may_go_to_the_channel(stage: Stage) -> None:
    @stage.app.command("/slot")
    async def slot(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="for all", response_type="in_channel")
        await respond(text="for one")

    heard = await stage.ann.type("/slot", channel=stage.general)

    assert "for one" == (await heard.message()).words
    assert ["for all"] == [message.words for message in stage.general.messages]


async def test_no_acknowledgement_is_a_time_out(stage: Stage) -> None:
    stage.slack.patience = 0.1

    @stage.app.command("/slot")
    async def slot() -> None:
        await stage.slack.until(lambda: stage.seen)

    heard = await stage.ann.type("/slot")

    assert heard.timed_out
    stage.seen.append({})
    stage.slack.tell()


async def test_a_command_that_nobody_takes_fails(stage: Stage) -> None:
    stage.slack.patience = 0.1
    heard = await stage.ann.type("/unknown")
    assert heard.error in ("dispatch_failed", "operation_timeout")


async def test_home_is_published_and_its_buttons_work(stage: Stage) -> None:
    @stage.app.event("app_home_opened")
    async def home_opened(event: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [BUTTONS]}
        await client.views_publish(user_id=event["user"], view=view)

    @stage.app.action("slot:cancel")
    async def cancel(ack: AsyncAck, action: Json) -> None:
        stage.seen.append(action)
        await ack()

    home = await stage.ann.open_home()
    heard = await stage.ann.click(home, "slot:cancel", "K7Q")

    assert heard.acknowledged_in is not None
    assert ("acts", "K7Q", "button") == (
        stage.seen[0]["block_id"],
        stage.seen[0]["value"],
        stage.seen[0]["type"],
    )
    with pytest.raises(NotThereError):
        await stage.ann.click(home, "slot:cancel", "other")
    with pytest.raises(NotThereError):
        await stage.ann.click(home, "slot:nothing")


async def test_a_button_in_a_message_can_replace_it_and_its_old_version_still_clicks(
    stage: Stage,
) -> None:
    @stage.app.action("slot:cancel")
    async def cancel(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        stage.seen.append(body)
        await respond(text="gone", replace_original=True)

    client = stage.app.client
    await client.chat_postMessage(channel="U0001", text="card", blocks=[BUTTONS])
    (card,) = stage.ann.direct_messages

    await (await stage.ann.click(card, "slot:cancel")).message()
    assert "gone" == card.words
    old = card.versions[0]
    await stage.ann.click(old, "slot:cancel")
    assert [card.ts, card.ts] == [body["message"]["ts"] for body in stage.seen]
    assert stage.ann.dm.id == stage.seen[0]["channel"]["id"]


async def test_an_ephemeral_message_is_not_in_the_payload_of_its_button(stage: Stage) -> None:
    @stage.app.command("/slot")
    async def slot(ack: AsyncAck) -> None:
        await ack(text="sure?", blocks=[BUTTONS])

    @stage.app.action("slot:cancel")
    async def cancel(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        stage.seen.append(body)
        await respond(delete_original=True)

    asked = await (await stage.ann.type("/slot", stage.general)).message()
    await stage.ann.click(asked, "slot:cancel")
    await stage.slack.until(lambda: asked.deleted)
    assert "message" not in stage.seen[0]
    assert stage.seen[0]["container"]["is_ephemeral"]
    assert [] == stage.ann.ephemeral


async def test_a_click_answered_without_saying_whether_it_replaces_is_noted(stage: Stage) -> None:
    @stage.app.action("slot:cancel")
    async def cancel(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="hm")

    await stage.app.client.chat_postMessage(channel="C0001", text="card", blocks=[BUTTONS])
    await (await stage.ann.click(stage.general.messages[0], "slot:cancel")).message()
    assert 1 == len(stage.slack.protocol_errors)


async def test_what_asks_for_confirmation_sends_nothing_without(stage: Stage) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("Really?")}
    block = {**BUTTONS, "elements": [{**BUTTON, "confirm": confirm}]}
    await stage.app.client.chat_postMessage(channel="C0001", text="card", blocks=[block])
    heard = await stage.ann.click(stage.general.messages[0], "slot:cancel", confirmed=False)
    assert (None, None) == (heard.acknowledged_in, heard.error)


async def test_the_same_payload_can_come_twice(stage: Stage) -> None:
    @stage.app.command("/slot")
    async def slot(ack: AsyncAck, body: Json) -> None:
        stage.seen.append(body)
        await ack(text=f"{len(stage.seen)}")

    heard = await stage.ann.type("/slot")
    again = await stage.slack.repeat(heard)
    assert stage.seen[0] == stage.seen[1]
    assert ("1", "2") == (heard.words, again.words)


async def test_waiting_in_vain_says_so(stage: Stage) -> None:
    with pytest.raises(NeverHappenedError):
        await stage.slack.until(lambda: stage.general.messages, within=0.05)
