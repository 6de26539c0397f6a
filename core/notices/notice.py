"""A notice: what is to be told, whatever the route: a kind and facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.recipient import Contact, Told
from core.model.reservation import Facts
from core.model.slot import Slot


class NoticeKind(StrEnum):
    """The kinds of notice; the first five go to the audience, the others to the holder."""

    ANNOUNCEMENT = "announcement"
    CONFIRMATION = "confirmation"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"

    PERMISSION = "permission"
    RECEIPT = "receipt"  # reconfirmed, changed or cancelled by a person
    DEADLINE = "deadline"  # the reminder before the reconfirmation deadline
    LAPSE = "lapse"
    STREAM_KEY = "stream_key"
    REPORT = "report"  # who was told and who was not
    NO_SHOW = "no_show"  # the slot has begun, and nobody publishes


AUDIENCE_KINDS = frozenset(
    {
        NoticeKind.ANNOUNCEMENT,
        NoticeKind.CONFIRMATION,
        NoticeKind.CHANGE,
        NoticeKind.CANCELLATION,
        NoticeKind.REMINDER,
    }
)

# those that change what a recipient knows
TOLD_KINDS = AUDIENCE_KINDS - {NoticeKind.REMINDER}

# those that a chat shows in one post, edited as things change
POSTED_KINDS = TOLD_KINDS | {NoticeKind.PERMISSION, NoticeKind.RECEIPT, NoticeKind.LAPSE}

# what `done` says where the clock acted
KEPT = "kept"
NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told about one revision of a reservation, the same for all its recipients.

    `level` is what a recipient knows once they have read it. `before` holds the facts they were
    told last where the notice says what changed. `made_at` is when the revision was made (the
    calendar part's DTSTAMP), `revision` its SEQUENCE. `done` names what a RECEIPT is for
    (`reconfirmed`, `changed`, `cancelled`, `kept`: certain after an outage of ours), says of a
    LAPSE that it was a `no_show`, and of a NO_SHOW when the slot is freed (ISO 8601), or `kept`:
    it is not, since the desk may not have heard. `told`, `waiting`, `failed` are a REPORT's.
    `publishing` is a STREAM_KEY's: when the server takes the holder's stream.
    """

    kind: NoticeKind
    code: str
    uid: str
    revision: int
    made_at: datetime
    level: Told
    facts: Facts
    before: Facts | None = None
    before_level: Told = Told.NOTHING
    has_credentials: bool = False
    done: str = ""
    told: int = 0
    waiting: int = 0
    failed: tuple[Failure, ...] = ()
    failed_count: int = 0
    publishing: Slot | None = None

    @property
    def free_at(self) -> datetime | None:
        """When the slot of a NO_SHOW is freed unless somebody publishes; None: it is not."""
        if self.kind is not NoticeKind.NO_SHOW:
            return None
        try:
            return datetime.fromisoformat(self.done)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that could not be told, and the reason in the server's own words."""

    contact: Contact
    reason: str


@dataclass(frozen=True, slots=True)
class Personal:
    """What differs from recipient to recipient within one notice.

    `message_id` without angle brackets, frozen with the delivery, as is `composed_at` (the Date).
    `first_message_id` is the one that a thread hangs on, "" for the first. `join_link` is the
    recipient's own; `slot_link` opens nothing without credentials and may stand in calendars.
    `unsubscribe_link` is "" where there is no web; `passcode` "" where there are no credentials.
    `player_url` is the playback address with the credentials in it, for players that ask for none.
    `stream_key` is "" where `ingest_url` holds it, `ingest_user` where there is a key alone.
    `zone` is a holder's own time zone; for the audience the server's zone (in `Facts`) is used.
    `posted` is what a chat calls the post that shows this recipient the reservation, "" where there
    is none yet. `fallback` is where else in the same chat a holder may be met. `asked` is true of
    whoever put themselves on the list.
    """

    contact: Contact
    message_id: str
    composed_at: datetime
    first_message_id: str = ""
    join_link: str = ""
    slot_link: str = ""
    unsubscribe_link: str = ""
    holder_link: str = ""
    watch_user: str = ""
    passcode: str = ""
    ingest_url: str = ""
    stream_key: str = ""
    player_url: str = ""
    ingest_user: str = ""
    zone: str = ""
    posted: str = ""
    fallback: str = ""
    asked: bool = False
