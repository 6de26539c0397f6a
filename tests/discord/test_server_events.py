"""Scheduled events: what discord.py makes of them, and each rule of Discord's once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.errors import Json
from tests.discord.server.events import ACTIVE, CANCELED, COMPLETED, SCHEDULED
from tests.discord.server.permissions import Permission


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def show(**fields: object) -> Json:
    given = {
        "name": "Evening show",
        "description": "d" * 1000,
        "scheduled_start_time": at(1),
        "scheduled_end_time": at(2),
        "privacy_level": 2,
        "entity_type": 3,
        "entity_metadata": {"location": "l" * 100},
    } | fields
    return {name: value for name, value in given.items() if value is not None}


async def make(scene: Scene, **fields: object) -> str:
    """Make an event, and give its path."""
    status, told = await scene.call("POST", scene.events, show(**fields))
    assert 200 == status, told
    return f"{scene.events}/{told['id']}"


async def test_discord_py_makes_moves_and_cancels_one(scene: Scene) -> None:
    guild = await scene.client.fetch_guild(scene.guild.id)
    start = datetime.now(UTC) + timedelta(hours=1)
    made = await guild.create_scheduled_event(
        name="Evening show",
        start_time=start,
        end_time=start + timedelta(hours=1),
        entity_type=library.EntityType.external,
        privacy_level=library.PrivacyLevel.guild_only,
        location="https://watch.example/stage",
        description="Friday",
    )
    moved = await made.edit(start_time=start + timedelta(minutes=15))
    (kept,) = scene.guild.events.values()
    assert (1, moved.start_time) == (kept.changes, datetime.fromisoformat(kept.start))
    await moved.cancel()
    assert (CANCELED, []) == (kept.status, await guild.fetch_scheduled_events())
    with pytest.raises(library.HTTPException) as caught:
        await moved.edit(name="x")
    assert 180000 == caught.value.code
    await moved.delete()
    assert {} == scene.guild.events
    with pytest.raises(library.NotFound) as gone:
        await guild.fetch_scheduled_event(made.id)
    assert 10070 == gone.value.code


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"name": "n" * 101}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": " "}, "name", "BASE_TYPE_REQUIRED"),
        ({"name": None}, "name", "BASE_TYPE_REQUIRED"),
        ({"description": "d" * 1001}, "description", "BASE_TYPE_MAX_LENGTH"),
        ({"scheduled_start_time": None}, "scheduled_start_time", "BASE_TYPE_REQUIRED"),
        (
            {"scheduled_start_time": at(-1)},
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
        ),
        (
            {"scheduled_start_time": at(60_000), "scheduled_end_time": at(60_001)},
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_TOO_FAR",
        ),
        ({"scheduled_start_time": "soon"}, "scheduled_start_time", "DATE_TIME_TYPE_PARSE"),
        (
            {"scheduled_end_time": at(0.5)},
            "scheduled_end_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_END_BEFORE_START",
        ),
        ({"scheduled_end_time": None}, "scheduled_end_time", "BASE_TYPE_REQUIRED"),
        ({"privacy_level": 1}, "privacy_level", "BASE_TYPE_CHOICES"),
        ({"privacy_level": None}, "privacy_level", "BASE_TYPE_REQUIRED"),
        ({"entity_type": None}, "entity_type", "BASE_TYPE_REQUIRED"),
        ({"entity_type": 2}, "channel_id", "BASE_TYPE_REQUIRED"),
        ({"channel_id": "1"}, "channel_id", "GUILD_SCHEDULED_EVENT_EXTERNAL_CHANNEL"),
        ({"entity_metadata": None}, "entity_metadata", "BASE_TYPE_REQUIRED"),
        (
            {"entity_metadata": {"location": "l" * 101}},
            "entity_metadata.location",
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"entity_metadata": {"location": ""}}, "entity_metadata.location", "BASE_TYPE_REQUIRED"),
        ({"image": "x"}, "image", "IMAGE_INVALID"),
        ({"nonce": "x"}, "nonce", "UNKNOWN_FIELD"),
    ],
)
async def test_each_rule_is_kept(scene: Scene, fields: Json, place: str, code: str) -> None:
    assert code == (await scene.refused("POST", scene.events, show(**fields))).get(place)
    assert {} == scene.guild.events


async def test_only_some_moves_of_the_status_are_allowed(scene: Scene) -> None:
    path = await make(scene)
    assert "status" in await scene.refused("PATCH", path, {"status": COMPLETED})
    await scene.call("PATCH", path, {"status": ACTIVE})
    assert "status" in await scene.refused("PATCH", path, {"status": CANCELED})
    moved = await scene.refused("PATCH", path, {"scheduled_start_time": at(1.5)})
    assert {"scheduled_start_time": "GUILD_SCHEDULED_EVENT_STARTED"} == moved
    assert 200 == (await scene.call("PATCH", path, {"scheduled_end_time": at(3)}))[0]
    assert 200 == (await scene.call("PATCH", path, {"status": COMPLETED}))[0]
    assert 180000 == (await scene.call("PATCH", path, {"name": "x"}))[1]["code"]


async def test_a_change_must_leave_the_event_whole(scene: Scene) -> None:
    path = await make(scene)
    late = await scene.refused("PATCH", path, {"scheduled_start_time": at(5)})
    assert {"scheduled_end_time": "GUILD_SCHEDULED_EVENT_SCHEDULE_END_BEFORE_START"} == late
    assert "scheduled_end_time" in await scene.refused("PATCH", path, {"scheduled_end_time": None})
    assert 200 == (await scene.call("PATCH", path, {"description": ""}))[0]


async def test_a_hundred_may_be_ahead(scene: Scene) -> None:
    paths = [await make(scene) for _ in range(100)]
    assert 30038 == (await scene.call("POST", scene.events, show()))[1]["code"]
    await scene.call("PATCH", paths[0], {"status": CANCELED})
    await make(scene)


async def test_permissions_are_for_own_events_and_for_all(scene: Scene) -> None:
    guild, may = scene.guild, scene.guild.bot_role.permissions
    path = await make(scene)
    guild.change_role(guild.bot_role, may & ~Permission.MANAGE_EVENTS)
    assert 200 == (await scene.call("PATCH", path, {"name": "x"}))[0]
    next(iter(guild.events.values())).creator = scene.olga
    assert 50013 == (await scene.call("PATCH", path, {"name": "y"}))[1]["code"]
    assert 50013 == (await scene.call("DELETE", path))[1]["code"]
    guild.change_role(guild.bot_role, may & ~Permission.CREATE_EVENTS)
    assert 50013 == (await scene.call("POST", scene.events, show()))[1]["code"]
    assert 200 == (await scene.call("PATCH", path, {"name": "y"}))[0]
    guild.remove_bot()
    assert 10004 == (await scene.call("GET", scene.events))[1]["code"]


async def test_discord_begins_and_ends_them_by_itself(scene: Scene) -> None:
    await make(scene)
    (event,) = scene.guild.events.values()
    now = datetime.now(UTC).timestamp()
    seen = []
    for hours in (0, 1.5, 2.5):
        scene.discord.clock.calendar = lambda at=hours: now + at * 3600
        listed = len((await scene.call("GET", scene.events))[1])
        seen.append((event.status, listed))
    assert [(SCHEDULED, 1), (ACTIVE, 1), (COMPLETED, 0)] == seen
    told = [one for one in scene.discord.announcements if "SCHEDULED_EVENT" in one.name]
    assert [SCHEDULED, ACTIVE, COMPLETED] == [one.data["status"] for one in told]
