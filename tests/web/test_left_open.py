"""A page behind a join link that somebody leaves open: it becomes the next by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Route

from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, Reservation
from tests.desks import Scene
from tests.life.bench import CLEO
from tests.ports import free_port
from tests.web.browser import Reader, open_browser, reader_in
from tests.web.house import WebHouse, open_web
from tests.web.states import confirmed, join, on_nginx

SECOND = timedelta(seconds=1)
SOON = 20_000  # milliseconds
_STAYS = "document.body.dataset.stays = '1'"
_HAS_STAYED = "document.body.dataset.stays === '1'"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene, f"http://127.0.0.1:{free_port()}") as opened:
        await on_nginx(opened)
        yield opened


async def opened(house: WebHouse, reader: Reader, made: Reservation) -> str:
    """Open Ann's page, with the browser's own time in the test's hands; gives its words."""
    await reader.page.clock.install()
    return await reader.open(f"{house.url}{join(house, made)}")


async def becomes(reader: Reader, words: str) -> None:
    """Wait until the page says so, by itself."""
    await reader.page.get_by_text(words).first.wait_for(timeout=SOON)


async def asked_again(house: WebHouse, reader: Reader, made: Reservation) -> None:
    """Let a minute pass in the browser, in which the page asks what it is now."""
    async with reader.page.expect_response(f"**{join(house, made)}", timeout=SOON):
        await reader.page.clock.fast_forward(61_000)


async def test_who_waits_is_told_that_it_is_called_off(house: WebHouse, browser: Browser) -> None:
    made = await confirmed(house)
    async with reader_in(browser) as reader:
        assert "until it starts" in await opened(house, reader, made)
        await house.bench.cancel(made.code, "The first violin is ill.")
        await asked_again(house, reader, made)
        await becomes(reader, "The first violin is ill.")
        assert [] == reader.complaints


async def test_who_waits_is_shown_the_new_time_and_title(house: WebHouse, browser: Browser) -> None:
    made = await confirmed(house)
    async with reader_in(browser) as reader:
        assert "It has a new time" not in await opened(house, reader, made)
        await house.bench.change(made.code, slot=house.bench.slot(timedelta(days=4)))
        await asked_again(house, reader, made)
        await becomes(reader, "It has a new time")
        await house.bench.change(made.code, title="The early quartets")
        await asked_again(house, reader, made)
        await becomes(reader, "The early quartets")


async def test_where_the_desk_is_away_at_the_start_the_page_waits_for_it(
    house: WebHouse, browser: Browser
) -> None:
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at - 5 * SECOND
    away = 0

    async def refuse(route: Route) -> None:
        nonlocal away
        away += 1
        await route.fulfill(status=502, body="Bad Gateway")

    async with reader_in(browser) as reader:
        assert "until it starts" in await opened(house, reader, made)
        await reader.page.route(f"**{join(house, made)}", refuse)
        async with asyncio.timeout(SOON / 1000):
            while away < 2:
                await reader.page.clock.run_for(1_000)
        assert "until it starts" in await reader.words()

        await reader.page.unroute(f"**{join(house, made)}")
        house.clock.now = made.slot.starts_at
        await reader.page.clock.fast_forward(61_000)
        await becomes(reader, "On now")
        assert 1 == await reader.page.locator("video").count()


async def test_who_watches_is_interrupted_for_nothing_but_another_way_in(
    house: WebHouse, browser: Browser
) -> None:
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at
    async with reader_in(browser) as reader:
        assert "On now" in await opened(house, reader, made)
        before = await reader.page.locator("video").get_attribute("src")
        await reader.page.evaluate(_STAYS)
        await house.bench.change(made.code, title="The early quartets", add=(CLEO,))
        await asked_again(house, reader, made)
        await asked_again(house, reader, made)
        assert await reader.page.evaluate(_HAS_STAYED)

        anew = CredentialWish(CredentialMode.SHARED, user="quartet", passcode="another-word")
        await house.bench.change(made.code, credentials=anew)
        await asked_again(house, reader, made)
        await becomes(reader, "another-word")
        assert before != await reader.page.locator("video").get_attribute("src")


async def test_without_scripts_it_turns_into_the_player_too(
    house: WebHouse, browser: Browser
) -> None:
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at - SECOND
    async with reader_in(browser, scripts=False) as reader:
        assert "until it starts" in await reader.open(f"{house.url}{join(house, made)}")
        house.clock.now = made.slot.starts_at
        await becomes(reader, "On now")
        assert 1 == await reader.page.locator("video").count()


async def test_a_page_that_is_done_asks_no_more(house: WebHouse, browser: Browser) -> None:
    made = await confirmed(house)
    await house.bench.cancel(made.code)
    asked: list[str] = []
    async with reader_in(browser) as reader:
        assert "has cancelled it" in await opened(house, reader, made)
        reader.page.on("request", lambda request: asked.append(request.url))
        await reader.page.clock.fast_forward(300_000)
        assert [] == asked
