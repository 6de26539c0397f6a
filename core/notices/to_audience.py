"""The words of what the audience is told."""

from __future__ import annotations

from core.model.prose import At, Line, Link, Literal, Said, Strong
from core.model.recipient import Told
from core.notices.access_words import WATCHING, credential_rows
from core.notices.changes import changes_of
from core.notices.contact_words import shown_address
from core.notices.notice import Notice, NoticeKind, Personal
from core.notices.words import (
    Action,
    Mark,
    Row,
    Wording,
    address_span,
    described,
    is_web,
    mailbox_span,
    short_title,
    slot_rows,
)

_MARKS = {
    NoticeKind.ANNOUNCEMENT: Mark.INVITATION,
    NoticeKind.CONFIRMATION: Mark.CONFIRMED,
    NoticeKind.CHANGE: Mark.CHANGED,
    NoticeKind.CANCELLATION: Mark.CANCELLED,
    NoticeKind.REMINDER: Mark.REMINDER,
}
REMOVED = "removed"  # a CANCELLATION's `done` for one recipient taken off a reservation that stays


def audience_wording(notice: Notice, personal: Personal, stop: Line) -> Wording:
    """Word a notice for one of the audience; `stop` says how to stop it where no link does."""
    facts = notice.facts
    on = notice.level.expects
    return Wording(
        mark=_mark(notice),
        subject=_subject(notice),
        headline=(Said(facts.title),),
        intro=_intro(notice),
        changes=changes_of(notice) if on else (),
        facts=(*slot_rows(facts), *_watch_rows(notice, on=on)),
        access_title="To get in" if on and personal.passcode else "",
        access=watch_rows(personal) if on else (),
        access_note=WATCHING,
        description=described(facts) if on else (),
        actions=_actions(notice, personal) if on else (),
        closing=_closing(notice, personal, on=on),
        footer=_footer(notice, personal, stop),
    )


def watch_rows(personal: Personal) -> tuple[Row, ...]:
    """Say what opens the stream to a reader."""
    return credential_rows(personal.watch_user, personal.passcode, personal.player_url)


def _mark(notice: Notice) -> Mark:
    if notice.done == REMOVED:
        return Mark.REMOVED
    # that it is not yet certain matters more to the reader than what kind of news it is
    return Mark.PROVISIONAL if _provisional(notice) else _MARKS[notice.kind]


def _provisional(notice: Notice) -> bool:
    return notice.level is Told.PROVISIONAL and notice.kind is not NoticeKind.CANCELLATION


def _subject(notice: Notice) -> Line:
    kinds = {
        NoticeKind.ANNOUNCEMENT: "Live stream",
        NoticeKind.CONFIRMATION: "Confirmed",
        NoticeKind.CHANGE: "Changed",
        NoticeKind.CANCELLATION: "Cancelled",
        NoticeKind.REMINDER: "Reminder",
    }
    word = kinds[notice.kind]
    if notice.done == REMOVED:
        word = Mark.REMOVED.value
    if _provisional(notice):
        word = "Provisional" if word == "Live stream" else f"{word}, provisional"
    facts = notice.facts
    return (f"{word}: ", short_title(facts), ", ", At(facts.slot.starts_at))


def _intro(notice: Notice) -> tuple[Line, ...]:
    lines = [_news(notice)]
    if _provisional(notice):
        lines.append(_provisional_line(notice))
    elif notice.kind is NoticeKind.CHANGE and notice.before_level is Told.PROVISIONAL:
        lines.append(("It is now ", Strong("confirmed"), ": you can count on it."))
    if notice.kind is NoticeKind.CANCELLATION and notice.facts.reason:
        lines.append(("The reason given: ", Said(notice.facts.reason)))
    return tuple(lines)


def _news(notice: Notice) -> Line:
    holder = Said(notice.facts.holder_name)
    match notice.kind:
        case NoticeKind.CONFIRMATION:
            return ("This live stream is now ", Strong("confirmed"), ": you can count on it.")
        case NoticeKind.CHANGE:
            return (holder, " has changed this live stream. This is how it stands now.")
        case NoticeKind.CANCELLATION if notice.done == REMOVED:
            return ("You have been taken off the list for this live stream.",)
        case NoticeKind.CANCELLATION:
            return ("This live stream is ", Strong("off"), ": it will not take place.")
        case NoticeKind.REMINDER:
            return ("This live stream starts ", At(notice.facts.slot.starts_at), ".")
        case _:
            return (holder, " invites you to a live stream.")


def _provisional_line(notice: Notice) -> Line:
    """Mark what is not yet certain, and say when it will be."""
    deadline = notice.facts.reconfirm_by
    if deadline is None:
        return (Strong("Provisional:"), " it is still to be confirmed. We will write to you then.")
    return (
        Strong("Provisional:"),
        " it will be confirmed by ",
        At(deadline),
        ", or called off. You will hear from us either way.",
    )


def _watch_rows(notice: Notice, *, on: bool) -> tuple[Row, ...]:
    facts = notice.facts
    host = Row("Host", (Said(facts.holder_name),))
    if not on or not facts.watch_url:
        return (host,)
    return (host, Row("Playback address", (address_span(facts.watch_url),)))


def _actions(notice: Notice, personal: Personal) -> tuple[Action, ...]:
    """Offer the reader's own join link, or the playback address where there is no web."""
    watch_url = notice.facts.watch_url
    url = personal.join_link or (watch_url if is_web(watch_url) else "")
    return (Action("join", "Join the stream", url),) if url else ()


def _closing(notice: Notice, personal: Personal, *, on: bool) -> tuple[Line, ...]:
    lines: list[Line] = []
    if on and notice.has_credentials and not personal.passcode:
        lines.append(("You need a user name and a passcode; the holder has them for you.",))
    if notice.facts.reply_to:
        lines.append(("Questions? Write to ", mailbox_span(notice.facts.reply_to), "."))
    return tuple(lines)


def _footer(notice: Notice, personal: Personal, stop: Line) -> tuple[Line, ...]:
    listed: Line = (
        *("You get this because ", Said(notice.facts.holder_name), " listed "),
        *(Said(shown_address(personal.contact)), " for this live stream, reservation "),
        *(Literal(notice.code), "."),
    )
    if personal.asked:
        listed = ("You asked to be told of this live stream, reservation ", *listed[-2:])
    if personal.unsubscribe_link:
        stop = (Link(personal.unsubscribe_link, "Stop these notices"),)
    return (listed, stop) if stop else (listed,)
