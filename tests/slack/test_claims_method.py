"""Claims 1 to 8, the method: a form and buttons in Slack in, real SMTP and Slack's API out.

The audience has mail addresses, a channel and a person, and every step is a person's in Slack.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.claims.house import entry_of, passcode_in, text_of
from tests.desks import Clock
from tests.slack.audiences import ANN, BOB, Audience, struck
from tests.slack.house import HTTP, SOCKET, open_slack_house

FRIDAY = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
AT_ONCE, WHEN_RECONFIRMED = "at once", "when reconfirmed"


@pytest.fixture
async def invited(
    database_url: str, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> AsyncIterator[Audience]:
    transport = getattr(request, "param", SOCKET)
    async with open_slack_house(database_url, tmp_path, clock, transport) as house:
        yield Audience(house, house.team.add_user("U0003", name="Pia"))
        house.nothing_refused()


over_http = pytest.mark.parametrize("invited", [HTTP], indirect=True)


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
    heard = await hanna.type("/slot reserve fri 20:00 for 2h Studio", house.general)
    heard = await hanna.submit(
        await heard.opened(),
        {**invited.all, "title": "Other", "audience": "carl@example.org", "policy": AT_ONCE},
    )
    await house.deliver()

    assert ["when"] == list(heard.errors)
    assert "Free instead:" in heard.errors["when"]
    assert [] == house.mails("carl@example.org")
    assert [1, 1, 1, 1] == invited.figures
    assert 1 == len(hanna.direct_messages)
    assert not any("Other" in words for words in invited.everything)


@over_http
async def test_claim_02_the_notice_holds_access_information(invited: Audience) -> None:
    told = await invited.reserve(policy=AT_ONCE)
    path = _code(told.words).replace("-", "").lower()
    playback = f"https://live.example/hls/{path}.m3u8"

    assert [True] * 4 == [playback in words for words in invited.everything]
    # the button that joins, in either card
    assert [True] * 2 == [playback in card.links for card in invited.cards]


async def test_claim_03_the_notice_passes_authentication_information_on(
    invited: Audience,
) -> None:
    await invited.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")

    assert [True] * 4 == ["User name: vip" in words for words in _spaced(invited)]
    assert [True] * 4 == ["Passcode: W1nterLight" in words for words in _spaced(invited)]


async def test_claim_03_everybody_may_have_credentials_of_their_own(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE, credentials="each")
    mailed = [passcode_in(invited.house.mails(address)[0]) for address in (ANN, BOB)]
    posted = [_passcode(card.words) for card in invited.cards]

    assert 4 == len({*mailed, *posted})
    assert {10} == {len(passcode) for passcode in (*mailed, *posted)}


@over_http
async def test_claim_04_a_cancellation_is_told_to_the_audience(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    posted = [card.ts for card in invited.cards]
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
        (reply,) = card.thread
        assert "The singer is ill" in reply.words
    assert posted == [card.ts for card in invited.cards]


@over_http
async def test_claim_05_a_change_is_told_to_the_audience(invited: Audience) -> None:
    await invited.reserve(policy=AT_ONCE)
    posted = [card.ts for card in invited.cards]
    later = FRIDAY + timedelta(hours=1)
    told = await invited.press("change", when=later, title="Late show")
    first, last = invited.house.mails(ANN)

    assert "Changed: Late show" in told.words
    assert ("REQUEST", later) == (entry_of(last).method, entry_of(last).starts_at)
    assert entry_of(first).uid == entry_of(last).uid
    assert all(time in text_of(last) for time in ("20:00", "21:00"))
    for card in invited.cards:
        assert "Late show" in card.words
        assert "20:00" not in card.words
        (reply,) = card.thread
        assert "Title: Premiere → Late show" in reply.words
        assert "Fri 4 Dec 2026, 20:00 CET – 22:00 → Fri 4 Dec 2026, 21:00" in reply.words
        assert "20:00" in struck(reply)
    assert posted == [card.ts for card in invited.cards]


async def test_claim_06_nobody_hears_anything_until_reconfirm_is_pressed(
    invited: Audience,
) -> None:
    await invited.reserve(policy=WHEN_RECONFIRMED)
    before = invited.figures
    assert "Please reconfirm it by Thu 3 Dec 2026, 20:00 CET" in invited.permission.words
    heard = await invited.house.hanna.click(invited.permission, "slot:reconfirm")
    answer = await heard.message()
    await invited.house.deliver()

    assert [0, 0, 0, 0] == before
    assert "Reconfirmed: Premiere" in answer.words
    assert [1, 1, 1, 1] == invited.figures
    assert not any("rovisional" in words for words in invited.everything)
    assert "slot:reconfirm" not in str(invited.permission.blocks)


async def test_claim_06_a_slot_not_reconfirmed_in_time_is_released(invited: Audience) -> None:
    await invited.reserve(policy=WHEN_RECONFIRMED)
    house = invited.house
    await house.until(FRIDAY - timedelta(days=1))  # the deadline
    permission, *reminders = house.hanna.direct_messages
    late = await house.hanna.click(permission.versions[0], "slot:reconfirm")
    again = await house.adam.type(
        '/slot reserve "fri 20:00" 2h Studio title="Other" audience=bob@example.org'
    )

    assert [0, 0, 0, 0] == invited.figures
    assert "Lapsed" in permission.words
    assert any("reconfirm" in reminder.words for reminder in reminders)
    assert "Too late" in (await late.message()).words
    assert "Permitted and confirmed: Other" in again.words


async def test_claim_07_the_audience_is_told_on_permission_and_again(invited: Audience) -> None:
    await invited.reserve(policy="both")
    first = invited.figures
    provisional = ["will be confirmed by" in words for words in _spaced(invited)]
    await invited.house.hanna.click(invited.permission, "slot:reconfirm")
    await invited.house.deliver()

    assert [1, 1, 1, 1] == first
    assert [True] * 4 == provisional
    assert [2, 2, 2, 2] == invited.figures
    assert [False] * 4 == ["will be confirmed by" in words for words in _spaced(invited)]
    assert ["Provisional", "Confirmed"] == invited.house.subjects(ANN)
    assert [True] * 2 == ["you can count on it" in card.thread[0].words for card in invited.cards]


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


def _code(words: str) -> str:
    return words.partition("reservation ")[2][:7]


def _passcode(words: str) -> str:
    return words.partition("Passcode: ")[2].split()[0]


def _spaced(invited: Audience) -> list[str]:
    """Give what they were told with single spaces: mail lines its columns up."""
    return [" ".join(words.split()) for words in invited.everything]
