"""What a member may do where, computed as Discord does it from roles and overwrites.

Source: "Permissions" in Discord's documentation: names, bits, and the order of the overwrites.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json

if TYPE_CHECKING:
    from tests.discord.server.members import Member
    from tests.discord.server.places import Channel


class Permission(IntFlag):
    """Permissions that this Discord knows the meaning of, or that a test may need."""

    NONE = 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_APPS = 1 << 50


ALL = Permission((1 << 54) - 1)
# what everybody may in a guild that nobody changed
EVERYBODY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.ADD_REACTIONS
    | Permission.CONNECT
    | Permission.USE_EXTERNAL_APPS
)
# without these two a channel denies all that depends on them
_IN_A_CHANNEL_UNSEEN = Permission.NONE
_WITH_SENDING = Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE
_IN_DIRECT_MESSAGES = EVERYBODY & ~Permission.MENTION_EVERYONE


@dataclass
class Overwrite:
    """What a channel allows and denies a role (`kind` 0) or a member (1) in particular."""

    id: int
    kind: int
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        return {
            "id": str(self.id),
            "type": self.kind,
            "allow": str(int(self.allow)),
            "deny": str(int(self.deny)),
        }


def in_guild(member: Member) -> Permission:
    """Tell what a member may in general."""
    guild = member.guild
    if guild.owner_id == member.user.id:
        return ALL
    may = guild.everyone.permissions
    for role in member.roles:
        may |= role.permissions
    return ALL if may & Permission.ADMINISTRATOR else may


def in_channel(member: Member, channel: Channel) -> Permission:
    """Tell what a member may in a channel; in a thread, that of its parent counts."""
    may = in_guild(member)
    if may & Permission.ADMINISTRATOR:
        return ALL
    place = channel.parent if channel.is_thread and channel.parent else channel
    may = _overwritten(may, member, place.overwrites)
    if not may & Permission.VIEW_CHANNEL:
        return _IN_A_CHANNEL_UNSEEN
    sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return may if may & sending else may & ~_WITH_SENDING


def in_direct_messages() -> Permission:
    """Tell what anybody may in direct messages."""
    return _IN_DIRECT_MESSAGES


def _overwritten(may: Permission, member: Member, overwrites: dict[int, Overwrite]) -> Permission:
    guild = member.guild
    if everyone := overwrites.get(guild.id):
        may = may & ~everyone.deny | everyone.allow
    allow = deny = Permission.NONE
    for role in member.roles:
        if found := overwrites.get(role.id):
            allow, deny = allow | found.allow, deny | found.deny
    may = may & ~deny | allow
    if own := overwrites.get(member.user.id):
        may = may & ~own.deny | own.allow
    return may
