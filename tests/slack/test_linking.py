"""Linking in Slack: who would be one person is shown, and a button says yes."""

from __future__ import annotations

from core.model.people import Actor, WorkspaceKind
from core.usecases.linking import offer_link
from core.usecases.look import list_mine
from core.usecases.settings import Account, enter
from tests.slack.changing import evening
from tests.slack.house import SlackHouse
from tests.slack.speaking import typed

DISCORD = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna_x")


async def in_discord(house: SlackHouse) -> Actor:
    """Meet Hanna in Discord."""
    return await house.app.desk.run(enter, DISCORD)


async def test_a_button_links_whoever_was_shown(house: SlackHouse) -> None:
    code = await evening(house)
    offer = await house.app.desk.read(offer_link, await in_discord(house))

    question = await typed(house, f"link {offer.code}")
    shown = await question.message()
    yes = await house.hanna.click(shown, "slot:form")

    both = "@hanna_x in Gamers (Discord) and @Hanna in stage (Slack) will be one person."
    assert f"{both} Are all of them you?" in shown.words
    assert "are one person now" in (await yes.message()).words
    mine = await house.app.desk.read(list_mine, await in_discord(house))
    assert [code] == [one.reservation.code for one in mine if one.reservation]


async def test_a_code_of_slacks_is_shown_to_the_person_alone(house: SlackHouse) -> None:
    heard = await typed(house, "link")

    assert "/slot link " in heard.words
    assert "Give the code to nobody" in heard.words
    assert [] == house.general.messages
