"""What readers of a post ask for themselves: to be reminded, or to hear no more."""

from __future__ import annotations

import pytest

from tests.slack.evenings import (
    MINUTES,
    PASSCODE,
    START,
    at,
    dates,
    evening,
    first_dm,
    later,
)
from tests.slack.house import SlackHouse
from tests.slack.server import Channel, Person
from tests.slack.speaking import FRIDAY, mention, typed


@pytest.fixture
def house(public_house: SlackHouse) -> SlackHouse:
    return public_house


async def remind(house: SlackHouse, who: Person, where: Channel | None = None) -> str:
    """Press Remind me under the post, and give the answer."""
    (post,) = (where or house.general).messages
    heard = await who.click(post, "slot:remind")
    return (await heard.message()).words


async def test_remind_me_leads_to_a_direct_message_a_quarter_of_an_hour_before(
    house: SlackHouse,
) -> None:
    zoe = house.team.add_user("U0005", name="Zoe", tz="America/New_York")
    code = await evening(house, 'policy="at once" reminders=none')
    await typed(house, f"reconfirm {code}")

    said, again = await remind(house, zoe), await remind(house, zoe)
    await at(house, START - 16 * MINUTES)

    assert "Noted: you will be reminded of Evening show Fri 4 Dec 2026, 13:45 EST" in said
    assert "already" in again
    assert [] == zoe.dm.everything
    await at(house, START - 15 * MINUTES)
    await at(house, START)
    (reminder,) = zoe.dm.everything
    assert "Reminder" in reminder.words
    assert FRIDAY in dates(reminder)
    assert PASSCODE.search(reminder.words)
    assert f"You asked to be told of this live stream, reservation {code}." in reminder.words
    assert [] == [one for one in house.adam.dm.everything if "Reminder" in one.words]


async def test_whoever_asked_to_be_reminded_hears_of_changes_and_of_the_end(
    house: SlackHouse,
) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    await remind(house, zoe)

    await typed(house, f"change {code} sat 21:00")
    await later(house)
    await typed(house, f"cancel {code} Storm")
    await later(house)

    assert "Storm" in zoe.direct_messages[-1].words
    assert 1 == len(zoe.direct_messages)
    assert "Changed" in zoe.direct_messages[0].versions[0].words


async def test_whoever_is_told_already_can_ask_as_well(house: SlackHouse) -> None:
    await evening(house)

    first, again = [await remind(house, house.adam) for _ in range(2)]

    assert "Noted" in first
    assert "already" in again


async def test_remind_me_is_too_late_once_it_is_off(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    (post,) = house.general.messages
    await typed(house, f"cancel {code}")

    heard = await zoe.click(post, "slot:remind")

    assert "was cancelled" in (await heard.message()).words
    await later(house)
    assert [] == zoe.direct_messages


async def test_in_the_last_minutes_a_reminder_comes_at_once(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    await typed(house, f"reconfirm {code}")
    await at(house, START - 5 * MINUTES)

    await remind(house, zoe)
    await later(house)

    (reminder,) = zoe.direct_messages
    assert "Reminder" in reminder.words


async def test_stop_under_a_direct_message_stops(house: SlackHouse) -> None:
    await evening(house)
    heard = await house.adam.click(first_dm(house.adam), "slot:stop")

    said = (await heard.message()).words
    again = await house.adam.click(first_dm(house.adam), "slot:stop")
    targets = f"{mention(house.adam)}, {mention(house.general)}"
    answer = await house.hanna.type(
        f'/slot reserve sat 20:00 for 2h Studio title=Next audience="{targets}"', house.general
    )
    await later(house)

    assert "Stopped: nothing more about live streams of Hanna is written to you." in said
    assert "Stopped" in (await again.message()).words
    assert "@Adam: has asked not to be written to" in answer.words
    assert 1 == len(house.adam.direct_messages)
    assert 2 == len(house.general.messages)


async def test_whoever_stopped_still_hears_that_it_is_off_once(house: SlackHouse) -> None:
    code = await evening(house)
    await house.adam.click(first_dm(house.adam), "slot:stop")

    await typed(house, f"change {code} sat 21:00")
    await later(house)
    await typed(house, f"cancel {code}")
    await later(house)

    (card,) = house.adam.direct_messages
    assert "Cancelled" in card.words
    assert 1 == len(card.versions)


async def test_asking_for_a_reminder_outweighs_an_earlier_stop(house: SlackHouse) -> None:
    await evening(house)
    await house.adam.click(first_dm(house.adam), "slot:stop")

    assert "Noted" in await remind(house, house.adam)
