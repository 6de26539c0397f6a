"""Scheduled events on a Discord of our own: made once, kept, called off, or refused and why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord_events import DiscordEvents
from core.model.delivery import Accepted, Deferred, Doubtful, Refused, RouteDown
from core.model.slot import Slot
from core.policy.events import EventFace, EventOutcome, Gone, marker_of
from tests.discord.server.events import ACTIVE, CANCELED, COMPLETED, ScheduledEvent
from tests.discord.server.faults import (
    Banned,
    DropAfter,
    DropBefore,
    Garbage,
    RateLimited,
    ServerError,
)
from tests.discord.server.guild import Guild
from tests.discord.server.permissions import Permission
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.rest_events import EVENTS, ONE
from tests.discord.server.server import DiscordServer, open_discord

MARKER = marker_of("K7Q-2MF")
POST, GET, PATCH = f"POST {EVENTS}", f"GET {ONE}", f"PATCH {ONE}"


@dataclass
class House:
    """A guild with a channel, and the adapter that keeps its events."""

    discord: DiscordServer
    guild: Guild
    olga: Person
    channel: Channel
    events: DiscordEvents
    face: EventFace

    async def make(self, *, in_doubt: bool = False) -> EventOutcome:
        """Make the event."""
        channels = (str(self.channel.id),)
        return await self.events.make(str(self.guild.id), self.face, channels, in_doubt=in_doubt)

    async def made(self) -> str:
        """Make the event and give its number."""
        outcome = await self.make()
        assert isinstance(outcome, Accepted), outcome
        return outcome.external_id

    async def keep(self, event_id: str) -> EventOutcome:
        """Keep the event."""
        return await self.events.keep(str(self.guild.id), event_id, self.face)

    async def call_off(self, event_id: str) -> EventOutcome:
        """Call the event off."""
        return await self.events.call_off(str(self.guild.id), event_id, MARKER)

    @property
    def event(self) -> ScheduledEvent:
        """The only event there is."""
        (event,) = self.guild.events.values()
        return event


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_discord() as discord:
        olga = discord.add_person("Olga")
        guild = discord.add_guild("Stage", owner=olga)
        channel = guild.add_channel("general")
        starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
        slot = Slot.of(starts_at, timedelta(hours=2))
        events = DiscordEvents(discord.application.token, discord.api_url)
        face = EventFace("Evening show", f"Come all\n\n{MARKER}", "https://example.org/x", slot)
        yield House(discord, guild, olga, channel, events, face)
        await events.close()


async def test_an_event_says_what_it_should(house: House) -> None:
    outcome = await house.make()

    event = house.event
    assert Accepted(str(event.id)) == outcome
    said = (event.name, event.description, event.location, event.start, event.end)
    face = house.face
    ends = (face.slot.starts_at.isoformat(), face.slot.ends_at.isoformat())
    assert (face.name, face.description, face.location, *ends) == said
    assert {"entity_type": 3, "privacy_level": 2}.items() <= event.payload.items()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Late show"},
        {"description": f"Come late\n\n{MARKER}"},
        {"location": "Studio"},
    ],
)
async def test_what_is_different_is_changed(house: House, change: dict[str, str]) -> None:
    event_id = await house.made()
    house.face = replace(house.face, **change)  # type: ignore[arg-type]  # texts

    assert Accepted(event_id) == await house.keep(event_id)

    (name, value), *_ = change.items()
    assert (value, 1) == (getattr(house.event, name), house.event.changes)
    assert [] == house.discord.refusals


async def test_it_moves(house: House) -> None:
    event_id = await house.made()
    moved = Slot.of(house.face.slot.starts_at + timedelta(days=1), timedelta(hours=3))
    house.face = replace(house.face, slot=moved)

    await house.keep(event_id)

    assert (moved.starts_at.isoformat(), moved.ends_at.isoformat()) == (
        house.event.start,
        house.event.end,
    )


async def test_what_says_what_it_should_is_left_alone(house: House) -> None:
    event_id = await house.made()

    assert Accepted(event_id) == await house.keep(event_id)

    assert [] == house.discord.calls_of(PATCH)


async def test_what_was_edited_there_is_brought_back(house: House) -> None:
    event_id = await house.made()
    house.event.name, house.event.end = "Hijacked", house.face.slot.starts_at.isoformat()

    await house.keep(event_id)

    assert (house.face.name, house.face.slot.ends_at.isoformat()) == (
        house.event.name,
        house.event.end,
    )


async def test_one_that_has_begun_keeps_its_start(house: House) -> None:
    event_id = await house.made()
    house.discord.clock.calendar = (house.face.slot.starts_at + timedelta(minutes=5)).timestamp
    longer = Slot.of(house.face.slot.starts_at, timedelta(hours=4))
    house.face = replace(house.face, slot=longer, name="Long show")
    house.event.start = (longer.starts_at - timedelta(minutes=30)).isoformat()  # moved by hand

    assert Accepted(event_id) == await house.keep(event_id)

    assert (ACTIVE, "Long show") == (house.event.status, house.event.name)
    assert longer.ends_at.isoformat() == house.event.end


async def test_one_to_come_is_cancelled_and_one_that_runs_is_ended(house: House) -> None:
    first = await house.made()
    await house.call_off(first)
    second = await house.made()
    house.discord.clock.calendar = (house.face.slot.starts_at + timedelta(minutes=5)).timestamp
    await house.call_off(second)

    statuses = [house.guild.events[int(number)].status for number in (first, second)]
    assert [CANCELED, COMPLETED] == statuses
    assert Gone() == await house.call_off(first)
    assert [] == house.discord.refusals


async def test_what_was_deleted_is_gone(house: House) -> None:
    event_id = await house.made()
    house.guild.events.clear()

    assert Gone() == await house.keep(event_id)
    assert Gone() == await house.call_off(event_id)


@pytest.mark.parametrize("status", [COMPLETED, CANCELED])
async def test_what_was_ended_there_is_gone(house: House, status: int) -> None:
    event_id = await house.made()
    house.event.status = status

    assert Gone() == await house.keep(event_id)


async def test_in_doubt_it_is_found_rather_than_made_twice(house: House) -> None:
    house.discord.faults.add(POST, DropAfter())

    lost = await house.make()
    found = await house.make(in_doubt=True)

    assert isinstance(lost, Doubtful)
    assert Accepted(str(house.event.id)) == found


async def test_in_doubt_and_not_there_it_is_made(house: House) -> None:
    outcome = await house.make(in_doubt=True)

    assert Accepted(str(house.event.id)) == outcome


async def test_somebody_elses_event_is_not_taken_for_ours(house: House) -> None:
    await house.made()
    house.event.creator = house.olga

    await house.make(in_doubt=True)

    assert 2 == len(house.guild.events)


async def test_in_doubt_it_is_called_off_by_its_marker(house: House) -> None:
    await house.made()

    await house.call_off("")

    assert CANCELED == house.event.status
    assert Gone() == await house.call_off("")


async def test_discord_py_repeats_nothing(house: House) -> None:
    house.discord.faults.add(POST, ServerError(502, acting=True))

    assert isinstance(await house.make(), Doubtful)

    assert 1 == len(house.discord.calls_of(POST)) == len(house.guild.events)


async def test_no_event_tells_of_a_channel_that_only_some_may_read(house: House) -> None:
    house.channel.overwrite(house.guild.everyone, deny=Permission.VIEW_CHANNEL)

    outcome = await house.make()

    assert isinstance(outcome, Refused)
    assert "only some people" in outcome.reason
    assert {} == house.guild.events


async def test_a_channel_opened_to_everybody_in_a_closed_guild_will_do(house: House) -> None:
    house.guild.everyone.permissions &= ~Permission.VIEW_CHANNEL
    house.channel.overwrite(house.guild.everyone, allow=Permission.VIEW_CHANNEL)

    assert isinstance(await house.make(), Accepted)


async def test_a_channel_that_is_gone_opens_nothing(house: House) -> None:
    del house.guild.channels[house.channel.id]

    assert isinstance(await house.make(), Refused)


async def test_without_the_permission_it_says_which(house: House) -> None:
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL

    outcome = await house.make()

    assert isinstance(outcome, Refused)
    assert "Create Events" in outcome.reason


async def test_the_hundred_and_first_is_refused(house: House) -> None:
    for _ in range(100):
        await house.made()

    outcome = await house.make()

    assert isinstance(outcome, Refused)
    assert "100 events" in outcome.reason


async def test_a_guild_that_is_gone(house: House) -> None:
    event_id = await house.made()
    del house.discord.guilds[house.guild.id]

    for outcome in (await house.make(), await house.keep(event_id), await house.call_off(event_id)):
        assert isinstance(outcome, Refused)
        assert "invite it there again" in outcome.reason


async def test_a_token_that_is_not_taken(house: House) -> None:
    house.discord.application.token_good = False

    assert isinstance(await house.make(), RouteDown)


async def test_nobody_listens(house: House) -> None:
    events = DiscordEvents("token", "http://127.0.0.1:9/api/v10")

    outcome = await events.keep("1", "2", house.face)
    await events.close()

    assert isinstance(outcome, RouteDown)


async def test_what_passes_is_put_off(house: House) -> None:
    event_id = await house.made()
    outcomes = []
    for fault in (RateLimited(7.0), ServerError(503), DropBefore(), Garbage()):
        house.discord.faults.add(GET, fault, times=2 if isinstance(fault, DropBefore) else 1)
        outcomes.append(await house.keep(event_id))
    house.discord.faults.add(GET, Banned())
    banned = await house.keep(event_id)

    assert all(isinstance(one, Deferred) for one in outcomes), outcomes
    assert Deferred("Discord asks to go slower", 7.0) == outcomes[0]
    assert isinstance(banned, RouteDown)


async def test_a_refusal_nobody_knows_is_a_refusal(house: House) -> None:
    past = Slot.of(house.face.slot.starts_at - timedelta(days=7), timedelta(hours=1))
    house.face = replace(house.face, slot=past)

    outcome = await house.make()

    assert Refused("Discord would not have the event (its code 50035)") == outcome
