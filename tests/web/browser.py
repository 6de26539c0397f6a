"""A real browser: Debian's Chromium, on its own and with nothing that it was not told to load."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.gate.packages import require_programs

CHROMIUM = "/usr/bin/chromium"
_QUIET = (  # it would ask its makers for news, which nothing here may reach
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--autoplay-policy=no-user-gesture-required",
)
PHONE = (390, 844)
DESK = (1280, 900)


@dataclass
class Reader:
    """Somebody with a browser; what the browser complained of is kept."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def open(self, url: str) -> str:
        """Open a page; gives what can be read on it."""
        await self.page.goto(url)
        return await self.words()

    async def words(self) -> str:
        """Give what can be read on the page."""
        return " ".join((await self.page.inner_text("body")).split())


@asynccontextmanager
async def open_browser(*more: str) -> AsyncIterator[Browser]:
    """Run a browser until the end of the block, with more of its switches where they are given."""
    require_programs("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *more])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def reader_in(
    browser: Browser,
    *,
    size: tuple[int, int] = DESK,
    colours: Literal["light", "dark"] = "light",
    zone: str = "Europe/Berlin",
    scripts: bool = True,
) -> AsyncIterator[Reader]:
    """Let somebody read pages until the end of the block."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=colours,
        timezone_id=zone,
        locale="en-GB",
        java_script_enabled=scripts,
    )
    page = await context.new_page()
    reader = Reader(context, page)

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            reader.complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    try:
        yield reader
    finally:
        await context.close()


async def axe_finds(reader: Reader, axe: Path, passed_over: Sequence[str] = ()) -> list[str]:
    """Have axe look at a page; gives each thing that it finds wrong, with where."""
    await reader.page.evaluate(axe.read_text(encoding="utf-8"))
    # it would wait ten seconds for a stream that is none here, to hear how long it sounds
    found = await reader.page.evaluate("axe.run({preload: {assets: ['cssom']}})")
    return [
        f"{one['id']}: {one['help']} ({node['html'][:120]})"
        for one in found["violations"]
        if one["id"] not in passed_over
        for node in one["nodes"]
    ]
