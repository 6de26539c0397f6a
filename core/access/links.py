"""Links that open one thing for one reader, cannot be guessed, and need no table of tokens.

A token names a reservation, a recipient and a purpose, and carries a keyed signature over them. It
dies with the reservation because whoever receives it looks the reservation up, and with a change of
`access_serial` where that stands in the claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from core.access.vault import Vault

_TOKEN = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})-([A-Za-z0-9_-]+)")
_TICKET = re.compile(r"([0-9a-f]{1,16}-[0-9a-f]{1,16}-[0-9a-f]{1,16})-([A-Za-z0-9_-]{22})")


class Purpose(StrEnum):
    """What a link is for; also its place in the address."""

    JOIN = "join"
    SLOT = "slot"
    HOLDER = "holder"
    UNSUBSCRIBE = "stop"
    WATCH = "watch"
    GATE = "gate"
    OPERATORS = "operators"
    SCHEDULE = "schedule"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says: this recipient of this reservation (0: the holder).

    At the gate it is a server's number that stands for the reservation's; on the schedule and in a
    feed it is a workspace's, and in a feed `number` is an audience list's, or 0 for all; for
    operators it is their workspace's, and 0 for those of the whole desk.
    """

    purpose: Purpose
    reservation_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a watch ticket says: this recipient, with the credentials of that serial.

    `number` of 0: whoever was given the shared credentials.
    """

    reservation_id: int
    number: int
    access_serial: int


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links; with no `public_url` there is no web to link to and it makes none.

    `gate_url` is where streaming servers reach the desk.
    """

    vault: Vault
    public_url: str = ""
    gate_url: str = ""

    def make(self, purpose: Purpose, reservation_id: int, number: int = 0) -> str:
        """Make the link, or "" where there is no web."""
        if not self.public_url:
            return ""
        return (
            f"{self.public_url.rstrip('/')}/{purpose}/{self.token(purpose, reservation_id, number)}"
        )

    def token(self, purpose: Purpose, reservation_id: int, number: int = 0) -> str:
        """Make the token alone, for a front end that has no addresses."""
        subject = f"{reservation_id:x}-{number:x}"
        return f"{subject}-{self.vault.sign(f'{purpose}:{subject}')}"

    def hook_url(self, server_id: int) -> str:
        """Make the address at which a server asks the gate: whoever knows it may ask."""
        return f"{self.gate_url}/{Purpose.GATE}/{self.token(Purpose.GATE, server_id)}"

    def ticket(self, ticket: Ticket) -> str:
        """Make a ticket to watch with, for players that can be given an address alone."""
        subject = f"{ticket.reservation_id:x}-{ticket.number:x}-{ticket.access_serial:x}"
        return f"{subject}-{self.vault.sign(f'{Purpose.WATCH}:{subject}')}"

    def read_ticket(self, text: str) -> Ticket | None:
        """Read a watch ticket; None for anything else."""
        parts = _TICKET.fullmatch(text)
        if parts is None or not self.vault.verify(f"{Purpose.WATCH}:{parts[1]}", parts[2]):
            return None
        reservation_id, number, serial = (int(one, 16) for one in parts[1].split("-"))
        return Ticket(reservation_id, number, serial)

    def read(self, purpose: Purpose, token: str) -> Claim | None:
        """Read a token made for that purpose; None for anything else."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        reservation, number, signature = parts.groups()
        if not self.vault.verify(f"{purpose}:{reservation}-{number}", signature):
            return None
        return Claim(purpose, int(reservation, 16), int(number, 16))
