"""What readers of a chat's posts ask for themselves: to be reminded, or to hear no more."""

from __future__ import annotations

from bot.answers import readers, standing
from bot.answers.refusals import refused
from bot.answers.reply import Reply
from bot.commands.asking import Asking
from bot.commands.commands import RemindMe, StopTellingMe
from core.usecases.answers import Ended
from core.usecases.remind_me import WillRemind, remind_me
from core.usecases.unsubscribe import Stopped, stop_telling_me


async def run_remind_me(asking: Asking, command: RemindMe) -> Reply:
    """Put whoever asks on the list of those to be reminded."""
    answer = await asking.write(
        remind_me, command.code, contact=command.contact, seen_in=command.seen_in
    )
    match answer:
        case WillRemind():
            return readers.will_remind(answer)
        case Ended():
            return standing.ended(answer)
        case refusal:
            return refused(refusal)


async def run_stop_telling_me(asking: Asking, command: StopTellingMe) -> Reply:
    """Write no more to whoever asks."""
    answer = await asking.write(stop_telling_me, command.code, contact=command.contact)
    if isinstance(answer, Stopped):
        return readers.stopped(answer)
    return refused(answer)
