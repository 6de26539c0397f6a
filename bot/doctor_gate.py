"""What the doctor looks at in each streaming server: whether it asks, and can be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.findings import BROKEN, MISSING, WORKS, Finding
from bot.settings import Settings
from bot.wiring_gate import control_of
from core.access.vault import SealBrokenError, Vault
from core.gate.control import ControlError
from core.model.gate import ControlAddress
from core.model.server import Server, ServerKind
from core.store.database import Database
from core.store.openings import Openings
from core.store.servers import Servers

_PASTE = "callboard server lines {name} prints what to put into its configuration"
_CONTROL = "say where: callboard server change {name} control=http://…"


async def gate_findings(database: Database, vault: Vault, settings: Settings) -> list[Finding]:
    """Look at every server that asks the gate."""
    with database.reading(patience=2) as connection:
        store, openings = Servers(connection, vault), Openings(connection, vault)
        try:
            servers = [
                (one, store.control(one.id), openings.asked_at(one.id))
                for one in store.gated()
                if not one.retired
            ]
        except SealBrokenError as error:
            return [Finding(BROKEN, "credentials of a control interface", str(error))]
    return [
        finding
        for server, control, asked_at in servers
        async for finding in _findings(server, control, asked_at, settings)
    ]


async def _findings(
    server: Server, control: ControlAddress | None, asked_at: datetime | None, settings: Settings
) -> AsyncIterator[Finding]:
    name = f"“{server.name}”" if " " in server.name else server.name
    if server.kind is ServerKind.NGINX_RTMP and settings.gate.startswith("https:"):
        how = "set CALLBOARD_GATE_URL to an http:// address that nginx reaches"
        yield Finding(BROKEN, f"{server.name}: nginx-rtmp asks over http:// alone", how)
    if asked_at is None:
        yield Finding(MISSING, f"{server.name} has never asked the gate", _PASTE.format(name=name))
    else:
        yield Finding(WORKS, f"{server.name} asked the gate last at {asked_at:%Y-%m-%d %H:%M} UTC")
    if control is None:
        what = f"{server.name}: running connections cannot be ended"
        yield Finding(MISSING, what, _CONTROL.format(name=name))
    else:
        yield await _tried(server, control)


async def _tried(server: Server, address: ControlAddress) -> Finding:
    """Really ask for the connections."""
    control = control_of(server.kind, address)
    try:
        running = await control.running()
    except ControlError as error:
        return Finding(BROKEN, f"{server.name}: control interface at {address.url}", str(error))
    finally:
        await control.close()
    return Finding(WORKS, f"{server.name}: control interface, {len(running)} connections")
