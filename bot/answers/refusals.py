"""Answers to what cannot be done because something is missing, unknown or not one's own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers.reply import Reply, Tone
from bot.form.answers import either, suggest
from core.model.prose import Line, Literal, Said
from core.model.reservation import Reservation
from core.usecases.answers import (
    NobodyListed,
    NoSuchList,
    NoSuchServer,
    NotAllowed,
    NotFound,
    Refusal,
    TooManyNewAddresses,
    TooManyRecipients,
)


def refused(refusal: Refusal, known: Sequence[str] = ()) -> Reply:
    """Say why, and what to do; `known` are the names that would have been right."""
    match refusal:
        case NotFound(code):
            return Reply(Tone.MISTAKE, (_not_found(code, known), _LIST))
        case NotAllowed():
            return Reply(Tone.DENIED, (("Only its holder and the admins may do that.",),))
        case NoSuchServer():
            return Reply(Tone.MISTAKE, (no_server(known),))
        case NoSuchList(name):
            return Reply(Tone.MISTAKE, (_no_list(name, known),))
        case TooManyRecipients(given, most):
            line: Line = (f"That would be {given:,} addresses, and {most:,} are the most here.",)
            return Reply(Tone.DENIED, (line,))
        case TooManyNewAddresses(most, whose):
            who = "you" if whose == "holder" else "your workspace"
            return Reply(
                Tone.DENIED,
                (
                    (f"That is too many new addresses: {who} may add {most:,} in 24 hours.",),
                    ("Those who were written to before do not count. Try again tomorrow.",),
                ),
            )
        case NobodyListed():
            return Reply(Tone.MISTAKE, (("Nobody would be left to tell: list an address.",),))


def field_of(refusal: Refusal) -> str:
    """Give the field of the form that a refusal belongs beside, or ""."""
    match refusal:
        case NoSuchServer():
            return "server"
        case NoSuchList():
            return "lists"
        case TooManyRecipients() | TooManyNewAddresses() | NobodyListed():
            return "audience"
        case _:
            return ""


def admins_only() -> Reply:
    """Say that a command is for admins."""
    return Reply(Tone.DENIED, (("Only admins may do that.",),))


def own_codes(reservations: Sequence[Reservation]) -> tuple[str, ...]:
    """Give the codes that may have been meant."""
    return tuple(one.code for one in reservations)


def _not_found(code: str, known: Sequence[str]) -> Line:
    return ("There is no reservation ", Literal(code), " that you may see.", suggest(code, known))


def no_server(known: Sequence[str], typed: str = "") -> Line:
    """Say that there is no such server, and which there are."""
    if not known:
        return ("There is no server yet. An admin adds one: ", Literal("/slot server add"), ".")
    what: Line = (
        ("There is no server ", Said(typed), ".") if typed else ("There is no such server.",)
    )
    hint = suggest(typed, known, cutoff=0.5) or f" There is {either(known)}."
    return (*what, Said(hint))


def _no_list(name: str, known: Sequence[str]) -> Line:
    if not known:
        return (
            "There is no audience list yet. The first address makes one: ",
            Literal("/slot audience add regulars ann@example.org"),
            ".",
        )
    hint = suggest(name, known, cutoff=0.5) or f" There is {either(known)}."
    return ("There is no audience list ", Said(name), ".", Said(hint))


_LIST: Line = (Literal("/slot list"), " shows yours.")
