"""An evening show in Slack for tests: reserved, told, and what of it stands where."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.slack.house import SlackHouse
from tests.slack.server import Message, Person
from tests.slack.speaking import FRIDAY, mention, nodes, reserved

PUBLIC_URL = "https://callboard.example.org"
START = datetime.fromtimestamp(FRIDAY, UTC)
DEADLINE = START - timedelta(days=1)
SECOND = timedelta(seconds=1)
MINUTES = timedelta(minutes=1)
PASSCODE = re.compile(r"Passcode: (\S+)")


async def evening(house: SlackHouse, more: str = 'policy="at once"') -> str:
    """Reserve for a channel and a person, and tell them; give the code."""
    targets = f"{mention(house.general)}, {mention(house.adam)}"
    code = await reserved(house, f'audience="{targets}" {more}')
    await later(house)
    return code


async def later(house: SlackHouse, by: timedelta = SECOND) -> None:
    """Let a little time pass, and deliver what is due."""
    house.clock.move(by)
    await house.deliver()


async def at(house: SlackHouse, moment: datetime) -> None:
    """Go to a moment, with the desk awake each hour and around it."""
    while house.clock.now < moment:
        house.clock.now = min(house.clock.now + timedelta(minutes=50), moment)
        await house.deliver()


def in_channel(house: SlackHouse) -> Message:
    """Give the one post in the channel."""
    (post,) = house.general.messages
    return post


def first_dm(who: Person) -> Message:
    """Give the first direct message to somebody: their card, or the permission."""
    return who.direct_messages[0]


def dates(message: Message) -> list[int]:
    """Give the instants in a message that every reader sees by their own clock."""
    return [one["timestamp"] for one in nodes(message.blocks) if one.get("type") == "date"]
