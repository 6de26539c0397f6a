"""A guild ("server" in Discord's clients): members, roles, channels, events, its own commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.clock import iso, made_at
from tests.discord.server.commands import Command
from tests.discord.server.errors import Json
from tests.discord.server.events import ScheduledEvent
from tests.discord.server.members import Member, Role
from tests.discord.server.permissions import EVERYBODY, Permission
from tests.discord.server.places import PUBLIC_THREAD, TEXT, Channel

if TYPE_CHECKING:
    from tests.discord.server.user import User
    from tests.discord.server.world import World


@dataclass(eq=False, repr=False)
class Guild:
    """A guild. All of it may be changed at any time, by its methods if the app is to be told.

    `bot_is_in`: whether the app is a member; `commands_allowed`: whether it was invited with the
    scope `applications.commands`; `available` is False during an outage. `channels` has threads
    among them. `command_creates` are the times of commands newly made, for the limit of a day.
    """

    id: int
    name: str
    world: World
    owner_id: int
    bot_is_in: bool = True
    commands_allowed: bool = True
    available: bool = True
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    command_creates: list[float] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Guild {self.id} {self.name}>"

    @property
    def everyone(self) -> Role:
        """The role that all members have."""
        return self.roles[self.id]

    @property
    def bot_member(self) -> Member:
        """The app's bot as a member. Raises KeyError if it is none."""
        return self.members[self.world.bot.id]

    @property
    def bot_role(self) -> Role:
        """The role that came with the bot's invitation; change its `permissions` as you like."""
        return next(role for role in self.bot_member.roles if role.managed)

    def add_role(
        self,
        name: str,
        *,
        permissions: Permission = Permission.NONE,
        mentionable: bool = False,
        managed: bool = False,
        role_id: int | None = None,
    ) -> Role:
        """Add a role, above all others, and tell the app."""
        role_id = role_id or self.world.clock.snowflake()
        role = Role(role_id, name, permissions, len(self.roles), mentionable, managed)
        self.roles[role.id] = role
        data = {"guild_id": str(self.id), "role": role.as_json()}
        self.world.announce("GUILD_ROLE_CREATE", data, self)
        return role

    def add_member(self, user: User, roles: Iterable[Role] = (), nick: str | None = None) -> Member:
        """Let a user be a member, with these roles."""
        member = Member(self, user, {role.id for role in roles}, nick)
        self.members[user.id] = member
        data = member.as_json() | {"guild_id": str(self.id)}
        self.world.announce("GUILD_MEMBER_ADD", data, self)
        return member

    def add_channel(
        self,
        name: str,
        *,
        type: int = TEXT,  # noqa: A002 - Discord's own word
        parent: Channel | None = None,
        channel_id: int | None = None,
    ) -> Channel:
        """Add a channel, and tell the app; hide it with `channel.overwrite(...)`."""
        channel_id = channel_id or self.world.clock.snowflake()
        channel = Channel(
            channel_id, name, type, guild=self, parent=parent, position=len(self.channels)
        )
        self.channels[channel.id] = channel
        self.world.announce("CHANNEL_CREATE", channel.as_json(), self)
        return channel

    def add_thread(
        self, parent: Channel, name: str, *, by: User, thread_id: int | None = None
    ) -> Channel:
        """Open a thread in a channel, and tell the app."""
        thread = Channel(
            thread_id or self.world.clock.snowflake(),
            name,
            PUBLIC_THREAD,
            guild=self,
            parent=parent,
            owner_id=by.id,
        )
        self.channels[thread.id] = thread
        data = thread.as_json() | {"newly_created": True}
        self.world.announce("THREAD_CREATE", data, self)
        return thread

    def delete_channel(self, channel: Channel) -> None:
        """Take a channel away with all that is in it, and tell the app."""
        channel.deleted = True
        self.channels.pop(channel.id, None)
        name = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self.world.announce(name, channel.as_json(), self)

    def delete_role(self, role: Role) -> None:
        """Take a role away, and tell the app."""
        del self.roles[role.id]
        data = {"guild_id": str(self.id), "role_id": str(role.id)}
        self.world.announce("GUILD_ROLE_DELETE", data, self)

    def give(self, user: User, *roles: Role) -> None:
        """Give a member roles, and tell the app (as far as its intents go)."""
        self.members[user.id].role_ids |= {role.id for role in roles}
        self._member_changed(user)

    def take(self, user: User, *roles: Role) -> None:
        """Take roles from a member, and tell the app."""
        self.members[user.id].role_ids -= {role.id for role in roles}
        self._member_changed(user)

    def change_role(self, role: Role, may: Permission) -> None:
        """Change what a role may, and tell the app."""
        role.permissions = may
        data = {"guild_id": str(self.id), "role": role.as_json()}
        self.world.announce("GUILD_ROLE_UPDATE", data, self)

    def remove_member(self, user: User) -> None:
        """Let a user leave; for the app itself this is being removed from the guild."""
        if user is self.world.bot:
            self.remove_bot()
            return
        del self.members[user.id]
        data = {"guild_id": str(self.id), "user": user.as_json()}
        self.world.announce("GUILD_MEMBER_REMOVE", data, self)

    def remove_bot(self) -> None:
        """Throw the app out, and tell it."""
        self.world.announce("GUILD_DELETE", {"id": str(self.id)}, self)
        self.bot_is_in = False
        self.commands_allowed = False
        self.commands.clear()
        self.members.pop(self.world.bot.id, None)

    def invite_bot(self, may: Permission = Permission.NONE) -> None:
        """Invite the app with these permissions, and tell it; also after it was removed."""
        self.bot_is_in = self.commands_allowed = True
        role = self.add_role(self.world.application.name, permissions=may, managed=True)
        self.members[self.world.bot.id] = Member(self, self.world.bot, {role.id})
        self.world.announce("GUILD_CREATE", self.as_created(), self)

    def as_json(self) -> Json:
        """Describe it as `GET /guilds/{id}` does."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "roles": [role.as_json() for role in self.roles.values()],
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "banner": None,
            "description": None,
            "region": "deprecated",
            "emojis": [],
            "stickers": [],
            "features": [],
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "preferred_locale": self.locale,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "vanity_url_code": None,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "incidents_data": None,
        }

    def as_created(self) -> Json:
        """Describe it as GUILD_CREATE does, for an app with the intent for guilds only."""
        bot = self.world.bot
        seen = [
            channel
            for channel in self.channels.values()
            if not channel.is_thread or channel.permissions_of(bot) & Permission.VIEW_CHANNEL
        ]
        return self.as_json() | {
            "joined_at": iso(made_at(self.id)),
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.members[bot.id].as_json()] if bot.id in self.members else [],
            "channels": [channel.as_json() for channel in seen if not channel.is_thread],
            "threads": [channel.as_json() for channel in seen if channel.is_thread],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "soundboard_sounds": [],
            "guild_scheduled_events": [event.as_json() for event in self.events.values()],
        }

    def _member_changed(self, user: User) -> None:
        data = self.members[user.id].as_json() | {"guild_id": str(self.id)}
        self.world.announce("GUILD_MEMBER_UPDATE", data, self)


def found(world: World, guild_id: int, name: str, owner: User) -> Guild:
    """Make a guild with its owner and the role of everybody; the app is not told."""
    guild = Guild(guild_id, name, world, owner.id, bot_is_in=False, commands_allowed=False)
    guild.roles[guild_id] = Role(guild_id, "@everyone", EVERYBODY)
    guild.members[owner.id] = Member(guild, owner)
    return guild
