"""Loading what a decision needs, and deciding; the server is locked by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.policy.load import busy_interval
from core.policy.permit import decide, search_window
from core.policy.quota import quota_window
from core.policy.reasons import Deny, Permit, Taken
from core.store.store import Store


def decide_slot(  # noqa: PLR0913 - what is wanted, where, by whom, and in place of what
    store: Store,
    server: Server,
    slot: Slot,
    *,
    viewers: int,
    holder_id: int,
    but: int = 0,
    judged_at: datetime | None = None,
) -> Permit | Deny:
    """Decide on a slot; `but` is the reservation that it would replace.

    `judged_at` stands for now where a slot is held against the clock as of an earlier moment.

    Only what overlaps the slot is loaded at first: most requests are permitted. A denial is decided
    again with the weeks around it in view, so that its alternatives are real.
    """
    now = judged_at or store.now

    def decided(window: Slot) -> Permit | Deny:
        around = load_around(store, server, window, holder_id=holder_id, but=but)
        return decide(
            slot,
            viewers=viewers,
            server=server,
            blackouts=around.blackouts,
            taken=around.taken,
            held=around.held,
            now=now,
        )

    first = decided(busy_interval(slot, server.rules))
    if isinstance(first, Permit):
        return first
    return decided(search_window(slot, server.rules, now))


@dataclass(frozen=True, slots=True)
class Around:
    """What stands on a server in a stretch of time."""

    blackouts: tuple[Blackout, ...]
    taken: tuple[Taken, ...]
    held: tuple[Slot, ...]


def load_around(
    store: Store, server: Server, window: Slot, *, holder_id: int, but: int = 0
) -> Around:
    """Load what a decision or a search within a stretch of time must know."""
    longest = store.servers.longest_busy(server.id) + timedelta(seconds=1)
    held: tuple[Slot, ...] = ()
    if server.rules.quotas:
        whole = quota_window(window, server)
        held = store.reservations.held_by(holder_id, server.id, whole, but=but)
    return Around(
        blackouts=store.servers.blackouts(server.id, window),
        taken=store.reservations.taken_around(server.id, window, longest, but=but),
        held=held,
    )
