"""Unsubscribing by the page and by a mail program's one click; a GET only shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from core.access.links import Purpose
from core.model.reservation import Reservation
from tests.desks import Scene
from tests.life.bench import ANN, BEN
from tests.web.house import WebHouse, open_web


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene) as house:
        yield house


async def made_with_ann(house: WebHouse) -> tuple[Reservation, str]:
    """Reserve for Ann and Ben; gives Ann's link to unsubscribe as well."""
    slot = house.bench.slot(timedelta(days=3))
    made = await house.bench.reserve(slot=slot, audience=(ANN, BEN))
    return made, house.path(Purpose.UNSUBSCRIBE, made, 1)


async def suppressed(house: WebHouse, made: Reservation) -> list[str]:
    """Say who of the recipients is not written to, and why."""
    recipients = await house.desk.read(lambda store, _: store.recipients.of(made.id))
    return [one.suppressed for one in recipients if one.number]


async def test_it_asks_and_looking_stops_nothing(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    for method in ("GET", "HEAD"):
        answer = await house.get(page, method)
        assert 200 == answer.status
    assert "ann@example.org" in (await house.get(page)).words
    assert ["", ""] == await suppressed(house, made)


async def test_from_this_holder(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    for _ in range(2):
        told = await house.post(page, **{"from": "holder"})
        assert "You will hear no more of" in told.words
    assert ["unsubscribed", ""] == await suppressed(house, made)
    await house.bench.reconfirm(made.code)
    await house.bench.post.deliver()
    assert [] == house.bench.post.to(ANN.address)
    assert house.bench.post.to(BEN.address)
    assert "You have unsubscribed already" in (await house.get(page)).words


async def test_from_everybody(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    told = await house.post(page, **{"from": "everybody"})

    assert "You will hear no more" in told.words
    assert ["unsubscribed", ""] == await suppressed(house, made)


async def test_by_one_click_of_a_mail_program(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    assert 200 == (await house.post(page, **{"List-Unsubscribe": "One-Click"})).status
    assert ["unsubscribed", ""] == await suppressed(house, made)


async def test_by_one_click_in_the_other_form(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    parts = aiohttp.FormData(default_to_multipart=True)
    parts.add_field("List-Unsubscribe", "One-Click")
    async with house.client.post(
        f"{house.url}{page}", data=parts, headers={"Host": house.host}
    ) as answer:
        assert 200 == answer.status
    assert ["unsubscribed", ""] == await suppressed(house, made)


async def test_what_is_no_link_stops_nobody(house: WebHouse) -> None:
    made, page = await made_with_ann(house)
    for path in (f"{page}x", house.path(Purpose.JOIN, made, 1).replace("join", "stop")):
        assert 404 == (await house.post(path, **{"from": "everybody"})).status
    assert 404 == (await house.get(house.path(Purpose.UNSUBSCRIBE, made, 9))).status
    assert ["", ""] == await suppressed(house, made)
