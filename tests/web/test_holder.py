"""The holder's pages: what a holder does in chat, by links in mail alone; looking does nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.access.links import Purpose
from core.model.delivery import Refused
from core.model.reservation import Reservation, Status
from tests.desks import Scene
from tests.life.bench import ANN, BEN, member_of
from tests.web.house import Answer, WebHouse, open_web

DAY = timedelta(days=1)


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_web(scene) as house:
        yield house


async def permitted(house: WebHouse, **given: object) -> tuple[Reservation, str]:
    """Reserve a slot three days ahead; gives it with the path of its holder's page."""
    wishes: dict[str, object] = {"slot": house.bench.slot(3 * DAY), "audience": (ANN, BEN)}
    made = await house.bench.reserve(**(wishes | given))
    return made, house.path(Purpose.HOLDER, made)


async def now_is(house: WebHouse, made: Reservation) -> Reservation:
    """Give a reservation as it is now."""
    return (await house.bench.show(made.code)).reservation


async def handed_in(house: WebHouse, page: str, act: str, **fields: str) -> Answer:
    """Press a button of a page: with the mark that stands in it."""
    shown = await house.get(page)
    return await house.post(f"{page}/{act}", once=shown.field("once"), **fields)


async def test_it_shows_what_the_chat_shows_and_offers_what_can_be_done(house: WebHouse) -> None:
    made, page = await permitted(house)
    answer = await house.get(page)

    assert f"{made.code} Evening show" in answer.words
    for act in ("Reconfirm", "Change", "Cancel", "Stream key"):
        assert act in answer.words
    shown = await house.bench.show(made.code)
    assert shown.secrets.stream_key not in answer.text


async def test_reconfirming_is_done_once_and_tells_the_audience(house: WebHouse) -> None:
    made, page = await permitted(house)
    shown = await house.get(page)
    first = await house.post(f"{page}/reconfirm", once=shown.field("once"))
    again = await house.post(f"{page}/reconfirm", once=shown.field("once"))
    anew = await house.post(f"{page}/reconfirm", once="another")

    assert Status.CONFIRMED is (await now_is(house, made)).status
    assert first.words == again.words
    assert first.words != anew.words
    assert (await now_is(house, made)).revision == made.revision + 1
    assert "Reconfirm" not in (await house.get(page)).words.split("Status")[0]


async def test_cancelling_asks_first_and_passes_the_reason_on(house: WebHouse) -> None:
    made, page = await permitted(house)
    asked = await house.get(f"{page}/cancel")
    assert f"Cancel {made.code}?" in asked.words
    assert Status.PERMITTED is (await now_is(house, made)).status

    done = await house.post(f"{page}/cancel", once=asked.field("once"), reason="The <b>singer</b>")

    assert "Cancelled" in done.words
    shown = await house.bench.show(made.code)
    assert Status.CANCELLED is shown.reservation.status
    assert "The <b>singer</b>" == shown.revisions[-1].facts.reason
    assert "<b>singer" not in (await house.get(page)).text


async def test_changing_asks_by_a_form_and_keeps_what_was_typed(house: WebHouse) -> None:
    made, page = await permitted(house)
    asked = await house.get(f"{page}/change")
    assert "Add to the audience" in asked.words
    wrong = await house.post(
        f"{page}/change", once=asked.field("once"), title="Late <show>", when="yesterday-ish"
    )
    assert "Late <show>" == wrong.field("title")
    assert 'aria-invalid="true"' in wrong.text
    assert made.title == (await now_is(house, made)).title

    done = await house.post(
        f"{page}/change", once=wrong.field("once"), title="Late <show>", add="cleo@example.org"
    )

    assert "Changed" in done.words
    assert "Late <show>" == (await now_is(house, made)).title
    assert "cleo@example.org" in (await house.get(page)).words


async def test_who_was_not_told_is_sent_to_again(house: WebHouse) -> None:
    _, page = await permitted(house)
    house.bench.post.answer(BEN.address, Refused("552 full"))
    await house.bench.post.deliver()
    assert "Send again to those who failed" in (await house.get(page)).words

    told = await handed_in(house, page, "again")

    assert "1" in told.words


async def test_the_stream_key_is_on_a_page_of_its_own(house: WebHouse) -> None:
    made, page = await permitted(house)
    shown = await house.bench.show(made.code)
    answer = await house.get(f"{page}/key")
    assert 200 == answer.status
    assert "no-store" == answer.headers["Cache-Control"]
    assert shown.secrets.stream_key


async def test_looking_changes_nothing(house: WebHouse) -> None:
    made, page = await permitted(house)
    for act in ("", "/cancel", "/change", "/key", "/reconfirm", "/again"):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = await house.get(f"{page}{act}", method)
            assert answer.status in {200, 405}
    assert made == await now_is(house, made)


async def test_forms_of_other_sites_and_odd_ones_are_refused(house: WebHouse) -> None:
    made, page = await permitted(house)
    for status, headers, body in (
        (403, {"Sec-Fetch-Site": "cross-site"}, "once=x"),
        (415, {"Content-Type": "application/json"}, "{}"),
        (415, {"Content-Type": "text/plain"}, "once=x"),
        (413, {}, "a=" + "x" * 20_000),
        (400, {}, "&".join(f"a{n}=1" for n in range(60))),
    ):
        sent = {"Host": house.host, "Content-Type": "application/x-www-form-urlencoded", **headers}
        url = f"{house.url}{page}/cancel"
        async with house.client.post(url, data=body, headers=sent) as answer:
            assert status == answer.status, (headers, body[:20])
    assert made == await now_is(house, made)


async def test_a_link_goes_on_for_whoever_holds_it_now(house: WebHouse) -> None:
    _, page = await permitted(house)
    await member_of(house.desk, "elsewhere", "mallory")
    other = house.desk.links.token(Purpose.HOLDER, 10_000)

    assert 404 == (await house.get(f"/holder/{other}")).status
    assert 404 == (await house.get(page.replace("/holder/", "/join/"))).status
    assert 404 == (await house.get(f"{page}x")).status


async def test_after_its_end_nothing_can_be_done(house: WebHouse) -> None:
    made, page = await permitted(house)
    await house.bench.reconfirm(made.code)
    house.clock.now = made.slot.ends_at
    shown = await house.get(page)

    assert "Cancel" not in shown.words.split("Audience")[-1]
    done = await house.post(f"{page}/cancel", once="x")
    assert "Too late" in done.words
    assert Status.CONFIRMED is (await now_is(house, made)).status
