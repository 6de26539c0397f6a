"""What serves the web: pages, health, the gate, and what Slack hands in over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from bot.web.gate import gate_door
from bot.web.health import health_routes
from bot.web.pages import site_routes
from bot.web.server import serve
from bot.web.site import Known, Site
from bot.wiring import App
from bot.wiring_gate import DIALECTS


def web_parts(app: App, stop: asyncio.Event) -> list[Coroutine[None, None, None]]:
    """Begin serving what an app has for the web."""
    settings = app.settings
    site = Site(app.desk, Known(settings.public_url))
    slack = app.slack.routes if app.slack is not None else ()
    health = health_routes(app.desk, app.gate.counts)
    routes = [*site_routes(site), *health, *site.beside(slack)]
    doors = gate_door(app.gate, DIALECTS)
    return [
        serve(routes, doors, settings.http_host, settings.http_port, stop),
        app.gate.memory.run(stop),
    ]
