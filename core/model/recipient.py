"""A recipient: one contact address on a reservation, and what it has been told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

HOLDER = 0  # the holder's own number among a reservation's recipients
BOUNCED = "bounced"  # begins the reason of whoever is suppressed because nobody is there


class RouteName(StrEnum):
    """The way a notice travels. Chat users and channels are told apart by the address."""

    EMAIL = "email"
    SLACK = "slack"
    DISCORD = "discord"
    CONSOLE = "console"

    @property
    def edits(self) -> bool:
        """Tell whether what was sent can be edited there later."""
        return self in {RouteName.SLACK, RouteName.DISCORD}


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact address as somebody listed it.

    `address` is in the route's own canonical form (for mail: domain in lower case, as Unicode).
    """

    route: RouteName
    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """What makes two contacts the same: case and Unicode form of the address do not count."""
        return f"{self.route}:{normalize('NFKC', self.address).casefold()}"


class Told(StrEnum):
    """What a recipient has last been told of a reservation: a level, not a message."""

    NOTHING = "nothing"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def expects(self) -> bool:
        """Tell whether the recipient now believes that the slot will take place."""
        return self in {Told.PROVISIONAL, Told.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One contact address on one reservation; number 0 is the holder.

    `told` and `told_revision` say what the last notice that went out said, and from which
    revision. `suppressed` holds the reason why it is not written to (unsubscribed, bounced), or "".
    `asked`: they put themselves on it, to be reminded.
    """

    reservation_id: int
    number: int
    contact: Contact
    told: Told = Told.NOTHING
    told_revision: int = 0
    removed: bool = False
    suppressed: str = ""
    asked: bool = False

    @property
    def bounced(self) -> bool:
        """Tell whether it is suppressed because its address does not exist."""
        return self.suppressed.startswith(BOUNCED)
