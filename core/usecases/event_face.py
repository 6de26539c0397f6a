"""What a scheduled event says of a reservation to everybody in a guild."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from core.access.links import Purpose
from core.model.reservation import Facts, Reservation
from core.notices.as_discord_markup import escaped, stacked, units
from core.notices.said import cleaned_lines, shortened
from core.notices.words import is_web
from core.policy.events import EventFace, is_provisional, marker_of
from core.store.store import Store

# bounds of Discord's ("Guild Scheduled Event" in its documentation), with room for our own words
_NAME, _DESCRIPTION, _LOCATION = 100, 1000, 100
_OWN_WORDS = 100
_PROVISIONAL = "Provisional: "
_HIDDEN = "•••"


def event_face(store: Store, reservation: Reservation, facts: Facts) -> EventFace:
    """Say what everybody in a guild may read of a reservation: no credential and no personal link.

    A credential that the holder wrote into their own words is taken out of them.
    """
    secrets = store.reservations.secrets(reservation.id)
    hidden = [secret for secret in (secrets.passcode, secrets.stream_key) if secret]

    def open_to_all(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, _HIDDEN)
        return text

    provisional = is_provisional(reservation)
    title = open_to_all(facts.title)
    told = cleaned_lines(open_to_all(facts.description))
    return EventFace(
        name=_within(f"{_PROVISIONAL if provisional else ''}{title}", _NAME),
        description=_description(told, reservation.code, provisional=provisional),
        location=_location(store, reservation, facts, hidden),
        slot=facts.slot,
    )


def _description(told: Iterable[str], code: str, *, provisional: bool) -> str:
    """Put the holder's own words, inert, above ours; the last line is the marker."""
    marker = marker_of(code)
    first = ["It is still to be confirmed."] if provisional else []
    words = stacked([*first, *map(escaped, told)], _DESCRIPTION - _OWN_WORDS)
    return f"{words}\n\n{marker}" if words.strip() else marker


def _location(store: Store, reservation: Reservation, facts: Facts, hidden: list[str]) -> str:
    """Say where it is to be found: a page of ours, else the player's address, else the server."""
    slot_link = store.links.make(Purpose.SLOT, reservation.id)
    for url in (slot_link, facts.watch_url):
        if is_web(url) and _fits(url) and not any(secret in url for secret in hidden):
            return url
    return _within(facts.server_name, _LOCATION)


def _fits(url: str) -> bool:
    return units(url) <= _LOCATION and "@" not in urlsplit(url).netloc


def _within(text: str, limit: int) -> str:
    """Make one line of at most so many UTF-16 code units, with an ellipsis where it was longer."""
    line, size = shortened(text, limit), limit
    while units(line) > limit:
        size -= units(line) - limit
        line = shortened(text, max(size, 1))
    return line or "–"
