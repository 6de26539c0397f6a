"""A Discord route over a Discord of our own, with people and channels to post to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.discord_pace import Pace
from adapters.discord_posts import DiscordPosts
from core.model.delivery import Outcome
from core.model.discord_address import channel_address, person_address
from core.model.recipient import Contact, RouteName, Told
from core.notices.as_discord import compose
from core.notices.notice import Notice, NoticeKind
from core.outbox.route import Lane, Message
from tests.adapters.route_contract import HandedOver, Harness
from tests.adapters.slack_harness import Ticking
from tests.discord.server import Channel, DiscordServer, Guild, Person, open_discord
from tests.discord.server import Message as Posted
from tests.notices.samples import FACTS, GUARDED, a_notice

POST = "POST /channels/{channel}/messages"
EDIT = "PATCH /channels/{channel}/messages/{message}"
HISTORY = "GET /channels/{channel}/messages"
OPEN_DIRECT = "POST /users/@me/channels"
ME = "GET /users/@me"

CHANGE = a_notice(
    NoticeKind.CHANGE,
    facts=replace(FACTS, title="Winter concert"),
    before=FACTS,
    before_level=Told.CONFIRMED,
)
REMINDER = a_notice(NoticeKind.REMINDER)
DEADLINE = a_notice(NoticeKind.DEADLINE, Told.PROVISIONAL)


@dataclass
class DiscordHarness(Harness):
    """A route, and the guild behind it."""

    discord: DiscordServer
    guild: Guild
    general: Channel
    stage: Channel
    ann: Person
    time: Ticking = field(default_factory=Ticking)
    made: dict[datetime, tuple[Message, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the route, and fix when messages are composed."""
        self.composed_at = datetime.fromtimestamp(self.discord.clock.now(), UTC)
        self.route: DiscordPosts = self.route_to(self.discord.api_url)

    def route_to(self, api_url: str, seconds: float = 10) -> DiscordPosts:
        """Make a route to a Discord at that address, which waits so long for each answer."""
        pace = Pace(self.time, self.time.sleep)
        return DiscordPosts(self.discord.application.token, api_url, pace=pace, seconds=seconds)

    def to(self, place: Channel | Person) -> str:
        """Give the address of a channel or a person."""
        if isinstance(place, Channel):
            return channel_address(self.guild.id, place.id)
        return person_address(self.guild.id, place.id)

    def message(self, delivery_id: int = 1, recipient: str = "", text: str = "Hello") -> Message:
        """Make the announcement of a stream of that title."""
        notice = a_notice(
            NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, title=text), has_credentials=True
        )
        return self.notice(notice, delivery_id, recipient)

    def notice(
        self,
        notice: Notice,
        delivery_id: int = 1,
        recipient: str = "",
        *,
        posted: str = "",
        fallback: str = "",
        **other: Any,  # noqa: ANN401 - as many types as fields
    ) -> Message:
        """Make the message of a notice."""
        address = recipient or self.to(self.general)
        personal = replace(
            GUARDED,
            contact=Contact(RouteName.DISCORD, address),
            posted=posted,
            fallback=fallback,
            composed_at=self.composed_at,
            **other,
        )
        post = compose(notice)(delivery_id, personal)
        message = Message(delivery_id, post.recipient, post.data)
        data = json.loads(post.data)
        for part in ("card", "reply", "elsewhere"):
            if data[part]:
                self.made[time_in(data[part])] = (message, part)
        return message

    def arrived(self) -> list[bytes]:
        """Give what stands in the channels, as it was composed."""
        places = [*self.guild.channels.values(), *self.discord.dms.values()]
        posts = [post for one in places for post in one.messages]
        return [self._composed(post) for post in sorted(posts, key=lambda post: post.id)]

    def _composed(self, post: Posted) -> bytes:
        message, part = self.made[time_in(post.payload)]
        sent = json.loads(message.data)[part]
        assert sent == {key: post.payload.get(key) for key in sent}
        return message.data

    def refused_recipient(self) -> str:
        """Name a channel that does not exist."""
        return channel_address(self.guild.id, 404)

    async def send(self, message: Message, lane: Lane | None = None) -> Outcome:
        """Send one message over a lane of its own."""
        own = lane or await self.route.open()
        try:
            return await own.send(message, HandedOver())
        finally:
            if lane is None:
                await own.close()

    def calls(self, route: str) -> int:
        """Count the calls of a route."""
        return len(self.discord.calls_of(route))


def time_in(message: dict[str, Any]) -> datetime:
    """Read the time that a message's embed bears."""
    return datetime.fromisoformat(message["embeds"][0]["timestamp"])


@asynccontextmanager
async def discord_harness() -> AsyncIterator[DiscordHarness]:
    """Open a Discord with a guild: two channels, and Ann; nothing in it is refused as malformed."""
    async with open_discord() as discord:
        owner = discord.add_person("Olga")
        guild = discord.add_guild("Stage", owner=owner)
        ann = discord.add_person("Ann")
        guild.add_member(ann)
        general, stage = guild.add_channel("general"), guild.add_channel("stage")
        house = DiscordHarness(discord, guild, general, stage, ann)
        yield house
        assert [] == [call.errors for call in discord.refusals if call.errors]
        assert [] == discord.protocol_errors


def skewed(message: Message, by: timedelta) -> Message:
    """Give a message as a desk whose clock differs would have composed it."""
    data = json.loads(message.data)
    data["since"] += int(by.total_seconds())
    return replace(message, data=json.dumps(data).encode())
