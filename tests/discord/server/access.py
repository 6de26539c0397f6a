"""What the bot gets to see and may do, as every route asks it."""

from __future__ import annotations

from tests.discord.server.errors import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_APPLICATION,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    refusal,
)
from tests.discord.server.guild import Guild
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel
from tests.discord.server.rest import Asked


def seen_guild(asked: Asked) -> Guild:
    """Give the guild of the path. Raises Refusal: 10004 if the bot is not in it."""
    guild = asked.world.guilds.get(asked.id("guild"))
    if guild is None or not guild.bot_is_in:
        raise refusal(UNKNOWN_GUILD)
    return guild


def seen_channel(asked: Asked) -> Channel:
    """Give the channel of the path. Raises Refusal: 10003 if there is none, 50001 if not seen."""
    channel = asked.world.channel(asked.id("channel"))
    if channel is None:
        raise refusal(UNKNOWN_CHANNEL)
    if not channel.permissions_of(asked.world.bot) & Permission.VIEW_CHANNEL:
        raise refusal(MISSING_ACCESS)
    return channel


def may(asked: Asked, channel: Channel, permission: Permission) -> None:
    """Refuse with 50013 what the bot may not do in a channel."""
    if not channel.permissions_of(asked.world.bot) & permission:
        raise refusal(MISSING_PERMISSIONS)


def may_in_guild(guild: Guild, permission: Permission) -> None:
    """Refuse with 50013 what the bot may not do in a guild; any one of several is enough."""
    if not guild.bot_member.permissions & permission:
        raise refusal(MISSING_PERMISSIONS)


def own_application(asked: Asked) -> None:
    """Refuse with 10002 what is asked about another application."""
    if asked.id("application") != asked.world.application.id:
        raise refusal(UNKNOWN_APPLICATION)
