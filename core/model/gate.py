"""The gate: what a streaming server asks of the desk and is answered, whatever its protocol.

What is made for every hook is a named tuple: a frozen dataclass takes three times as long to make,
and hooks come by the thousand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Access(StrEnum):
    """The two ways in: to publish a stream, or to watch it."""

    PUBLISH = "publish"
    WATCH = "watch"


class Asked(NamedTuple):
    """May this client publish, or watch, now? As a streaming server asks it.

    `stream` is the stream's whole name on the server without a leading slash (`live/k7q2mf`,
    `k7q2mf.ogg`), `path` the reservation's part of it where the server tells no more (HLS files);
    one of the two is "". `secret` is the stream key or the passcode as the client gave it, `user`
    the user name beside it, `ticket` a signed watch ticket instead of both. `client` is what the
    server calls the connection, "" where there is none: HLS is asked for file by file. `address`
    is the client's. `again`: it is no new connection that is asked about, but one that was admitted
    already, or with a `client` of "" none yet.
    """

    access: Access
    stream: str = ""
    path: str = ""
    user: str = ""
    secret: str = ""
    ticket: str = ""
    client: str = ""
    address: str = ""
    again: bool = False

    def __repr__(self) -> str:
        """Show what was asked, without what was given for it."""
        given = [name for name in ("user", "secret", "ticket") if getattr(self, name)]
        what = f"{self.access.value} {self.stream or self.path!r}"
        return f"<Asked: {what} as {self.client!r} from {self.address!r} with {given}>"

    @property
    def has_credentials(self) -> bool:
        """Tell whether the client gave anything that could open something."""
        return bool(self.user or self.secret or self.ticket)


@dataclass(frozen=True, slots=True)
class Gone:
    """A connection has ended, as a streaming server says by itself."""

    access: Access
    stream: str
    client: str


@dataclass(frozen=True, slots=True)
class Running:
    """A connection that a streaming server lists as running.

    `handle` is whatever else the server's control interface must be told to end it.
    """

    access: Access
    stream: str
    client: str
    address: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class ControlAddress:
    """Where a server's control interface is, and what it asks for (HTTP Basic), if anything."""

    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class Reason(StrEnum):
    """Why the gate refuses, or ends, a connection: for the log and the holder, not the client."""

    UNKNOWN = "unknown"  # no such stream on that server
    NOTHING_GIVEN = "nothing_given"  # neither key nor credentials: a first try of many players
    WRONG = "wrong"  # another key, or other credentials
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    MOVED = "moved"  # to another server
    PUBLISHING = "publishing"  # somebody else publishes there already
    SHUT_OUT = "shut_out"  # too many wrong guesses from that address
    AWAY = "away"  # the database does not answer, and memory is too old

    @property
    def is_guess(self) -> bool:
        """Tell whether it may have been somebody trying keys."""
        return self in {Reason.UNKNOWN, Reason.WRONG}


class Admit(NamedTuple):
    """Let in, until then. `number` is the recipient's, None where nobody can tell who it is."""

    until: datetime
    reservation_id: int
    access_serial: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not let in."""

    reason: Reason


Decision = Admit | Refuse
