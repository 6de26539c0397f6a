"""What the desk answers to a command: values that any front end can put into words."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.recipient import Contact, RouteName
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation, Status
from core.model.server import Blackout, OpeningHours, Period, Quota, Server, ServerKind
from core.model.slot import Slot
from core.policy import reasons
from core.store.codec import remembered


@dataclass(frozen=True, slots=True)
class Skipped:
    """A contact that is on the reservation and will not be written to, with the reason."""

    contact: Contact
    reason: str


@dataclass(frozen=True, slots=True)
class Permitted:
    """A new reservation: how many are told now, who is not written to, how to get in."""

    reservation: Reservation
    server_name: str
    recipients: int
    telling: int
    skipped: tuple[Skipped, ...] = ()
    watch_user: str = ""
    passcode: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """No reservation, or no change: why, and what is free instead."""

    denial: reasons.Deny
    server_name: str


@dataclass(frozen=True, slots=True)
class Reconfirmed:
    """Reconfirmed now; `already` where it had been before."""

    reservation: Reservation
    telling: int
    already: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """Changed: what is new, and how many are told of it."""

    before: Reservation
    reservation: Reservation
    server_name: str
    telling: int
    added: int = 0
    removed: int = 0
    new_credentials: bool = False
    skipped: tuple[Skipped, ...] = ()
    watch_user: str = ""
    passcode: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The change changes nothing; nobody is told."""

    reservation: Reservation


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Cancelled: how many are told. `already` where it had been before."""

    reservation: Reservation
    telling: int
    already: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Too late for this command: the reservation has lapsed, was cancelled or is over."""

    reservation: Reservation


@dataclass(frozen=True, slots=True)
class NotFound:
    """No reservation that this actor can see has that code."""

    code: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The actor may not do this; only the holder and the admins may."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class NoSuchServer:
    """The server is gone, or not for this workspace."""


@dataclass(frozen=True, slots=True)
class NoSuchList:
    """The workspace has no audience list of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class TooManyRecipients:
    """More contact addresses than a reservation may list."""

    given: int
    most: int


@dataclass(frozen=True, slots=True)
class TooManyNewAddresses:
    """More never-told addresses in a day than this holder, or this workspace, may add."""

    most: int
    whose: str


@dataclass(frozen=True, slots=True)
class NobodyListed:
    """A reservation request without a single contact address."""


Refusal = (
    NotFound
    | NotAllowed
    | NoSuchServer
    | NoSuchList
    | TooManyRecipients
    | TooManyNewAddresses
    | NobodyListed
)
ReserveAnswer = Permitted | Denied | Refusal
ReconfirmAnswer = Reconfirmed | Ended | Refusal
ChangeAnswer = Changed | Unchanged | Denied | Ended | Refusal
CancelAnswer = Cancelled | Ended | Refusal


@dataclass(frozen=True, slots=True)
class SentAgain:
    """Queued once more to those who could not be told; 0: there was nobody."""

    reservation: Reservation
    telling: int


remembered(
    Blackout,
    Cancelled,
    Changed,
    Contact,
    CredentialMode,
    Denied,
    Ended,
    NobodyListed,
    NoSuchList,
    NoSuchServer,
    NotAllowed,
    NotFound,
    NotificationPolicy,
    OpeningHours,
    Period,
    Permitted,
    Quota,
    Reconfirmed,
    Reservation,
    RouteName,
    SentAgain,
    Server,
    ServerKind,
    Skipped,
    Slot,
    Status,
    TooManyNewAddresses,
    TooManyRecipients,
    Unchanged,
    *reasons.Reason.__args__,
    reasons.Deny,
)
