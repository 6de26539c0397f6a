"""Short ways to write servers, slots and decisions in the tests of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.model.server import Blackout, OpeningHours, Rules, Server, ServerKind
from core.model.slot import Slot
from core.policy.permit import decide
from core.policy.reasons import Deny, Permit, Taken

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NOWHERE = ZoneInfo("UTC")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str, zone: ZoneInfo = NOWHERE, fold: int = 0) -> datetime:
    """Read `2026-06-02 20:00` on the zone's clock; without a date it is the day after NOW."""
    full = text if "-" in text else f"2026-06-02 {text}"
    return datetime.fromisoformat(full).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def a_slot(start: str, end: str, zone: ZoneInfo = NOWHERE) -> Slot:
    """Make a slot from two readings of a clock."""
    return Slot(at(start, zone), at(end, zone))


def busy(start: str, end: str, viewers: int = 0) -> Taken:
    """Make what a live reservation takes."""
    return Taken(a_slot(start, end), viewers)


def hours(weekday: int, opens: str, closes: str) -> OpeningHours:
    """Make opening hours of one weekday."""
    return OpeningHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))


def a_server(
    rules: Rules | None = None, zone: ZoneInfo = NOWHERE, *, retired: bool = False
) -> Server:
    """Make a server of one stream that is always open, or with the rules given."""
    return Server(
        1,
        "Main",
        ServerKind.LINK,
        zone,
        "https://live.example",
        rules=rules or Rules(),
        retired=retired,
    )


def ask(  # noqa: PLR0913 - a decision's facts, each by its name
    slot: Slot,
    rules: Rules | None = None,
    *,
    server: Server | None = None,
    viewers: int = 0,
    blackouts: Sequence[Blackout] = (),
    taken: Sequence[Taken] = (),
    held: Sequence[Slot] = (),
    now: datetime = NOW,
) -> Permit | Deny:
    """Decide with everything that a test does not speak of left at its simplest."""
    return decide(
        slot,
        viewers=viewers,
        server=server or a_server(rules),
        blackouts=blackouts,
        taken=taken,
        held=held,
        now=now,
    )


def reasons_of(decision: Permit | Deny) -> tuple[object, ...]:
    """Give the reasons of a denial, and none for a permit."""
    return decision.reasons if isinstance(decision, Deny) else ()
