"""The page behind a join link in each state, for each reader, and with hostile words on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from core.access.links import Purpose
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation
from core.model.server import ServerKind
from core.store.reservations import Secrets
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.life.bench import ANN, BEN
from tests.web.house import WebHouse, open_web

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WATCH = "https://live.example.org/hls/{path}.m3u8"
HOSTILE = "<script>alert(1)</script> \"'&amp; \u202egnp.exe\n**x**"


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    nginx = replace(
        scene.server,
        kind=ServerKind.NGINX_RTMP,
        watch_url=WATCH,
        ingest_url="rtmp://live.example.org/live/{path}",
    )
    await scene.desk.run(change_server, scene.actor, nginx)
    async with open_web(scene) as house:
        yield house


async def confirmed(house: WebHouse, **given: object) -> Reservation:
    """Reserve a slot two days ahead, reconfirmed."""
    wishes: dict[str, object] = {
        "slot": house.bench.slot(2 * timedelta(days=1)),
        "audience": (ANN, BEN),
        "credentials": CredentialWish(CredentialMode.SHARED),
    }
    made = await house.bench.reserve(**(wishes | given))
    return await house.bench.reconfirm(made.code)


async def secrets_of(house: WebHouse, reservation: Reservation) -> Secrets:
    """Give what opens a reservation's stream."""
    return await house.desk.read(lambda store, _: store.reservations.secrets(reservation.id))


async def test_before_the_start_it_says_when_and_lets_nobody_in(house: WebHouse) -> None:
    made = await confirmed(house)
    answer = await house.get(house.path(Purpose.JOIN, made, 1))

    assert 200 == answer.status
    assert "Confirmed Evening show" in answer.words
    assert "2 d until it starts" in answer.words
    assert f'data-until="{made.slot.starts_at.isoformat()}"' in answer.text
    assert "calendar.google.com" in answer.text
    assert (await secrets_of(house, made)).passcode not in answer.text
    assert "<video" not in answer.text
    assert "media-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_while_it_is_on_a_personal_link_plays_and_shows_the_credentials(
    house: WebHouse,
) -> None:
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at
    answer = await house.get(house.path(Purpose.JOIN, made, 1))
    secrets = await secrets_of(house, made)

    assert "On now" in answer.words
    assert f"Passcode {secrets.passcode}" in answer.words
    assert f"User name {secrets.watch_user}" in answer.words
    path = made.code.replace("-", "").lower()
    assert f'src="https://live.example.org/hls/~{made.id:x}-1-0-' in answer.text
    assert f'/{path}.m3u8" aria-label' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "media-src https://live.example.org blob:" in policy
    assert "script-src 'self'" in policy
    assert secrets.stream_key not in answer.text


async def test_the_shared_link_shows_and_lets_nobody_in(house: WebHouse) -> None:
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at
    answer = await house.get(house.path(Purpose.SLOT, made))

    assert "lets nobody in" in answer.words
    secrets = await secrets_of(house, made)
    assert not {secrets.passcode, secrets.watch_user, secrets.stream_key} & set(
        answer.words.split()
    )
    assert "ticket" not in answer.text
    assert "~" not in answer.text


async def test_without_credentials_the_shared_link_plays(house: WebHouse) -> None:
    made = await confirmed(house, credentials=CredentialWish(CredentialMode.NONE))
    house.clock.now = made.slot.starts_at
    answer = await house.get(house.path(Purpose.SLOT, made))

    path = made.code.replace("-", "").lower()
    assert f'src="https://live.example.org/hls/{path}.m3u8"' in answer.text


async def test_each_reader_has_their_own_credentials(house: WebHouse) -> None:
    made = await confirmed(house, credentials=CredentialWish(CredentialMode.EACH))
    house.clock.now = made.slot.starts_at
    ann, ben = [await house.get(house.path(Purpose.JOIN, made, number)) for number in (1, 2)]

    user = (await secrets_of(house, made)).watch_user
    assert f"User name {user}-1 Copy" in ann.words
    assert f"User name {user}-2 Copy" in ben.words
    assert ann.words.partition("Passcode")[2] != ben.words.partition("Passcode")[2]


async def test_provisional_moved_cancelled_over_lapsed_and_removed_are_said(
    house: WebHouse,
) -> None:
    made = await house.bench.reserve(
        slot=house.bench.slot(timedelta(days=3)),
        audience=(ANN, BEN),
        notification_policy=NotificationPolicy.BOTH,
    )
    page = house.path(Purpose.JOIN, made, 1)
    assert "STATUS:TENTATIVE" in (await house.get(f"{page}/slot.ics")).text
    assert "Provisional" in (await house.get(page)).words
    await house.bench.reconfirm(made.code)
    await house.bench.post.deliver()
    await house.bench.change(made.code, slot=house.bench.slot(timedelta(days=4)))
    assert "It has a new time. You were told" in (await house.get(page)).words
    await house.bench.change(made.code, remove=(BEN,))
    removed = await house.get(house.path(Purpose.JOIN, made, 2))
    assert "You were taken off the list" in removed.words
    assert "Starts" not in removed.words
    await house.bench.cancel(made.code, "The singer is ill")
    off = await house.get(page)
    assert "has cancelled it" in off.words
    assert "The singer is ill" in off.words
    assert "Add to your calendar" not in off.words

    over = await confirmed(house)
    house.clock.now = over.slot.ends_at
    assert "It is over" in (await house.get(house.path(Purpose.JOIN, over, 1))).words


async def test_whoever_was_told_at_once_is_not_told_otherwise_here(house: WebHouse) -> None:
    made = await house.bench.reserve(
        slot=house.bench.slot(timedelta(days=3)), notification_policy=NotificationPolicy.ON_PERMIT
    )
    page = house.path(Purpose.JOIN, made, 1)

    assert "Confirmed" in (await house.get(page)).words
    assert "must still reconfirm" not in (await house.get(page)).words
    assert "STATUS:CONFIRMED" in (await house.get(f"{page}/slot.ics")).text


async def test_a_lapsed_one_says_so(house: WebHouse) -> None:
    made = await house.bench.reserve(slot=house.bench.slot(timedelta(days=3)))
    await house.bench.awake_until(made.slot.starts_at - HOUR)

    answer = await house.get(house.path(Purpose.JOIN, made, 1))

    assert "it was not reconfirmed in time" in answer.words


async def test_to_the_second(house: WebHouse) -> None:
    made = await confirmed(house)
    page = house.path(Purpose.JOIN, made, 1)
    seen = []
    for at in (
        made.slot.starts_at - SECOND,
        made.slot.starts_at,
        made.slot.ends_at - SECOND,
        made.slot.ends_at,
    ):
        house.clock.now = at
        seen.append("<video" in (await house.get(page)).text)

    assert [False, True, True, False] == seen


async def test_its_calendar_entry_is_the_one_in_the_mail(house: WebHouse) -> None:
    made = await confirmed(house, title="Wagner; a, b", description="Line\nline")
    await house.bench.post.deliver()
    page = house.path(Purpose.JOIN, made, 1)
    assert f'href="{page}/slot.ics"' in (await house.get(page)).text
    answer = await house.get(f"{page}/slot.ics")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")

    assert "text/calendar; charset=utf-8" == answer.headers["Content-Type"]
    uid = await house.desk.read(lambda store, _: store.reservations.uid(made.id))
    assert (uid, 2, "CONFIRMED") == (event["UID"], event["SEQUENCE"], event["STATUS"])
    assert "Wagner; a, b" == event["SUMMARY"]
    assert made.slot.starts_at == event.decoded("DTSTART")
    assert house.path(Purpose.SLOT, made) in str(event["URL"])
    assert "/join/" not in answer.text
    await house.bench.cancel(made.code)
    assert "STATUS:CANCELLED" in (await house.get(f"{page}/slot.ics")).text


async def test_hostile_words_are_words(house: WebHouse) -> None:
    made = await confirmed(house, title=HOSTILE.replace("\n", " "), description=HOSTILE)
    for purpose, number in ((Purpose.JOIN, 1), (Purpose.SLOT, 0)):
        answer = await house.get(house.path(purpose, made, number))
        assert "<script>alert" not in answer.text
        assert "\u202e" not in answer.text
        assert "<script>alert(1)</script>" in answer.words


async def test_what_is_no_link_opens_nothing(house: WebHouse) -> None:
    made = await confirmed(house)
    links = house.desk.links
    page = house.path(Purpose.JOIN, made, 1)
    for path in (
        f"{page[:-1]}{'A' if page[-1] != 'A' else 'B'}",
        f"{page}x",
        house.path(Purpose.JOIN, made, 0),
        house.path(Purpose.JOIN, made, 99),
        f"/join/{links.token(Purpose.SLOT, made.id, 1)}",
        f"/join/{links.token(Purpose.JOIN, made.id + 1000, 1)}",
        "/join/",
        "/join/1-1-%00",
        "/slot/x",
    ):
        assert 404 == (await house.get(path)).status, path


async def test_nothing_is_kept_or_told_to_others(house: WebHouse) -> None:
    made = await confirmed(house)
    answer = await house.get(house.path(Purpose.JOIN, made, 1))

    assert "no-store" == answer.headers["Cache-Control"]
    assert "no-referrer" == answer.headers["Referrer-Policy"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "<title>A slot on Callboard</title>" in answer.text
    assert "og:" not in answer.text
    assert 200 == (await house.get(house.path(Purpose.JOIN, made, 1), "HEAD")).status
