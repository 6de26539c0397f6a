"""The schedule pages: a week of all servers, of one, or of a workspace with its own titles."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from markupsafe import Markup

from bot.web.brief import Brief
from bot.web.site import NoSuchPageError, Site
from bot.web.time_line import Block, Closed, Lane, Mark, stacked, time_line
from core.access.links import Purpose
from core.model.server import Blackout
from core.model.slot import Slot
from core.notices.said import shortened
from core.notices.times import day_words, slot_words
from core.usecases.schedule import (
    Busy,
    Schedule,
    ServerWeek,
    Week,
    schedule_of_all,
    schedule_of_one,
    schedule_of_workspace,
)

_LONGEST_NUMBER = 18  # digits that every database takes for a row's number
_STEP = timedelta(minutes=15)  # clocks are set forward and back by no less
_LABELLED, _QUARTERS = 3, 6  # hours
_MOST_EMPTY_ROWS = 4
_LABEL_LIMIT = 60
_NAME_LIMIT = 16  # beside a lane; the list has all of it
_BUSY, _BLACKOUT = "Busy", "Blackout"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list beneath the picture; `badge` is its words and its colour."""

    when: str
    what: str
    badge: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """What is on one server, as a list."""

    name: str
    zone: str
    path: str
    lines: tuple[Line, ...]


def schedule_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the schedule pages."""
    pages = _SchedulePages(site)
    return [
        *site.routes("GET", "/", pages.front),
        *site.routes("GET", "/schedule", pages.all_servers),
        *site.routes("GET", "/schedule/{server:[0-9]+}", pages.one_server),
        *site.routes("GET", f"/{Purpose.SCHEDULE}/{{token}}", pages.mine),
    ]


def server_number(request: web.Request) -> int:
    """Read a server's number in an address; raises `NoSuchPageError` for one too long to be one."""
    text = request.match_info["server"]
    if len(text) > _LONGEST_NUMBER:
        raise NoSuchPageError
    return int(text)


class _SchedulePages:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._drawn: Brief[str] = Brief(site.brief)

    async def front(self, _: web.Request) -> web.Response:
        """Lead whoever comes without a link to what everybody may see."""
        return web.Response(status=302, headers={"Location": f"{self._site.known.base}/schedule"})

    async def all_servers(self, request: web.Request) -> web.Response:
        """Show when which server is busy."""
        week = _wanted(request)

        async def draw() -> str:
            seen = await self._site.desk.read(schedule_of_all, week)
            return await to_thread(self._html, seen, "Schedule")

        return self._site.html(await self._drawn.get(week, draw))

    async def one_server(self, request: web.Request) -> web.Response:
        """Show when one server is busy, day by day."""
        number = server_number(request)
        week = _wanted(request)

        async def draw() -> str:
            seen = await self._site.desk.read(schedule_of_one, number, week)
            if seen is None:
                raise NoSuchPageError
            feed = f"/feed/server/{number}.ics"
            return await to_thread(self._html, seen, seen.servers[0].server.name, feed)

        return self._site.html(await self._drawn.get((number, week), draw))

    async def mine(self, request: web.Request) -> web.Response:
        """Show a workspace its servers, with the titles of what is its own."""
        claim = self._site.claim(request, Purpose.SCHEDULE)
        if claim.number:
            raise NoSuchPageError
        seen = await self._site.desk.read(
            schedule_of_workspace, claim.reservation_id, _wanted(request)
        )
        if seen is None:
            raise NoSuchPageError
        name = f"Schedule of {seen.workspace}"
        return self._site.html(await to_thread(self._html, seen, name))

    def _html(self, seen: Schedule, heading: str, feed: str = "") -> str:
        """Draw a page, beside the loop: a full week takes long, and others wait for answers."""
        values = _values(seen, heading, each_day=bool(feed)) | {"feed": feed}
        return self._site.rendering.page("schedule.html", values)


def _wanted(request: web.Request) -> Week | None:
    return Week.read(request.query.get("week", ""))


def _values(seen: Schedule, heading: str, *, each_day: bool) -> dict[str, object]:
    days = seen.week.days(seen.zone)
    first, last = (day_words(day.starts_at, seen.zone) for day in (days[0], days[-1]))
    lanes = [lane for one in seen.servers for lane in (_days(one) if each_day else _whole(one))]
    return {
        "heading": heading,
        "seen": seen,
        "span": f"{first} to {last}",
        "before": _linked(seen.week.moved(-1)),
        "after": _linked(seen.week.moved(1)),
        "zones": {str(one.server.zone) for one in seen.servers},
        "picture": _picture(seen, heading, f"{first} to {last}", lanes) if lanes else Markup(),
        "listed": [_listed(one) for one in seen.servers],
        "each_day": each_day,
        "feed": "",
    }


def _linked(week: Week) -> str:
    """Give a week as its link has it, or "" where the schedule ends."""
    return str(week) if Week.read(str(week)) else ""


def _picture(seen: Schedule, heading: str, span: str, lanes: list[Lane]) -> Markup:
    slots = [busy for one in seen.servers for busy in one.busy]
    provisional = sum(not busy.certain for busy in slots)
    closed = sum(len(one.blackouts) for one in seen.servers)
    about = (
        f"Slots taken: {len(slots)}, of which provisional: {provisional}."
        f" Blackouts: {closed}. The list below says the same."
    )
    return time_line(f"{shortened(heading, _LABEL_LIMIT)}, {span}", about, lanes, seen.at)


def _whole(one: ServerWeek) -> Iterator[Lane]:
    """Make one lane of a server's whole week."""
    zone, window = one.server.zone, one.window
    days = [Mark(day.starts_at, _short_day(day, one)) for day in one.days]
    hours = [Mark(at) for at, hour in _hours(window, one) if hour and not hour % _QUARTERS]
    name = shortened(one.server.name, _NAME_LIMIT)
    yield _lane(one, window, name, (*days, *hours), str(zone))


def _days(one: ServerWeek) -> Iterator[Lane]:
    """Make a lane of each day of a server's week."""
    for day in one.days:
        marks = [
            Mark(at, "" if hour % _LABELLED else f"{hour:02d}:00") for at, hour in _hours(day, one)
        ]
        yield _lane(one, day, _short_day(day, one), tuple(marks))


def _lane(one: ServerWeek, span: Slot, label: str, marks: tuple[Mark, ...], note: str = "") -> Lane:
    rows = stacked([busy.around for busy in one.busy])
    blocks = tuple(
        Block(busy.slot, busy.around, busy.certain, _what(busy), _words(busy, one), row)
        for busy, row in zip(one.busy, rows, strict=True)
        if busy.around.overlaps(span)
    )
    closed = tuple(
        Closed(blackout.slot, f"{_span(blackout.slot, one)}: {_BLACKOUT}")
        for blackout in one.blackouts
        if blackout.slot.overlaps(span)
    )
    streams = min(one.server.rules.max_streams, _MOST_EMPTY_ROWS)
    return Lane(label, span, note, marks, blocks, closed, max(streams, 1 + max(rows, default=0)))


def _hours(span: Slot, one: ServerWeek) -> Iterator[tuple[datetime, int]]:
    """Give each full hour that the server's clock shows, as often as it shows it."""
    at = span.starts_at
    while at < span.ends_at:
        local = at.astimezone(one.server.zone)
        if not local.minute:
            yield at, local.hour
        at += _STEP


def _listed(one: ServerWeek) -> Listed:
    """Write what is on a server, soonest first."""
    taken = [
        (busy.slot, Line(_span(busy.slot, one), _what(busy), _badge(busy))) for busy in one.busy
    ]
    closed = [(blackout.slot, _closed_line(blackout, one)) for blackout in one.blackouts]
    lines = [line for _, line in sorted([*taken, *closed], key=lambda pair: pair[0])]
    return Listed(one.server.name, str(one.server.zone), f"/schedule/{one.server.id}", tuple(lines))


def _closed_line(blackout: Blackout, one: ServerWeek) -> Line:
    return Line(_span(blackout.slot, one), _BLACKOUT, ("Not to be reserved", ""))


def _span(slot: Slot, one: ServerWeek) -> str:
    return slot_words(slot, one.server.zone).span


def _short_day(day: Slot, one: ServerWeek) -> str:
    return day_words(day.starts_at, one.server.zone).rpartition(" ")[0]


def _what(busy: Busy) -> str:
    return shortened(busy.title, _LABEL_LIMIT) or _BUSY


def _badge(busy: Busy) -> tuple[str, str]:
    return ("Confirmed", "good") if busy.certain else ("Provisional", "wait")


def _words(busy: Busy, one: ServerWeek) -> str:
    return f"{_span(busy.slot, one)}: {_what(busy)}, {_badge(busy)[0].lower()}"
