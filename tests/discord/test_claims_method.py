"""Claims 1 to 8, the method: a form and buttons in Discord in, real SMTP and Discord's API out.

The audience has mail addresses, a channel and a person, and every step is a person's in Discord.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.claims.house import entry_of, passcode_in, text_of
from tests.desks import Clock
from tests.discord.audiences import ANN, BOB, Audience, beneath, buttons, hand_in, struck, until
from tests.discord.house import open_discord_house

FRIDAY = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
AT_ONCE, WHEN_RECONFIRMED, BOTH = "at once", "when reconfirmed", "both"


@pytest.fixture
async def invited(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Audience]:
    async with open_discord_house(database_url, tmp_path, clock) as house:
        pia = house.discord.add_person("Pia")
        house.guild.add_member(pia)
        yield Audience(house, pia)
        house.nothing_refused()


async def test_claim_01_a_free_slot_is_permitted_and_every_address_is_told(
    invited: Audience,
) -> None:
    told = await invited.reserve(policy=AT_ONCE)

    assert "Permitted: Premiere" in told.words
    assert "4 recipients are told now" in told.words
    assert [1, 1, 1, 1] == invited.figures
    assert all("Premiere" in words for words in invited.everything)


async def test_claim_01_a_denied_slot_is_told_to_nobody(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE)
    hanna, house = invited.house.hanna, invited.house
    heard = await hanna.type("/slot reserve when:fri 20:00 for 2h server:Studio", house.general)
    other = {**invited.all, "title": "Other", "audience": "carl@example.org", "policy": AT_ONCE}
    told = await hand_in(hanna, await heard.opened(), other)
    await house.deliver()

    assert "Denied" in told.words
    assert "Free instead" in told.words
    assert [] == house.mails("carl@example.org")
    assert [1, 1, 1, 1] == invited.figures
    assert 1 == len(hanna.direct_messages)
    assert not any("Other" in words for words in invited.everything)


async def test_claim_02_the_notice_holds_access_information(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE)
    (reservation,) = await invited.house.reservations()
    path = reservation.code.replace("-", "").lower()
    playback = f"https://live.example/hls/{path}.m3u8"

    assert [True] * 4 == [playback in words for words in invited.everything]
    # the button that joins, in either card
    assert [True] * 2 == [playback in card.links for card in invited.cards]


async def test_claim_03_the_notice_passes_authentication_information_on(
    invited: Audience,
) -> None:
    await invited.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")

    for words in invited.everything:
        assert re.search("User name:? vip", words)
        assert re.search("Passcode:? W1nterLight", words)


async def test_claim_03_everybody_may_have_credentials_of_their_own(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE, credentials="each")
    mailed = [passcode_in(invited.house.mails(address)[0]) for address in (ANN, BOB)]
    posted = [_passcode(card.words) for card in invited.cards]

    assert 4 == len({*mailed, *posted})
    assert {10} == {len(passcode) for passcode in (*mailed, *posted)}


async def test_claim_04_a_cancellation_is_told_to_the_audience(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    posted = [card.id for card in invited.cards]
    told = await invited.press("cancel", reason="The singer is ill")
    first, last = invited.house.mails(ANN)

    assert "Cancelled: Premiere" in told.words
    assert ("CANCEL", "CANCELLED") == (entry_of(last).method, entry_of(last).status)
    assert entry_of(first).uid == entry_of(last).uid
    assert "The singer is ill" in text_of(last)
    for card in invited.cards:  # the same post as before, edited
        assert "Premiere" in struck(card)
        assert "W1nterLight" not in card.words
        assert not any("live.example" in link for link in card.links)
        (reply,) = beneath(card)
        assert "The singer is ill" in reply.words
    assert posted == [card.id for card in invited.cards]


async def test_claim_05_a_change_is_told_to_the_audience(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE)
    posted = [card.id for card in invited.cards]
    later = FRIDAY + timedelta(hours=1)
    told = await invited.press("change", start="2026-12-04 21:00 for 2 h", title="Late show")
    first, last = invited.house.mails(ANN)

    assert "Changed: Late show" in told.words
    assert ("REQUEST", later) == (entry_of(last).method, entry_of(last).starts_at)
    assert entry_of(first).uid == entry_of(last).uid
    assert all(time in text_of(last) for time in ("20:00", "21:00"))
    for card in invited.cards:
        assert "Late show" in card.words
        assert _instant(later) in card.words
        assert _instant(FRIDAY) not in card.words
        (reply,) = beneath(card)
        assert "Title: Premiere → Late show" in reply.words
        assert _instant(later) in reply.words
        assert _instant(FRIDAY) in struck(reply)
    assert posted == [card.id for card in invited.cards]


async def test_claim_06_nobody_hears_anything_until_reconfirm_is_pressed(
    invited: Audience,
) -> None:
    await invited.reserve(policy=WHEN_RECONFIRMED)
    before = invited.figures
    asked = invited.permission.words
    answer = await invited.reconfirm()

    assert "Please reconfirm it by" in asked
    assert _instant(FRIDAY - timedelta(days=1)) in asked
    assert [0, 0, 0, 0] == before
    assert "Reconfirmed: Premiere" in answer.words
    assert [1, 1, 1, 1] == invited.figures
    assert not any("rovisional" in words for words in invited.everything)
    assert "Reconfirm" not in buttons(invited.permission)


async def test_claim_06_a_slot_not_reconfirmed_in_time_is_released(invited: Audience) -> None:
    await invited.reserve(policy=WHEN_RECONFIRMED)
    house = invited.house
    await until(house, FRIDAY - timedelta(days=1))  # the deadline
    permission, *reminders = house.hanna.direct_messages
    reminder = next(one for one in reminders if "Reconfirm" in buttons(one))
    late = await house.hanna.click(reminder, "slot:reconfirm")
    again = await house.adam.type(
        "/slot reserve when:fri 20:00 for 2h server:Studio title:Other audience:bob@example.org"
        " policy:at once",
        house.general,
    )

    assert [0, 0, 0, 0] == invited.figures
    assert "Lapsed" in permission.words
    assert "Too late" in (await late.message()).words
    assert "Permitted and confirmed: Other" in again.words


async def test_claim_07_the_audience_is_told_on_permission_and_again(invited: Audience) -> None:
    await invited.reserve(policy=BOTH)
    first = invited.figures
    provisional = ["will be confirmed by" in words for words in invited.everything]
    await invited.reconfirm()

    assert [1, 1, 1, 1] == first
    assert [True] * 4 == provisional
    assert [2, 2, 2, 2] == invited.figures
    assert [False] * 4 == ["will be confirmed by" in words for words in invited.everything]
    subjects = [str(mail["Subject"]).partition(":")[0] for mail in invited.house.mails(ANN)]
    assert ["Provisional", "Confirmed"] == subjects
    replies = [beneath(card)[0].words for card in invited.cards]
    assert [True] * 2 == ["you can count on it" in words for words in replies]


async def test_claim_08_a_contact_address_is_told_by_email(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE)

    for address in (ANN, BOB):
        (mail,) = invited.house.mails(address)
        entry = entry_of(mail)
        assert (address, "slots@callboard.example") == (
            mail["To"],
            mail["From"].addresses[0].addr_spec,
        )
        assert ("REQUEST", FRIDAY) == (entry.method, entry.starts_at)


def _instant(moment: datetime) -> str:
    """Write an instant as the stand-in reads a time to everybody."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _passcode(words: str) -> str:
    return words.partition("Passcode")[2].split()[0]
