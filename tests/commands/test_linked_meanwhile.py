"""A front end that remembers somebody from before they were linked."""

from __future__ import annotations

import pytest

from bot.answers.reply import Tone
from core.model.people import Actor, WorkspaceKind
from core.usecases.drafts import keep_draft
from core.usecases.linking import Linked, WouldLink, ask_link, link, offer_link, unlink
from core.usecases.settings import Account, enter
from core.usecases.tick import beat
from tests.commands.typing import RESERVE, TITLE, Typist, count_rows
from tests.desks import Scene

SLACK = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "hanna")
DISCORD = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna_x")


@pytest.fixture
async def before(scene: Scene) -> tuple[Actor, Actor]:
    """Link the two; gives both as they were before."""
    slack, discord = [await scene.desk.run(enter, one) for one in (SLACK, DISCORD)]
    offer = await scene.desk.read(offer_link, slack)
    asked = await scene.desk.read(ask_link, discord, offer.code)
    assert isinstance(asked, WouldLink)
    assert isinstance(await scene.desk.run(link, discord, asked.code), Linked)
    return slack, discord


async def test_what_they_reserve_is_the_one_persons(
    scene: Scene, before: tuple[Actor, Actor]
) -> None:
    slack, discord = (Typist(scene.desk, one) for one in before)

    await slack.read(RESERVE, Tone.OK)

    assert TITLE in await slack.read("/slot list", Tone.INFO)
    assert TITLE in await discord.read("/slot list", Tone.INFO)


async def test_unlinked_meanwhile_they_act_as_themselves(
    scene: Scene, before: tuple[Actor, Actor]
) -> None:
    linked = await scene.desk.run(enter, SLACK)
    await scene.desk.run(unlink, linked)

    await Typist(scene.desk, linked).read(RESERVE, Tone.OK)

    slack, discord = (Typist(scene.desk, one) for one in before)
    assert TITLE in await slack.read("/slot list")
    assert TITLE not in await discord.read("/slot list")


async def test_drafts_that_nobody_came_back_to_go_with_the_beat(scene: Scene) -> None:
    await scene.desk.run(keep_draft, scene.actor, "reserve", "{}")
    scene.clock.now = scene.clock.now.replace(day=1, month=12, hour=23)

    await scene.desk.run(beat)

    assert 0 == (await scene.desk.read(count_rows))["draft"]
