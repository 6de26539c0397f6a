"""A reservation: a slot taken by a holder, with title, audience, access and status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.slot import Slot


class Status(StrEnum):
    """Where a reservation is in its life (DESIGN.md section 2)."""

    PERMITTED = "permitted"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    OVER = "over"

    @property
    def live(self) -> bool:
        """Tell whether it still holds its slot."""
        return self in {Status.PERMITTED, Status.CONFIRMED}


class NotificationPolicy(StrEnum):
    """When the audience is told: claims 1, 6 and 7."""

    ON_PERMIT = "on_permit"
    ON_RECONFIRM = "on_reconfirm"
    BOTH = "both"


class CredentialMode(StrEnum):
    """Whether watchers get a user name and passcode: none, one for all, or one each."""

    NONE = "none"
    SHARED = "shared"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation as it now stands; its secrets stay in the store.

    `revision` counts every change of state or content and is the calendar entry's SEQUENCE;
    `access_serial` counts changes of the credentials. `reminders` are lengths of time before the
    start. `viewers` is the number of watchers it takes of the server's `max_viewers`.
    """

    id: int
    code: str
    workspace_id: int
    holder_id: int
    server_id: int
    slot: Slot
    title: str
    description: str
    viewers: int
    status: Status
    notification_policy: NotificationPolicy
    credential_mode: CredentialMode
    reconfirm_by: datetime | None
    reminders: tuple[timedelta, ...]
    revision: int
    access_serial: int
    reply_to: str
    made_at: datetime

    @property
    def is_new(self) -> bool:
        """Tell whether this is how it was made: nothing of it is older."""
        return self.revision == 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What a revision says to those who are told of it: kept with the revision, never altered.

    Two revisions with equal facts say the same thing to the audience. `watch_url` is the playback
    address with its path filled in. `reason` is the canceller's, if one was given.
    """

    title: str
    description: str
    server_name: str
    slot: Slot
    zone: str
    watch_url: str
    holder_name: str
    reply_to: str
    access_serial: int
    reconfirm_by: datetime | None = None
    reason: str = ""
