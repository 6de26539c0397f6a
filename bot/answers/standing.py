"""Answers about a reservation that stands: reconfirmed, changed, cancelled, told again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.answers.acts import next_acts
from bot.answers.booking import reconfirm_lines
from bot.answers.reply import Reply, Section, Tone
from bot.answers.told import credential_sections, news_line, skipped_sections
from bot.answers.wording import (
    CREDENTIAL_NAMES,
    POLICY_SAID,
    STATUS_WORDS,
    counted,
    reminders_words,
    slot_rows,
    status_line,
)
from core.model.prose import At, During, Line, Literal, Said, Strong
from core.model.reservation import Reservation, Status
from core.model.server import Server
from core.notices.said import shortened
from core.notices.times import length_words
from core.notices.words import Row
from core.usecases.answers import Cancelled, Changed, Ended, Reconfirmed, SentAgain, Unchanged

_LONGEST_SHOWN = 80


def reconfirmed(answer: Reconfirmed, zone: ZoneInfo, server: Server | None) -> Reply:
    """Say that the slot is now certain, and who is told."""
    reservation = answer.reservation
    rows = Section(rows=slot_rows(reservation.slot, zone, server))
    if answer.already:
        line: Line = (*named(reservation), " was reconfirmed before: nothing is left to do.")
        return Reply(Tone.INFO, (line,), (rows,))
    headline: Line = (Strong("Reconfirmed: "), *named(reservation), " is now certain.")
    return Reply(Tone.OK, (headline, news_line(answer.telling)), (rows,), next_acts(reservation))


def changed(answer: Changed, servers: Mapping[int, Server], to_remove: int = 0) -> Reply:
    """Say what is different now, old and new, and who is told.

    `to_remove` is how many were to be removed: some may not have been on it.
    """
    reservation = answer.reservation
    headline: Line = (Strong("Changed: "), *named(reservation), ".")
    rows = Section(rows=tuple(_differences(answer, servers)))
    again: tuple[Line, ...] = ()
    if answer.before.status is Status.CONFIRMED and reservation.status is Status.PERMITTED:
        again = (("With its new time it must be reconfirmed again.",),)
    if missing := to_remove - answer.removed:
        again += ((f"{counted(missing)} to be removed {_was(missing)} not on it.",),)
    fresh = answer.new_credentials
    return Reply(
        tone=Tone.OK,
        lines=(headline, *again, *_deadline(answer), news_line(answer.telling)),
        sections=(
            *((rows,) if rows.rows else ()),
            *skipped_sections(answer.skipped),
            *(
                credential_sections(reservation, answer.watch_user, answer.passcode)
                if fresh
                else ()
            ),
        ),
        actions=next_acts(reservation),
    )


def _was(figure: int) -> str:
    return "was" if figure == 1 else "were"


def _deadline(answer: Changed) -> tuple[Line, ...]:
    moved = answer.before.reconfirm_by != answer.reservation.reconfirm_by
    again = answer.before.status is not answer.reservation.status
    return reconfirm_lines(answer.reservation) if moved or again else ()


def _differences(answer: Changed, servers: Mapping[int, Server]) -> Iterator[Row]:
    old, new = answer.before, answer.reservation
    if old.slot != new.slot:
        yield _row("When", (During(old.slot),), (During(new.slot),))
    if old.slot.length != new.slot.length:
        yield _row("Length", (length_words(old.slot.length),), (length_words(new.slot.length),))
    if old.server_id != new.server_id:
        before = servers.get(old.server_id)
        name = before.name if before else "another"
        yield _row("Server", (Said(name),), (Said(answer.server_name),))
    for label, was, now in _plain_differences(old, new):
        yield _row(label, was, now)
    if old.status is not new.status or old.reconfirm_by != new.reconfirm_by:
        yield _row("Status", status_line(old), status_line(new))
    if answer.added:
        yield Row("Added", (counted(answer.added),))
    if answer.removed:
        yield Row("Removed", (counted(answer.removed),))
    if answer.new_credentials:
        name = CREDENTIAL_NAMES[new.credential_mode]
        yield Row("Credentials", (f"new: {name}" if name != "none" else "none any more",))


def _plain_differences(old: Reservation, new: Reservation) -> Iterator[tuple[str, Line, Line]]:
    """Give the differences in words and figures."""
    shown: dict[str, Callable[[Reservation], Line]] = {
        "Title": lambda one: (Said(one.title),),
        "Description": lambda one: (Said(shortened(one.description, _LONGEST_SHOWN) or "none"),),
        "Viewers": lambda one: (f"{one.viewers:,}",),
        "Audience told": lambda one: (POLICY_SAID[one.notification_policy],),
        "Reminders": lambda one: (reminders_words(one.reminders),),
        "Replies to": lambda one: (Said(one.reply_to or "nobody"),),
    }
    for label, line in shown.items():
        if line(old) != line(new):
            yield label, line(old), line(new)


def _row(label: str, old: Line, new: Line) -> Row:
    return Row(label, (*old, " \N{RIGHTWARDS ARROW} ", *new))


def unchanged(answer: Unchanged) -> Reply:
    """Say that it stands like that already."""
    line: Line = (*named(answer.reservation), " stands like that already: nothing was changed.")
    return Reply(Tone.INFO, (line, ("Nobody is told.",)), (), next_acts(answer.reservation))


def cancelled(answer: Cancelled, zone: ZoneInfo, server: Server | None) -> Reply:
    """Say that the slot is given back, and who is told."""
    reservation = answer.reservation
    if answer.already:
        line: Line = (*named(reservation), " was cancelled before: nothing is left to do.")
        return Reply(Tone.INFO, (line,))
    headline: Line = (Strong("Cancelled: "), *named(reservation), ". The slot is free again.")
    rows = Section(rows=slot_rows(reservation.slot, zone, server))
    return Reply(Tone.OK, (headline, news_line(answer.telling)), (rows,))


def ended(answer: Ended) -> Reply:
    """Say that it is too late."""
    reservation = answer.reservation
    status = STATUS_WORDS[reservation.status]
    if reservation.status.live:
        why: Line = (" ended ", At(reservation.slot.ends_at), ".")
    elif reservation.status is Status.LAPSED and reservation.reconfirm_by is not None:
        why = (f" has {status}: it was not reconfirmed by ", At(reservation.reconfirm_by), ".")
    else:
        word = {Status.LAPSED: "has lapsed", Status.CANCELLED: "was cancelled"}
        why = (f" {word.get(reservation.status, 'is over')}.",)
    rest: Line = ("A new one takes ", Literal("/slot reserve"), ".")
    return Reply(Tone.DENIED, (("Too late: ", *named(reservation), *why), rest))


def sent_again(answer: SentAgain) -> Reply:
    """Say how many are written to once more."""
    if not answer.telling:
        line: Line = ("Nobody is left to be told of ", *named(answer.reservation), ".")
        return Reply(Tone.INFO, (line,))
    sent: Line = (
        f"{counted(answer.telling)} of ",
        *named(answer.reservation),
        " will be written to once more.",
    )
    code = answer.reservation.code
    look: Line = ("What becomes of it shows ", Literal(f"/slot show {code}"), ".")
    return Reply(Tone.OK, (sent, look))


def named(reservation: Reservation) -> Line:
    """Name a reservation by its title and code."""
    return (Said(reservation.title), " (", Literal(reservation.code), ")")
