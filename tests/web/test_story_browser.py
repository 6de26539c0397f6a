"""From the mail to the last frame in a real browser: real nginx, real ffmpeg, real Chromium."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from core.model.addresses import path_of
from tests.claims.house import text_of
from tests.gate.media import publishing
from tests.gate.studio import ANN, BEN, MINUTE, OLGA, SOON
from tests.gate.test_story_nginx_rtmp import SECOND, House, open_house
from tests.web.browser import Reader, open_browser, reader_in

SHUT_OUT = 60.0  # seconds: what is loaded is played out first, and then waited for
LOOKS_ELSEWHERE = "Object.defineProperty(document, 'visibilityState', {value: 'hidden'})"
PLAYED = """more => new Promise(done => {
    const video = document.querySelector("video");
    const look = () => {
        const shown = video.getVideoPlaybackQuality().totalVideoFrames;
        shown > more ? done(shown) : video.requestVideoFrameCallback(look);
    };
    look();
})"""


@pytest.fixture
async def house(sqlite_files: object, tmp_path: Path) -> AsyncIterator[House]:
    url: str = sqlite_files.fresh()  # type: ignore[attr-defined]
    async with open_house(url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


async def link_in_mail(house: House, recipient: str, purpose: str, subject: str = "") -> str:
    """Wait for a mail; gives the link in it that is for something."""
    text = text_of(await house.studio.mailboxes.newest(recipient, subject))
    found = re.search(rf"http://127\.0\.0\.1:\d+/{purpose}/[\w-]+", text)
    assert found, text
    return found[0]


async def frames(reader: Reader, more_than: int) -> int:
    """Wait until the player has shown more frames than that; gives how many."""
    return int(await asyncio.wait_for(reader.page.evaluate(PLAYED, more_than), SOON))


async def becomes(reader: Reader, words: str, within: float = SOON) -> None:
    """Wait until an open page says so by itself: nobody loads it again."""
    await reader.page.get_by_text(words).first.wait_for(timeout=within * 1000)


async def test_a_recipient_waits_and_watches_and_is_shut_out_on_one_page_from_the_mail(
    house: House, browser: Browser
) -> None:
    slot = await house.reserve()
    link = await link_in_mail(house, ANN, "join")
    late = await link_in_mail(house, BEN, "join")
    clock = house.studio.clock
    clock.jump_to(slot.slot.starts_at - 9 * MINUTE)
    encoder = await house.studio.encoder_address()
    async with (
        publishing(encoder, sound=True) as publisher,
        reader_in(browser) as ann,
        reader_in(browser) as ben,
    ):
        await publisher.started()
        await house.nginx.playlist(path_of(slot.code))
        clock.jump_to(slot.slot.starts_at - 4 * SECOND)
        assert "until it starts" in await ann.open(link)
        await becomes(ann, "On now")
        first = await frames(ann, 0)
        assert await frames(ann, first + 20) > first

        await ann.page.evaluate(LOOKS_ELSEWHERE)  # so it is the player alone that finds out
        clock.jump_to(slot.slot.ends_at - 10 * SECOND)
        assert "On now" in await ben.open(late)
        assert await frames(ben, 0)
        assert await frames(ann, first + 20) > first
        await becomes(ben, "It is over")  # as the countdown on his page says
        await becomes(ann, "It is over", SHUT_OUT)  # hers knows only that no more comes
        assert 0 == await ann.page.locator("video").count()
        assert 0 == await ben.page.locator("video").count()
        await publisher.goes_on()  # nobody but the audience is sent away: tear-down is not over
    assert [] == ann.complaints
    assert [] == ben.complaints


async def test_by_links_in_mail_alone_a_holder_reconfirms_changes_and_cancels(
    house: House, browser: Browser
) -> None:
    await house.studio.type("server change Studio reconfirm_lead=1h")
    slot = await house.studio.reserve("Second night", after=180 * MINUTE)
    due = await link_in_mail(house, OLGA, "holder", "Second night")
    async with reader_in(browser, scripts=False) as olga:
        assert "to be reconfirmed" in await olga.open(due)
        await olga.page.get_by_role("button", name="Reconfirm").click()
        assert "Reconfirmed" in await olga.words()
        shown = await house.studio.shown(f"show {slot.code}")
        assert re.search(r"Status: +confirmed", shown), shown

        await olga.open(await link_in_mail(house, OLGA, "holder", "Second night"))
        assert 0 == await olga.page.get_by_role("button", name="Reconfirm").count()
        await olga.page.get_by_role("link", name="Change").click()
        await olga.page.get_by_label("Title").fill("Third night")
        await olga.page.get_by_role("button", name="Change it").click()
        assert "Changed" in await olga.words()
        await house.studio.mailboxes.newest(ANN, "Third night")

        await olga.open(await link_in_mail(house, OLGA, "holder"))
        await olga.page.get_by_role("link", name="Cancel").click()
        await olga.page.get_by_label("Why").fill("The singer is ill")
        await olga.page.get_by_role("button", name="Cancel it").click()
        assert "Cancelled" in await olga.words()
    called_off = text_of(await house.studio.mailboxes.newest(ANN, "Cancelled"))
    assert "The singer is ill" in called_off
    assert [] == olga.complaints


async def test_a_reader_who_unsubscribes_hears_of_the_cancellation_and_nothing_more(
    house: House, browser: Browser
) -> None:
    await house.reserve()
    mine = await link_in_mail(house, OLGA, "holder")
    stop = await link_in_mail(house, ANN, "stop")
    async with reader_in(browser, scripts=False) as olga, reader_in(browser) as ann:
        assert ANN in await ann.open(stop)
        await ann.page.get_by_role("button", name="Nothing more of Olga").click()
        assert "You will hear no more of Olga" in await ann.words()

        await olga.open(mine)
        await olga.page.get_by_role("link", name="Cancel").click()
        await olga.page.get_by_label("Why").fill("The singer is ill")
        await olga.page.get_by_role("button", name="Cancel it").click()
        assert "Cancelled" in await olga.words()
    called_off = text_of(await house.studio.mailboxes.newest(ANN, "Cancelled"))
    assert "The singer is ill" in called_off  # once more, for she had been told to come
    before = len(house.studio.mailboxes.mailbox(ANN))
    await house.studio.reserve("Another", after=90 * MINUTE)
    await house.studio.mailboxes.newest(BEN, "Another")
    assert before == len(house.studio.mailboxes.mailbox(ANN))
