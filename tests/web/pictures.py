"""Pictures of every page in each state, for the documentation.

Run as `python -m tests.web.pictures [FOLDER]`; it needs Debian's Chromium.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from tests.desks import Clock, open_desk, set_scene
from tests.ports import free_port
from tests.web.browser import PHONE, open_browser, reader_in
from tests.web.house import open_web
from tests.web.states import STATES, on_nginx

FOLDER = Path(__file__).parents[2] / "docs" / "pictures" / "web"
_DESK = (900, 700)
_LOOKS: Sequence[tuple[str, tuple[int, int], Literal["light", "dark"]]] = (
    ("light", _DESK, "light"),
    ("dark", _DESK, "dark"),
    ("phone", PHONE, "dark"),
)


async def draw(folder: Path) -> None:
    """Draw all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    async with open_browser() as browser:
        for name in STATES:
            await _draw(browser, name, folder)


async def _draw(browser: Browser, name: str, folder: Path) -> None:
    clock = Clock(datetime.now(UTC).replace(second=0, microsecond=0))
    with (
        tempfile.TemporaryDirectory() as data,
        open_desk(f"sqlite:///{data}/callboard.db", clock) as desk,
    ):
        scene = await set_scene(desk, clock)
        async with open_web(scene, f"http://127.0.0.1:{free_port()}") as house:
            await on_nginx(house)
            path = await STATES[name](house)
            for look, size, colours in _LOOKS:
                async with reader_in(browser, size=size, colours=colours) as reader:
                    await reader.open(f"{house.url}{path}")
                    await reader.page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
