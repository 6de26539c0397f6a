"""What a distributor asks of the desk, after parsing and before the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.model.recipient import Contact
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.slot import Slot


@dataclass(frozen=True, slots=True)
class CredentialWish:
    """The watch credentials asked for; a user name or passcode left "" is made by the desk."""

    mode: CredentialMode = CredentialMode.SHARED
    user: str = ""
    passcode: str = ""


@dataclass(frozen=True, slots=True)
class ReserveRequest:
    """A wanted slot with everything that goes with it.

    `audience` holds the contacts named one by one, `audience_lists` names of lists to add. A
    `notification_policy` or `reminders` of None means the server's, or the person's, own default.
    """

    server_id: int
    slot: Slot
    title: str
    description: str = ""
    viewers: int = 0
    audience: tuple[Contact, ...] = ()
    audience_lists: tuple[str, ...] = ()
    credentials: CredentialWish = CredentialWish()
    notification_policy: NotificationPolicy | None = None
    reminders: tuple[timedelta, ...] | None = None
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What is to be different about a reservation; None leaves a thing as it is.

    `add` and `remove` are contacts; `audience_lists` are added as they now stand. `credentials`
    given again, even the same, means new ones where the desk makes them.
    """

    code: str
    server_id: int | None = None
    slot: Slot | None = None
    title: str | None = None
    description: str | None = None
    viewers: int | None = None
    add: tuple[Contact, ...] = ()
    remove: tuple[Contact, ...] = ()
    audience_lists: tuple[str, ...] = ()
    credentials: CredentialWish | None = None
    notification_policy: NotificationPolicy | None = None
    reminders: tuple[timedelta, ...] | None = None
    reply_to: str | None = None
