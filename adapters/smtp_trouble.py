"""Trouble on a connection to a mail server, in words for people and logs, without credentials."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode

from aiosmtplib import SMTPResponseException

from adapters.smtp_replies import clean, is_smtp


class LinkBrokenError(Exception):
    """The connection is of no more use, and closed; `reason` is one clean line.

    `silent`: the server said nothing for as long as it is waited for.
    """

    def __init__(self, reason: str, *, silent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.silent = silent


def explain(error: Exception, hide: tuple[str, ...] = ()) -> str:
    """Say in a person's words what went wrong on a connection, without what is to be hidden."""
    if isinstance(error, SMTPResponseException):
        if not is_smtp(error.code):
            return "the server's reply was no SMTP"
        return f"{error.code} {clean(_without(hide, error.message))}"
    for cause in (error.__cause__, error):
        for kind, words in _CAUSES:
            if isinstance(cause, kind):
                detail = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
                return f"{words} ({detail})" if detail else words
    return clean(_without(hide, str(error))) or type(error).__name__


def _without(hide: tuple[str, ...], words: str) -> str:
    for secret in hide:
        words = words.replace(secret, "…")
    return words


_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate was not accepted"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "there is no host of that name"),
    (TimeoutError, "it did not answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ConnectionError, "the connection was lost"),
)


def secrets_in(user: str, password: str) -> tuple[str, ...]:
    """List the forms in which a password goes over the wire, longest first."""
    if not password:
        return ()
    plain = b64encode(f"\0{user}\0{password}".encode()).decode()
    return plain, b64encode(password.encode()).decode(), password
