"""A first round in Slack, as somebody new takes it: by socket and by HTTP alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desks import Clock
from tests.slack.house import HTTP, SOCKET, SlackHouse, open_slack_house

FRIDAY = int(datetime(2026, 12, 4, 19, 0, tzinfo=UTC).timestamp())


@pytest.fixture(params=[SOCKET, HTTP])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    async with open_slack_house(url, tmp_path, clock, request.param) as opened:
        yield opened
        opened.nothing_refused()


async def test_a_slot_is_reserved_reconfirmed_changed_and_cancelled(house: SlackHouse) -> None:
    hanna, general = house.hanna, house.general
    heard = await hanna.type("/slot reserve fri 20:00 for 2h Studio", general)
    form = await heard.opened()

    heard = await hanna.submit(
        form,
        {
            "title": "Evening show",
            "audience": "ann@example.org, bob@example.org",
            "channels": [general.id],
            "policy": "both",
        },
    )
    told = await heard.opened()
    await house.deliver()

    assert "Permitted" in told.words
    (permission,) = hanna.direct_messages
    assert "Evening show" in permission.words
    (card,) = general.messages
    assert "Provisional" in card.words
    assert ["Provisional"] == house.subjects("ann@example.org")

    heard = await hanna.click(permission, "slot:reconfirm")
    assert "Reconfirmed" in (await heard.message()).words
    await house.deliver()
    assert ["Provisional", "Confirmed"] == house.subjects("ann@example.org")
    assert "Provisional" not in card.words
    assert 1 == len(card.thread)

    heard = await hanna.click(permission, "slot:change")
    change = await heard.opened()
    heard = await hanna.submit(change, {"when": FRIDAY + 3600, "title": "Late show"})
    assert "Changed" in (await heard.opened()).words
    await house.deliver()
    assert "Late show" in card.words

    heard = await hanna.click(permission, "slot:cancel")
    question = await heard.opened()
    heard = await hanna.submit(question, {"reason": "The singer is ill"})
    assert "Cancelled" in (await heard.opened()).words
    await house.deliver()
    assert "Cancelled" == house.subjects("ann@example.org")[-1]
    assert "The singer is ill" in card.thread[-1].words
    await house.until(house.clock.now + timedelta(minutes=30))
    assert ["Cancelled", "Report"] == [
        next(word for word in ("Cancelled", "Report") if word in one.words)
        for one in hanna.direct_messages
    ]
