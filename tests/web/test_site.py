"""The site's edge: what every page says besides what is on it, and who is not let in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.web.site import Known, Site
from bot.web.tries import MOST
from core.access.links import Purpose
from tests.desks import Scene
from tests.web.house import WebHouse, open_web


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene) as house:
        yield house


async def test_files_beside_the_pages_may_be_kept_and_run_nothing(house: WebHouse) -> None:
    for name, kind in (
        ("callboard.css", "text/css"),
        ("callboard.js", "text/javascript"),
        ("join.js", "text/javascript"),
    ):
        answer = await house.get(house.site.rendering.static(name))
        assert 200 == answer.status
        assert f"{kind}; charset=utf-8" == answer.headers["Content-Type"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert 404 == (await house.get("/static/x/../../site.py")).status
    assert 404 == (await house.get("/static/x/layout.html")).status


@pytest.mark.parametrize("host", ["evil.example", "callboard.example.org.evil.example", ""])
async def test_another_host_is_not_served(house: WebHouse, host: str) -> None:
    answer = await house.get("/static/x/callboard.css", Host=host)

    assert 421 == answer.status


@pytest.mark.parametrize("host", ["callboard.example.org", "Callboard.Example.ORG:443"])
async def test_its_own_is(house: WebHouse, host: str) -> None:
    assert 200 == (await house.get("/static/x/callboard.css", Host=host)).status


async def test_behind_a_prefix_both_ways_lead_there(scene: Scene) -> None:
    async with open_web(scene, "https://callboard.example.org/slots") as house:
        address = house.site.rendering.static("callboard.css")
        assert address.startswith("/slots/static/")
        for path in (address, address.removeprefix("/slots")):
            assert 200 == (await house.get(path)).status


async def test_what_is_no_page_is_served_behind_a_prefix_too(scene: Scene) -> None:
    async def door(_: web.Request) -> web.Response:
        return web.Response(text="open")

    site = Site(scene.desk, Known("https://callboard.example.org/slots"))
    paths = [one.path for one in site.beside([web.post("/slack/events", door)])]
    assert ["/slack/events", "/slots/slack/events"] == paths
    plain = Site(scene.desk, Known("https://callboard.example.org"))
    assert 1 == len(plain.beside([web.post("/slack/events", door)]))


async def test_whoever_tries_links_is_slowed_down_and_others_are_not(house: WebHouse) -> None:
    for number in range(MOST):
        assert 404 == (await house.get(f"/static/x/{number}", X_Forwarded_For="1.2.3.4")).status
    slowed = await house.get("/static/x/callboard.css", X_Forwarded_For="9.9.9.9, 1.2.3.4")
    other = await house.get("/static/x/callboard.css", X_Forwarded_For="1.2.3.4, 1.2.3.5")

    assert (429, 200) == (slowed.status, other.status)
    assert "60" == slowed.headers["Retry-After"]
    assert Purpose.JOIN.value not in slowed.text
