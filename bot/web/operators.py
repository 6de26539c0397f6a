"""The page of those who run the desk: what is on today, what waits, what failed, what was done."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from aiohttp import web

from bot.web.site import NoSuchPageError, Site
from core.access.links import Purpose
from core.model.recipient import RouteName
from core.model.reservation import Status
from core.notices.times import length_words
from core.store.meters import NEWEST, Act
from core.usecases.operators import WHOLE_DESK, Overview, Pulse, overview, reasons_of

ROUTES = {
    RouteName.EMAIL: "Mail",
    RouteName.SLACK: "Slack",
    RouteName.DISCORD: "Discord",
    RouteName.CONSOLE: "Console",
}
ACTS = {
    "permit": "permitted",
    "deny": "denied",
    "reconfirm": "reconfirmed",
    "change": "changed",
    "cancel": "cancelled",
    "lapsed": "lapsed",
    "no_show": "lapsed: nobody published",
    "over": "over",
    "erase": "addresses erased",
    "publish": "publisher admitted",
    "remind_me": "somebody asked to be reminded",
    "send_again": "sent again to those not told",
    "unsubscribe": "a recipient unsubscribed",
    "stop": "somebody in a chat unsubscribed",
    "outage": "the desk was down, and made up for it",
    "server_add": "server added",
    "server_change": "server changed",
    "blackout_add": "blackout added",
    "blackout_lift": "blackout lifted",
    "audience_add": "audience list added to",
    "audience_remove": "audience list taken from",
    "audience_drop": "audience list dropped",
    "link": "accounts linked",
    "unlink": "accounts unlinked",
    "slack_installed": "added to a Slack workspace",
    "slack_removed": "removed from a Slack workspace",
}
BADGES = {
    Status.PERMITTED: "wait",
    Status.CONFIRMED: "good",
    Status.LAPSED: "bad",
    Status.CANCELLED: "bad",
    Status.OVER: "calm",
}
_MINUTE = 60
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def operator_routes(site: Site) -> list[web.RouteDef]:
    """Give the route of the operators' page, which only shows."""
    page = _OperatorsPage(site)
    return site.routes("GET", f"/{Purpose.OPERATORS}/{{token}}", page.show)


class _OperatorsPage:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: web.Request) -> web.Response:
        """Show the whole desk, or as much of it as is one workspace's."""
        claim = self._site.claim(request, Purpose.OPERATORS)
        if claim.number:
            raise NoSuchPageError
        seen = await self._site.desk.read(overview, claim.reservation_id)
        if seen is None:
            raise NoSuchPageError
        return self._site.page("operators.html", _values(seen, claim.reservation_id))


def _values(seen: Overview, workspace_id: int) -> dict[str, object]:
    return {
        "seen": seen,
        "whole": workspace_id == WHOLE_DESK,
        "routes": ROUTES,
        "badges": BADGES,
        "acts": [(one.at, act_words(one), one.code) for one in seen.acts],
        "pulses": [(pulse, _pulse_words(pulse)) for pulse in seen.pulses],
        "newest": NEWEST,
        "ago": lambda at: _ago(at, seen.at),
    }


def act_words(act: Act) -> str:
    """Say in words what was done; a denial with its reasons."""
    words = ACTS.get(act.act) or act.act.replace("_", " ")
    reasons = reasons_of(act) if act.act == "deny" else ()
    named = ", ".join(_HUMP.sub(" ", reason).lower() for reason in reasons)
    return f"{words}: {named}" if named else words


def _pulse_words(pulse: Pulse) -> str:
    if pulse.beat_at is None:
        return "has never run"
    return "at work" if pulse.beats else "silent"


def _ago(at: datetime, now: datetime) -> str:
    """Say how long ago that was: to the second within a minute, to the minute later on."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s ago"
    return f"{length_words(timedelta(seconds=seconds - seconds % _MINUTE))} ago"
