"""One person in Slack and in Discord at once: what she reserves in one she manages in the other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.wiring import App
from tests.desks import Clock
from tests.discord.audiences import beneath, buttons, struck
from tests.discord.house import SOON, DiscordHouse, open_discord_house
from tests.slack.house import SlackHouse
from tests.slack.server import SlackServer, open_slack

_CODE = re.compile(r"/slot link (\S+)")
ANN = "ann@example.org"


@dataclass
class Chats:
    """One desk, and Hanna in a workspace of Slack's and in a guild of Discord's."""

    slack: SlackHouse
    discord: DiscordHouse

    async def deliver(self) -> None:
        """Let a second pass, and tell whoever is to be told."""
        self.discord.clock.move(timedelta(seconds=1))
        await self.discord.deliver()


@pytest.fixture
async def chats(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Chats]:
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        people = (
            team.add_user("U0001", name="Hanna", tz="Europe/Berlin"),
            team.add_user("U0002", name="Adam", tz="Europe/Berlin", is_admin=True),
        )
        settings = {
            "slack_bot_token": team.bot_token,
            "slack_app_token": team.app_token,
            "slack_api_url": slack.api_url,
        }
        general = team.add_channel("C0001", name="general")
        async with open_discord_house(database_url, tmp_path, clock, **settings) as discord:
            discord.discord.clock.calendar = lambda: clock().timestamp()
            app, mail = discord.app, discord.mailboxes
            async with _listening(app, slack):
                yield Chats(SlackHouse(app, clock, mail, slack, team, *people, general), discord)
            discord.nothing_refused()
        assert [] == slack.refusals
        assert [] == slack.protocol_errors


@asynccontextmanager
async def _listening(app: App, slack: SlackServer) -> AsyncIterator[None]:
    """Let the front end in Slack run, too."""
    front, stop = app.slack, asyncio.Event()
    assert front is not None
    running = asyncio.create_task(front.run(stop))
    try:
        await asyncio.wait_for(slack.socket.wait_connected(), SOON)
        yield
    finally:
        stop.set()
        await running


async def test_reserved_in_slack_reconfirmed_in_discord_cancelled_in_slack(chats: Chats) -> None:
    here, there = chats.slack, chats.discord
    await _linked(chats)

    form = await (await here.hanna.type("/slot reserve fri 20:00 for 2h Studio")).opened()
    fields = {"title": "Premiere", "audience": ANN, "channels": [here.general.id]}
    told = await (await here.hanna.submit(form, {**fields, "policy": "both"})).opened()
    await chats.deliver()
    assert "Permitted: Premiere" in told.words
    (reservation,) = await there.reservations()
    (card,) = here.general.messages
    assert "Provisional" in card.words

    listed = await there.hanna.type("/slot list", there.general)
    assert reservation.code in listed.words
    shown = await there.hanna.type(f"/slot show code:{reservation.code}", there.general)
    assert "Reconfirm" in buttons(await shown.message())
    heard = await there.hanna.click(await shown.message(), "Reconfirm")
    assert "Reconfirmed: Premiere" in (await heard.message()).words
    await chats.deliver()
    assert "Provisional" not in card.words
    assert 1 == len(card.thread)

    line = f"/slot change code:{reservation.code}"
    changed = await there.hanna.type(line, there.general, {"add": there.general.mention})
    assert "Changed: Premiere" in (await changed.message()).words
    await chats.deliver()
    (post,) = there.general.messages
    assert "Premiere" in post.words
    assert 1 == len(card.thread)  # for who was on the list already nothing changed

    permission = here.hanna.direct_messages[0]
    question = await (await here.hanna.click(permission, "slot:cancel")).opened()
    told = await (await here.hanna.submit(question, {"reason": "The singer is ill"})).opened()
    await chats.deliver()
    assert "Cancelled: Premiere" in told.words
    assert "Premiere" in struck(post)
    assert "The singer is ill" in beneath(post)[0].words
    assert "The singer is ill" in card.thread[-1].words
    subjects = [str(mail["Subject"]).partition(":")[0] for mail in there.mails(ANN)]
    assert ["Provisional", "Confirmed", "Cancelled"] == subjects
    assert [] == await there.reservations()


async def test_unlinked_she_manages_in_the_other_chat_no_more(chats: Chats) -> None:
    here, there = chats.slack, chats.discord
    line = f'/slot reserve fri 20:00 for 2h Studio title="Premiere" audience={ANN}'
    await _linked(chats)
    assert "Permitted: Premiere" in (await here.hanna.type(line, here.general)).words
    (reservation,) = await there.reservations()

    heard = await there.hanna.type("/slot link off:True", there.general)
    assert "a person of its own again" in (await heard.message()).words
    cancelled = await there.hanna.type(f"/slot cancel code:{reservation.code}", there.general)
    assert "no reservation" in (await cancelled.message()).words
    assert [reservation.code] == [one.code for one in await there.reservations()]


async def _linked(chats: Chats) -> None:
    """Have Hanna ask in Slack, and say yes in Discord."""
    offered = await (await chats.slack.hanna.type("/slot link", chats.slack.general)).message()
    found = _CODE.search(offered.words)
    assert found is not None
    hanna, general = chats.discord.hanna, chats.discord.general
    question = await (await hanna.type(f"/slot link code:{found[1]}", general)).message()
    assert "will be one person" in question.words
    done = await hanna.click(question, "Yes, all of them are me")
    assert "are one person now" in (await done.message()).words
