"""The schedule pages: what is on when, for strangers and for a workspace, with hostile words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from sqlalchemy import event, text

from bot.web.feeds import feed_routes
from bot.web.rendering import static_file
from bot.web.schedule import schedule_routes
from bot.web.server import serving
from bot.web.site import Known, Site
from core.access.links import Purpose
from core.model.server import Blackout, Rules, Server
from core.model.slot import Slot
from core.usecases.answers import Permitted
from core.usecases.feeds import server_feed, workspace_feed
from core.usecases.reserve import reserve
from core.usecases.schedule import (
    Week,
    schedule_of_all,
    schedule_of_one,
    schedule_of_workspace,
)
from core.usecases.servers import ServerKept, add_server, black_out, change_server
from tests.desks import BERLIN, START, Scene, make_server
from tests.life.bench import Bench, member_of
from tests.web.house import PUBLIC, Answer, WebHouse

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "<script>alert(1)</script> \"'&amp; \u202egnp.exe\n</svg>"
HOSTILE_CLEAN = "<script>alert(1)</script> \"'&amp; gnp.exe </svg>"
NEXT = "2026-W50"  # START is the Monday of the week before
MONDAY = datetime(2026, 12, 7, tzinfo=UTC)  # of that week


@asynccontextmanager
async def open_schedule(scene: Scene, public_url: str = PUBLIC) -> AsyncIterator[WebHouse]:
    """Open a site of these pages alone."""
    site = Site(scene.desk, Known(public_url), brief=0)
    routes = [*schedule_routes(site), *feed_routes(site)]
    async with (
        serving(routes, "127.0.0.1", 0) as (host, port),
        aiohttp.ClientSession() as client,
    ):
        yield WebHouse(Bench(scene), site, f"http://{host}:{port}", client)


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_schedule(scene) as house:
        yield house


def mine(house: WebHouse, workspace_id: int, purpose: Purpose = Purpose.SCHEDULE) -> str:
    """Give the path of a workspace's own schedule."""
    return f"/schedule/{house.desk.links.token(purpose, workspace_id)}"


async def another_server(house: WebHouse, **given: object) -> Server:
    """Add a server."""
    scene = house.bench.scene
    kept = await house.desk.run(add_server, scene.actor, make_server(**given))
    assert isinstance(kept, ServerKept)
    return kept.server


def listed(answer: Answer) -> list[str]:
    """Give the lines of the list beneath the picture."""
    items = re.findall(r'<li><span class="when">.*?</li>', answer.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


def blocks(answer: Answer) -> list[str]:
    """Give what stands at each block of the picture, with its class."""
    found = re.findall(r'<g class="(\w+)"><title>(.*?)</title>', answer.text, re.DOTALL)
    return [f"{kind}: {words}" for kind, words in found]


async def test_strangers_see_that_it_is_busy_and_no_more(house: WebHouse) -> None:
    made = await house.bench.reserve(title="A secret show")

    for path in ("/schedule", f"/schedule/{made.server_id}"):
        answer = await house.get(path)
        assert 200 == answer.status
        assert ["Thu 3 Dec 2026, 10:00–12:00 Busy Provisional"] == listed(answer)
        assert ["provisional: Thu 3 Dec 2026, 10:00–12:00: Busy, provisional"] == blocks(answer)
        for secret in (made.title, made.code, made.code.replace("-", ""), "Olga", "ann@"):
            assert secret.lower() not in answer.text.lower()


async def test_reconfirmed_it_looks_certain_and_not_by_colour_alone(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.reconfirm(made.code)
    answer = await house.get("/schedule")

    assert ["Thu 3 Dec 2026, 10:00–12:00 Busy Confirmed"] == listed(answer)
    assert ["certain: Thu 3 Dec 2026, 10:00–12:00: Busy, confirmed"] == blocks(answer)
    css = static_file("schedule.css")
    assert css is not None
    assert isinstance(css.body, bytes)
    assert b"stroke-dasharray" in css.body
    assert 'class="time-line" role="img"' in answer.text
    assert "Slots taken: 1, of which provisional: 0. Blackouts: 0." in answer.text


async def test_what_was_cancelled_is_free_again(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.cancel(made.code)
    answer = await house.get("/schedule")

    assert [] == listed(answer)
    assert "Nothing is taken in this week." in answer.words


async def test_what_is_over_was_there(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.reconfirm(made.code)
    await house.bench.awake_until(made.slot.ends_at + DAY)
    this_week = await house.get("/schedule")
    house.clock.move(7 * DAY)

    assert ["Thu 3 Dec 2026, 10:00–12:00 Busy Confirmed"] == listed(this_week)
    assert [] == listed(await house.get("/schedule"))
    assert listed(this_week) == listed(await house.get("/schedule?week=2026-W49"))


@pytest.mark.parametrize(
    "week", ["2026-W54", "2025-W53", "2026-W00", "2026-49", "9999-W01", "x", "2026-W٤٩", "<b>"]
)
async def test_any_other_week_is_this_week(house: WebHouse, week: str) -> None:
    answer = await house.get(f"/schedule?week={week}")

    assert "Mon 30 Nov 2026 to Sun 6 Dec 2026 (week 2026-W49)" in answer.words
    assert "<b>" not in answer.text


async def test_weeks_lead_to_each_other(house: WebHouse) -> None:
    answer = await house.get("/schedule?week=2026-W53")

    assert "Mon 28 Dec 2026 to Sun 3 Jan 2027 (week 2026-W53)" in answer.words
    assert ["?week=2026-W52", "?", "?week=2027-W01"] == re.findall(
        r'class="button"[^>]* href="(\?[^"]*)"', answer.text
    )
    assert 'aria-current="page"' not in answer.text
    assert 'aria-current="page"' in (await house.get("/schedule")).text


@pytest.mark.parametrize(("week", "there"), [("2000-W01", 2), ("2199-W52", 2), ("2026-W49", 3)])
async def test_the_schedule_has_two_ends(house: WebHouse, week: str, there: int) -> None:
    answer = await house.get(f"/schedule?week={week}")

    assert f"(week {week})" in answer.words
    assert there == answer.text.count('<a class="button"')


async def test_this_week_is_the_server_s_own(house: WebHouse) -> None:
    kiritimati = await another_server(house, name="Far", zone=ZoneInfo("Pacific/Kiritimati"))
    house.clock.now = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)  # there it is Monday

    far = await house.get(f"/schedule/{kiritimati.id}")
    near = await house.get(f"/schedule/{house.bench.scene.server.id}")
    both = await house.get("/schedule")

    assert "(week 2026-W50)" in far.words
    assert "All times are those of Pacific/Kiritimati." in far.words
    assert "(week 2026-W49)" in near.words
    assert "(week 2026-W49)" in both.words
    assert "Each server's times are those of its own zone" in both.words
    assert "Pacific/Kiritimati" in both.words


async def test_a_slot_over_the_end_of_a_week_is_in_both(house: WebHouse) -> None:
    slot = Slot.of(MONDAY - 2 * HOUR, 6 * HOUR)
    await house.bench.reserve(slot=slot)

    for path in ("/schedule", f"/schedule?week={NEXT}"):
        assert ["Sun 6 Dec 2026, 23:00 – Mon 7 Dec 2026, 05:00 Busy Provisional"] == listed(
            await house.get(path)
        )


async def test_each_server_s_week_is_in_its_own_zone(house: WebHouse) -> None:
    far = await another_server(house, name="Far", zone=ZoneInfo("Pacific/Kiritimati"))
    slot = Slot.of(datetime(2026, 12, 6, 12, 0, tzinfo=UTC), HOUR)  # 02:00 on Monday there
    await house.bench.reserve(server_id=far.id, slot=slot)
    await house.bench.reserve(slot=slot)

    this_week, next_week = await house.get("/schedule"), await house.get(f"/schedule?week={NEXT}")

    assert ["Sun 6 Dec 2026, 13:00–14:00 Busy Provisional"] == listed(this_week)
    assert ["Mon 7 Dec 2026, 02:00–03:00 Busy Provisional"] == listed(next_week)


async def test_a_blackout_is_shown_without_its_reason(house: WebHouse) -> None:
    scene = house.bench.scene
    closed = Blackout(Slot.of(START + DAY, 30 * HOUR), "the roof leaks")
    await house.desk.run(black_out, scene.actor, scene.server.name, closed)
    answer = await house.get(f"/schedule/{scene.server.id}")

    words = "Tue 1 Dec 2026, 10:00 – Wed 2 Dec 2026, 16:00"
    assert [f"{words} Blackout Not to be reserved"] == listed(answer)
    assert [f"blackout: {words}: Blackout"] * 2 == blocks(answer)
    assert "roof" not in answer.text


async def test_set_up_and_parallel_streams_are_drawn(house: WebHouse) -> None:
    scene = house.bench.scene
    rules = Rules(max_streams=2, set_up=HOUR, tear_down=HOUR)
    await house.desk.run(change_server, scene.actor, replace(scene.server, rules=rules))
    for _ in range(2):
        await house.bench.reserve()
    answer = await house.get(f"/schedule/{scene.server.id}")

    assert 2 == answer.text.count('fill="url(#dots)"') - 1  # one is the key's
    ys = re.findall(r'<rect class="taken" x="[\d.]+" y="([\d.]+)"', answer.text)
    assert 2 == len(set(ys) - {"1"})


async def test_a_workspace_sees_its_own_titles_and_of_others_that_it_is_busy(
    house: WebHouse,
) -> None:
    ours, theirs = [await member_of(house.desk, name, "u") for name in ("ours", "theirs")]
    request = house.bench.scene.request
    private = await another_server(house, name="Private", workspace_id=theirs.workspace_id)
    for actor, given in (
        (ours, {"title": "Our show"}),
        (theirs, {"title": "Their show", "slot": house.bench.slot(2 * DAY)}),
        (theirs, {"title": "Their own", "server_id": private.id}),
    ):
        answer = await house.desk.run(reserve, actor, request(**given))
        assert isinstance(answer, Permitted)

    seen = await house.get(mine(house, ours.workspace_id))
    others = await house.get(mine(house, theirs.workspace_id))
    stranger = await house.get("/schedule")

    assert [
        "Wed 2 Dec 2026, 10:00–12:00 Busy Provisional",
        "Thu 3 Dec 2026, 10:00–12:00 Our show Provisional",
    ] == listed(seen)
    assert "Schedule of Ours" in seen.words
    assert "Private" not in seen.words
    assert "Their" not in seen.text
    assert [
        "Thu 3 Dec 2026, 10:00–12:00 Their own Provisional",
        "Wed 2 Dec 2026, 10:00–12:00 Their show Provisional",
        "Thu 3 Dec 2026, 10:00–12:00 Busy Provisional",
    ] == listed(others)
    assert 3 == len(listed(stranger))
    assert "show" not in "".join(listed(stranger))


async def test_hostile_words_are_shown_as_they_are(house: WebHouse) -> None:
    scene = house.bench.scene
    await house.desk.run(change_server, scene.actor, replace(scene.server, name=HOSTILE))
    await house.bench.reserve(title=HOSTILE)
    closed = Blackout(Slot.of(START + DAY, HOUR), HOSTILE)
    await house.desk.run(black_out, scene.actor, HOSTILE, closed)

    for path in (
        "/schedule",
        f"/schedule/{scene.server.id}",
        mine(house, scene.actor.workspace_id),
    ):
        answer = await house.get(path)
        assert 200 == answer.status
        assert "<script>" not in answer.text
        assert "\u202e" not in answer.text
        assert 1 == answer.text.count("</svg>\n<figcaption")
        assert " style=" not in answer.text
    assert HOSTILE_CLEAN in answer.words
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999999", "9" * 5000])
async def test_there_is_no_such_server(house: WebHouse, number: str) -> None:
    assert 404 == (await house.get(f"/schedule/{number}")).status


async def test_a_retired_server_is_on_no_schedule(house: WebHouse) -> None:
    scene = house.bench.scene
    await house.desk.run(change_server, scene.actor, replace(scene.server, retired=True))

    assert 404 == (await house.get(f"/schedule/{scene.server.id}")).status
    assert "There is no server yet." in (await house.get("/schedule")).words


async def test_a_wrong_token_opens_nothing(house: WebHouse) -> None:
    workspace_id = house.bench.scene.actor.workspace_id
    assert 200 == (await house.get(mine(house, workspace_id))).status

    links = house.desk.links
    for token in (
        links.token(Purpose.FEED, workspace_id),
        links.token(Purpose.OPERATORS, workspace_id),
        links.token(Purpose.SCHEDULE, workspace_id, 1),
        links.token(Purpose.SCHEDULE, 999),
        links.token(Purpose.SCHEDULE, workspace_id)[:-1] + "_",
        "x",
    ):
        assert 404 == (await house.get(f"/schedule/{token}")).status


async def test_behind_a_prefix_links_keep_it(scene: Scene) -> None:
    async with open_schedule(scene, f"{PUBLIC}/slots") as house:
        for path in ("/schedule", "/slots/schedule"):
            answer = await house.get(path)
            assert f'href="/slots/schedule/{scene.server.id}?week=2026-W49"' in answer.text
        one = await house.get(f"/slots/schedule/{scene.server.id}")
    assert f'href="/slots/feed/server/{scene.server.id}.ics"' in one.text


def test_days_are_as_long_as_the_clock_makes_them() -> None:
    autumn, spring = Week(date(2026, 10, 19)).days(BERLIN), Week(date(2026, 3, 23)).days(BERLIN)

    assert [24 * HOUR] * 6 + [25 * HOUR] == [day.length for day in autumn]
    assert [24 * HOUR] * 6 + [23 * HOUR] == [day.length for day in spring]
    samoa = Week(date(2011, 12, 26)).days(ZoneInfo("Pacific/Apia"))
    assert [24 * HOUR] * 6 == [day.length for day in samoa]


async def test_no_question_reads_a_whole_table(scene: Scene) -> None:
    desk, bench, asked = scene.desk, Bench(scene), list[tuple[str, object]]()
    made = await bench.reserve()
    await bench.awake_until(made.slot.ends_at + DAY)

    def note(*given: object) -> None:
        asked.append((str(given[2]), given[3]))

    event.listen(desk.database.reader, "before_cursor_execute", note)
    await desk.read(schedule_of_all, None)
    await desk.read(schedule_of_one, scene.server.id, None)
    await desk.read(schedule_of_workspace, scene.actor.workspace_id, None)
    await desk.read(server_feed, scene.server.id)
    await desk.read(workspace_feed, scene.actor.workspace_id, 0)
    await desk.read(lambda store, _: store.agenda.heard(1, Slot.of(START, DAY), ["x"]))
    event.remove(desk.database.reader, "before_cursor_execute", note)

    plans = list[str]()
    with desk.database.reading(1) as connection:
        if not desk.database.is_sqlite:  # which reads small tables whole, unless kept from it
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in asked:
            explain = "EXPLAIN QUERY PLAN" if desk.database.is_sqlite else "EXPLAIN (COSTS off)"
            plan = connection.exec_driver_sql(f"{explain} {statement}", values)  # type: ignore[arg-type]
            plans += [str(row[-1]).strip(" ->") for row in plan]
    large = re.compile(r"\b(reservation|revision|recipient)\b")
    assert [] == [
        line for line in plans if line.startswith(("SCAN", "Seq Scan")) and large.search(line)
    ]
    bounds = [line for line in plans if line.startswith(("SEARCH reservation", "Index Cond"))]
    for column, first in (("busy_from", "server_id"), ("starts_at", "workspace_id")):
        searches = [line for line in bounds if column in line]
        assert searches
        bounded = (f"{first}=", f"{column}>", f"{column}<")
        assert [] == [
            line for line in searches if any(one not in line.replace(" ", "") for one in bounded)
        ]
