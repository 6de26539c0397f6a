"""Scanners, guessers and fuzzers: nothing is changed, nothing opened, and nothing breaks."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import func, select

from core.access.links import Links, Purpose
from core.access.vault import Vault
from core.store.store import Store
from core.store.tables import AuditRow, DeliveryRow, RecipientRow, ReservationRow
from tests.desks import SECRET, Scene
from tests.life.bench import ANN, BEN
from tests.web.house import WebHouse, open_web

TABLES = (AuditRow, DeliveryRow, RecipientRow, ReservationRow)
_ODD = (
    "",
    "/",
    "..",
    "%00",
    "%2e%2e",
    "x" * 3000,
    "'",
    '"<script>',
    "\u00fc",
    "-",
    "0-0-",
    "1-1-A",
)


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene) as house:
        yield house


def contents(store: Store, _: object) -> list[object]:
    """Give all that a page could have changed."""
    found: list[object] = []
    for table in TABLES:
        rows = store.connection.execute(select(table)).mappings().all()
        found += [sorted(map(str, (dict(row) for row in rows)))]
    return found


async def test_a_scanner_that_follows_every_link_of_every_mail_changes_nothing(
    house: WebHouse,
) -> None:
    made = await house.bench.reserve(
        slot=house.bench.slot(timedelta(days=3)), audience=(ANN, BEN), title="Scanned"
    )
    await house.bench.post.deliver()
    await house.bench.reconfirm(made.code)
    await house.bench.post.deliver()
    links = {
        house.path(purpose, made, number)
        for number in (0, 1, 2)
        for purpose in (Purpose.JOIN, Purpose.SLOT, Purpose.HOLDER, Purpose.UNSUBSCRIBE)
    }
    before = await house.desk.read(contents)
    seen: set[str] = set()
    while links - seen:
        link = min(links - seen)
        seen.add(link)
        for method in ("GET", "HEAD"):
            answer = await house.get(link, method)
            found = re.findall(r'(?:href|action|src)="(/[^"]*)"', answer.text)
            links |= {one for one in found if not one.startswith("/static/")}

    assert len(seen) > 12
    assert before == await house.desk.read(contents)


def test_a_hundred_thousand_altered_tokens_open_nothing() -> None:
    links = Links(Vault([SECRET]), "https://callboard.example.org")
    dice = random.Random(20261127)  # noqa: S311 - the same altered tokens in each run
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    opened = 0
    for number in range(100_000):
        purpose = dice.choice(list(Purpose))
        token = links.token(purpose, number % 977, number % 7)
        at = dice.randrange(len(token))
        match number % 4:
            case 0:
                other = dice.choice(letters.replace(token[at], ""))
                token = f"{token[:at]}{other}{token[at + 1 :]}"
            case 1:
                token = token[:at] + token[at + 1 :]
            case 2:
                token = f"{token[:at]}{dice.choice(letters)}{token[at:]}"
            case _:
                purpose = dice.choice([one for one in Purpose if one is not purpose])
        opened += links.read(purpose, token) is not None

    assert 0 == opened


async def test_every_route_with_every_method_and_odd_words_never_breaks(house: WebHouse) -> None:
    made = await house.bench.reserve(slot=house.bench.slot(timedelta(days=3)), audience=(ANN, BEN))
    pages = [
        house.path(purpose, made, number)
        for purpose in (Purpose.JOIN, Purpose.SLOT, Purpose.HOLDER, Purpose.UNSUBSCRIBE)
        for number in (0, 1)
    ]
    paths = [*pages, *(f"{page}/{act}" for page in pages for act in ("cancel", "key", "x", ""))]
    paths += [f"/{purpose}/{odd}" for purpose in Purpose for odd in _ODD if purpose != "gate"]
    paths += ["/schedule", "/schedule/1", "/schedule/0", f"/schedule/{'9' * 30}", "/feed/x.ics"]
    paths += [f"/schedule?week={odd}" for odd in (*_ODD, "2026-W99", "9999-W01", "2026-W48")]
    paths += [
        "/feed/server/1.ics",
        "/feed/server/99.ics",
        "/feed/.ics",
        "/operators/x",
        "/operators",
    ]
    paths += ["/", "//", "/static", "/static/x", "/favicon.ico", "/robots.txt", "/.env", "/join"]
    for number, path in enumerate(paths):
        house.headers["X-Forwarded-For"] = f"10.1.{number // 250}.{number % 250 + 1}"
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            answer = await house.get(path, method)
            assert answer.status < 500, (method, path[:60], answer.status)
        posted = await house.post(
            path, once="\x00", reason="x" * 9_000, title="\ud7ff\x00", when="1"
        )
        assert posted.status < 500, (path[:60], posted.status)
    count = await house.desk.read(
        lambda store, _: store.connection.execute(
            select(func.count()).select_from(ReservationRow)
        ).scalar_one()
    )
    assert 1 == count
