"""`callboard deliveries`: what is in the outbox, what failed and why, for the operator."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from datetime import datetime

from bot.guarded import guarded
from bot.settings import load_settings
from bot.wiring import open_app
from core.access.credentials import read_code
from core.model.delivery import DeliveryState
from core.notices.contact_words import shown_address
from core.store.deliveries import Delivery
from core.store.store import Store

_MOST = 50
_SHOWN = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.FAILED,
    DeliveryState.BOUNCED,
)


def print_deliveries(code: str | None) -> int:
    """Print the outbox: of one reservation whole, else counts and what is open or failed."""
    return guarded(lambda: asyncio.run(_print(code)))


async def _print(code: str | None) -> int:
    async with open_app(load_settings(), roles=()) as app:
        if code is None:
            lines = await app.desk.read(_overview)
        else:
            lines = await app.desk.read(_of_reservation, code)
    for line in lines or [f"no reservation has the code {code}"]:
        sys.stdout.write(f"{line}\n")
    return 0 if lines else 1


def _overview(store: Store, _: datetime) -> list[str]:
    counts = store.deliveries.counts()
    total = ", ".join(
        f"{counts[state]} {state.value}" for state in DeliveryState if state in counts
    )
    return [total or "the outbox is empty", *_lines(store, store.deliveries.latest(_SHOWN, _MOST))]


def _of_reservation(store: Store, _: datetime, code: str) -> list[str]:
    reservation = store.reservations.by_code(read_code(code))
    if reservation is None:
        return []
    head = f"{reservation.code}  {reservation.status.value}, revision {reservation.revision}"
    return [head, *_lines(store, store.deliveries.of(reservation.id))]


def _lines(store: Store, deliveries: Iterable[Delivery]) -> list[str]:
    listed = list(deliveries)
    recipients = store.recipients.many([one.to for one in listed])
    codes = {
        one.id: one.code
        for one in store.reservations.many({d.reservation_id for d in listed}).values()
    }
    return [
        "  ".join(
            filter(
                None,
                (
                    f"{one.id:>6}",
                    codes[one.reservation_id],
                    f"{one.kind.value:<12}",
                    f"{one.state.value:<10}",
                    shown_address(recipients[one.to].contact) or "(erased)",
                    f"attempt {one.attempts}" if one.attempts else "",
                    one.reason,
                ),
            )
        )
        for one in listed
    ]
