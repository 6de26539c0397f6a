"""What the holder is told in Slack, and the buttons beneath it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.slack.evenings import (
    DEADLINE,
    MINUTES,
    START,
    at,
    dates,
    evening,
    first_dm,
    in_channel,
    later,
)
from tests.slack.house import SlackHouse
from tests.slack.speaking import FRIDAY, HOUR, acts, mention, reserved, typed


@pytest.fixture
def house(public_house: SlackHouse) -> SlackHouse:
    return public_house


async def test_the_permission_has_the_deadline_and_the_buttons(house: SlackHouse) -> None:
    code = await evening(house)

    permission = first_dm(house.hanna)

    assert "Please reconfirm it by Thu 3 Dec 2026, 20:00 CET" in permission.words
    assert "2 recipients are being told now" in permission.words
    assert f"Your reservation {code}." in permission.words
    assert FRIDAY - 24 * HOUR in dates(permission)
    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(permission.blocks)


async def test_the_deadline_is_reminded_of_with_buttons_that_work(house: SlackHouse) -> None:
    await evening(house)
    await at(house, DEADLINE - timedelta(hours=3))

    (reminder,) = [one for one in house.hanna.direct_messages if "still waits" in one.words]

    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(reminder.blocks)
    heard = await house.hanna.click(reminder, "slot:reconfirm")
    assert "Reconfirmed" in (await heard.message()).words
    await later(house)
    assert "The slot is now certain" in first_dm(house.hanna).words


async def test_silence_lets_it_lapse_and_everybody_hears_so(house: SlackHouse) -> None:
    await evening(house)
    await at(house, DEADLINE - 12 * 60 * MINUTES)
    await house.until(DEADLINE + 10 * MINUTES)

    card = first_dm(house.hanna)

    assert "so it has lapsed and the slot is free again" in card.words
    assert ["slot:reserve"] == acts(card.blocks)
    assert "lapsed" in card.thread[-1].words.lower()
    assert "off: it will not take place" in in_channel(house).words
    form = await (await house.hanna.click(card, "slot:reserve")).opened()
    assert "Reserve a slot" == form.title


async def test_the_stream_key_comes_to_the_holder_alone(house: SlackHouse) -> None:
    code = await evening(house)
    await typed(house, f"reconfirm {code}")
    await at(house, START - 10 * MINUTES)

    (keyed,) = [one for one in house.hanna.dm.everything if "Stream key: " in one.words]

    assert "Ingest address: rtmp://live.example/live\n" in keyed.words
    (key,) = re.findall(r"Stream key: \w{6}\?key=(\S+)", keyed.words)
    everything = [*house.general.everything, *house.adam.dm.everything]
    assert not [one for one in everything if key in one.words or key in str(one.blocks)]


async def test_a_report_names_who_could_not_be_told_with_send_again(house: SlackHouse) -> None:
    gone = house.team.add_user("U0009", name="Gone", deleted=True)
    archived = house.team.add_channel("C0009", name="old", archived=True)
    targets = f"{mention(gone)}, {mention(archived)}, {mention(house.general)}"
    await reserved(house, f'audience="{targets}" policy="at once"')
    await at(house, house.clock.now + timedelta(hours=1))

    (report,) = [one for one in house.hanna.direct_messages if "Report" in one.words]

    assert "1 of 3 told; 2 failed" in report.words
    assert "#old: that channel is archived: unarchive it, or list another" in report.words
    assert "@Gone: that person's account is switched off" in report.words
    assert ["slot:again"] == acts(report.blocks)
    archived.archived = False
    posts = len(house.general.everything)
    heard = await house.hanna.click(report, "slot:again")
    await later(house)
    assert "2 recipients of Evening show" in (await heard.message()).words
    assert "Evening show" in archived.messages[0].words
    assert posts == len(house.general.everything)
    house.slack.calls[:] = [
        one for one in house.slack.calls if one.outcome not in {"user_disabled", "is_archived"}
    ]


async def test_old_buttons_answer_with_the_present_state(house: SlackHouse) -> None:
    code = await evening(house)
    permission = first_dm(house.hanna)
    await typed(house, f"reconfirm {code}")
    await later(house)
    (old,) = permission.versions

    heard = await house.hanna.click(old, "slot:reconfirm")

    assert "was reconfirmed before: nothing is left to do" in (await heard.message()).words


async def test_somebody_elses_button_says_that_it_is_not_theirs(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    await evening(house)
    permission = first_dm(house.hanna)

    for button in ("slot:reconfirm", "slot:change", "slot:cancel"):
        heard = await zoe.click(permission, button)
        assert (await heard.message()).words.startswith(":no_entry:")
        assert heard.view is None
