"""What a mail says to whoever gets it, read with the standard library as a mail program would."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import NamedTuple

from bot.wiring_demo import Received


class Arrival(NamedTuple):
    """A mail by what it does.

    `says` is its subject up to the title; `entry` what becomes of the calendar entry (its STATUS),
    "" where the mail has none; `credentials` whether a passcode is in it.
    """

    recipient: str
    says: str
    title: str
    entry: str = ""
    credentials: bool = False

    def in_words(self) -> str:
        """Say it in a line."""
        access = "with" if self.credentials else "without"
        entry = f"entry {self.entry}" if self.entry else "no calendar entry"
        return f"{self.says}: {self.title}, to {self.recipient} ({entry}, {access} credentials)"


def subject(mail: Received) -> str:
    """Read a mail's subject."""
    return str(_parsed(mail)["Subject"])


def read_arrival(mail: Received) -> Arrival:
    """Read what a mail does.

    Raises `ValueError` for a calendar part that contradicts its own headers or holds a credential.
    """
    message = _parsed(mail)
    says, _, rest = str(message["Subject"]).partition(": ")
    text, calendar = _part(message, "text/plain"), _part(message, "text/calendar")
    passcode = _after(text, "Passcode:")
    entry = _after(calendar, "STATUS:")
    if passcode and passcode in calendar:
        raise ValueError(f"the calendar part of “{message['Subject']}” holds the passcode")
    if calendar and (entry == "CANCELLED") != (_after(calendar, "METHOD:") == "CANCEL"):
        raise ValueError(f"the calendar part of “{message['Subject']}” contradicts itself")
    says = says.partition(" by ")[0]  # a deadline is told in the subject too
    return Arrival(mail.recipient, says, rest.partition(", ")[0], entry, bool(passcode))


def text_lines(mail: Received) -> list[str]:
    """Give a mail's text, as a mail program without HTML shows it."""
    return _part(_parsed(mail), "text/plain").splitlines()


def _parsed(mail: Received) -> EmailMessage:
    return message_from_bytes(mail.data, _class=EmailMessage, policy=default)


def _part(message: EmailMessage, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind and isinstance(part, EmailMessage):
            return str(part.get_content())
    return ""


def _after(text: str, label: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line[len(label) :].strip() for line in lines if line.startswith(label)), "")
