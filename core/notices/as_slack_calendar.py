"""A reservation as a link that opens a calendar with the entry filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from core.model.recipient import Told
from core.notices.notice import Notice, Personal
from core.notices.said import cleaned_lines, shortened
from core.notices.words import is_web

_TEMPLATE = "https://calendar.google.com/calendar/render"
_LIMIT = 3_000  # of a button's link
# of title and description, the first pair that fits: a letter may take twelve characters of a link
_LIMITS = ((120, 800), (120, 400), (120, 150), (60, 150), (60, 0))


def calendar_link(notice: Notice, personal: Personal) -> str:
    """Make the link; no passcode and no personal link is ever in it, as calendars are shared."""
    watch_url = notice.facts.watch_url
    place = personal.slot_link or (watch_url if is_web(watch_url) else "")
    for title, text in _LIMITS:
        made = _made(notice, place, title, text)
        if len(made) <= _LIMIT:
            return made
    return _made(notice, "", *_LIMITS[-1])


def _made(notice: Notice, place: str, title_limit: int, text_limit: int) -> str:
    facts = notice.facts
    prefix = "Provisional: " if notice.level is Told.PROVISIONAL else ""
    description = "\n".join(cleaned_lines(facts.description))
    text = description[:text_limit].rstrip()
    if text and len(text) < len(description):
        text += "…"
    given = {
        "action": "TEMPLATE",
        "text": prefix + shortened(facts.title, title_limit),
        "dates": f"{_stamp(facts.slot.starts_at)}/{_stamp(facts.slot.ends_at)}",
        "details": "\n\n".join(part for part in (place, text) if part),
        "location": place,
    }
    return f"{_TEMPLATE}?{urlencode({name: value for name, value in given.items() if value})}"


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
