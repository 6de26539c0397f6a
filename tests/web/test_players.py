"""The page's player on each kind of server, in a real browser: it plays, let in by the desk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser

from core.model.addresses import path_of
from core.model.reservation import Reservation
from tests.claims.house import text_of
from tests.databases import SqliteFiles
from tests.gate import icecast as radio
from tests.gate import mediamtx_core, srs_core
from tests.gate.mediamtx import open_mediamtx
from tests.gate.packages import require_programs
from tests.gate.sound import sending
from tests.gate.srs import open_srs
from tests.gate.studio import ANN, MINUTE, OLGA, Studio, entered, open_studio
from tests.gate.test_story_icecast import reached
from tests.web.browser import Reader, open_browser, reader_in
from tests.web.hls import Hls

SECOND = timedelta(seconds=1)
SOON = 40.0  # seconds: a browser gathers some of a stream before it begins
_PLAYS_ON = """([tag, more]) => new Promise(done => {
    const look = () => {
        const player = document.querySelector(tag);
        if (player && player.currentTime > 0 && player.currentTime > more) done(player.currentTime);
        else setTimeout(look, 50);
    };
    look();
})"""

_MARKS_THAT_IT_LOADS_ANEW = """() => document.querySelector("audio").addEventListener(
    "emptied", () => document.body.classList.add("anew"))"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


async def plays_on(reader: Reader, tag: str, more: float = 0) -> float:
    """Wait until the player has gone beyond so many seconds; gives where it is."""
    evaluated = reader.page.evaluate(_PLAYS_ON, [tag, more])
    return float(await asyncio.wait_for(evaluated, SOON))


async def becomes(reader: Reader, words: str) -> None:
    """Wait until an open page says so by itself."""
    await reader.page.get_by_text(words).first.wait_for(timeout=SOON * 1000)


async def join_link(studio: Studio) -> str:
    """Wait for Ann's mail; gives the link to join in it."""
    text = text_of(await studio.mailboxes.newest(ANN, ""))
    found = re.search(r"http://127\.0\.0\.1:\d+/join/[\w-]+", text)
    assert found, text
    return found[0]


async def on_now(studio: Studio) -> tuple[Reservation, str]:
    """Reserve a slot and let it begin; gives it with Ann's link."""
    slot = await studio.reserve("Premiere", after=30 * MINUTE)
    link = await join_link(studio)
    studio.clock.jump_to(slot.slot.starts_at + SECOND)
    return slot, link


async def test_icecast_is_heard_survives_its_source_and_ends_with_the_slot(
    sqlite_files: SqliteFiles, tmp_path: Path, browser: Browser
) -> None:
    require_programs("icecast2", "ffmpeg")
    icecast = radio.place(tmp_path)
    async with (
        open_studio(sqlite_files.fresh(), tmp_path, reached(icecast)) as studio,
        icecast.running(studio.hook_url()),
        reader_in(browser) as ann,
    ):
        slot, link = await on_now(studio)
        key = entered(text_of(await studio.mailboxes.newest(OLGA, "Stream key")), "Password")
        ingest = icecast.ingest(path_of(slot.code), key)
        async with sending(ingest) as source:
            await source.goes_on()
            assert "Passcode" in await ann.open(link)
            assert 0 == await ann.page.locator("video").count()
            await plays_on(ann, "audio", 1)
            await ann.page.evaluate(_MARKS_THAT_IT_LOADS_ANEW)
        async with sending(ingest) as source:  # what is loaded is heard out, then it is asked anew
            await source.goes_on()
            await ann.page.wait_for_selector("body.anew", timeout=SOON * 1000)
            await plays_on(ann, "audio", 1)
            studio.clock.jump_to(slot.slot.ends_at)
            await becomes(ann, "It is over")
            assert 0 == await ann.page.locator("audio").count()
    passcode = (await studio.credentials(ANN))[1]
    assert passcode not in icecast.logged()


async def test_mediamtx_is_asked_with_the_ticket_and_plays(
    sqlite_files: SqliteFiles, tmp_path: Path, browser: Browser
) -> None:
    require_programs("ffmpeg")
    hls = Hls(tmp_path / "hls", fmp4=True, refused=mediamtx_core.RefusedError)
    words = (
        f"kind=mediamtx watch_url={hls.url}/live/{{path}}/index.m3u8"
        " ingest_url=rtmp://127.0.0.1/live/{path}"
    )
    async with (
        open_studio(sqlite_files.fresh(), tmp_path, words) as studio,
        open_mediamtx(studio.hook_url()) as running,
        hls.running(),
        reader_in(browser) as ann,
    ):
        slot, link = await on_now(studio)
        encoder = await studio.encoder_address()
        await running.server.rtmp("publish", encoder)

        async def door(url: str) -> str:
            session = await running.server.hls(url)
            assert session is not None
            return session.id

        hls.door = door
        await ann.open(link)
        await plays_on(ann, "video", 1)
        asked = urlsplit(await ann.page.locator("video").get_attribute("src") or "")
        assert f"/live/{path_of(slot.code)}/index.m3u8" == asked.path
        with pytest.raises(mediamtx_core.RefusedError):
            await running.server.hls(f"{hls.url}{asked.path}?ticket={'0-0-0-' + 'A' * 22}")
        studio.clock.jump_to(slot.slot.ends_at)
        with pytest.raises(mediamtx_core.RefusedError):
            await running.server.hls(asked.geturl())
    assert [] == ann.complaints


async def test_srs_is_asked_with_the_ticket_and_plays(
    sqlite_files: SqliteFiles, tmp_path: Path, browser: Browser
) -> None:
    require_programs("ffmpeg")
    hls = Hls(tmp_path / "hls", fmp4=False, refused=srs_core.RefusedError)
    words = (
        f"kind=srs watch_url={hls.url}/live/{{path}}.m3u8 ingest_url=rtmp://127.0.0.1/live/{{path}}"
    )
    async with (
        open_studio(sqlite_files.fresh(), tmp_path, words) as studio,
        open_srs(studio.hook_url()) as running,
        hls.running(),
        reader_in(browser) as ann,
    ):
        slot, link = await on_now(studio)
        hls.door = running.server.hls
        words_on_page = await ann.open(link)
        await plays_on(ann, "video", 1)
        src = await ann.page.locator("video").get_attribute("src") or ""
        assert {"ticket"} == {*parse_qs(urlsplit(src).query)}
        # a player of one's own is given it all in one, for SRS asks nobody for credentials
        user, passcode = await studio.credentials(ANN)
        assert (
            f"{hls.url}/live/{path_of(slot.code)}.m3u8?user={user}&pass={passcode}" in words_on_page
        )
        with pytest.raises(srs_core.RefusedError):
            await running.server.hls(src.replace("ticket=", "ticket=1"))
        studio.clock.jump_to(slot.slot.ends_at)
        with pytest.raises(srs_core.RefusedError):
            await running.server.hls(src)
    assert [] == ann.complaints
