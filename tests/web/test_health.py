"""What probes and scrapers ask: whether the desk is at work, and its figures, for whom they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import event, text

from bot.web.health import _is_near, health_routes
from bot.web.metrics import process_families
from core.access.links import Purpose
from core.gate.gate import ADMITTED
from core.model.delivery import Deferred, Refused
from core.model.gate import Reason
from core.model.recipient import RouteName
from core.outbox.dispatch import beat as dispatcher_beat
from core.store.desk import Desk
from core.usecases.operators import Bookings, measure, overview
from core.usecases.reserve import reserve
from core.usecases.tick import beat as sweep_beat
from tests.desks import Scene
from tests.gate.house import away, open_house
from tests.life.bench import ANN, BEN, CLEO, Bench
from tests.web.house import WebHouse, open_web
from tests.web.scrape import Scraped, scrape

_LARGE = re.compile(r"\b(reservation|delivery|audit|recipient)\b").search
SECONDS = timedelta(seconds=1)
GATE_COUNTS = Counter({ADMITTED: 7, Reason.EARLY.value: 2})


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with probed(scene) as house:
        yield house


@asynccontextmanager
async def probed(scene: Scene) -> AsyncIterator[WebHouse]:
    """Open the site of a scene's desk, as a probe finds it: by its number."""
    async with open_web(scene, extra=health_routes(scene.desk, GATE_COUNTS)) as house:
        house.host = house.url.removeprefix("http://")
        yield house


async def at_work(desk: Desk) -> None:
    """Have both parts do their round."""
    await desk.run(sweep_beat)
    await desk.run(dispatcher_beat)


async def scraped(house: WebHouse) -> Mapping[str, Scraped]:
    """Read the figures."""
    answer = await house.get("/metrics")
    assert 200 == answer.status
    assert "text/plain; version=0.0.4; charset=utf-8" == answer.headers["Content-Type"]
    return scrape(answer.text)


@contextmanager
def held(desk: Desk) -> Iterator[None]:
    """Keep the database from being read."""
    if desk.database.is_sqlite:
        with away(desk):
            yield
        return
    url = desk.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE pulse, reservation IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


async def ready(house: WebHouse) -> tuple[int, list[str]]:
    """Ask whether it is ready."""
    answer = await house.get("/readyz")
    return answer.status, answer.text.splitlines()


async def test_alive_whatever_the_state(house: WebHouse) -> None:
    assert "alive\n" == (await house.get("/healthz")).text


async def test_a_new_desk_is_not_ready_before_its_parts_have_run(house: WebHouse) -> None:
    lines = ["database ok", "sweep has never run", "dispatcher has never run"]
    assert (503, lines) == await ready(house)


async def test_ready_as_long_as_both_parts_are_at_work(house: WebHouse) -> None:
    await at_work(house.desk)
    house.clock.move(30 * SECONDS)
    assert (200, ["database ok", "sweep ok, 30 s ago", "dispatcher ok, 30 s ago"]) == await ready(
        house
    )
    house.clock.move(SECONDS)
    late = ["database ok", "sweep late, 31 s ago", "dispatcher late, 31 s ago"]
    assert (503, late) == await ready(house)


@pytest.mark.parametrize("silent", ["sweep", "dispatcher"])
async def test_one_part_that_is_silent_is_enough(house: WebHouse, silent: str) -> None:
    await at_work(house.desk)
    house.clock.move(60 * SECONDS)
    await house.desk.run(dispatcher_beat if silent == "sweep" else sweep_beat)

    status, lines = await ready(house)

    assert 503 == status
    assert [f"{silent} late, 60 s ago"] == [line for line in lines if "late" in line]


async def test_a_clock_set_back_is_found_out(house: WebHouse) -> None:
    await at_work(house.desk)
    house.clock.move(timedelta(hours=-1))
    assert 503 == (await ready(house))[0]


async def test_nobody_need_say_by_which_name_they_came(house: WebHouse) -> None:
    await at_work(house.desk)
    for host in (house.host, "10.0.0.7:8080", "callboard.example.org", "other.example"):
        answer = await house.get("/readyz", Host=host)
        assert 200 == answer.status
        assert "Content-Security-Policy" not in answer.headers
    assert 200 == (await house.get("/readyz", "HEAD")).status


async def test_a_database_that_is_gone(house: WebHouse) -> None:
    await at_work(house.desk)
    with held(house.desk):
        answer = await house.get("/readyz")
        families = await scraped(house)
    assert (503, "database away\n") == (answer.status, answer.text)
    assert 0 == families["callboard_database_up"].of()
    assert "callboard_reservations" not in families
    assert 7 == families["callboard_gate_answers_total"].of(decision="admit", reason="")
    assert 200 == (await house.get("/readyz")).status


async def test_an_empty_desk_has_every_series(house: WebHouse) -> None:
    families = await scraped(house)

    assert 1 == families["callboard_database_up"].of()
    assert {0.0} == set(families["callboard_deliveries"].samples.values())
    assert 2 * len(RouteName) == len(families["callboard_deliveries"].samples)
    assert 5 * len(RouteName) == len(families["callboard_recent_deliveries"].samples)
    assert float("inf") == families["callboard_sweep_lag_seconds"].of()
    assert 0 == families["callboard_denial_reasons_total"].of(reason="too_many_viewers")
    assert 2 == families["callboard_gate_answers_total"].of(decision="refuse", reason="early")
    assert 1 + len(Reason) == len(families["callboard_gate_answers_total"].samples)


async def test_the_figures_of_a_desk_at_work(house: WebHouse) -> None:
    bench = house.bench
    made = await bench.reserve(audience=(ANN, BEN, CLEO))
    await bench.reserve(slot=bench.slot(timedelta(hours=1)), audience=(ANN,))
    bench.post.answer(BEN.address, Refused("550 no such user", bad_address=True))
    bench.post.answer(CLEO.address, Deferred("451 greylisted"))
    await bench.reconfirm(made.code)
    await at_work(house.desk)
    house.clock.move(7 * SECONDS)
    await bench.post.deliver()
    house.clock.move(5 * SECONDS)

    families = await scraped(house)

    assert 2 == families["callboard_reservations"].of(status="confirmed")
    assert 0 == families["callboard_reservations"].of(status="permitted")
    assert 1 == families["callboard_deliveries"].of(route="email", state="queued")
    assert 1 == families["callboard_recent_deliveries"].of(route="email", state="bounced")
    assert 2 == families["callboard_recent_deliveries"].of(route="email", state="sent")
    assert 0 == families["callboard_queue_depth"].of()
    oldest = families["callboard_oldest_waiting_delivery_age_seconds"]
    assert (12, 0) == (oldest.of(route="email"), oldest.of(route="slack"))
    assert 12 == families["callboard_sweep_lag_seconds"].of()
    assert 12 == families["callboard_dispatcher_lag_seconds"].of()
    house.clock.move(timedelta(hours=1))
    assert 1 == (await scraped(house))["callboard_queue_depth"].of()


async def test_bookings_are_counted_once_each_and_from_the_start_of_the_process(
    house: WebHouse,
) -> None:
    scene = house.bench.scene
    rules = scene.server.rules
    for day in (3, 4):
        await house.bench.reserve(slot=house.bench.slot(timedelta(days=day)))
    denied = scene.request(slot=house.bench.slot(timedelta(days=2), 2 * rules.longest))
    await house.desk.run(reserve, scene.actor, denied)

    seen = []
    for _ in range(4):
        families = await scraped(house)
        bookings = families["callboard_bookings_total"]
        reasons = families["callboard_denial_reasons_total"]
        seen.append(
            (
                bookings.of(outcome="permitted"),
                bookings.of(outcome="denied"),
                reasons.of(reason="too_long"),
            )
        )
        house.clock.move(15 * SECONDS)
        if len(seen) == 2:
            await house.bench.reserve(slot=house.bench.slot(timedelta(days=5)))

    # what might still be written by a transaction that began earlier is not counted yet
    assert [(0, 0, 0), (0, 0, 0), (2, 1, 1), (2, 1, 1)] == seen
    house.clock.move(15 * SECONDS)
    last = (await scraped(house))["callboard_bookings_total"]
    assert (3, 1) == (last.of(outcome="permitted"), last.of(outcome="denied"))


async def test_a_process_that_began_with_a_wrong_clock_counts_once_it_is_right(
    house: WebHouse,
) -> None:
    house.clock.move(timedelta(days=-400))
    await scraped(house)
    await house.bench.reserve()
    house.clock.move(21 * SECONDS)

    bookings = (await scraped(house))["callboard_bookings_total"]

    assert 1 == bookings.of(outcome="permitted")


async def test_nothing_that_people_wrote_is_among_the_figures(house: WebHouse) -> None:
    made = await house.bench.reserve(title='Ha"x\\\n{evil="1"}')
    await house.bench.post.deliver()
    house.clock.move(60 * SECONDS)
    page = (await house.get("/metrics")).text
    scrape(page)
    for own in (made.code, "evil", "example.org", "Olga", "Studio"):
        assert own not in page


async def test_the_figures_are_for_our_own_network_or_for_operators(house: WebHouse) -> None:
    links = house.desk.links
    whole = links.token(Purpose.OPERATORS, 0)
    others = (
        "",
        "nonsense",
        links.token(Purpose.OPERATORS, house.bench.scene.actor.workspace_id),
        links.token(Purpose.OPERATORS, 0, 1),
        links.token(Purpose.GATE, 0),
    )
    there = await house.get(f"/metrics?token={whole}", X_Forwarded_For="203.0.113.9")
    denied = [
        await house.get(f"/metrics?token={token}", X_Forwarded_For="203.0.113.9")
        for token in others
    ]
    unknown = await house.get("/nowhere")

    assert (200, 200) == (there.status, (await house.get("/metrics")).status)
    assert [(404, unknown.text)] * len(others) == [(one.status, one.text) for one in denied]


@pytest.mark.parametrize(
    ("peer", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.2.3.4", True),
        ("192.168.0.9", True),
        ("fd00::7", True),
        ("::ffff:10.2.3.4", True),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("::ffff:8.8.8.8", False),
        ("", False),
        ("unix", False),
    ],
)
def test_who_is_near(peer: str, *, near: bool) -> None:
    request = make_mocked_request("GET", "/metrics").clone(remote=peer)
    assert near == _is_near(request)


def test_what_a_system_does_not_tell_is_left_out(tmp_path: Path) -> None:
    assert [] == process_families(tmp_path)


async def test_what_the_system_tells_of_the_process(house: WebHouse) -> None:
    families = await scraped(house)
    assert 10_000_000 < families["process_resident_memory_bytes"].of() < 10_000_000_000
    assert 3 < families["process_open_fds"].of() < 10_000
    boot = 1_600_000_000
    assert boot < families["process_start_time_seconds"].of()


async def test_the_gate_counts_what_it_answers(scene: Scene) -> None:
    house = await open_house(scene)
    file = house.to_watch(stream="", path=house.stream.rpartition("/")[2], client="")
    for _ in range(3):
        await house.admitted(file)  # the first one is decided on, and then it stands
    await house.admitted(house.to_publish())
    assert Reason.WRONG is await house.refused(house.to_watch(secret="guessed"))
    assert Reason.NOTHING_GIVEN is await house.refused(house.to_watch(user="", secret=""))

    assert {ADMITTED: 4, "wrong": 1, "nothing_given": 1} == dict(house.gate.counts)


async def test_no_question_reads_a_whole_table(scene: Scene) -> None:
    desk = scene.desk
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(timedelta(hours=1)))
    asked: list[tuple[str, object]] = []

    def note(*given: object) -> None:
        asked.append((str(given[2]), given[3]))

    event.listen(desk.database.reader, "before_cursor_execute", note)
    await desk.read(measure, Bookings(scene.clock.now - timedelta(hours=1)))
    await desk.read(overview, 0)
    await desk.read(overview, scene.actor.workspace_id)
    event.remove(desk.database.reader, "before_cursor_execute", note)
    assert len(asked) > 20

    plans: list[str] = []
    with desk.database.reading(1) as connection:
        if not desk.database.is_sqlite:  # which reads small tables whole, unless it is kept from it
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in asked:
            explain = "EXPLAIN QUERY PLAN" if desk.database.is_sqlite else "EXPLAIN (COSTS off)"
            plan = connection.exec_driver_sql(f"{explain} {statement}", values)  # type: ignore[arg-type]
            plans += [str(row[-1]).strip(" ->") for row in plan]
    whole = {line for line in plans if line.startswith(("SCAN", "Seq Scan")) and _LARGE(line)}
    # what these two indexes hold is live, or has not ended
    kept_small = {
        line for line in whole if line.endswith(("ix_reservation_busy", "ix_delivery_queue"))
    }
    assert set() == whole - kept_small
    assert plans
