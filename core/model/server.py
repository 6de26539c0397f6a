"""A streaming server that people book, and the rules by which it is booked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.model.reservation import NotificationPolicy
from core.model.slot import Slot


class ServerKind(StrEnum):
    """How a server asks who may publish and watch; `link` never asks."""

    NGINX_RTMP = "nginx-rtmp"
    MEDIAMTX = "mediamtx"
    SRS = "srs"
    ICECAST = "icecast"
    LINK = "link"


class Period(StrEnum):
    """What a quota is counted over, in the server's zone; weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a server is open on one day of the week, in wall time of the server's zone.

    `weekday` counts from Monday = 0. A closing time that is not after the opening time belongs to
    the next day: 18:00 to 02:00 closes at two in the morning, 00:00 to 00:00 is the whole day.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that one holder may have on a server within a period (by the slots' starts)."""

    per: Period
    reservations: int | None = None
    total_length: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Blackout:
    """Time on a server that nobody may reserve, with the reason people are given."""

    slot: Slot
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """A server's rules; the defaults suit a server with one stream that is always open.

    `notice` and `horizon` say how late and how early one may book. `set_up` and `tear_down` count
    as busy on either side of a slot. `reconfirm_lead` of zero switches reconfirmation off. Where
    nobody publishes, the holder is asked `no_show_after`, and the slot is freed `no_show_release`.
    """

    max_streams: int = 1
    max_viewers: int | None = None
    opening_hours: tuple[OpeningHours, ...] = ()  # none given: always open
    shortest: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=12)
    notice: timedelta = timedelta(0)
    horizon: timedelta = timedelta(days=180)
    set_up: timedelta = timedelta(0)
    tear_down: timedelta = timedelta(0)
    quotas: tuple[Quota, ...] = ()
    reconfirm_lead: timedelta = timedelta(hours=24)
    reconfirm_reminder: timedelta = timedelta(hours=4)  # this long before the deadline
    no_show_after: timedelta = timedelta(minutes=10)  # after the start; zero: nobody is asked
    no_show_release: timedelta = timedelta(0)  # after the start; zero: the slot is kept


@dataclass(frozen=True, slots=True)
class Server:
    """A streaming server as the desk knows it.

    `watch_url` is the playback address (for kind `link`, the join address) and `ingest_url` where
    the holder publishes; `{path}` in either stands for the reservation's own stream name.
    `workspace_id` of None: every workspace on the desk may book it. `control_url` is where the desk
    ends connections, without the credentials for it; "" where it cannot.
    """

    id: int
    name: str
    kind: ServerKind
    zone: ZoneInfo
    watch_url: str
    ingest_url: str = ""
    rules: Rules = field(default_factory=Rules)
    notification_policy: NotificationPolicy = NotificationPolicy.ON_PERMIT
    workspace_id: int | None = None
    retired: bool = False
    control_url: str = ""
