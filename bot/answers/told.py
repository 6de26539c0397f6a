"""Who is told, in words: how many and when, by the notification policy, and who is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.answers.reply import Section
from bot.answers.wording import counted
from core.model.prose import Line, Literal, Said
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation, Status
from core.notices.contact_words import shown_address
from core.notices.said import shortened
from core.notices.words import Row
from core.usecases.answers import Permitted, Skipped
from core.usecases.unsubscribe import UNSUBSCRIBED

MOST_NAMED = 20
_LONGEST_REASON = 200


def telling_line(permitted: Permitted) -> Line:
    """Say who hears of a new reservation, and when."""
    reservation = permitted.reservation
    willing = permitted.recipients - len(permitted.skipped)
    if not willing:
        return ("Nobody is told: none of those you listed may be written to.",)
    if reservation.status is not Status.PERMITTED:
        return (f"{_are(permitted.telling)} told now.",)
    match reservation.notification_policy:
        case NotificationPolicy.ON_PERMIT:
            return (f"{_are(permitted.telling)} told now.",)
        case NotificationPolicy.ON_RECONFIRM:
            return (f"{counted(willing)} will be told when you reconfirm; until then nobody is.",)
        case NotificationPolicy.BOTH:
            return (
                f"{_are(permitted.telling)} told now that it is provisional, ",
                "and again when you reconfirm.",
            )


def news_line(telling: int) -> Line:
    """Say how many are told of what has just been done."""
    return (f"{_are(telling)} told now.",) if telling else ("Nobody needs to be told.",)


def _are(figure: int) -> str:
    return f"{counted(figure)} {'is' if figure == 1 else 'are'}"


def skipped_sections(skipped: Sequence[Skipped]) -> Iterator[Section]:
    """Name those who are not written to, each with the reason."""
    if not skipped:
        return
    items: list[Line] = [
        (Literal(shown_address(one.contact)), ": ", *why_not(one.reason))
        for one in skipped[:MOST_NAMED]
    ]
    if more := len(skipped) - MOST_NAMED:
        items += [(f"and {more:,} more",)] if more > 0 else []
    yield Section("Not written to", items=tuple(items))


def why_not(reason: str) -> Line:
    """Say why somebody is not, or was not, written to; a mail server's own words are quoted."""
    if reason == UNSUBSCRIBED:
        return ("has asked not to be written to",)
    kind, _, words = reason.partition(": ")
    if kind == "bounced":
        return ("their mail came back: ", Said(shortened(words, _LONGEST_REASON)))
    return (Said(shortened(reason, _LONGEST_REASON)),)


def credential_sections(
    reservation: Reservation, user: str, passcode: str, *, title: str = "For your watchers"
) -> Iterator[Section]:
    """Show what watchers need to get in, to those who may see it."""
    match reservation.credential_mode:
        case CredentialMode.SHARED if passcode:
            rows = (Row("User name", (Literal(user),)), Row("Passcode", (Literal(passcode),)))
            yield Section(title, rows=rows)
        case CredentialMode.EACH:
            line: Line = ("Each recipient is sent a user name and passcode of their own.",)
            yield Section(title, lines=(line,))
        case _:
            return
