"""Claims 1 to 8, the method: commands at the console in, real SMTP out, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answers.reply import Tone
from tests.claims.house import House, entry_of, open_house, passcode_in, text_of
from tests.desks import Clock

ANN, BEN = "ann@example.org", "ben@example.org"
FRIDAY = f'reserve "fri 20:00" 2h Studio title="Premiere" audience="{ANN}, {BEN}"'


@pytest.fixture
async def house(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path, clock) as opened:
        yield opened


async def test_claim_01_a_free_slot_is_permitted_and_every_address_is_told(house: House) -> None:
    permitted = await house.type(f'{FRIDAY} policy="at once"')
    await house.deliver()
    denied = await house.type(FRIDAY.replace(ANN, "carl@example.org").replace("Premiere", "Other"))
    await house.deliver()

    assert permitted.tone is Tone.OK
    assert denied.tone is Tone.DENIED
    assert [action.name for action in denied.actions if action.name == "pick"]
    assert house.subjects(ANN) == ["Live stream"]
    assert house.subjects(BEN) == ["Live stream"]
    assert house.subjects("carl@example.org") == []


async def test_claim_02_the_notice_holds_access_information(house: House) -> None:
    await house.type(f'{FRIDAY} policy="at once"')
    path = (await house.code("Premiere")).replace("-", "").lower()
    await house.deliver()
    (mail,) = house.mails(ANN)

    assert f"https://live.example/hls/{path}.m3u8" in text_of(mail)


async def test_claim_03_the_notice_passes_authentication_information_on(house: House) -> None:
    await house.type(f'{FRIDAY} policy="at once" credentials=shared user=vip passcode=W1nterLight')
    await house.type(
        f'reserve "sat 20:00" 2h title="Each" audience="{ANN}, {BEN}" credentials=each'
        ' policy="at once"'
    )
    await house.deliver()
    shared, own = house.mails(ANN)
    bens = house.mails(BEN)[1]

    assert passcode_in(shared) == "W1nterLight"
    assert "vip" in text_of(shared)
    assert len(passcode_in(own)) == 10
    assert passcode_in(own) != passcode_in(bens)


async def test_claim_04_a_cancellation_is_told_to_the_audience(house: House) -> None:
    await house.type(f'{FRIDAY} policy="at once"')
    await house.deliver()
    await house.type(f"cancel {await house.code('Premiere')} the singer is ill")
    await house.deliver()
    first, last = house.mails(ANN)

    was, entry = entry_of(first), entry_of(last)
    assert (entry.method, entry.status) == ("CANCEL", "CANCELLED")
    assert entry.uid == was.uid
    assert entry.sequence > was.sequence
    assert "the singer is ill" in text_of(last)


async def test_claim_05_a_change_is_told_to_the_audience(house: House) -> None:
    await house.type(f'{FRIDAY} policy="at once"')
    await house.deliver()
    await house.type(f"change {await house.code('Premiere')} fri 21:00")
    await house.deliver()
    first, last = house.mails(ANN)

    was, entry = entry_of(first), entry_of(last)
    assert entry.method == "REQUEST"
    assert entry.uid == was.uid
    assert entry.sequence > was.sequence
    assert entry.starts_at - was.starts_at == timedelta(hours=1)
    assert "20:00" in text_of(last)
    assert "21:00" in text_of(last)


async def test_claim_06_the_audience_is_told_when_it_is_reconfirmed(house: House) -> None:
    answer = await house.type(f'{FRIDAY} policy="when reconfirmed"')
    await house.deliver()
    before = house.subjects(ANN)
    code = await house.code("Premiere")
    await house.type(f"reconfirm {code}")
    await house.deliver()

    assert any(action.name == "reconfirm" for action in answer.actions)
    assert before == []
    assert house.subjects(ANN) == ["Live stream"]


async def test_claim_06_a_slot_not_reconfirmed_in_time_is_released(house: House) -> None:
    await house.type(f'{FRIDAY} policy="when reconfirmed"')
    await house.until(house.clock.now + timedelta(days=3, hours=11))
    again = await house.type(FRIDAY)

    assert house.subjects(ANN) == []
    assert again.tone is Tone.OK


async def test_claim_07_the_audience_is_told_on_permission_and_again(house: House) -> None:
    await house.type(f"{FRIDAY} policy=both")
    await house.deliver()
    await house.type(f"reconfirm {await house.code('Premiere')}")
    await house.deliver()
    first, last = house.mails(ANN)

    assert house.subjects(ANN) == ["Provisional", "Confirmed"]
    assert entry_of(first).status == "TENTATIVE"
    assert entry_of(last).status == "CONFIRMED"


async def test_claim_08_a_contact_address_is_told_by_email(house: House) -> None:
    await house.type(f'{FRIDAY} policy="at once"')
    await house.deliver()
    (mail,) = house.mails(ANN)

    assert str(mail["To"]) == ANN
    assert mail.get_content_type() == "multipart/alternative"
    assert entry_of(mail).method == "REQUEST"
    assert BEN not in mail.as_string()
