"""A first round in Discord, as somebody new takes it: cards, replies, reminders, and the event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.audiences import ANN, Audience, beneath, buttons, struck, until
from tests.discord.house import DiscordHouse, open_discord_house
from tests.discord.server.events import CANCELED, SCHEDULED, ScheduledEvent
from tests.discord.server.messages import Message

FRIDAY = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
_CLOSED = "50007"


@pytest.fixture
async def invited(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[Audience]:
    async with open_discord_house(sqlite_files.fresh(), tmp_path, clock) as house:
        # an event begins and ends by Discord's own clock
        house.discord.clock.calendar = lambda: clock().timestamp()
        pia = house.discord.add_person("Pia")
        house.guild.add_member(pia)
        yield Audience(house, pia)
        house.nothing_refused()


async def test_a_slot_is_reserved_reconfirmed_changed_and_cancelled(invited: Audience) -> None:
    house = invited.house
    told = await invited.reserve(policy="both", passcode="W1nterLight")
    card, private = invited.cards
    assert "Permitted" in told.words
    assert told.ephemeral
    assert "Premiere" in invited.permission.words
    assert "Provisional" in card.words
    assert "W1nterLight" in card.words
    assert ["Remind me"] == buttons(card)
    assert ["Stop these notices"] == buttons(private)
    assert any(link.startswith("https://live.example/hls/") for link in card.links)
    event = await _mirrored(house)
    assert ("Provisional: Premiere", SCHEDULED) == (event.name, event.status)

    assert "Reconfirmed" in (await invited.reconfirm()).words
    assert "Provisional" not in card.words
    assert 1 == len(beneath(card))
    assert ["Provisional", "Confirmed"] == _subjects(house)
    assert "Premiere" == (await _mirrored(house)).name

    told = await invited.press("change", start="2026-12-04 21:00 for 2 h", title="Late show")
    assert "Changed" in told.words
    assert "Late show" in card.words
    assert "Premiere" in struck(beneath(card)[-1])
    event = await _mirrored(house)  # moved, it is to be confirmed anew
    assert "Provisional" in card.words
    assert ("Provisional: Late show", (FRIDAY + HOUR).isoformat()) == (event.name, event.start)
    await invited.reconfirm()
    assert "Late show" == (await _mirrored(house)).name

    told = await invited.press("cancel", reason="The singer is ill")
    assert "Cancelled" in told.words
    assert "Cancelled" == _subjects(house)[-1]
    assert "Late show" in struck(card)
    assert "The singer is ill" in beneath(card)[-1].words
    assert CANCELED == (await _mirrored(house)).status
    assert (card, private) == invited.cards  # one card each, edited in place all along
    assert "W1nterLight" not in f"{event.name} {event.description} {event.location}"
    assert not any(one.pings for one in house.general.messages)
    await until(house, house.clock.now + timedelta(minutes=30))
    assert "Report" in house.hanna.direct_messages[-1].words


async def test_whoever_presses_remind_me_is_reminded_in_person(invited: Audience) -> None:
    house = invited.house
    await invited.reserve(policy="at once")
    await invited.reconfirm()
    carol = house.discord.add_person("Carol")
    house.guild.add_member(carol)
    card, _ = invited.cards

    heard = await carol.click(card, "Remind me")
    answer = await heard.message()
    before = list(carol.direct_messages)
    await until(house, FRIDAY)

    assert answer.ephemeral
    assert [] == before
    assert carol.direct_messages
    assert all("Premiere" in one.words for one in carol.direct_messages)
    assert any("Reminder" in one.words for one in carol.direct_messages)


async def test_a_holder_with_closed_messages_is_told_where_they_last_spoke(
    invited: Audience,
) -> None:
    house = invited.house
    house.hanna.closes_dms()
    await invited.reserve(policy="at once", passcode="W1nterLight")
    (told,) = _pinging(house)

    assert [] == house.hanna.direct_messages
    assert {house.hanna.id} == told.pings
    assert "Please reconfirm it by" in told.words
    assert "allow direct messages" in told.words
    assert "W1nterLight" not in told.words
    heard = await house.hanna.click(told, "slot:reconfirm")
    assert "Reconfirmed" in (await heard.message()).words
    await house.deliver()
    assert [] == house.hanna.direct_messages
    _closed_doors_forgotten(house)


async def test_a_recipient_with_closed_messages_is_named_in_the_report(invited: Audience) -> None:
    house = invited.house
    invited.pia.closes_dms()
    await invited.reserve(policy="at once")
    await until(house, house.clock.now + HOUR)
    report = house.hanna.direct_messages[-1]

    assert "3 of 4 told" in report.words
    assert "Pia" in report.words
    invited.pia.opens_dms()
    heard = await house.hanna.click(report, "Send again to those")
    assert "Premiere" in (await heard.message()).words
    await house.deliver()
    assert ["Premiere" in one.words for one in invited.pia.direct_messages] == [True]
    assert 1 == len(house.general.messages)
    _closed_doors_forgotten(house)


def _pinging(house: DiscordHouse) -> list[Message]:
    return [one for one in house.general.messages if one.pings]


def _closed_doors_forgotten(house: DiscordHouse) -> None:
    """See that Discord refused direct messages to whoever closed them, and forget that."""
    refused = [one for one in house.discord.refusals if one.outcome == _CLOSED]
    assert refused
    house.discord.calls[:] = [one for one in house.discord.calls if one not in refused]


async def _mirrored(house: DiscordHouse) -> ScheduledEvent:
    """Have the mirror do what is due, and give the one event there is."""
    assert house.app.mirror is not None
    await house.app.mirror.mirror_due()
    (event,) = house.guild.events.values()
    return event


def _subjects(house: DiscordHouse) -> list[str]:
    return [str(mail["Subject"]).partition(":")[0] for mail in house.mails(ANN)]
