"""Words that many answers share: counts, times in two zones, statuses, policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.form.fields import CREDENTIAL_WORDS, POLICY_WORDS
from bot.form.instants import instants
from bot.form.length import say_length
from bot.form.zones import Place
from core.model.prose import At, During, Line, Literal, Said
from core.model.recipient import Contact, RouteName
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation, Status
from core.model.server import Server
from core.model.slot import Slot
from core.notices.contact_words import shown_address
from core.notices.times import length_words, slot_words
from core.notices.words import Row

STATUS_WORDS = {
    Status.PERMITTED: "to be reconfirmed",
    Status.CONFIRMED: "confirmed",
    Status.LAPSED: "lapsed",
    Status.CANCELLED: "cancelled",
    Status.OVER: "over",
}
# as the form takes them
POLICY_NAMES: dict[NotificationPolicy, str] = {mode: word for word, mode in POLICY_WORDS.items()}
CREDENTIAL_NAMES: dict[CredentialMode, str] = {
    mode: word for word, mode in CREDENTIAL_WORDS.items()
}

POLICY_SAID = {
    NotificationPolicy.ON_PERMIT: "at once",
    NotificationPolicy.ON_RECONFIRM: "when reconfirmed",
    NotificationPolicy.BOTH: "at once, as provisional, and when reconfirmed",
}


def counted(figure: int, one: str = "recipient", several: str = "") -> str:
    """Count something: `1 recipient`, `1,204 recipients`."""
    return f"{figure:,} {one if figure == 1 else several or f'{one}s'}"


def contact_line(contact: Contact) -> Line:
    """Name a contact: a mail address with its name, a chat's channel or person by its name."""
    if contact.route is not RouteName.EMAIL:
        return (Said(shown_address(contact)),)
    name: Line = (" ", Said(contact.name)) if contact.name else ()
    return (Literal(contact.address), *name)


def slot_rows(slot: Slot, zone: ZoneInfo, server: Server | None) -> tuple[Row, ...]:
    """Say when a slot is: in the reader's zone, and in the server's where its clocks differ."""
    rows = [Row("When", (During(slot),)), Row("Length", (length_words(slot.length),))]
    if server is not None:
        if _clocks_differ(slot, zone, server.zone):
            rows.insert(1, Row("There", (str(slot_words(slot, server.zone)),)))
        rows.append(Row("Server", (Said(server.name),)))
    return tuple(rows)


def _clocks_differ(slot: Slot, one: ZoneInfo, other: ZoneInfo) -> bool:
    return any(
        instant.astimezone(one).utcoffset() != instant.astimezone(other).utcoffset()
        for instant in (slot.starts_at, slot.ends_at)
    )


def status_line(reservation: Reservation) -> Line:
    """Say where a reservation is in its life, with the deadline while there is one to meet."""
    word = STATUS_WORDS[reservation.status]
    if reservation.status is Status.PERMITTED and reservation.reconfirm_by is not None:
        return (f"{word} by ", At(reservation.reconfirm_by))
    return (word,)


def reminders_words(reminders: Sequence[timedelta]) -> str:
    """Say when the audience is reminded: `24 h and 15 min before`."""
    if not reminders:
        return "none"
    *most, last = (say_length(lead) for lead in reminders)
    return f"{', '.join(most)} and {last} before" if most else f"{last} before"


def type_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant to be typed into a form: in the reader's zone, and with one meaning only."""
    local = instant.astimezone(zone).replace(tzinfo=None)
    if len(instants(local, Place(zone))) == 1:
        return f"{local:%Y-%m-%d %H:%M}"
    return instant.astimezone(zone).isoformat(timespec="minutes")
