"""What a mail server's reply means for a delivery, judged by the phase it came in.

Trouble with the session or the sender is the route's and spends no attempt; what is said of the
recipient or the message is theirs; silence after the content leaves the message in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from core.model.delivery import Accepted, Deferred, Doubtful, Outcome, Refused, RouteDown

LONGEST_REASON = 300
OUT_OF_SEQUENCE = 503
LOGIN_REQUIRED = 530
TOO_MUCH_STORAGE = 552

# Enhanced status codes (RFC 3463, RFC 5336, RFC 7505) as (subject, detail).
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})(?!\S)")
_NO_SUCH_MAILBOX = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10)})
_FULL = frozenset({(2, 2), (3, 1)})
_ABOUT_THE_MESSAGE = frozenset({(2, 3), (3, 4), (6, 1), (6, 3), (6, 7), (6, 9)})

# Servers without enhanced codes say it in words; whatever does not match is held for policy, since
# a mailbox wrongly thought dead would never be written to again.
_UNKNOWN_CODES = frozenset({550, 551, 553})
_WHO = r"(?:user|mailbox|recipient|(?<!ip )address|account)"
_UNKNOWN_WORDS = re.compile(
    rf"\b{_WHO}(?: <?\S+@\S+)?[:,]? (?:is |was |does |could |has |do )?"
    r"(?:unknown|not (?:be )?found|not exist|not known|doesn't exist|no longer exists?)\b"
    rf"|\b(?:unknown|no such|invalid|bad) (?:local |virtual )?{_WHO}\b",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(r"\b(?:sender|from)\b", re.IGNORECASE)
_QUEUE_ID = re.compile(r"\b(?:queued as |id=)([\w.:/-]{1,100})", re.IGNORECASE)


class Phase(Enum):
    """How far a message has come on its connection."""

    SENDER = auto()  # MAIL
    RECIPIENT = auto()  # RCPT
    DATA = auto()  # the command alone: nothing of the message has left
    CONTENT = auto()  # the message and its final dot


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's reply; `text` is in one line and free of control characters."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, words: str) -> Reply:
        """Make the reply from words as they came, one line of them per line of the reply."""
        if "\n" not in words:
            return cls(code, clean(words))
        first, *others = words.split("\n")
        status = _ENHANCED.match(first)
        # Every line of a long reply repeats the status (RFC 2034): once is enough for a reader.
        repeated = status.group() if status else ""
        return cls(
            code, clean(" ".join([first, *(line.removeprefix(repeated) for line in others)]))
        )

    @classmethod
    def read(cls, lines: Sequence[bytes]) -> Reply:
        """Read a reply's lines, without their ends."""
        if len(lines) == 1:
            return _of_line(lines[0])
        words = [line[4:].decode("utf-8", "replace") for line in lines]
        return cls.of(int(lines[-1][:3]), "\n".join(words))

    @property
    def status(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code (RFC 3463), if there is one."""
        found = _ENHANCED.match(self.text)
        return (int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@lru_cache(maxsize=256)
def _of_line(line: bytes) -> Reply:
    """Read a reply of one line; most of what a server says it says for every message."""
    return Reply.of(int(line[:3]), line[4:].decode("utf-8", "replace"))


def is_smtp(code: int) -> bool:
    """Tell whether a reply code is one that a server may give (RFC 5321 section 4.2.1)."""
    return 200 <= code <= 599  # noqa: PLR2004 - these are the bounds themselves


def clean(words: str) -> str:
    """Make what a server said fit to be shown and logged: one line, printable, 300 characters."""
    if not words.isprintable():
        words = "".join(c if c.isprintable() else " " for c in words)
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def judge(phase: Phase, reply: Reply) -> Outcome | None:
    """Say what the reply makes of the message; None: it may go on to the next phase."""
    wanted = 3 if phase is Phase.DATA else 2
    match reply.code // 100:
        case kind if kind == wanted:
            return Accepted(_queue_id(reply)) if phase is Phase.CONTENT else None
        case 4 if phase is Phase.SENDER:
            return RouteDown(str(reply), of_message=True)
        case 4:
            return Deferred(str(reply))
        case 5:
            return _judge_refusal(phase, reply)
        case _:
            return judge_break(phase, f"a reply that does not fit: {reply}")


def judge_break(phase: Phase, reason: str) -> Outcome:
    """Say what a lost connection, a time-out or a nonsense reply makes of the message."""
    match phase:
        case Phase.SENDER:
            return RouteDown(reason)
        case Phase.RECIPIENT | Phase.DATA:
            return Deferred(reason)
        case Phase.CONTENT:
            return Doubtful(reason)


def _judge_refusal(phase: Phase, reply: Reply) -> Outcome:
    too_much = reply.code == TOO_MUCH_STORAGE and reply.status is None
    if phase is Phase.SENDER:
        # MAIL carries the size and the need for SMTPUTF8: a message that is too large for the
        # server must not stop all the others.
        about_it = too_much or reply.status in _ABOUT_THE_MESSAGE
        return Refused(str(reply)) if about_it else RouteDown(str(reply), of_message=True)
    if reply.code == LOGIN_REQUIRED:
        return RouteDown(str(reply))
    if reply.code == OUT_OF_SEQUENCE or reply.status in _FULL or too_much:
        return Deferred(str(reply))
    return Refused(str(reply), bad_address=_names_no_mailbox(phase, reply))


def _names_no_mailbox(phase: Phase, reply: Reply) -> bool:
    if reply.status is not None:
        return reply.status in _NO_SUCH_MAILBOX
    # After the content such words are as likely to be about a header as about the recipient.
    return (
        phase is not Phase.CONTENT
        and reply.code in _UNKNOWN_CODES
        and _UNKNOWN_WORDS.search(reply.text) is not None
        and _SOMEBODY_ELSE.search(reply.text) is None
    )


def _queue_id(reply: Reply) -> str:
    """Find what the server calls the message, in the words of Postfix and Exim, else its words."""
    found = _QUEUE_ID.search(reply.text)
    return found[1] if found else reply.text[:100]
