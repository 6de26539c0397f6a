"""What programs ask of the desk: is it ready, and how is it doing? Its own people ask elsewhere.

Probes come by an address of their own, so that neither the site's name nor its headers matter here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import web

from bot.web.exposition import CONTENT_TYPE, exposition
from bot.web.loop_lag import LoopLag
from bot.web.metrics import (
    booking_families,
    database_family,
    desk_families,
    gate_family,
    loop_family,
    process_families,
)
from core.access.links import Purpose
from core.store.database import BusyError, NoDatabaseError
from core.store.desk import Desk
from core.usecases.operators import WHOLE_DESK, Bookings, Measures, Pulse, measure, pulses

log = logging.getLogger(__name__)

_PATIENCE = 2.0  # seconds that the database is given
_AWAY = (BusyError, NoDatabaseError, TimeoutError)
_NOT_KEPT = {"Cache-Control": "no-store"}
_PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def health_routes(desk: Desk, gate_counts: Mapping[str, int]) -> list[web.RouteDef]:
    """Give the routes of `/readyz` and `/metrics`; `gate_counts` is what the gate has answered."""
    ready, metrics = _Ready(desk), _Metrics(desk, gate_counts, Bookings(desk.now()))
    return [web.get("/readyz", ready.handle), web.get("/metrics", metrics.handle)]


@dataclass(frozen=True, slots=True)
class _Ready:
    """Whether the desk does what it is there for, judged by what is written in the database.

    So it is the same whichever process is asked, and however the parts are spread.
    """

    desk: Desk

    async def handle(self, _: web.Request) -> web.Response:
        """List the parts; 503 where one of them is not at work."""
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self.desk.read(pulses)
        except _AWAY as error:
            log.warning("ready.no_database", extra={"reason": str(error)})
            return _listed(["database away"], status=503)
        lines = ["database ok", *(f"{pulse.name} {_how(pulse)}" for pulse in found)]
        return _listed(lines, status=200 if all(pulse.beats for pulse in found) else 503)


@dataclass
class _Metrics:
    """The figures. What was booked is counted on from one look to the next, as it is audited."""

    desk: Desk
    gate_counts: Mapping[str, int]
    bookings: Bookings
    loop_lag: LoopLag = field(default_factory=LoopLag)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def handle(self, request: web.Request) -> web.Response:
        """Give them to our own network, and to whoever has the operators' link."""
        if not (_is_near(request) or self._has_link(request)):
            raise web.HTTPNotFound
        self.loop_lag.start()
        found = await self._measured()
        families = [
            database_family(up=found is not None),
            *(desk_families(found) if found is not None else ()),
            *booking_families(self.bookings),
            gate_family(self.gate_counts),
            loop_family(self.loop_lag),
            *await asyncio.to_thread(process_families),
        ]
        headers = _NOT_KEPT | {"Content-Type": CONTENT_TYPE}
        return web.Response(body=exposition(families).encode(), headers=headers)

    async def _measured(self) -> Measures | None:
        try:
            async with asyncio.timeout(_PATIENCE), self._one_at_a_time:
                found = await self.desk.read(measure, self.bookings)
                self.bookings = found.bookings
        except _AWAY as error:
            log.warning("metrics.no_database", extra={"reason": str(error)})
            return None
        return found

    def _has_link(self, request: web.Request) -> bool:
        claim = self.desk.links.read(Purpose.OPERATORS, request.query.get("token", ""))
        return claim is not None and (claim.reservation_id, claim.number) == (WHOLE_DESK, 0)


def _is_near(request: web.Request) -> bool:
    """Tell whether somebody in our own network asks, and no proxy for somebody from outside."""
    if any(name in request.headers for name in _PROXIED):
        return False
    try:
        return ip_address(request.remote or "").is_private
    except ValueError:
        return False


def _how(pulse: Pulse) -> str:
    if pulse.age is None:
        return "has never run"
    state = "ok" if pulse.beats else "late"
    return f"{state}, {pulse.age.total_seconds():.0f} s ago"


def _listed(lines: Sequence[str], status: int) -> web.Response:
    text = "".join(f"{line}\n" for line in lines)
    return web.Response(text=text, status=status, headers=_NOT_KEPT)
