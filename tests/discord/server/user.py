"""Who is known to Discord: people and bots, whatever guilds they are in.

A `Person` (person.py) is a `User` who acts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.places import Channel
    from tests.discord.server.world import World


@dataclass(eq=False, repr=False)
class User:
    """A user. `dms_closed`: messages of the bot to them are refused with 50007.

    `ephemeral` are all messages shown to them alone, in any channel, oldest first.
    """

    id: int
    name: str
    world: World
    bot: bool = False
    dms_closed: bool = False
    locale: str = "en-US"
    ephemeral: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.name}>"

    @property
    def username(self) -> str:
        """The name in lower case, as payloads carry it; `name` is the one that is shown."""
        return self.name.lower().replace(" ", ".")

    @property
    def mention(self) -> str:
        """What one writes to mention them."""
        return f"<@{self.id}>"

    @property
    def dm(self) -> Channel:
        """The channel of direct messages with the bot; made when it is first asked for."""
        return self.world.dm(self)

    @property
    def direct_messages(self) -> list[Message]:
        """What the bot and this user wrote to each other, oldest first."""
        return self.dm.messages

    def as_json(self) -> Json:
        """Describe them as Discord does."""
        return {
            "id": str(self.id),
            "username": self.username,
            "discriminator": "0000" if self.bot else "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
            "system": False,
            "public_flags": 0,
            "avatar_decoration_data": None,
            "primary_guild": None,
        }
