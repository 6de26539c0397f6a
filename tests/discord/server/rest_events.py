"""A guild's scheduled events: what the app makes of them, and what Discord does by itself.

Source: "Guild Scheduled Event" in Discord's documentation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.discord.server import schemas
from tests.discord.server.access import may_in_guild, seen_guild
from tests.discord.server.complaints import Complaints
from tests.discord.server.errors import (
    FINISHED_EVENT,
    TOO_MANY_EVENTS,
    UNKNOWN_EVENT,
    Json,
    refusal,
)
from tests.discord.server.events import (
    ACTIVE,
    CANCELED,
    COMPLETED,
    EXTERNAL,
    SCHEDULED,
    ScheduledEvent,
)
from tests.discord.server.guild import Guild
from tests.discord.server.permissions import Permission
from tests.discord.server.rest import Answer, Asked, Rest
from tests.discord.server.rules_events import check_change, check_new
from tests.discord.server.validation import by_schema

if TYPE_CHECKING:
    from tests.discord.server.world import World

EVENTS = "/guilds/{guild}/scheduled-events"
ONE = "/guilds/{guild}/scheduled-events/{event}"
MOST = 100
_OVERDUE = 3 * 3600  # seconds after which Discord gives up one that was never started
_OWN = Permission.CREATE_EVENTS | Permission.MANAGE_EVENTS


def add_routes(rest: Rest) -> None:
    """Let the REST API answer these."""
    rest.add(f"GET {EVENTS}", list_all)
    rest.add(f"POST {EVENTS}", create)
    rest.add(f"GET {ONE}", read)
    rest.add(f"PATCH {ONE}", change)
    rest.add(f"DELETE {ONE}", delete)


def list_all(asked: Asked) -> Answer:
    """List the events that are not over."""
    guild = seen_guild(asked)
    keep_time(asked.world, guild)
    return Answer([event.as_json() for event in _uncompleted(guild)])


def create(asked: Asked) -> Answer:
    """Make an event."""
    guild, body = seen_guild(asked), asked.fields
    keep_time(asked.world, guild)
    may_in_guild(guild, Permission.CREATE_EVENTS)
    found = Complaints()
    check_new(found, body, asked.world.clock.today())
    if body.get("entity_type") == EXTERNAL:
        by_schema(found, schemas.EVENT, body)
    found.refuse()
    if len(_uncompleted(guild)) >= MOST:
        raise refusal(TOO_MANY_EVENTS)
    event = ScheduledEvent(
        asked.world.clock.snowflake(),
        guild.id,
        asked.world.bot,
        str(body["name"]).strip(),
        _utc(body["scheduled_start_time"]),
        entity_type=int(body["entity_type"]),
    )
    _apply(event, body)
    guild.events[event.id] = event
    asked.world.announce("GUILD_SCHEDULED_EVENT_CREATE", event.as_json(), guild)
    return Answer(event.as_json())


def read(asked: Asked) -> Answer:
    """Describe an event."""
    guild = seen_guild(asked)
    keep_time(asked.world, guild)
    return Answer(_event(asked, guild).as_json())


def change(asked: Asked) -> Answer:
    """Change an event, or its status."""
    guild, body = seen_guild(asked), asked.fields
    keep_time(asked.world, guild)
    event = _event(asked, guild)
    _own(guild, event)
    if event.status in (COMPLETED, CANCELED):
        raise refusal(FINISHED_EVENT)
    found = Complaints()
    check_change(found, body, event, asked.world.clock.today())
    if body.get("entity_type", event.entity_type) == EXTERNAL:
        by_schema(found, schemas.EVENT_EDIT, body)
    found.refuse()
    _apply(event, body)
    event.changes += 1
    asked.world.announce("GUILD_SCHEDULED_EVENT_UPDATE", event.as_json(), guild)
    return Answer(event.as_json())


def delete(asked: Asked) -> Answer:
    """Take an event away."""
    guild = seen_guild(asked)
    event = _event(asked, guild)
    _own(guild, event)
    event.deleted = True
    del guild.events[event.id]
    asked.world.announce("GUILD_SCHEDULED_EVENT_DELETE", event.as_json(), guild)
    return Answer()


def keep_time(world: World, guild: Guild) -> None:
    """Do what Discord does by itself: begin and end events, and cancel what was never begun.

    It does so at every call; a test that wants the app to be told in time calls it, too.
    """
    now = world.clock.today()
    for event in list(guild.events.values()):
        before = event.status
        start = datetime.fromisoformat(event.start).timestamp()
        end = datetime.fromisoformat(event.end).timestamp() if event.end else None
        if event.status == SCHEDULED and start <= now and event.entity_type == EXTERNAL:
            event.status = ACTIVE
        if event.status == SCHEDULED and start + _OVERDUE <= now:
            event.status = CANCELED
        if event.status == ACTIVE and end is not None and end <= now:
            event.status = COMPLETED
        if event.status != before:
            world.announce("GUILD_SCHEDULED_EVENT_UPDATE", event.as_json(), guild)


def _uncompleted(guild: Guild) -> list[ScheduledEvent]:
    return [one for one in guild.events.values() if one.status in (SCHEDULED, ACTIVE)]


def _event(asked: Asked, guild: Guild) -> ScheduledEvent:
    event = guild.events.get(asked.id("event"))
    if event is None:
        raise refusal(UNKNOWN_EVENT)
    return event


def _own(guild: Guild, event: ScheduledEvent) -> None:
    own = event.creator is guild.world.bot
    may_in_guild(guild, _OWN if own else Permission.MANAGE_EVENTS)


def _apply(event: ScheduledEvent, body: Json) -> None:
    event.payload = body
    if body.get("name") is not None:
        event.name = str(body["name"]).strip()
    if "description" in body:
        event.description = body["description"] or None
    if body.get("scheduled_start_time") is not None:
        event.start = _utc(body["scheduled_start_time"])
    if "scheduled_end_time" in body:
        end = body["scheduled_end_time"]
        event.end = _utc(end) if end else None
    if body.get("entity_metadata") is not None:
        event.location = str(body["entity_metadata"]["location"]).strip()
    if "channel_id" in body:
        event.channel_id = int(body["channel_id"]) if body["channel_id"] else None
    if body.get("entity_type") is not None:
        event.entity_type = int(body["entity_type"])
    if body.get("status") is not None:
        event.status = int(body["status"])


def _utc(time: object) -> str:
    return datetime.fromisoformat(str(time)).astimezone(UTC).isoformat()
