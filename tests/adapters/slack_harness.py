"""A Slack route over a Slack of our own, with people and channels to post to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from adapters.slack_pace import Pace
from adapters.slack_posts import SlackPosts
from core.model.delivery import Outcome
from core.model.recipient import Contact, RouteName
from core.notices.as_slack import compose
from core.notices.notice import Notice, NoticeKind
from core.outbox.route import Lane, Message
from tests.adapters.route_contract import HandedOver, Harness
from tests.notices.samples import FACTS, GUARDED, a_notice
from tests.slack.server import Channel, Person, SlackServer, Team, open_slack
from tests.slack.server import Message as Posted

TEAM = "T0001"
GENERAL, STAGE, BACKSTAGE = f"{TEAM}/C0001", f"{TEAM}/C0002", f"{TEAM}/C0003"
ANN = f"{TEAM}/U0001"
NOBODY = f"{TEAM}/U0404"


class Ticking:
    """Time for a pace: it passes when somebody sleeps, or the test says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class SlackHarness(Harness):
    """A route, a lane of it, and the workspace behind it; `gone` is what `on_gone` heard."""

    slack: SlackServer
    team: Team
    general: Channel
    backstage: Channel
    ann: Person
    time: Ticking = field(default_factory=Ticking)
    gone: list[tuple[str, str]] = field(default_factory=list)
    made: dict[int, Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the route, and fix when messages are composed."""
        self.composed_at = datetime.fromtimestamp(self.slack.clock.now(), UTC)
        self.route: SlackPosts = self.route_to(self.slack.api_url)

    def route_to(self, api_url: str, seconds: float = 10) -> SlackPosts:
        """Make a route to a Slack at that address, which waits so long for each answer."""

        async def gone(team: str, _: str, reason: str) -> None:
            self.gone.append((team, reason))

        pace = Pace(self.time, self.time.sleep)
        return SlackPosts(self.token_of, api_url, gone, pace=pace, seconds=seconds)

    async def token_of(self, team: str) -> str | None:
        """Give a workspace's token."""
        found = self.slack.teams.get(team)
        return found.bot_token if found else None

    def message(self, delivery_id: int = 1, recipient: str = "", text: str = "Hello") -> Message:
        """Make the announcement of a stream of that title."""
        notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, title=text))
        return self.notice(notice, delivery_id, recipient or GENERAL)

    def notice(  # noqa: PLR0913 - a test names what differs
        self,
        notice: Notice,
        delivery_id: int = 1,
        recipient: str = GENERAL,
        *,
        posted: str = "",
        fallback: str = "",
        in_doubt: bool = False,
    ) -> Message:
        """Make the message of a notice."""
        personal = replace(
            GUARDED,
            contact=Contact(RouteName.SLACK, recipient),
            posted=posted,
            fallback=fallback,
            composed_at=self.composed_at,
        )
        post = compose(notice)(delivery_id, personal)
        made = Message(delivery_id, post.recipient, post.data, in_doubt=in_doubt)
        self.made.setdefault(delivery_id, made)
        return made

    def arrived(self) -> list[bytes]:
        """Give what stands in the channels, as it was composed."""
        posts = [post for one in self.team.channels.values() for post in one.everything]
        return [self._composed(post) for post in sorted(posts, key=lambda post: float(post.ts))]

    def _composed(self, post: Posted) -> bytes:
        metadata = post.metadata or {}
        message = self.made[metadata["event_payload"]["delivery"]]
        part = json.loads(message.data)[metadata["event_payload"]["part"]]
        held = {key: post.arguments.get(key) for key in part}
        assert part == held
        return message.data

    def refused_recipient(self) -> str:
        """Name a person who does not exist."""
        return NOBODY

    async def send(self, message: Message, lane: Lane | None = None) -> Outcome:
        """Send one message over a lane of its own."""
        own = lane or await self.route.open()
        try:
            return await own.send(message, HandedOver())
        finally:
            if lane is None:
                await own.close()

    def calls(self, method: str) -> int:
        """Count the calls of a method."""
        return len(self.slack.calls_of(method))


@asynccontextmanager
async def slack_harness() -> AsyncIterator[SlackHarness]:
    """Open a Slack with a workspace: two public channels, a private one, and Ann."""
    async with open_slack() as slack:
        team = slack.add_team(TEAM, name="Stage")
        ann = team.add_user("U0001", name="Ann")
        general = team.add_channel("C0001", name="general", members=[ann])
        team.add_channel("C0002", name="stage")
        backstage = team.add_channel("C0003", name="backstage", private=True, bot_is_member=True)
        yield SlackHarness(slack, team, general, backstage, ann)
