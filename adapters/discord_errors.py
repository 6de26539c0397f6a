"""What Discord's codes of refusal mean for a delivery: one table, row by row with its reason.

The codes: "JSON Error Codes" in Discord's documentation, "Opcodes and Status Codes".
"""

from __future__ import annotations

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE, Fate, Verdict
from core.notices.said import shortened

BANNED = "callboard_banned"  # the proxy before Discord shuts out this machine's address
ARCHIVED = "50083"

_OPERATOR_WAIT = 600.0  # seconds: somebody has to act first
_BUSY_WAIT = 30.0  # where Discord names no time
_WORD_LIMIT = 80


class DiscordFailure(Exception):  # noqa: N818 - an answer of Discord's, not a failure of this code
    """A call that came to nothing: `word` is Discord's code, an HTTP status, or one of those above.

    `retry_after` is what Discord asks for in seconds, `everywhere` whether for all that the bot
    does, `detail` what is known about a connection; all fit to be shown and logged.
    """

    def __init__(
        self,
        word: str,
        *,
        retry_after: float | None = None,
        everywhere: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(word)
        self.word = shortened(word, _WORD_LIMIT)
        self.retry_after = retry_after
        self.everywhere = everywhere
        self.detail = detail


_NOT_TAKEN = "Discord does not take Callboard's token: run `callboard doctor`"
_SLOWER = "Discord asks to go slower"
_UNSEEN = (
    "Discord does not show that channel to Callboard: let it in there (View Channel), or invite it"
    " to the server again, and send again; if it is not wanted there, take it off the list"
)
_MAY_NOT = (
    "Callboard may not post in that channel: allow it View Channel, Send Messages, Embed Links and"
    " Read Message History there, and send again"
)
_NO_DMS = (
    "Discord lets Callboard send that person no direct messages: they can allow them in the privacy"
    " settings of a server that Callboard is in; or list a channel instead"
)
_NO_CHANNEL = "that channel was deleted, or never was"
_NO_PERSON = "there is no such person in Discord"
_NO_MESSAGES = "that channel takes no messages: list another"
_FAULT = "Discord would not have Callboard's message; its operator finds out why"
_AUTOMOD = "the server's AutoMod blocked the message: ask an admin there to let Callboard post"

_TABLE: dict[str, tuple[Fate, str]] = {
    # of the connection, and of the bot as a whole
    UNREACHABLE: (Fate.DOWN, "Discord cannot be reached"),
    CUT: (Fate.DOUBT, "the connection to Discord broke before it answered"),
    GARBLED: (Fate.DOUBT, "Discord's answer could not be read"),
    BANNED: (Fate.DOWN, "Discord shuts this machine's address out for a while"),
    "401": (Fate.DOWN, _NOT_TAKEN),
    "50014": (Fate.DOWN, _NOT_TAKEN),
    "20026": (Fate.OPERATOR, "Discord holds the bot for spam: its operator asks Discord why"),
    "40001": (Fate.OPERATOR, _NOT_TAKEN),
    "40002": (Fate.OPERATOR, "Discord wants the bot's account verified first"),
    # it says that nothing was done
    "429": (Fate.LATER, _SLOWER),
    "20016": (Fate.LATER, _SLOWER),
    "20022": (Fate.LATER, _SLOWER),
    "20028": (Fate.LATER, _SLOWER),
    "20029": (Fate.LATER, _SLOWER),
    "30046": (Fate.LATER, f"{_SLOWER} with edits of older posts"),
    "40003": (Fate.LATER, f"{_SLOWER} with new direct messages"),
    "40004": (Fate.LATER, "Discord takes no messages for a moment"),
    "40006": (Fate.LATER, "Discord has switched that off for a moment"),
    "130000": (Fate.LATER, "Discord has more to do than it can"),
    # somebody took the post away, or it is not ours: it is posted once more
    "10008": (Fate.ANEW, "the post is gone"),
    "50005": (Fate.ANEW, "the post is not Callboard's to edit"),
    # of a recipient that is there, or may be: people can mend it, and then send again
    "10004": (Fate.REFUSED, _UNSEEN),
    "50001": (Fate.REFUSED, _UNSEEN),
    "50013": (Fate.REFUSED, _MAY_NOT),
    "50008": (Fate.REFUSED, _NO_MESSAGES),
    "50024": (Fate.REFUSED, _NO_MESSAGES),
    "40067": (Fate.REFUSED, _NO_MESSAGES),
    "50007": (Fate.REFUSED, _NO_DMS),
    "50278": (Fate.REFUSED, _NO_DMS),
    ARCHIVED: (Fate.REFUSED, "that thread is archived: open it again, or list another"),
    "160005": (Fate.REFUSED, "that thread is locked: unlock it, or list another"),
    "200000": (Fate.REFUSED, _AUTOMOD),
    "200001": (Fate.REFUSED, _AUTOMOD),
    "240000": (Fate.REFUSED, "Discord takes a link in the message for a harmful one"),
    "20009": (Fate.REFUSED, "that person's filter takes the message for explicit content"),
    # of what we made: tests should have found it
    "50006": (Fate.REFUSED, _FAULT),
    "50035": (Fate.REFUSED, _FAULT),
    "50109": (Fate.REFUSED, _FAULT),
    "40005": (Fate.REFUSED, _FAULT),
    # what never was, or is gone for good
    "10003": (Fate.NOBODY, _NO_CHANNEL),
    "10013": (Fate.NOBODY, _NO_PERSON),
    "50033": (Fate.NOBODY, _NO_PERSON),
}


def judge(failure: DiscordFailure) -> Verdict:
    """Say what a failed call means for a delivery."""
    fate, words = _TABLE.get(failure.word, (Fate.REFUSED, "Discord refused it"))
    wait = failure.retry_after
    match fate:
        case Fate.LATER:
            wait = _BUSY_WAIT if wait is None else wait
        case Fate.OPERATOR:
            wait = _OPERATOR_WAIT
    return Verdict(fate, _said(words, failure), wait)


def _said(words: str, failure: DiscordFailure) -> str:
    """Give the words with what Discord said, which an operator can look up."""
    ours = failure.word in {UNREACHABLE, CUT, GARBLED, BANNED}
    known = failure.detail if ours else failure.word
    return f"{words} ({known})" if known else words
