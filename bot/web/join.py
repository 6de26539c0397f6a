"""The page behind a join link, and behind the one that all share: when, where, how to get in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from math import ceil
from urllib.parse import urlencode

from aiohttp import web

from bot.web.site import Handler, NoSuchPageError, Site
from core.access.links import Purpose
from core.model.recipient import Told
from core.notices.as_feed import FeedEntry, single_entry
from core.notices.said import shortened
from core.notices.times import length_words
from core.notices.words import TITLE_LIMIT
from core.usecases.visiting import Phase, Visit, visit

_CALENDAR = "slot.ics"
_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
# the badge of each phase, and its colour in callboard.css
_BADGES = {
    Phase.BEFORE: ("Confirmed", "good"),
    Phase.ON: ("On now", "good"),
    Phase.OVER: ("Over", ""),
    Phase.CANCELLED: ("Cancelled", "bad"),
    Phase.LAPSED: ("Lapsed", "bad"),
    Phase.REMOVED: ("Taken off the list", ""),
}
_PROVISIONAL = ("Provisional", "wait")
_PASSING = {Phase.BEFORE, Phase.ON}


def join_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the pages that show a reservation to its audience."""
    page = _JoinPage(site)
    made = []
    for purpose in (Purpose.JOIN, Purpose.SLOT):
        path = f"/{purpose}/{{token}}"
        made += site.routes("GET", path, page.handler(purpose, page.show))
        made += site.routes("GET", f"{path}/{_CALENDAR}", page.handler(purpose, page.calendar))
    return made


class _JoinPage:
    def __init__(self, site: Site) -> None:
        self._site = site

    def handler(
        self, purpose: Purpose, answer: Callable[[Visit, str, str], web.Response]
    ) -> Handler:
        """Let in whoever has a link; the answer is given the shared one, and the page's path."""

        async def handle(request: web.Request) -> web.Response:
            claim = self._site.claim(request, purpose)
            seen = await self._site.desk.read(visit, claim)
            if seen is None:
                raise NoSuchPageError
            shared = self._site.desk.links.make(Purpose.SLOT, claim.reservation_id)
            here = f"{self._site.known.base}/{purpose}/{request.match_info['token']}"
            return answer(seen, shared, here)

        return handle

    def show(self, seen: Visit, shared: str, here: str) -> web.Response:
        """Show when and where, and how to get in."""
        calendar = f"{here}/{_CALENDAR}"
        return self._site.page("join.html", {**_values(seen, shared), "calendar": calendar})

    def calendar(self, seen: Visit, shared: str, _: str) -> web.Response:
        """Give the entry that a calendar takes; it opens nothing by itself."""
        made = (seen.uid, seen.revision, seen.made_at)
        entry = FeedEntry(*made, seen.level, seen.facts, seen.code, shared)
        return web.Response(
            body=single_entry(entry),
            content_type="text/calendar",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{_CALENDAR}"'},
        )


def _values(seen: Visit, link: str) -> dict[str, object]:
    provisional = seen.phase is Phase.BEFORE and seen.level is Told.PROVISIONAL
    plays = seen.admission.playing if seen.admission else None
    return {
        "seen": seen,
        "provisional": provisional,
        "badge": _PROVISIONAL if provisional else _BADGES[seen.phase],
        "length": length_words(seen.facts.slot.length),
        "calendars": calendars(seen, link) if seen.phase is Phase.BEFORE else (),
        "media": plays.origin if plays else "",
        "mark": _mark(seen) if seen.phase in _PASSING else "",
        "turns_in": _turns_in(seen),
    }


def _turns_in(seen: Visit) -> int:
    """Count the seconds until the page is another by the clock alone."""
    slot = seen.facts.slot
    turns_at = slot.starts_at if seen.phase is Phase.BEFORE else slot.ends_at
    return ceil((turns_at - seen.at).total_seconds()) + 1


def _mark(seen: Visit) -> str:
    """Name what a page shows, its countdown aside: left open, it asks whether that is another.

    While it is on only what lets its reader in counts: nobody is interrupted for a word. It says
    nothing by itself, and is the same whichever process is asked.
    """
    way = seen.admission
    plays = way.playing.url if way and way.playing else ""
    opens = (way.watch_url, way.watch_user, way.passcode, plays) if way else ()
    before = seen.phase is Phase.BEFORE
    words = (seen.revision, seen.level.value, str(seen.moved_from)) if before else ()
    shows = (seen.phase.value, seen.facts.slot.ends_at.isoformat(), opens, words)
    return sha256(repr(shows).encode()).hexdigest()[:16]


def calendars(seen: Visit, link: str) -> tuple[tuple[str, str], ...]:
    """Give the calendars on the web that an entry can be put into, with the address that does.

    `link` may stand in calendars, which are shared. Google's and Microsoft's parameters are as
    their own "add to calendar" links have them.
    """
    slot, title = seen.facts.slot, shortened(seen.facts.title, TITLE_LIMIT)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_basic(slot.starts_at)}/{_basic(slot.ends_at)}",
        "details": link,
        "location": seen.facts.server_name,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": slot.starts_at.isoformat(timespec="seconds"),
        "enddt": slot.ends_at.isoformat(timespec="seconds"),
        "body": link,
        "location": seen.facts.server_name,
    }
    return (
        ("Google Calendar", f"{_GOOGLE}?{urlencode(google)}"),
        ("Outlook", f"{_OUTLOOK}?{urlencode(outlook)}"),
    )


def _basic(instant: datetime) -> str:
    """Write an instant in the basic format of ISO 8601, in UTC."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
