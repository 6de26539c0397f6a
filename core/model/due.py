"""What falls due in a reservation's life, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DueKind(StrEnum):
    """What can fall due: the holder's deadline and its reminder, audience reminders, and so on.

    NO_SHOW asks the holder why nobody publishes, RELEASE frees a slot for that.
    """

    DEADLINE_REMINDER = "deadline_reminder"
    DEADLINE = "deadline"
    REMINDER = "reminder"
    ASKED_REMINDER = "asked_reminder"
    STREAM_KEY = "stream_key"
    REPORT = "report"
    NO_SHOW = "no_show"
    RELEASE = "release"
    OVER = "over"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing that falls due in a reservation's life; `lead` is a reminder's."""

    due_at: datetime
    reservation_id: int
    kind: DueKind
    lead: timedelta = timedelta(0)
    tries: int = 0
