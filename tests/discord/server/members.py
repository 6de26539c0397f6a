"""A guild's roles, and users as its members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server import permissions
from tests.discord.server.clock import iso, made_at
from tests.discord.server.errors import Json
from tests.discord.server.permissions import Permission

if TYPE_CHECKING:
    from tests.discord.server.guild import Guild
    from tests.discord.server.places import Channel
    from tests.discord.server.user import User


@dataclass(eq=False)
class Role:
    """A role; that of everybody has the guild's own id."""

    id: int
    name: str
    permissions: Permission = Permission.NONE
    position: int = 0
    mentionable: bool = False
    managed: bool = False

    @property
    def mention(self) -> str:
        """What one writes to mention it."""
        return f"<@&{self.id}>"

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "mentionable": self.mentionable,
            "managed": self.managed,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(eq=False, repr=False)
class Member:
    """A user in a guild."""

    guild: Guild
    user: User
    role_ids: set[int] = field(default_factory=set)
    nick: str | None = None

    def __repr__(self) -> str:
        return f"<Member {self.user.name} of {self.guild.name}>"

    @property
    def roles(self) -> list[Role]:
        """The roles they have, that of everybody not among them."""
        return [role for role in self.guild.roles.values() if role.id in self.role_ids]

    @property
    def permissions(self) -> Permission:
        """What they may in general."""
        return permissions.in_guild(self)

    def permissions_in(self, channel: Channel) -> Permission:
        """Tell what they may in a channel."""
        return permissions.in_channel(self, channel)

    def as_json(self, *, with_user: bool = True) -> Json:
        """Describe them as Discord does; in an interaction `permissions` must be added."""
        told: Json = {
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": iso(made_at(self.guild.id)),
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }
        return told | ({"user": self.user.as_json()} if with_user else {})
