"""Which scheduled events Discord takes, new ones and changes.

Source: "Guild Scheduled Event" in Discord's documentation: fields by entity type, and the moves
that a status may make.
"""

from __future__ import annotations

from datetime import datetime

from tests.discord.server.complaints import Complaints
from tests.discord.server.errors import Json
from tests.discord.server.events import (
    ACTIVE,
    CANCELED,
    COMPLETED,
    EXTERNAL,
    SCHEDULED,
    STAGE_INSTANCE,
    VOICE_CHANNEL,
    ScheduledEvent,
)
from tests.discord.server.rules_embeds import check_time

NAME, DESCRIPTION, LOCATION = 100, 1000, 100
GUILD_ONLY = 2
YEARS_AHEAD = 5 * 366 * 86_400  # seconds; clients offer no date beyond
MOVES = {SCHEDULED: {SCHEDULED, ACTIVE, CANCELED}, ACTIVE: {ACTIVE, COMPLETED}}
_KEYS = {
    "name",
    "description",
    "scheduled_start_time",
    "scheduled_end_time",
    "privacy_level",
    "entity_type",
    "entity_metadata",
    "channel_id",
    "image",
}


def check_new(found: Complaints, body: Json, now: float) -> None:
    """Complain of a new event; `now` is in seconds since 1970."""
    found.keys("", body, _KEYS)
    for name in ("name", "scheduled_start_time", "privacy_level", "entity_type"):
        if body.get(name) is None:
            found.required(name)
    _fields(found, body)
    if body.get("entity_type") == EXTERNAL:
        _external(found, body)
    elif body.get("channel_id") is None and body.get("entity_type") is not None:
        found.required("channel_id")
    start = _time(found, body, "scheduled_start_time")
    _order(found, start, _time(found, body, "scheduled_end_time"), now)


def check_change(found: Complaints, body: Json, event: ScheduledEvent, now: float) -> None:
    """Complain of a change to an event; `now` is in seconds since 1970."""
    found.keys("", body, _KEYS | {"status"})
    for name in ("name", "scheduled_start_time", "privacy_level"):
        if name in body and body[name] is None:
            found.required(name)
    _fields(found, body)
    if body.get("status") is not None and body["status"] not in MOVES[event.status]:
        found.add(
            "status",
            "GUILD_SCHEDULED_EVENT_INVALID_STATUS",
            f"An event of status {event.status} cannot get status {body['status']}",
        )
    if body.get("entity_type", event.entity_type) == EXTERNAL:
        _external(found, _as_it_would_be(event) | body)
    new_start = body.get("scheduled_start_time")
    start = _time(found, body, "scheduled_start_time") or datetime.fromisoformat(event.start)
    moved = new_start is not None and start != datetime.fromisoformat(event.start)
    if moved and event.status == ACTIVE:
        found.add(
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_STARTED",
            "The start of an event that has begun cannot be changed",
        )
    end = _time(found, body, "scheduled_end_time")
    if end is None and event.end and "scheduled_end_time" not in body:
        end = datetime.fromisoformat(event.end)
    _order(found, start, end, now if moved else 0)


def _as_it_would_be(event: ScheduledEvent) -> Json:
    return {
        "entity_metadata": {"location": event.location} if event.location else None,
        "scheduled_end_time": event.end,
    }


def _fields(found: Complaints, body: Json) -> None:
    if body.get("name") is not None:
        found.text("name", body["name"], NAME)
    found.optional("description", body.get("description"), DESCRIPTION)
    if body.get("privacy_level") is not None:
        found.choice("privacy_level", body["privacy_level"], (GUILD_ONLY,))
    if body.get("entity_type") is not None:
        kinds = (STAGE_INSTANCE, VOICE_CHANNEL, EXTERNAL)
        found.choice("entity_type", body["entity_type"], kinds)
    if body.get("channel_id") is not None:
        found.snowflake("channel_id", body["channel_id"])
    if body.get("image") is not None and not str(body["image"]).startswith("data:image/"):
        found.add("image", "IMAGE_INVALID", "Invalid image data")


def _external(found: Complaints, body: Json) -> None:
    if body.get("channel_id") is not None:
        found.add(
            "channel_id", "GUILD_SCHEDULED_EVENT_EXTERNAL_CHANNEL", "Must be null for EXTERNAL"
        )
    if body.get("scheduled_end_time") is None:
        found.required("scheduled_end_time")
    if body.get("entity_metadata") is None:
        found.required("entity_metadata")
    elif (metadata := found.mapping("entity_metadata", body["entity_metadata"])) is not None:
        found.keys("entity_metadata", metadata, {"location"})
        found.text("entity_metadata.location", metadata.get("location"), LOCATION)


def _time(found: Complaints, body: Json, name: str) -> datetime | None:
    return None if body.get(name) is None else check_time(found, name, body[name])


def _order(found: Complaints, start: datetime | None, end: datetime | None, now: float) -> None:
    """Complain of a start that is over (unless `now` is 0), and of an end not after the start."""
    if start is not None and now and start.timestamp() <= now:
        found.add(
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
            "Cannot schedule event in the past.",
        )
    if start is not None and now and start.timestamp() > now + YEARS_AHEAD:
        found.add(
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_TOO_FAR",
            "Cannot schedule event more than 5 years ahead.",
        )
    if start is not None and end is not None and end <= start:
        found.add(
            "scheduled_end_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_END_BEFORE_START",
            "Cannot schedule event to end before its start.",
        )
