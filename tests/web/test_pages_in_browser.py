"""Every page in a real browser: axe finds nothing, a phone fits it, a keyboard gets everywhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from tests.desks import Scene
from tests.ports import free_port
from tests.requirements import require
from tests.web.browser import DESK, PHONE, axe_finds, open_browser, reader_in
from tests.web.house import WebHouse, open_web
from tests.web.states import STATES, on_nginx

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
LOOKS: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [(DESK, "light"), (PHONE, "dark")]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene, f"http://127.0.0.1:{free_port()}") as opened:
        await on_nginx(opened)
        yield opened


@ONE_DATABASE
@pytest.mark.parametrize("state", STATES)
async def test_each_page_is_for_everybody(house: WebHouse, browser: Browser, state: str) -> None:
    require("axe-core", AXE.is_file(), "npm install --prefix tests --no-package-lock")
    path = await STATES[state](house)
    for size, colours in LOOKS:
        async with reader_in(browser, size=size, colours=colours) as reader:
            await reader.open(f"{house.url}{path}")
            assert [] == await axe_finds(reader, AXE)
            wide = await reader.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0]
            assert [] == [one for one in reader.complaints if "Failed to load" not in one]
    async with reader_in(browser, scripts=False) as reader:
        words = await reader.open(f"{house.url}{path}")
        assert len(words) > 60
        assert "undefined" not in words


@ONE_DATABASE
async def test_a_keyboard_gets_to_everything(house: WebHouse, browser: Browser) -> None:
    path = await STATES["holder"](house)
    async with reader_in(browser) as reader:
        await reader.open(f"{house.url}{path}")
        reached = []
        for _ in range(12):
            await reader.page.keyboard.press("Tab")
            reached.append(await reader.page.evaluate("document.activeElement.textContent.trim()"))
        assert "Skip to the page" == reached[0]
        assert {"Reconfirm", "Change", "Cancel", "Stream key"} <= set(reached)


@ONE_DATABASE
@pytest.mark.parametrize(("zone", "shown"), [("Europe/Berlin", "CET"), ("Asia/Tokyo", "GMT+9")])
async def test_times_are_in_the_readers_own_zone(
    house: WebHouse, browser: Browser, zone: str, shown: str
) -> None:
    path = await STATES["join-before"](house)
    async with reader_in(browser, zone=zone) as reader:
        words = await reader.open(f"{house.url}{path}")
    assert shown in words
    assert re.search(r"\d d \d+ h until it starts", words)


@ONE_DATABASE
async def test_a_holder_reconfirms_changes_and_cancels_without_scripts(
    house: WebHouse, browser: Browser
) -> None:
    path = await STATES["holder"](house)
    async with reader_in(browser, scripts=False) as reader:
        page = reader.page
        await reader.open(f"{house.url}{path}")
        await page.get_by_role("button", name="Reconfirm").click()
        assert "Reconfirmed" in await reader.words()
        await page.get_by_role("link", name="Show the reservation").click()
        await page.get_by_role("link", name="Change").click()
        await page.get_by_label("Title").fill("The early quartets")
        await page.get_by_role("button", name="Change it").click()
        assert "Changed" in await reader.words()
        await reader.open(f"{house.url}{path}")
        assert "The early quartets" in await reader.words()
        await page.get_by_role("link", name="Cancel").click()
        await page.get_by_label("Why").fill("Nobody can come")
        await page.get_by_role("button", name="Cancel it").click()
        assert "Cancelled" in await reader.words()
        assert [] == reader.complaints
