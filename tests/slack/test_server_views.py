"""What is refused about views, triggers and response URLs, seen through the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.slack.server.errors import Json
from tests.slack.server.grants import grant_response_url, grant_trigger
from tests.slack.server.heard import Heard
from tests.slack.server.rehearsal import Workspace, client_of, modal, open_workspace, refused

VIEW = modal({"type": "divider"})
HOME: Json = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture
async def stage() -> AsyncIterator[Workspace]:
    """Give a workspace with a private channel."""
    async with open_workspace() as workspace:
        yield workspace


def heard(stage: Workspace) -> Heard:
    """Make something that Ann did."""
    return Heard(stage.ann, "interactive", {}, "e1")


async def test_a_trigger_opens_one_view_within_three_seconds(stage: Workspace) -> None:
    async def error(trigger_id: str) -> str:
        call = stage.client.views_open(trigger_id=trigger_id, view=VIEW)
        return str((await refused(call))["error"])

    assert "invalid_trigger_id" == await error("1.2.3")
    used = grant_trigger(stage.slack, heard(stage))
    await stage.client.views_open(trigger_id=used, view=VIEW)
    assert "exchanged_trigger_id" == await error(used)
    old = grant_trigger(stage.slack, heard(stage))
    stage.slack.clock.advance(3.1)
    assert "expired_trigger_id" == await error(old)


async def test_three_views_may_be_stacked(stage: Workspace) -> None:
    push = stage.client.views_push
    trigger = grant_trigger(stage.slack, heard(stage))
    assert "not_found" == (await refused(push(trigger_id=trigger, view=VIEW)))["error"]
    await stage.client.views_open(trigger_id=trigger, view=VIEW)
    for _ in range(2):
        trigger = grant_trigger(stage.slack, heard(stage))
        await push(trigger_id=trigger, view=VIEW)
    trigger = grant_trigger(stage.slack, heard(stage))
    assert "push_limit_reached" == (await refused(push(trigger_id=trigger, view=VIEW)))["error"]


async def test_a_view_is_updated_by_its_newest_hash_and_never_echoed(stage: Workspace) -> None:
    trigger = grant_trigger(stage.slack, heard(stage))
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


async def test_a_home_is_refused_for_nobody_and_when_switched_off(stage: Workspace) -> None:
    publish = stage.client.views_publish
    await publish(user_id="U0001", view=HOME)
    nobody = publish(user_id="U9999", view=HOME)
    assert "invalid_arguments" == (await refused(nobody))["error"]
    stale = publish(user_id="U0001", view=HOME, hash="1.2")
    assert "hash_conflict" == (await refused(stale))["error"]
    stage.slack.app.home_enabled = False
    assert "not_enabled" == (await refused(publish(user_id="U0001", view=HOME)))["error"]


async def test_a_response_url_has_five_uses_and_thirty_minutes(stage: Workspace) -> None:
    async def post(url: str) -> str:
        async with aiohttp.ClientSession() as session, session.post(url, json={"text": "x"}) as got:
            return await got.text()

    url = grant_response_url(stage.slack, heard(stage), stage.secret)
    assert ["ok"] * 5 == [await post(url) for _ in range(5)]
    assert "used_url" in await post(url)
    old = grant_response_url(stage.slack, heard(stage), stage.secret)
    stage.slack.clock.advance(30 * 60 + 1)
    assert "expired_url" in await post(old)
    assert 5 == len(stage.ann.ephemeral)


async def test_an_external_id_names_one_open_view(stage: Workspace) -> None:
    view = modal({"type": "divider"}, external_id="mine")
    trigger = grant_trigger(stage.slack, heard(stage))
    await stage.client.views_open(trigger_id=trigger, view=view)
    await stage.client.views_update(external_id="mine", view=view)
    trigger = grant_trigger(stage.slack, heard(stage))
    pushed = stage.client.views_push(trigger_id=trigger, view=view)
    assert "duplicate_external_id" == (await refused(pushed))["error"]
    assert 1 == len(stage.ann.views)


async def test_a_trigger_is_good_in_its_own_workspace_only(stage: Workspace) -> None:
    other = client_of(stage.slack, stage.slack.add_team("T0002", name="Other"))
    trigger = grant_trigger(stage.slack, heard(stage))
    opening = other.views_open(trigger_id=trigger, view=VIEW)
    assert "invalid_trigger_id" == (await refused(opening))["error"]


async def test_a_refused_view_leaves_the_trigger_good(stage: Workspace) -> None:
    trigger = grant_trigger(stage.slack, heard(stage))
    wrong = stage.client.views_open(trigger_id=trigger, view=modal())
    assert "invalid_arguments" == (await refused(wrong))["error"]
    await stage.client.views_open(trigger_id=trigger, view=VIEW)
