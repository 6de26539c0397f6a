"""Interactions as the app gets them.

Source: Discord's documentation, "Receiving and Responding", the structure of an interaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json
from tests.discord.server.places import Attachment, Channel

if TYPE_CHECKING:
    from tests.discord.server.guild import Guild
    from tests.discord.server.tokens import InteractionToken
    from tests.discord.server.user import User

IN_GUILD, IN_BOT_DM = 0, 1
UPLOAD_LIMIT = 10 * 1024 * 1024


def interaction(asked: InteractionToken, data: Json) -> Json:
    """Describe an interaction, with what is particular to its kind in `data`."""
    user, channel, guild = asked.user, asked.channel, asked.guild
    world = user.world
    told: Json = {
        "id": str(asked.id),
        "application_id": str(world.application.id),
        "type": asked.kind,
        "token": asked.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": _channel(channel, user) if guild else channel.as_json(),
        "app_permissions": str(int(channel.permissions_of(world.bot))),
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": IN_GUILD if guild else IN_BOT_DM,
        "attachment_size_limit": UPLOAD_LIMIT,
    }
    if asked.source is not None:
        told["message"] = asked.source.as_json()
    if guild is None:
        return told | {"user": user.as_json()}
    return told | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": _member(guild, user, channel, with_user=True),
    }


@dataclass
class Named:
    """What a command, a choice or a modal names by ids, and the files it brings."""

    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def resolved(asking: User, channel: Channel, named: Named) -> Json:
    """Describe what ids stand for, each kind only if there is any of it."""
    guild, world = channel.guild, asking.world
    found: dict[str, Json] = {
        "users": {str(one): world.users[one].as_json() for one in named.users},
        "attachments": {str(one.id): {**one.as_json(), "ephemeral": True} for one in named.files},
    }
    if guild is not None:
        found |= {
            "members": {
                str(one): _member(guild, world.users[one], channel, with_user=False)
                for one in named.users
                if one in guild.members
            },
            "roles": {str(one): guild.roles[one].as_json() for one in named.roles},
            "channels": {str(one): _channel(guild.channels[one], asking) for one in named.channels},
        }
    return {kind: entries for kind, entries in found.items() if entries}


def metadata(asked: InteractionToken, trigger: InteractionToken | None = None) -> Json:
    """Describe whose interaction a message answers; `trigger` opened the modal it came from."""
    told: Json = {
        "id": str(asked.id),
        "type": asked.kind,
        "user": asked.user.as_json(),
        "authorizing_integration_owners": asked.payload["authorizing_integration_owners"],
    }
    if trigger is not None:
        return told | {"triggering_interaction_metadata": metadata(trigger)}
    if asked.source is not None:
        told["interacted_message_id"] = str(asked.source.id)
    return told


def _member(guild: Guild, user: User, channel: Channel, *, with_user: bool) -> Json:
    told = guild.members[user.id].as_json(with_user=with_user)
    if not with_user:
        del told["deaf"], told["mute"]
    return told | {"permissions": str(int(channel.permissions_of(user)))}


def _channel(channel: Channel, asking: User) -> Json:
    told = channel.as_json()
    told.pop("permission_overwrites", None)
    bot = asking.world.bot
    return told | {
        "permissions": str(int(channel.permissions_of(asking))),
        "app_permissions": str(int(channel.permissions_of(bot))),
    }
