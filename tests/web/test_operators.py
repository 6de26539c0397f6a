"""The operators' page: the whole desk or one workspace's part of it, for whoever has the link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.web.operators import ACTS, operator_routes
from bot.web.pages import site_routes
from bot.web.site import Known, Site
from core.access.links import Purpose
from core.model.delivery import Deferred, Refused
from core.model.people import Actor
from core.model.reservation import Reservation
from core.model.slot import Slot
from core.outbox.dispatch import beat as dispatcher_beat
from core.outbox.tally import tally
from core.store.store import Store
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server
from core.usecases.tick import beat as sweep_beat
from tests.console.test_process import start
from tests.desks import Scene, make_server
from tests.life.bench import ANN, BEN, CLEO, DAN, everything, member_of
from tests.web.house import PUBLIC, Answer, WebHouse, open_web

ROOT = Path(__file__).parents[2]
HOSTILE = '<script>alert("1")</script> & "x"\u202e\n'


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with operated(scene) as house:
        yield house


@asynccontextmanager
async def operated(scene: Scene, public_url: str = PUBLIC) -> AsyncIterator[WebHouse]:
    """Open the site of a scene's desk with the operators' page."""
    site = Site(scene.desk, Known(public_url), brief=0)
    there = {route.path for route in site_routes(site)}
    routes = [one for one in operator_routes(site) if one.path not in there]
    async with open_web(scene, public_url, routes) as house:
        yield house


def path(house: WebHouse, workspace_id: int = 0) -> str:
    """Give the path of the page."""
    return f"/operators/{house.desk.links.token(Purpose.OPERATORS, workspace_id)}"


async def seen(house: WebHouse, workspace_id: int = 0) -> Page:
    """Look at the page."""
    answer = await house.get(path(house, workspace_id))
    assert 200 == answer.status, answer.text
    return Page(answer)


class Page(HTMLParser):
    """The page's tables by their labels, its headings, and what stands where it must not."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.words = answer.words
        self.tables: dict[str, list[list[str]]] = {}
        self.headings: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self._region = ""
        self._into: list[str] | None = None
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.wrong.append(f"{tag} with a style or script of its own")
        if tag == "script" and not given.get("src"):
            self.wrong.append("a script in the page")
        if tag == "form":
            self.wrong.append("something that acts")
        if tag == "div" and given.get("role") == "region":
            assert ("scrolls", "0") == (given["class"], given["tabindex"])
            self._region = given["aria-label"] or ""
            self.tables[self._region] = []
        if tag == "table" and not self._region:
            self.wrong.append("a table that does not scroll")
        if tag == "tr":
            self.tables[self._region].append([])
        if tag in {"th", "td"}:
            if tag == "th" and given.get("scope") not in {"col", "row"}:
                self.wrong.append("a heading cell of nothing")
            self._into = [""]
            self.tables[self._region][-1].append("")
        if tag in {"h1", "h2", "h3"}:
            self._into = [""]
            self.headings.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._region = ""
        if tag in {"th", "td", "h1", "h2", "h3"} and self._into is not None:
            words = " ".join(" ".join(self._into).split())
            if tag.startswith("h"):
                self.headings[-1] = (tag, words)
            else:
                self.tables[self._region][-1][-1] = words
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def column(self, label: str, name: str) -> list[str]:
        """Give the cells of one column of a table."""
        head, *rows = self.tables[label]
        return [row[head.index(name)] for row in rows]


async def made_by(house: WebHouse, actor: Actor, **given: object) -> Reservation:
    """Have somebody reserve."""
    answer = await house.desk.run(reserve, actor, house.bench.scene.request(**given))
    assert isinstance(answer, Permitted), answer
    return answer.reservation


async def two_workspaces(house: WebHouse) -> tuple[Reservation, Reservation, Actor]:
    """Reserve for two workspaces, both today; gives the second one's holder as well."""
    ours = await house.bench.reserve(
        slot=house.bench.slot(timedelta(hours=1), timedelta(hours=1)), title="Ours"
    )
    stranger = await member_of(house.desk, "acme", "mia")
    slot = house.bench.slot(timedelta(hours=3), timedelta(hours=1))
    theirs = await made_by(house, stranger, slot=slot, title="Theirs")
    return ours, theirs, stranger


async def test_the_whole_desk_with_nothing_on_it(house: WebHouse) -> None:
    page = await seen(house)

    assert [
        ("h1", "The desk"),
        ("h2", "At work"),
        ("h2", "Today"),
        ("h2", "The queue"),
        ("h2", "Routes"),
        ("h2", "What was done"),
    ] == page.headings
    assert "Nothing is reserved today." in page.words
    assert ["has never run"] * 3 == page.column("What is at work", "State")
    assert ["server added"] == page.column("What was done", "Act")
    assert [] == page.wrong


async def test_todays_slots_with_who_was_told(house: WebHouse) -> None:
    bench = house.bench
    made = await bench.reserve(
        slot=bench.slot(timedelta(hours=2)), title=HOSTILE, audience=(ANN, BEN, CLEO, DAN)
    )
    await bench.reserve(slot=bench.slot(timedelta(days=1)), title="Tomorrow")
    bench.post.answer(BEN.address, Refused("550 no such user", bad_address=True))
    bench.post.answer(CLEO.address, Refused(f"554 {HOSTILE}"))
    bench.post.answer(DAN.address, Deferred("451 greylisted"))
    await bench.post.deliver()

    page = await seen(house)

    assert [
        ["Code", "Slot", "Server", "Title", "Status", "Told", "Failed"],
        [
            made.code,
            "Mon 30 Nov 2026, 12:00–14:00 CET (Europe/Berlin)",
            "Studio",
            '<script>alert("1")</script> & "x"',
            "confirmed",
            "1",
            "2",
        ],
    ] == page.tables["Today's slots"]
    assert [] == page.wrong


async def test_a_day_is_the_servers_own(scene: Scene) -> None:
    scene.clock.now = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    async with operated(scene) as house:
        for hours, title in ((0.25, "Today, to tomorrow"), (0.75, "Tomorrow")):
            slot = Slot.of(scene.clock.now + timedelta(hours=hours), timedelta(minutes=20))
            await house.bench.reserve(slot=slot, title=title)
        assert ["Today, to tomorrow"] == (await seen(house)).column("Today's slots", "Title")
        scene.clock.move(timedelta(minutes=30))
        both = (await seen(house)).column("Today's slots", "Title")
    assert ["Today, to tomorrow", "Tomorrow"] == both


async def test_servers_in_other_parts_of_the_world_have_other_days(scene: Scene) -> None:
    scene.clock.now = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)
    far = make_server(name="Far", zone=ZoneInfo("Pacific/Auckland"))  # where it is 1:30, Tuesday
    kept = await scene.desk.run(add_server, scene.actor, far)
    assert isinstance(kept, ServerKept)
    async with operated(scene) as house:
        for server, name in ((scene.server, "Berlin"), (kept.server, "Auckland")):
            for hours in (6, 18):
                slot = house.bench.slot(timedelta(hours=hours), timedelta(hours=1))
                title = f"{name} in {hours}"
                await house.bench.reserve(server_id=server.id, slot=slot, title=title)
        titles = (await seen(house)).column("Today's slots", "Title")
    assert ["Berlin in 6", "Auckland in 6", "Auckland in 18"] == titles


async def test_what_was_cancelled_is_still_today(house: WebHouse) -> None:
    made = await house.bench.reserve(slot=house.bench.slot(timedelta(hours=2)))
    await house.bench.cancel(made.code)
    assert ["cancelled"] == (await seen(house)).column("Today's slots", "Status")


async def test_told_and_failed_are_as_the_roll_call_has_them(house: WebHouse) -> None:
    bench = house.bench
    made = await bench.reserve(
        slot=bench.slot(timedelta(hours=9)), audience=(ANN, BEN, CLEO), reminders=()
    )

    async def agree() -> tuple[int, int]:
        def both(store: Store, _: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
            roll = store.meters.rolls([made.id])[made.id]
            called = tally(store, store.reservations.get(made.id))
            return (len(called.told), len(called.failed)), (roll.told, roll.failed)

        called, counted = await house.desk.read(both)
        assert called == counted
        return counted

    assert (0, 0) == await agree()
    bench.post.answer(BEN.address, Refused("550 no such user", bad_address=True))
    await bench.post.deliver()
    assert (2, 1) == await agree()
    await bench.change(made.code, title="Another")
    assert (0, 1) == await agree()
    bench.post.answer(CLEO.address, Refused("554 spam"))
    await bench.post.deliver()
    assert (1, 2) == await agree()
    await bench.cancel(made.code)
    await bench.post.deliver()
    assert (2, 1) == await agree()
    # whoever bounced once is not written to again
    made = await bench.reserve(slot=bench.slot(timedelta(hours=9)), audience=(ANN, BEN))
    assert (0, 1) == await agree()


async def test_the_queue_and_the_routes(house: WebHouse) -> None:
    bench = house.bench
    await bench.reserve(slot=bench.slot(timedelta(hours=2)), audience=(ANN, BEN, CLEO))
    bench.post.answer(BEN.address, Refused("550 no such user"))
    bench.post.answer(CLEO.address, Deferred(f"451 {HOSTILE}"))
    await bench.post.deliver()
    house.clock.move(timedelta(minutes=3, seconds=7))

    page = await seen(house)

    assert "Waiting 1 Sending 0 Failed 1 of the newest 10000" in page.words
    (mail,) = (row for row in page.tables["Routes"] if row[0] == "Mail")
    then = "Mon 30 Nov 2026, 09:00 UTC 3 min ago"
    put_off = '451 <script>alert("1")</script> & "x"'
    assert ["Mail", "1", then, then, f"{then} 550 no such user", put_off] == mail


async def test_what_is_at_work(house: WebHouse) -> None:
    await house.desk.run(sweep_beat)
    house.clock.move(timedelta(seconds=31))
    await house.desk.run(dispatcher_beat)
    page = await seen(house)
    assert ["sweep", "dispatcher", "gate"] == page.column("What is at work", "Part")
    assert ["silent", "at work", "has never run"] == page.column("What is at work", "State")
    assert "0 s ago" in page.words
    assert "31 s ago" in page.words


async def test_what_was_done_in_words(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.reconfirm(made.code)
    scene = house.bench.scene
    denied = scene.request(slot=house.bench.slot(timedelta(days=3), timedelta(hours=13)))
    await house.desk.run(reserve, scene.actor, denied)
    await house.bench.cancel(made.code, "illness")

    page = await seen(house)

    assert [
        ["cancelled", made.code],
        ["denied: too long, full", ""],
        ["reconfirmed", made.code],
        ["permitted", made.code],
        ["server added", ""],
    ] == [row[1:] for row in page.tables["What was done"][1:]]


async def test_no_more_than_fifty_acts(house: WebHouse) -> None:
    def audited(store: Store, _: datetime) -> None:
        for number in range(60):
            store.records.audit(f"{HOSTILE}{number}", None)

    await house.desk.run(audited)
    acts = (await seen(house)).column("What was done", "Act")
    assert 50 == len(acts)
    assert acts[0].endswith("59")


def test_every_act_that_is_audited_has_words() -> None:
    sources = (ROOT / "core").rglob("*.py")
    audited = {
        act
        for source in sources
        for act in re.findall(r'records\.audit\("(\w+)"', source.read_text(encoding="utf-8"))
    }
    assert audited
    assert audited == set(ACTS)


async def test_a_workspace_sees_its_own_alone(house: WebHouse) -> None:
    ours, theirs, stranger = await two_workspaces(house)
    house.bench.post.answer(ANN.address, Refused("of ours"))
    await house.bench.post.deliver()
    house.clock.move(timedelta(minutes=1))

    page = await seen(house, stranger.workspace_id)

    assert [
        ("h1", "Acme"),
        ("h2", "Today"),
        ("h2", "Routes"),
        ("h2", "What was done"),
    ] == page.headings
    assert [theirs.code] == page.column("Today's slots", "Code")
    assert [theirs.code] == page.column("What was done", "Reservation")
    assert ours.code not in page.words
    assert "of ours" not in page.words
    assert "Waiting 0" not in page.words
    whole = await seen(house)
    assert [ours.code, theirs.code] == whole.column("Today's slots", "Code")
    assert "of ours" in whole.words
    assert [] == page.wrong


async def test_a_workspace_sees_what_the_clock_did_to_its_reservations(house: WebHouse) -> None:
    scene = house.bench.scene
    made = await house.bench.reserve(slot=house.bench.slot(timedelta(days=3)))
    other = await member_of(house.desk, "acme", "mia")
    await house.bench.awake_until(made.slot.starts_at)

    ours = await seen(house, scene.actor.workspace_id)
    theirs = await seen(house, other.workspace_id)

    assert ["lapsed", "permitted", "server added"] == ours.column("What was done", "Act")
    assert "Nothing yet." in theirs.words


async def test_looking_changes_nothing(house: WebHouse) -> None:
    await two_workspaces(house)
    before = await house.desk.read(everything)
    for method in ("GET", "HEAD"):
        assert 200 == (await house.get(path(house), method)).status
    assert before == await house.desk.read(everything)
    assert 405 == (await house.post(path(house))).status


async def test_any_other_link_opens_nothing(house: WebHouse) -> None:
    links, here = house.desk.links, house.bench.scene.actor.workspace_id
    made = await house.bench.reserve()
    good = links.token(Purpose.OPERATORS, 0)
    wrong = [
        "nonsense",
        f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}",
        good.replace("0-0", f"{here:x}-0", 1),
        links.token(Purpose.OPERATORS, 0, 1),
        links.token(Purpose.OPERATORS, here + 1000),
        *(links.token(one, made.id) for one in Purpose if one is not Purpose.OPERATORS),
        *(links.token(one, 0) for one in Purpose if one is not Purpose.OPERATORS),
    ]
    answers = [await house.get(f"/operators/{token}") for token in wrong]
    assert {404} == {answer.status for answer in answers}
    assert all("There is nothing here" in answer.words for answer in answers)


async def test_the_page_says_as_all_do_that_nothing_of_it_is_kept_or_run(house: WebHouse) -> None:
    answer = await house.get(path(house))
    assert "no-store" == answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert 421 == (await house.get(path(house), Host="evil.example")).status


def test_the_command_line_gives_the_link(tmp_path: Path) -> None:
    code, printed = start(tmp_path, "operators-link", public_url=f"{PUBLIC}/slots/")
    again = start(tmp_path, "operators-link", public_url=f"{PUBLIC}/slots/")
    assert re.fullmatch(rf"{PUBLIC}/slots/operators/0-0-[\w-]+\n", printed)
    assert (0, printed) == (code, again[1])


def test_the_command_line_says_what_is_missing(tmp_path: Path) -> None:
    code, printed = start(tmp_path, "operators-link")
    assert 2 == code
    assert "CALLBOARD_PUBLIC_URL" in printed
    assert "Traceback" not in printed
