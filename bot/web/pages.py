"""Every page of the site, in one list."""

from __future__ import annotations

from aiohttp import web

from bot.web.feeds import feed_routes
from bot.web.holder import holder_routes
from bot.web.join import join_routes
from bot.web.operators import operator_routes
from bot.web.rendering import static_file
from bot.web.schedule import schedule_routes
from bot.web.site import NoSuchPageError, Site
from bot.web.stop import stop_routes


def site_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of all pages."""
    return [
        *site.routes("GET", "/static/{digest}/{name}", _static),
        *join_routes(site),
        *holder_routes(site),
        *stop_routes(site),
        *schedule_routes(site),
        *feed_routes(site),
        *operator_routes(site),
    ]


async def _static(request: web.Request) -> web.Response:
    """Give a file beside the pages; its address changes with it, so browsers may keep it."""
    found = static_file(request.match_info["name"])
    if found is None:
        raise NoSuchPageError
    return found
