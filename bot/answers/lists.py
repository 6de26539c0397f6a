"""Answers that list: one's own reservations, everything that is booked, what is free."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.answers.acts import pick
from bot.answers.reply import Action, Reply, Section, Table, Tone
from bot.answers.wording import STATUS_WORDS, counted, status_line
from core.model.prose import During, Line, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.times import length_words
from core.usecases.look import MOST_LISTED, Entry, Free

_MOST_STRETCHES = 12
_MOST_PICKS = 3


def mine(entries: Sequence[Entry]) -> Reply:
    """List the actor's own reservations."""
    if not entries:
        return Reply(
            Tone.INFO,
            (
                ("You have nothing reserved.",),
                ("What is free shows ", Literal("/slot free"), "; a slot takes ", _RESERVE, "."),
            ),
        )
    rows = tuple(
        (
            (Strong(one.reservation.code),),
            (During(one.slot),),
            (Said(one.server_name),),
            (Said(one.reservation.title),),
            status_line(one.reservation),
        )
        for one in entries
        if one.reservation is not None
    )
    table = Table(("Code", "When", "Server", "Title", "Status"), rows)
    headline: Line = (f"You have {counted(len(rows), 'reservation')}{_more(entries)}:",)
    return Reply(Tone.INFO, (headline,), (Section(table=table),))


def everybody(entries: Sequence[Entry]) -> Reply:
    """List what is booked; what is not the actor's to manage shows as busy."""
    if not entries:
        return Reply(Tone.INFO, (("Nothing is reserved.",), ("A slot takes ", _RESERVE, ".")))
    rows = tuple(_row(one) for one in entries)
    table = Table(("When", "Server", "", "Title", "Status"), rows)
    headline: Line = (f"{counted(len(rows), 'slot')} reserved{_more(entries)}:",)
    return Reply(Tone.INFO, (headline,), (Section(table=table),))


def _row(entry: Entry) -> tuple[Line, ...]:
    when: tuple[Line, ...] = ((During(entry.slot),), (Said(entry.server_name),))
    if entry.reservation is None:
        return (*when, (), ("busy",), ())
    reservation = entry.reservation
    return (
        *when,
        (Strong(reservation.code),),
        (Said(reservation.title),),
        (STATUS_WORDS[reservation.status],),
    )


def _more(entries: Sequence[Entry]) -> str:
    return f", the first {MOST_LISTED} of them" if len(entries) >= MOST_LISTED else ""


def free(found: Sequence[Free], window: Slot, zone: ZoneInfo) -> Reply:
    """Say where a slot can still be put, server by server."""
    if not any(one.stretches for one in found):
        nothing: Line = (f"No {_lengths(found)} slot is free ", During(window), ".")
        return Reply(Tone.INFO, (nothing, ("Try other days or another length: ", _NEXT_WEEK)))
    return Reply(
        tone=Tone.INFO,
        lines=(("Free ", During(window), ":"),),
        sections=(*(_on_server(one) for one in found), _TO_TAKE),
        actions=tuple(_picks(found, zone)),
    )


def _lengths(found: Sequence[Free]) -> str:
    return " or ".join(dict.fromkeys(length_words(one.length) for one in found))


def _on_server(free_there: Free) -> Section:
    shown = free_there.stretches[:_MOST_STRETCHES]
    items: list[Line] = [
        (During(stretch), f" ({length_words(stretch.length)})") for stretch in shown
    ]
    if more := len(free_there.stretches) - len(shown):
        items.append((f"and {more} more: name a day to see them",))
    title = f"{free_there.server.name}, {length_words(free_there.length)} or longer"
    return Section(title, items=tuple(items) or (("nothing",),))


def _picks(found: Sequence[Free], zone: ZoneInfo) -> list[Action]:
    """Offer the earliest starts, one per stretch."""
    starts = sorted(
        (Slot.of(stretch.starts_at, one.length), one.server.name)
        for one in found
        for stretch in one.stretches
    )
    return [pick(slot, name, zone) for slot, name in starts[:_MOST_PICKS]]


_TO_TAKE = Section(lines=(("To take one of these:",),))
_RESERVE = Literal("/slot reserve")
_NEXT_WEEK = Literal("/slot free next week 1h")
