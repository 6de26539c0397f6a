"""Answers to readers of a chat's posts, who may know nothing of the desk but that post."""

from __future__ import annotations

from bot.answers.reply import Reply, Tone
from core.model.prose import At, Line, Said, Strong
from core.usecases.remind_me import WillRemind
from core.usecases.unsubscribe import Stopped


def will_remind(answer: WillRemind) -> Reply:
    """Say when they are reminded."""
    title = Said(answer.reservation.title)
    if answer.already:
        line: Line = ("You will be reminded of ", title, " already, ", At(answer.at), ".")
        return Reply(Tone.INFO, (line,))
    line = (Strong("Noted: "), "you will be reminded of ", title, " ", At(answer.at), ".")
    return Reply(Tone.OK, (line, ("If it changes or is called off, you will hear of that too.",)))


def stopped(answer: Stopped) -> Reply:
    """Say that nothing more is written to them."""
    line: Line = (
        Strong("Stopped: "),
        "nothing more about live streams of ",
        Said(answer.holder_name),
        " is written to you.",
    )
    known: Line = ("If you were told of one that is called off, you still hear of that, once.",)
    return Reply(Tone.OK, (line, known))
