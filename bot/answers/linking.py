"""Answers about being one person in two chats."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers.reply import Action, Reply, Section, Tone
from core.model.people import WorkspaceKind
from core.model.prose import Line, Literal, Said, Span
from core.store.linking import ChatAccount
from core.usecases.linking import (
    CODE_LASTS,
    Linked,
    LinkOffered,
    NotLinked,
    Unlinked,
    WhyNot,
    WouldLink,
)

_CHATS = {WorkspaceKind.SLACK: "Slack", WorkspaceKind.DISCORD: "Discord"}
_MINUTES = int(CODE_LASTS.total_seconds()) // 60


def offered(answer: LinkOffered) -> Reply:
    """Give the code, and say who somebody is to the desk already."""
    lines: list[Line] = [
        (f"Type this in your other chat within {_MINUTES} minutes; you are asked there once more.",)
    ]
    sections = [Section("In your other chat", items=((Literal(f"/slot link {answer.code}"),),))]
    sections.append(_listed("You are", answer.accounts))
    if len(answer.accounts) > 1:
        off: Line = (Literal("/slot link off"), " makes you a person of your own again, here.")
        lines.append(off)
    lines.append(("Give the code to nobody: whoever types it would manage all that you reserve.",))
    return Reply(Tone.INFO, tuple(lines), tuple(sections))


def about(answer: WouldLink | Linked | Unlinked | NotLinked) -> Reply:
    """Ask whether these are to be one person, or say that they are, or why they are not."""
    match answer:
        case WouldLink():
            return _question(answer)
        case Linked(accounts, moved):
            lines: tuple[Line, ...] = (
                (*_together(accounts), " are one person now."),
                ("You see and manage from either chat what you reserve in the other.",),
                *_moved(moved, "came along"),
            )
            return Reply(Tone.OK, lines)
        case Unlinked(account, moved):
            went = _moved(moved, "made here went along")
            return Reply(Tone.OK, ((*_one(account), " is a person of its own again."), *went))
        case NotLinked(why, accounts):
            return _refused(why, accounts)


def _question(answer: WouldLink) -> Reply:
    typed = f"link {answer.code} yes"
    question: Line = (*_together(answer.accounts), " will be one person. Are all of them you?")
    lines: tuple[Line, ...] = (
        question,
        ("Each of them could then change and cancel whatever any of them reserves.",),
        ("What you have set here holds; what you have not set comes from there.",),
        ("If so, type ", Literal(f"/slot {typed}")),
        ("If not, do nothing.",),
    )
    yes = Action("form", ("Yes, all of them are me",), f"/slot {typed}", typed)
    return Reply(Tone.INFO, lines, (_listed("Who would be one", answer.accounts),), (yes,))


def _refused(why: WhyNot, accounts: Sequence[ChatAccount]) -> Reply:
    match why:
        case WhyNot.NO_CODE:
            said: Line = ("That is no code of ours, or one for another account.",)
        case WhyNot.TOO_OLD:
            said = (f"That code is older than {_MINUTES} minutes.",)
        case WhyNot.USED:
            said = ("That code was used already: each is good for once.",)
        case WhyNot.OWN:
            said = ("You made that code here: type it in your other chat.",)
            return Reply(Tone.MISTAKE, (said,))
        case WhyNot.ALREADY:
            return Reply(Tone.OK, ((*_together(accounts), " are one person already."),))
        case WhyNot.SAME_WORKSPACE:
            places = tuple(dict.fromkeys(_place(one) for one in accounts))
            said = ("Both have an account in ", *_joined([(Said(one),) for one in places]), ":")
            more: Line = ("one person has one account in each workspace, so nothing was linked.",)
            return Reply(Tone.DENIED, (said, more))
        case WhyNot.NOT_LINKED:
            return Reply(Tone.OK, (("This account is a person of its own.",),))
    return Reply(Tone.MISTAKE, (said, _NEW_CODE))


def _moved(moved: int, what: str) -> tuple[Line, ...]:
    if not moved:
        return ()
    return ((f"{'1 reservation' if moved == 1 else f'{moved:,} reservations'} {what}.",),)


def _listed(title: str, accounts: Sequence[ChatAccount]) -> Section:
    return Section(title, items=tuple(_one(one) for one in accounts))


def _together(accounts: Sequence[ChatAccount]) -> Line:
    return _joined([_one(one) for one in accounts])


def _joined(lines: Sequence[Line]) -> Line:
    """Put lines side by side, as `a, b and c`."""
    made: list[Span] = []
    for number, line in enumerate(lines):
        if number:
            made.append(" and " if number == len(lines) - 1 else ", ")
        made += line
    return tuple(made)


def _one(account: ChatAccount) -> Line:
    return (Said(f"@{account.name}"), " in ", Said(_place(account)))


def _place(account: ChatAccount) -> str:
    chat = _CHATS.get(account.kind)
    return f"{account.workspace_name} ({chat})" if chat else account.workspace_name


_NEW_CODE: Line = ("Make a new one in your other chat: ", Literal("/slot link"))
