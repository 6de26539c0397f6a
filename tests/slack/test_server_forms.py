"""Forms of a real Bolt app: opened, filled, checked, corrected, stacked and closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import NotSentError, NotThereError, View
from tests.slack.server.errors import Json
from tests.slack.server.rehearsal import TRANSPORTS, Stage, entry, modal, plain, set_stage

TITLE = entry("title", {"type": "plain_text_input", "max_length": 10})
BUTTON: Json = {"type": "button", "action_id": "slot:cancel", "text": plain("Cancel")}
BUTTONS: Json = {"type": "actions", "block_id": "acts", "elements": [BUTTON]}


@pytest.fixture(params=TRANSPORTS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Give a workspace with a connected app, once over each transport."""
    async with set_stage(request.param) as stage:
        yield stage


async def test_a_form_is_filled_checked_corrected_and_sent(stage: Stage) -> None:
    @stage.app.shortcut("reserve")
    async def reserve(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
        await ack()
        view = modal(TITLE, entry("when", {"type": "datetimepicker"}))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @stage.app.view("form")
    async def form(ack: AsyncAck, view: Json) -> None:
        values = view["state"]["values"]
        stage.seen.append(values)
        if values["title"]["title"]["value"] == "bad":
            await ack(response_action="errors", errors={"title": "Not that."})
        else:
            await ack()

    view = await (await stage.ann.use_shortcut("reserve")).opened()
    moment = datetime(2026, 12, 1, 19, tzinfo=UTC)
    with pytest.raises(NotSentError) as kept:
        await stage.ann.submit(view, {"title": "far too long", "when": moment})
    assert ["title"] == list(kept.value.complaints)

    heard = await stage.ann.submit(view, {"title": "bad"})
    assert {"title": "Not that."} == heard.errors == view.errors
    assert "bad" == view.value("title")

    heard = await stage.ann.submit(view, {"title": "good"})
    assert ({}, []) == (heard.errors, stage.ann.views)
    assert {"type": "datetimepicker", "selected_date_time": 1796151600} == stage.seen[-1]["when"][
        "when"
    ]
    with pytest.raises(NotThereError):
        await stage.ann.submit(view)


async def test_an_empty_required_field_keeps_the_form_open(stage: Stage) -> None:
    view = await opened(
        stage, modal(TITLE, entry("more", {"type": "email_text_input"}, optional=True))
    )
    with pytest.raises(NotSentError) as kept:
        await stage.ann.submit(view)
    assert ["title"] == list(kept.value.complaints)


async def opened(stage: Stage, view: Json) -> View:
    @stage.app.shortcut("open")
    async def open_it(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    return await (await stage.ann.use_shortcut("open")).opened()


@pytest.mark.parametrize("action", ["update", "push", "clear"])
async def test_a_submission_may_update_push_and_clear(stage: Stage, action: str) -> None:
    view = await opened(stage, modal(TITLE))
    more = None if action == "clear" else modal(TITLE, title=plain("Next"))

    @stage.app.view("form")
    async def form(ack: AsyncAck) -> None:
        await ack(response_action=action, view=more)

    heard = await stage.ann.submit(view, {"title": "x"})
    titles = [one.title for one in stage.ann.views]
    wanted = {"update": ["Next"], "push": ["Reserve", "Next"], "clear": []}
    assert wanted[action] == titles
    assert (action == "clear") == heard.cleared
    assert action == "clear" or (heard.view is not None and heard.view.title == "Next")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"acts": "x"}},
        {"response_action": "update", "view": modal(TITLE, title=plain("x" * 25))},
        {"response_action": "shrug"},
    ],
)
async def test_a_wrong_answer_to_a_submission_is_refused(stage: Stage, answer: Json) -> None:
    view = await opened(stage, modal(TITLE, BUTTONS))

    @stage.app.view("form")
    async def form(ack: AsyncAck) -> None:
        await ack(**answer)

    heard = await stage.ann.submit(view, {"title": "x"})
    assert heard.error is not None
    assert 1 == len(stage.slack.protocol_errors)
    assert view.open


async def test_what_was_typed_survives_an_update_of_the_same_fields(stage: Stage) -> None:
    view = await opened(stage, modal(TITLE, BUTTONS))

    @stage.app.action("slot:cancel")
    async def cancel(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
        await ack()
        stage.seen.append(body)
        fresh = modal(TITLE, entry("why", {"type": "plain_text_input", "initial_value": "so"}))
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=fresh)

    stage.ann.fill(view, {"title": "mine"})
    heard = await stage.ann.click(view, "slot:cancel")
    await heard.opened()

    assert ("mine", "so") == (view.value("title"), view.value("why"))
    assert {"type": "view", "view_id": view.id} == stage.seen[0]["container"]
    assert "mine" == stage.seen[0]["view"]["state"]["values"]["title"]["title"]["value"]
    assert "channel" not in stage.seen[0]


async def test_closing_tells_the_app_if_it_wants_to_know(stage: Stage) -> None:
    @stage.app.view_closed("form")
    async def closed(ack: AsyncAck, body: Json) -> None:
        await ack()
        stage.seen.append(body)

    view = await opened(stage, modal(TITLE, notify_on_close=True))
    await stage.ann.close(view)
    assert ([], False) == (stage.ann.views, stage.seen[0]["is_cleared"])


async def test_options_are_searched_for_and_chosen(stage: Stage) -> None:
    view = await opened(stage, modal(entry("who", {"type": "external_select"})))

    @stage.app.options("who")
    async def options(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[{"text": plain(payload["value"].upper()), "value": "1"}])

    @stage.app.view("form")
    async def form(ack: AsyncAck, view: Json) -> None:
        stage.seen.append(view["state"]["values"]["who"]["who"])
        await ack()

    await stage.ann.search(view, "who", "bo")
    await stage.ann.submit(view, {"who": "BO"})
    assert "1" == stage.seen[0]["selected_option"]["value"]


async def test_a_file_of_the_right_type_is_handed_in(stage: Stage) -> None:
    view = await opened(stage, modal(entry("list", {"type": "file_input", "filetypes": ["csv"]})))

    @stage.app.view("form")
    async def form(ack: AsyncAck, view: Json) -> None:
        stage.seen.extend(view["state"]["values"]["list"]["list"]["files"])
        await ack()

    with pytest.raises(NotSentError):
        await stage.ann.submit(view, {"list": stage.ann.upload("people.exe", b"MZ")})
    await stage.ann.submit(view, {"list": stage.ann.upload("people.csv", b"a@example.com\n")})
    assert ("people.csv", "csv", 14) == tuple(
        stage.seen[0][key] for key in ("name", "filetype", "size")
    )
