"""One notice → its calendar part: the entry appears, moves and disappears in place (RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from core.model.recipient import Told
from core.model.reservation import Facts
from core.notices.notice import AUDIENCE_KINDS, Notice, NoticeKind
from core.notices.said import cleaned, cleaned_lines, shortened
from core.notices.times import instant_words
from core.notices.words import TITLE_LIMIT, is_web

_PRODUCT = "-//Callboard//Callboard//EN"
_NAME_LIMIT = 120
# RFC 6868 would write the first two with a caret, and readers that do not know it show that;
# some readers take a backslash for an escape where none can be
_NAME_STAND_INS = str.maketrans({'"': "'", "^": "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "\\": "/"})
# of RFC 6068 section 2, without what a calendar would read as its own
_ADDRESS_SAFE = "@!$'*+-._~"


class Method(StrEnum):
    """What a calendar is asked to do with the entry (RFC 5546 section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox in a calendar: its `mailto:` URI, and a name or ""."""

    uri: str
    name: str


def method_of(notice: Notice) -> Method | None:
    """Say what a notice asks of a calendar; None where it carries no entry.

    Reminders, stream keys and reports change nothing in a calendar, so they carry none; nor does
    the question why nobody publishes.
    """
    match notice.kind:
        case (
            NoticeKind.REMINDER
            | NoticeKind.DEADLINE
            | NoticeKind.STREAM_KEY
            | NoticeKind.REPORT
            | NoticeKind.NO_SHOW
        ):
            return None
        case _:
            return Method.REQUEST if notice.level.expects else Method.CANCEL


def mailto(address: str) -> str:
    """Make the URI of a mailbox (RFC 6068)."""
    return f"mailto:{mailbox_path(address)}"


def mailbox_path(address: str) -> str:
    """Write an address as it stands in such a URI."""
    return quote(address, safe=_ADDRESS_SAFE)


def calendar_name(name: str) -> str:
    """Make a name fit for a calendar: no quotation marks, and no escapes that only some know."""
    return shortened(name, _NAME_LIMIT).translate(_NAME_STAND_INS)


def calendar_link(url: str) -> str:
    """Make a link fit for a calendar, where commas and semicolons would have to be escaped."""
    return url.replace(",", "%2C").replace(";", "%3B")


def calendar_part(notice: Notice, *, organizer: Mailbox, attendee: Mailbox, link: str) -> bytes:
    """Make the calendar object for one recipient: CRLF, folded, UTF-8.

    `link` may stand in calendars, which are shared: it opens nothing by itself; without one the
    playback address stands there. No user name, passcode, stream key or personal link is ever in
    it. Raises `ValueError` for a notice that carries no entry.
    """
    method = method_of(notice)
    if method is None:
        raise ValueError(f"a {notice.kind} carries no calendar entry")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method.value)
    event = Event()
    event.add("uid", notice.uid)
    event.add("sequence", notice.revision)
    event.add("dtstamp", notice.made_at.astimezone(UTC))
    event.add("dtstart", notice.facts.slot.starts_at.astimezone(UTC))
    event.add("dtend", notice.facts.slot.ends_at.astimezone(UTC))
    event.add("status", status_of(notice.level))
    event.add("transp", "OPAQUE")
    event.add("summary", _summary(notice))
    event.add("location", shortened(notice.facts.server_name, TITLE_LIMIT))
    watch = (link or notice.facts.watch_url) if notice.level.expects else ""
    event.add("description", description_of(notice.facts, notice.level, notice.code, watch))
    if is_web(watch):
        event.add("url", watch)
    event.add("organizer", _organizer(organizer))
    event.add("attendee", _attendee(attendee, notice))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _organizer(organizer: Mailbox) -> vCalAddress:
    mailbox = vCalAddress(organizer.uri)
    mailbox.params["CN"] = calendar_name(organizer.name)
    return mailbox


def _attendee(attendee: Mailbox, notice: Notice) -> vCalAddress:
    """Make the one attendee: the audience is invited, the holder asked for the slot."""
    mailbox = vCalAddress(attendee.uri)
    if attendee.name:
        mailbox.params["CN"] = calendar_name(attendee.name)
    mailbox.params["CUTYPE"] = "INDIVIDUAL"
    mailbox.params["ROLE"] = "REQ-PARTICIPANT"
    mailbox.params["PARTSTAT"] = "NEEDS-ACTION" if notice.kind in AUDIENCE_KINDS else "ACCEPTED"
    mailbox.params["RSVP"] = "FALSE"
    return mailbox


def status_of(level: Told) -> str:
    """Say how an entry stands (RFC 5545 section 3.8.1.11)."""
    match level:
        case Told.PROVISIONAL:
            return "TENTATIVE"
        case Told.CONFIRMED:
            return "CONFIRMED"
        case Told.CANCELLED | Told.NOTHING:
            return "CANCELLED"


def _summary(notice: Notice) -> str:
    # many calendars do not show STATUS:TENTATIVE at all
    mark = "Provisional: " if notice.level is Told.PROVISIONAL else ""
    return mark + shortened(notice.facts.title, TITLE_LIMIT)


def description_of(facts: Facts, level: Told, code: str, watch: str) -> str:
    """Say in an entry what its readers need; `watch` is an address that opens nothing by itself."""
    lines: list[str] = []
    if level is Told.PROVISIONAL and facts.reconfirm_by is not None:
        deadline = instant_words(facts.reconfirm_by, ZoneInfo(facts.zone))
        lines += [f"Provisional: to be confirmed by {deadline}.", ""]
    if level.expects:
        lines += cleaned_lines(facts.description)
        lines += [""] if facts.description else []
        lines += [f"Watch: {cleaned(watch)}"] if watch else []
    lines.append(f"Host: {shortened(facts.holder_name, _NAME_LIMIT)}")
    lines.append(f"Reservation: {code}")
    return "\n".join(lines)
