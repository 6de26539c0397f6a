"""Reservations → calendars that people subscribe to, or add one entry from (RFC 5545, RFC 7986).

An entry has the UID and the SEQUENCE of those in the mails, so that a calendar program that was
given both shows one, in its newest form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText

from core.model.recipient import Told
from core.model.reservation import Facts
from core.model.slot import Slot
from core.notices.as_ics import calendar_link, description_of, status_of
from core.notices.said import shortened
from core.notices.words import TITLE_LIMIT, is_web

_PRODUCT = "-//Callboard//Callboard//EN"
_NAME_LIMIT = 120
_REFRESH = timedelta(hours=1)
_REFRESH_TEXT = "PT1H"
# many calendars do not show the STATUS of what they subscribe to at all
_MARKS = {Told.PROVISIONAL: "Provisional: ", Told.CANCELLED: "Cancelled: "}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A reservation as it stands in a calendar.

    `revision` is its SEQUENCE; `made_at`, when that revision was made, its DTSTAMP. `link` is the
    one that all share, "" where there is no web: calendars are shared, so no other may stand there.
    """

    uid: str
    revision: int
    made_at: datetime
    level: Told
    facts: Facts
    code: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class BusyEntry:
    """A slot that is taken, and no more; `uid` says nothing of whose it is."""

    uid: str
    revision: int
    made_at: datetime
    slot: Slot
    level: Told


def feed(name: str, entries: Iterable[FeedEntry]) -> bytes:
    """Make the calendar that is subscribed to: CRLF, folded, UTF-8.

    No user name, passcode, stream key, playback address or personal link is ever in it.
    """
    return _calendar(name, [_event(entry) for entry in entries])


def busy_feed(name: str, entries: Iterable[BusyEntry]) -> bytes:
    """Make the calendar that says when a server is busy, and nothing else."""
    return _calendar(name, [_busy_event(entry) for entry in entries])


def single_entry(entry: FeedEntry) -> bytes:
    """Make a calendar with one entry, for whoever adds it to their own."""
    calendar = _published()
    calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _published() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    return calendar


def _calendar(name: str, events: Iterable[Event]) -> bytes:
    calendar = _published()
    title = vText(shortened(name, _NAME_LIMIT))
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH_TEXT)  # the same, for Outlook
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(entry: FeedEntry) -> Event:
    facts = entry.facts
    event = _dated(entry, facts.slot)
    title = shortened(facts.title, TITLE_LIMIT)
    event.add("summary", f"{_MARKS.get(entry.level, '')}{title}")
    event.add("location", shortened(facts.server_name, TITLE_LIMIT))
    link = _shared_link(entry)
    event.add("description", description_of(facts, entry.level, entry.code, link))
    if link:
        event.add("url", link)
    return event


def _busy_event(entry: BusyEntry) -> Event:
    event = _dated(entry, entry.slot)
    event.add("summary", "Busy")
    return event


def _dated(entry: FeedEntry | BusyEntry, slot: Slot) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.revision)
    event.add("dtstamp", entry.made_at.astimezone(UTC))
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("status", status_of(entry.level))
    event.add("transp", "OPAQUE" if entry.level.expects else "TRANSPARENT")
    return event


def _shared_link(entry: FeedEntry) -> str:
    link = calendar_link(entry.link) if entry.level.expects else ""
    return link if is_web(link) else ""
